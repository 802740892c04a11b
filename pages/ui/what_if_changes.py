"""Every change against the base, one by one taken back, and up to four cases side by side."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.case import CaseInputs
from core.formats import show_date
from core.studies import cases, outcome
from core.studies.cases import SavedCase
from core.studies.differences import Words, changed, changes
from core.studies.outcome import Outcome
from pages.ui import session, tables, what_if_state
from pages.ui.text import plain
from pages.ui.what_if_answer import in_words
from pages.ui.what_if_inputs import label_of_change
from pages.ui.what_if_state import Opened

MOST = 4
NOW, OWN = "now", "own"


def listed(opened: Opened) -> None:
    """Input, value of the base and value now, with a button that takes the change back; and undo."""
    found = changes(opened.inputs, opened.tried)
    st.markdown(f"**{len(found)} changed against {plain(opened.name)}**" if found
                else f"**As in {plain(opened.name)}: nothing is changed**")
    for change in found:
        told, button = st.columns([5, 2], vertical_alignment="center")
        told.markdown(f"{label_of_change(change.name)}: {plain(change.before)} → **{plain(change.after)}**")
        button.button("Take back", icon=":material/undo:", type="tertiary", key=f"back-{change.name}",
                      on_click=what_if_state.take_back, args=(opened, change.name))
    study_id, steps = opened.study.id, session.steps(opened.study.id)
    with st.container(horizontal=True):
        st.button("Undo", icon=":material/undo:", key="undo", disabled=not steps, on_click=session.undo, args=(study_id,),
                  help=f"The last of {steps} steps." if steps else "There is no step to undo.")
        st.button("Undo all", icon=":material/restart_alt:", key="undo-all", disabled=not found,
                  on_click=session.try_case, args=(study_id, opened.case.inputs if opened.case else None),
                  help="Back to the inputs of the base; this can be undone too.")


@dataclass(frozen=True)
class Column:
    """One case of the comparison."""

    name: str
    inputs: CaseInputs
    outcome: Outcome
    measured: str


def comparison(opened: Opened, saved: tuple[SavedCase, ...]) -> None:
    """Up to four cases side by side, drawn once it is opened."""
    tables.folded("Compare cases", ":material/compare:", "what-compare", lambda: _compare(opened, saved))


def _compare(opened: Opened, saved: tuple[SavedCase, ...]) -> None:
    names = {NOW: "What is tried now", OWN: "The study's own case"} | {case.id: f"{case.name} · {case.id}" for case in saved}
    key = f"what-compared-{opened.study.id}"
    st.session_state.setdefault(key, [OWN, *([opened.case.id] if opened.case else []), *([NOW] if opened.tried != opened.inputs else [])])
    st.session_state[key] = [each for each in st.session_state[key] if each in names]  # one may have been deleted
    chosen = st.multiselect(f"Cases, at most {MOST}", list(names), format_func=names.__getitem__, key=key, max_selections=MOST)
    if len(chosen) < 2:
        st.info("Choose two to four cases. The first is what the others are compared with.", icon=":material/compare:")
        return
    by_id = {case.id: case for case in saved}
    columns = [_column(opened, each, by_id.get(each), names[each]) for each in chosen]
    st.table(pd.DataFrame(_rows(columns)), border="horizontal", hide_index=True)
    st.caption(f"≠ differs from the first case, {plain(columns[0].name)}. Of the inputs only those are shown in which the cases differ.")


def _column(opened: Opened, which: str, case: SavedCase | None, name: str) -> Column:
    if case is not None:
        return Column(name, case.inputs, _outcome(case.id, case.rests_on, case), _basis_words(case))
    base = what_if_state.own(opened.study) if which == OWN else opened
    inputs = base.inputs if which == OWN else opened.tried
    return Column(name, inputs, outcome.outcome(what_if_state.drawn(base, inputs)), show_date(base.basis.study.created_at))


@st.cache_resource(max_entries=64, show_spinner=False)
def _outcome(case_id: str, rests_on: str, _case: SavedCase) -> Outcome:
    return cases.outcome_of(_case)


def _basis_words(case: SavedCase) -> str:
    return show_date(what_if_state.basis(case).study.created_at)


def _rows(columns: list[Column]) -> list[dict[str, str]]:
    """The verdict and the main numbers always, inputs where they differ; a mark on what differs from the first case."""
    of = [column.outcome.figures for column in columns]
    def each(name: str) -> list[str]:
        return [in_words(figures[name]) for figures in of]

    spread = [f"{low} to {high}" for low, high in zip(each("npv_p10_usd"), each("npv_p90_usd"), strict=True)]
    told = {
        "Verdict": [column.outcome.verdict for column in columns], "Best option": [column.outcome.option for column in columns],
        "Compared with": [column.outcome.against for column in columns], "Monthly saving": each("monthly_saving_usd"),
        "NPV": each("npv_usd"), "NPV, P10 to P90": spread, "Payback, discounted": each("discounted_payback_months"),
        "Chance of paying back": each("pays_back"), "Measured": [column.measured for column in columns],
    }
    words = [Words(column.inputs) for column in columns]
    differing = dict.fromkeys(name for column in columns[1:] for name in changed(columns[0].inputs, column.inputs))
    told |= {label_of_change(name): [word(name) for word in words] for name in differing}
    return [{"": row, **{plain(column.name): _marked(values[0], value) for column, value in zip(columns, values, strict=True)}}
            for row, values in told.items()]


def _marked(first: str, value: str) -> str:
    return plain(value) if value == first else f"**≠ {plain(value)}**"
