"""On the Study page: whose answers the teacher of a study consists of, and what became of the rows of their file."""

from __future__ import annotations

import streamlit as st

from core.figures import Figure
from core.records import StudyRecord
from core.studies.api_teacher import is_api, measured_tokens, teacher_of
from pages.ui import tables
from pages.ui.text import plain

CALLS = ("latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "latency_mean_ms", "latency_queries", "input_tokens", "cached_tokens",
         "cache_write_tokens", "output_tokens", "reasoning_tokens")


def section(study: StudyRecord) -> None:
    """Nothing for a teacher with weights."""
    teacher = teacher_of(study)
    if teacher is None or not is_api(teacher):
        return
    given = teacher.details["answers"]
    st.header("The teacher", anchor="teacher", divider="gray")
    whose = given["model"] or given["id"]
    total, *rest = given["summary"]
    st.markdown(f"The teacher is the API **{plain(whose)}**, known by its answers of {plain(given['date'])}. {plain(total)}")
    st.caption("Its quality is measured on the test texts that it answered. Its latency is that of the calls in the file, with the "
               "network; what it answers in a second, its memory and its energy are its provider's and stay unknown. "
               f"Students are made from {plain(study.spec.teacher.base)}.")
    tables.folded("What became of the file", ":material/rule:", "answers-rows",
                  lambda: st.markdown("\n".join(f"- {plain(each)}" for each in rest)))
    calls: dict[str, Figure | None] = {name: teacher.figures[name] for name in CALLS if name in teacher.figures}
    if measured_tokens(teacher.figures) or any(figure is not None and figure.value is not None for figure in calls.values()):
        tables.folded_table("Table: its calls", {plain(whose): calls}, tuple(calls), "calls-table", "API")
