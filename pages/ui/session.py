"""Which study is shown, and what is tried on it: kept for the session, the study also in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.case import CaseInputs
from core.store.studies import StudySummary
from core.studies import read

STUDY, CHOICE, WHAT_IF = "study", "study_choice", "what_if"
CASE = "case"  # in the address: the saved case that the page What-if opens
HISTORY, OPENED = "what_if_history", "what_if_opened"
MOST_STEPS = 100


def choose(study_id: str) -> None:
    """Shows this study from now on."""
    st.session_state[STUDY] = study_id


def shown_id(summaries: Sequence[StudySummary]) -> str:
    """The id in the address, else the one shown last, else the user's newest study, else the recorded example."""
    known = [row.id for row in summaries]
    asked = st.query_params.get(STUDY) or st.session_state.get(STUDY)
    if asked and asked not in (*known, read.EXAMPLE):
        st.warning("The study in this address is not known here; the newest one is shown.", icon=":material/warning:")
        asked = None
    study_id = str(asked or (known[0] if known else read.EXAMPLE))
    st.session_state[STUDY] = study_id
    if st.query_params.get(STUDY) != study_id:
        st.query_params[STUDY] = study_id
    return study_id


def forget(study_id: str) -> None:
    """A deleted study is shown no more; the next page shows the newest one."""
    st.session_state.pop(STUDY, None)
    st.query_params.pop(STUDY, None)
    open_case(study_id, None)


def what_if(study_id: str) -> CaseInputs | None:
    """The case that is tried on a study without being saved, or None."""
    found = st.session_state.get(WHAT_IF, {}).get(study_id)
    return None if found is None else CaseInputs.model_validate_json(found)


def try_case(study_id: str, case: CaseInputs | None) -> None:
    """Tries a case in this session only, as one more step that can be undone; None goes back to the study's own."""
    before = st.session_state.get(WHAT_IF, {}).get(study_id)
    after = None if case is None else case.model_dump_json()
    if before != after:
        steps = st.session_state.get(HISTORY, {})
        st.session_state[HISTORY] = {**steps, study_id: [*steps.get(study_id, []), before][-MOST_STEPS:]}
        _put(WHAT_IF, study_id, after)


def steps(study_id: str) -> int:
    """How many steps can be undone."""
    return len(st.session_state.get(HISTORY, {}).get(study_id, []))


def undo(study_id: str) -> None:
    """Takes the last step back; nothing happens where there is none."""
    *earlier, last = st.session_state.get(HISTORY, {}).get(study_id, []) or [None]
    if steps(study_id):
        _put(HISTORY, study_id, earlier)
        _put(WHAT_IF, study_id, last)


def open_case(study_id: str, case_id: str | None, name: str = "", case: CaseInputs | None = None) -> None:
    """Starts from a saved case, on every page; None: from the study's own. What was tried is gone, and so are its steps."""
    said = None if case is None else case.model_dump_json()
    _put(OPENED, study_id, None if case_id is None else {"id": case_id, "name": name, "inputs": said})
    _put(WHAT_IF, study_id, said)
    _put(HISTORY, study_id, None)


def opened(study_id: str) -> str | None:
    """The id of the saved case that was opened, or None."""
    found = st.session_state.get(OPENED, {}).get(study_id)
    return None if found is None else str(found["id"])


def base(study_id: str) -> CaseInputs | None:
    """The inputs of the saved case that was opened, None where the study's own case is the base."""
    found = st.session_state.get(OPENED, {}).get(study_id)
    return None if found is None else CaseInputs.model_validate_json(found["inputs"])


def name_opened(study_id: str, name: str) -> None:
    """The opened case has another name."""
    if found := st.session_state.get(OPENED, {}).get(study_id):
        _put(OPENED, study_id, {**found, "name": name})


def saved_as(study_id: str) -> str | None:
    """The name of the saved case that the tried inputs are those of, None where they are nobody's."""
    found = st.session_state.get(OPENED, {}).get(study_id)
    tried = st.session_state.get(WHAT_IF, {}).get(study_id)
    return str(found["name"]) if found is not None and found["inputs"] == tried else None


def _put(key: str, study_id: str, value: Any) -> None:
    others = {of: each for of, each in st.session_state.get(key, {}).items() if of != study_id}
    st.session_state[key] = others if value is None else {**others, study_id: value}
