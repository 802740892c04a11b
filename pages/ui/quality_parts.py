"""Quality looked at closely, on the Study page: the answers in sentences, the evidence folded under them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.claims.bias import KINDS
from core.figures import Figure
from core.formats import unit_label
from core.records import ModelRecord, StudyRecord
from core.studies.decide import Decision
from core.studies.slices import differences
from pages.ui import charts, quality_charts, quality_findings, tables
from pages.ui.findings import describe
from pages.ui.text import plain

PROBABILITY = ("log_loss", "brier", "ece", "ece_by_chance", "ece_scaled", "confidence_temperature")
CLASS = ("texts", "precision", "recall", "f1", "accuracy_difference")
SLICE = ("texts", "accuracy", "accuracy_difference", "mcnemar_p_slice")
INHERITED = ("repeated_errors", "repeated_errors_by_chance", "repeated_errors_excess", "repeated_errors_over_control",
             *(f"gap_{kind}" for kind in KINDS), *(f"gap_added_{kind}" for kind in KINDS))
MOST_IN_CHART = 8


def answers(decision: Decision) -> None:
    """The verdict on the margin for each student, and what the best of them has inherited."""
    students = [model for model in decision.study.models if model.role == "student" and "accuracy_difference" in model.figures]
    told = [quality_findings.against_margin(model, decision.inputs["accuracy_margin_points"]) for model in students]
    heir = next((model for model in students if decision.best is None or model.name == decision.best.name), None)
    if not told:
        return
    told += [sentence for sentence in (quality_findings.inherited(heir),) if sentence] if heir else []
    st.markdown("\n".join(f"- {plain(sentence)}." for sentence in told))


def evidence(decision: Decision) -> None:
    """Calibration, classes and slices, inherited bias and regressions of one model, each drawn once it is opened."""
    study = decision.study
    known = {describe(model): model for model in study.models if model.slices or model.reliability}
    if not known:
        if any("accuracy" in model.figures for model in study.models):
            st.caption("Calibration, slices and inherited bias were not looked at when this study was evaluated; run it again to see them.")
        return
    names = sorted(known, key=lambda name: ("student", "control", "teacher").index(known[name].role))
    chosen = ("student", decision.best.name) if decision.best is not None else ("", "")
    best = next((name for name in names if (known[name].role, known[name].name) == chosen), names[0])
    name = st.selectbox("Look closely at", names, index=names.index(best), key="quality-model", width=320)
    model, teacher = known[name], next((each for each in known.values() if each.role == "teacher"), None)
    tables.folded("Calibration: can its confidence be believed?", ":material/percent:", "calibration",
                  lambda: _calibration(model, name, teacher))
    tables.folded("Classes and slices: where does it fail?", ":material/pie_chart:", "slices", lambda: _slices(model, name))
    tables.folded("Inherited bias: what does it repeat?", ":material/family_history:", "inherited", lambda: _inherited(study, model, name))
    if model.role != "teacher":
        tables.folded("Worst regressions: which texts?", ":material/trending_down:", "regressions", lambda: _regressions(model, name))


def _calibration(model: ModelRecord, name: str, teacher: ModelRecord | None) -> None:
    shown = {"teacher": teacher.reliability} if teacher is not None and teacher is not model else {}
    chart = quality_charts.reliability({**shown, name: model.reliability})
    charts.draw(quality_findings.calibration_title(model, name), chart, "reliability")
    st.caption("Each point holds equally many test texts, with the 95 % interval of their accuracy. Below the line a model is surer than "
               "it is right. A cascade uses the confidence after scaling by the temperature.")
    rows = {name: model.figures} if teacher is None or teacher is model else {name: model.figures, "teacher": teacher.figures}
    tables.figures_table(rows, PROBABILITY)


def _slices(model: ModelRecord, name: str) -> None:
    lost = dict(sorted(differences(model).items(), key=lambda pair: pair[1].value or 0.0)[:MOST_IN_CHART])
    if lost:
        chart = charts.dots({"difference to the teacher": lost}, list(lost), f"difference, {unit_label('points')}")
        charts.draw(quality_findings.slices_title(model, name), chart, "slices-chart")
        st.caption(f"Slices of at least 30 texts with their 95 % intervals, the {MOST_IN_CHART} largest losses. A loss is called sure only "
                   "after all slices were taken into account.")
    classes = {key: _cells(figures, CLASS) for key, figures in model.slices.items() if "f1" in figures}
    others = {key: _cells(figures, SLICE) for key, figures in model.slices.items() if "accuracy" in figures and "f1" not in figures}
    compares = model.role != "teacher"
    for rows, columns, first in ((classes, CLASS, "Class"), (others, SLICE, "Slice")):
        if rows:
            tables.figures_table(rows, columns if compares else columns[:-1] if first == "Class" else columns[:2], first)


def _cells(figures: Mapping[str, Figure], columns: tuple[str, ...]) -> dict[str, Figure | None]:
    """The figures, with None where one of the columns does not apply."""
    return {**dict.fromkeys(columns), **figures}


def _inherited(study: StudyRecord, model: ModelRecord, name: str) -> None:
    told = [sentence for sentence in (quality_findings.inherited(model), quality_findings.flips(model, name)) if sentence]
    st.markdown("\n".join(f"- {plain(sentence)}." for sentence in told))
    st.caption("What a control repeats is no inheritance: it never saw the teacher. A flip is a question, not a verdict: an answer that "
               "depends on who is meant may be right.")
    rows = {describe(each): _cells(each.figures, INHERITED) for each in study.models if each is model or each.role == "teacher" or
            (each.role == "control" and each.name == model.name)}
    columns = [column for column in INHERITED if any(figures.get(column) is not None for figures in rows.values())]
    tables.figures_table(rows, columns)
    swapped = {key: figures for key, figures in model.slices.items() if "flips" in figures}
    if swapped:
        tables.figures_table(swapped, ("texts", "flips"), "Terms")


def _regressions(model: ModelRecord, name: str) -> None:
    if not model.regressions:
        st.markdown(f"No test text that the teacher answers rightly is answered wrongly by {plain(name)}.")
        return
    st.markdown(f"Texts that the teacher answers rightly and {plain(name)} wrongly, the surest wrong answers first.")
    rows = [{"Text": plain(each.text), "Truth": plain(each.truth), "Teacher": plain(each.teacher), "Answer": plain(each.model),
             "Confidence": plain(f"{100 * each.confidence:.1f} %")} for each in model.regressions]
    st.table(pd.DataFrame(rows), hide_index=True, alt=f"Worst regressions of {name}")
