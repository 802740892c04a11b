"""Keeps inputs of a case: with the study, or, for the recorded example and within a what-if, in this session."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.case import CaseInputs
from core.errors import UserError
from core.spec import parse
from core.studies import read
from pages.ui import session
from pages.ui.text import plain

SAVED, REFUSED = "case_saved", "case_refused"


def store(study_id: str, recorded: bool, case: CaseInputs, values: dict[str, Any]) -> None:
    """Keeps the inputs with the study, or tries them on the example; a refusal is told, and nothing is kept."""
    try:
        made = parse(CaseInputs, {**case.model_dump(), **values})
        if recorded or session.what_if(study_id) is not None:
            session.try_case(study_id, made)
        else:
            read.update_case(study_id, made)
            st.session_state[SAVED] = "Saved with the study."
    except UserError as error:
        st.session_state[REFUSED] = str(error)


def told() -> None:
    """Says once what was refused last, or that it was kept."""
    if refused := st.session_state.pop(REFUSED, ""):
        st.error(f"{plain(refused)} Nothing was changed.", icon=":material/error:")
    elif note := st.session_state.pop(SAVED, ""):
        st.success(note, icon=":material/check_circle:")


def unchoose(study_id: str) -> None:
    """The study's own case is about the best that qualifies again."""
    found = read.get(study_id)
    read.update_case(study_id, found.case.model_copy(update={"variant": None}))
