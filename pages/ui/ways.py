"""The ways to serve that a study tried: the fastest first, the rest folded; what was tried for one student; noisy measurements."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.case import CaseInputs
from core.figures import Figure
from core.formats import show
from core.records import ModelRecord, StudyRecord
from core.studies import tooling
from core.studies.api_teacher import is_api, teacher_of
from core.studies.options import option_name
from pages.ui import tables
from pages.ui.text import plain

WAYS = ("accuracy", "accuracy_difference", "variant_agreement", "latency_p50_ms", "latency_p99_ms", "throughput_per_s",
        "throughput_speedup", "artifact_bytes", "resident_bytes", "parameters")
OUTCOMES = {"works": ":green-badge[:material/check_circle: works]", "fails": ":red-badge[:material/cancel: fails]",
            "not installed": ":gray-badge[:material/download: not installed]", "not tried": ":gray-badge[:material/help: not tried]",
            "does not apply": ":gray-badge[:material/block: does not apply]"}


def ways(study: StudyRecord) -> None:
    """The finding in a sentence, then every variant with its figures."""
    made = [model for model in study.variants if "throughput_per_s" in model.figures]
    if not study.variants:
        return
    st.subheader("Other ways to serve", anchor=False)
    st.markdown(f"**{plain(finding(study, made))}**")
    st.caption("Each variant was exported, loaded back, compared with its model on validation texts and judged again on the test texts. "
               + ("" if is_api(teacher_of(study)) else "Speeds are ratios to the teacher in eager PyTorch, within the same pass."))
    rows: dict[str, dict[str, Figure | None]] = {option_name(model): dict(model.figures) for model in study.variants
                                                 if "failed" not in model.details}
    tables.folded_table("Table: every way", rows, WAYS, "ways-table")
    failed = [model for model in study.variants if "failed" in model.details]
    if failed:
        tables.folded("What could not be made", ":material/error:", "ways-failed", lambda: st.markdown("\n".join(
            f"- {plain(option_name(model))}: {plain(model.details['failed'])}" for model in failed)))


def finding(study: StudyRecord, made: list[ModelRecord]) -> str:
    """Which student is fastest in which way, against the teacher as it is and against the teacher in its own fastest way."""
    students = [model for model in made if model.role == "student" and _speedup(model)]
    if not students and is_api(teacher_of(study)):
        return _fastest(made)
    if not students:
        return "No other way has been measured yet."
    best = max(students, key=_speedup)
    told = f"{option_name(best)} reaches {show(best.figures['throughput_speedup'])} the throughput of the teacher in eager PyTorch"
    teachers = [model for model in made if model.role == "teacher" and _speedup(model)]
    if not teachers:
        return told
    rival = max(teachers, key=_speedup)
    ratio = Figure(_speedup(best) / _speedup(rival), "ratio", best.figures["throughput_speedup"].provenance)
    return f"{told}, and {show(ratio)} that of the {option_name(rival)}"


def _fastest(made: list[ModelRecord]) -> str:
    """Which student answers most in which way, where the teacher is an API whose throughput nobody knows."""
    students = [model for model in made if model.role == "student" and model.figures["throughput_per_s"].value]
    if not students:
        return "No other way has been measured yet."
    best = max(students, key=lambda model: model.figures["throughput_per_s"].value or 0.0)
    return f"{option_name(best)} answers {show(best.figures['throughput_per_s'])}, the most of all ways"


def _speedup(model: ModelRecord) -> float:
    figure = model.figures.get("throughput_speedup")
    return 0.0 if figure is None or figure.value is None else figure.value


def noisy(study: StudyRecord) -> None:
    """Says that speeds are noisy, and why, where they are."""
    found = tooling.noise([*study.models, *study.variants])
    if found:
        st.badge("noisy measurement", icon=":material/vibration:", color="orange")
        tables.folded("Why these speeds are noisy", ":material/vibration:", "noise",
                      lambda: st.markdown("\n".join(f"- {plain(reason)}" for reason in found)))


def tried(study: StudyRecord, name: str, case: CaseInputs) -> None:
    """Every tool for one student: works, fails, not installed, not tried; beside it what was stated of the tool."""
    rows = [{"Tool": plain(each.tool), "Way": plain(each.way), "Here": OUTCOMES[each.outcome], "What is known": plain(each.told),
             "Stated by you": tooling.in_a_cell(case, each.key)} for each in tooling.attempts(study, name)]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="Which tools serve this student")
