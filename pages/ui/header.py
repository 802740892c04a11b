"""The top of every page: which study is looked at, under which case, on what machine, and from when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from core import machine
from core.case import CaseInputs
from core.errors import UserError
from core.figures import Figure
from core.formats import show, show_date
from core.records import StudyRecord
from core.store.studies import StudySummary
from core.studies import read
from core.studies.decide import Decision
from core.studies.differences import changed
from pages.ui import keeping, reads, session
from pages.ui.text import plain


@dataclass(frozen=True)
class Shown:
    """What a page is about: the study, its decision, and all studies of the user. trying: the case is a what-if."""

    study: StudyRecord
    decision: Decision
    summaries: tuple[StudySummary, ...]
    trying: bool

    @property
    def case(self) -> CaseInputs:
        """The case that the decision rests on."""
        return self.decision.case


def header(title: str, decide: Callable[[StudyRecord], Decision] | None = None) -> Shown:
    """Draws the title, the line about the study and, in the sidebar, the choice of it; stops the page on an unreadable study.

    decide: how the page decides, where it needs another decision than that of all pages. It may change what is tried.
    """
    _through_app()
    summaries = tuple(read.summaries())
    reads.keep_running(summaries)
    study_id = session.shown_id(summaries)
    _selector(summaries, study_id)
    st.title(title, anchor=False)
    try:
        study = reads.study(study_id)
        decision = decide(study) if decide else reads.decision(study, session.what_if(study_id))
        shown = Shown(study, decision, summaries, session.what_if(study_id) is not None)
    except UserError as error:
        _stop(error, study_id)
    _line(shown)
    return shown


def _stop(error: UserError, study_id: str) -> NoReturn:
    """Says why nothing can be shown; what is only tried can be given up for the study's own case."""
    st.error(plain(error), icon=":material/error:")
    if session.what_if(study_id) is not None:
        st.button("Go back to the study's own case", icon=":material/undo:", key="give-up", on_click=_give_up, args=(study_id,))
    elif error.args and str(error).startswith("variant:"):
        st.button("Let the rules choose again", icon=":material/undo:", key="unchoose", on_click=keeping.unchoose, args=(study_id,))
    st.stop()


def _give_up(study_id: str) -> None:
    session.open_case(study_id, None)
    st.query_params.pop(session.CASE, None)


def _through_app() -> None:
    """Starts over with app.py: a fresh server whose first visitor opens a page's own address runs that page without it."""
    if PagesManager.uses_pages_directory and session.STUDY not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()


def _selector(summaries: tuple[StudySummary, ...], study_id: str) -> None:
    names = {row.id: f"{row.name} · {row.id}" for row in summaries} | {read.EXAMPLE: "Recorded example"}
    st.session_state[session.CHOICE] = study_id
    with st.sidebar:
        st.selectbox("Study shown", list(names), format_func=names.__getitem__, key=session.CHOICE, on_change=_chosen,
                     help="Every page is about this study.")


def _chosen() -> None:
    study_id = st.session_state[session.CHOICE]
    session.choose(study_id)
    st.query_params[session.STUDY] = study_id
    st.query_params.pop(session.CASE, None)  # of another study


def _line(shown: Shown) -> None:
    study = shown.study
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if study.recorded:
            st.badge("Recorded example", icon=":material/inventory_2:", color="violet")
        else:
            st.badge("Your study", icon=":material/person:", color="blue")
        if shown.trying:
            st.badge(plain(_trying(shown)), icon=":material/edit_note:", color="orange")
        st.markdown(f"**{plain(study.name)}**", width="content")
    recorded = f" · commit {plain(study.commit)}" if study.recorded and study.commit else ""
    st.caption(f"Case: {plain(case_in_words(shown.decision))} · Device: {plain(device(study))} · "
               f"Date: {show_date(study.created_at)}{recorded}")


def _trying(shown: Shown) -> str:
    """Which case is tried: a saved one by its name, else how far it is from its base."""
    if saved := session.saved_as(shown.study.id):
        return f"case: {saved}"
    count = len(changed(session.base(shown.study.id) or shown.study.case, shown.case))
    return f"what-if, not saved: {count} changed"


def case_in_words(decision: Decision) -> str:
    """Volume, latency limit and margin, each marked where nobody has said it; the variant where somebody chose one."""
    inputs = decision.inputs
    volume, limit, margin = (inputs[key] for key in ("predictions_per_day", "latency_limit_ms", "accuracy_margin_points"))
    allowed = "no latency limit stated" if limit.value is None else f"p99 within {show(limit)}"
    about = f", about {decision.best_option} (chosen)" if decision.ruling and decision.ruling.facts.chosen else ""
    return f"{show(volume)}{_default(volume)}, {allowed}, margin {show(margin)}{_default(margin)}{about}"


def _default(figure: Figure) -> str:
    return " (default)" if figure.provenance.evidence == "default" else ""


def device(study: StudyRecord) -> str:
    """The device of the study in words."""
    return machine.device_name(study.machine, study.job.device if study.job else "cpu")
