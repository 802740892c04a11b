"""Which study is shown, and what is tried on it: kept for the session, the study also in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.case import CaseInputs
from core.store.studies import StudySummary
from core.studies import read

STUDY, CHOICE, WHAT_IF = "study", "study_choice", "what_if"


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
    try_case(study_id, None)


def what_if(study_id: str) -> CaseInputs | None:
    """The case that is tried on a study without being saved, or None."""
    found = st.session_state.get(WHAT_IF, {}).get(study_id)
    return None if found is None else CaseInputs.model_validate_json(found)


def try_case(study_id: str, case: CaseInputs | None) -> None:
    """Tries a case in this session only; None goes back to the study's own."""
    tried = {key: value for key, value in st.session_state.get(WHAT_IF, {}).items() if key != study_id}
    st.session_state[WHAT_IF] = tried if case is None else {**tried, study_id: case.model_dump_json()}
