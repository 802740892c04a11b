"""What-if: sliders beside the answer, every change listed and undone, cases saved with their figures, linked and compared."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.records import StudyRecord
from core.studies import cases
from core.studies.decide import Decision
from core.studies.differences import changed
from core.studies.outcome import outcome
from pages.ui import session, what_if_answer, what_if_cases, what_if_changes, what_if_inputs, what_if_state
from pages.ui.header import Shown, header
from pages.ui.panels import next_step
from pages.ui.text import plain
from pages.ui.what_if_state import Opened


def _decide(study: StudyRecord) -> Decision:
    """The plain answer for what is tried; a what-if that cannot be computed can be undone here."""
    opened = what_if_state.opening(study)
    try:
        return what_if_state.point(opened, opened.tried)
    except UserError as error:
        st.error(plain(error), icon=":material/error:")
        st.button("Undo the last step", icon=":material/undo:", disabled=not session.steps(study.id), on_click=session.undo,
                  args=(study.id,))
        st.button("Back to the study's own case", icon=":material/restart_alt:", on_click=what_if_state.show, args=(study.id, None))
        st.stop()


def _page(shown: Shown, opened: Opened) -> None:
    saved = cases.listed(shown.study.id)
    what_if_cases.bar(opened, saved)
    what_if_state.refused()
    grid = st.grid(2, min_column_width=400, gap="large")
    left, right = grid.cell(), grid.cell()
    place = left.empty()
    what_if_answer.show_answer(place, shown.decision, None, waiting=True)
    with right:
        what_if_inputs.draw(opened)
    with left:
        what_if_changes.listed(opened)
    differs = bool(changed(opened.inputs, opened.tried))
    base = outcome(what_if_state.drawn(opened, opened.inputs)) if differs else None
    what_if_answer.show_answer(place, what_if_state.drawn(opened, opened.tried), base, waiting=False)
    what_if_changes.comparison(opened, saved)


shown = header("What-if", _decide)
next_step(shown.study)
if shown.decision.verdict is None:
    st.info("What-ifs start when the first student is measured.", icon=":material/hourglass_empty:")
else:
    _page(shown, what_if_state.opening(shown.study))
