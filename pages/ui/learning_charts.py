"""Charts of learning: accuracy over texts with its law, and accuracy over the size of students."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.figures import Figure
from core.formats import show, show_with_interval, unit_label
from core.records import ModelRecord, StudyRecord
from core.studies.absorbing import families, parameters
from core.studies.learning import Learnt, accuracy_at
from pages.ui import charts

WIDE = 4  # times the smallest student, from which on sizes stand on a logarithmic axis
AHEAD = 4  # times the largest transfer set to which the law is drawn
BAND = "rgba(31, 119, 180, 0.22)"
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "star", "hexagon")


def learning(curve: Learnt) -> Any:
    """Each training as a point over its texts (log); the law with its interval, dashed where it looks ahead."""
    import plotly.graph_objects as go

    chart = go.Figure(layout=charts.layout(f"accuracy on {curve.judged:,} validation texts, {unit_label('share')}", None))
    if curve.law is not None:
        _law(chart, curve)
    left = {each.texts for each in curve.law.left_out} if curve.law else set()
    for name, symbol, wanted in (("a training", "circle", False), ("learnt nothing yet, not fitted", "circle-open", True)):
        found = [each for each in curve.seen if (each.texts in left) == wanted]
        if found:
            chart.add_trace(go.Scatter(
                mode="markers", name=name, x=[each.texts for each in found], y=[100 * (1 - each.error) for each in found],
                marker={"size": 10, "symbol": symbol, "color": _ink()}, customdata=[each.seed for each in found],
                hovertemplate="%{x:,} texts, seed %{customdata}: %{y:.1f} %<extra></extra>"))
    chart.add_hline(100 * curve.majority, line={"dash": "dot", "width": 1, "color": _ink()}, annotation_text="most frequent label alone",
                    annotation_position="bottom right", annotation_font={"color": _ink()})
    sizes = sorted({each.texts for each in curve.seen})
    end = float(np.log10(sizes[-1] * (AHEAD if curve.law else 1)))
    ticks = [*sizes, *([AHEAD * sizes[-1] // 2, AHEAD * sizes[-1]] if curve.law else [])]
    return chart.update_layout(xaxis={"type": "log", "title": {"text": "texts learnt from"}, "tickvals": ticks, "showgrid": True,
                                      "range": [float(np.log10(sizes[0])) - 0.1, end + 0.1],
                                      "ticktext": [f"{tick:,}" for tick in ticks]})


def _law(chart: Any, curve: Learnt) -> None:
    import plotly.graph_objects as go

    assert curve.law is not None, "drawn only where it is known"
    texts = np.geomspace(curve.law.sizes[0].texts, AHEAD * curve.texts, 60)
    found = [accuracy_at(curve, each) for each in texts]
    low, high = ([100 * (getattr(each, end) or 0.0) for each in found] for end in ("low", "high"))
    chart.add_trace(go.Scatter(x=[*texts, *texts[::-1]], y=[*high, *low[::-1]], fill="toself", fillcolor=BAND, line={"width": 0},
                               name="95 % interval of the law", hoverinfo="skip"))
    values = np.array([100 * (each.value or 0.0) for each in found])
    for name, dash, part in (("law", "solid", texts <= curve.texts * 1.02), ("law, looking ahead", "dash", texts >= curve.texts * 0.95)):
        chart.add_trace(go.Scatter(mode="lines", name=name, x=texts[part], y=values[part], line={"dash": dash, "color": "#1f77b4"},
                                   customdata=[show_with_interval(each) for each, is_in in zip(found, part, strict=True) if is_in],
                                   hovertemplate="%{x:,.0f} texts: %{customdata}<extra></extra>"))


def size(study: StudyRecord, students: Sequence[ModelRecord]) -> Any:
    """Accuracy of students over their parameters, by family, their controls hollow and without intervals, the teacher as a line."""
    import plotly.graph_objects as go

    chart = go.Figure(layout=charts.layout(f"accuracy on the test texts, {unit_label('share')}", None))
    names, ends = families(students), [parameters(each) for each in students]
    for family, symbol in zip(names, SYMBOLS * len(names), strict=False):
        chart.add_trace(_dots([each for each in students if each.family == family], f"students, {family}", symbol, max(ends)))
    controls = [each for each in study.models if each.role == "control" and parameters(each) and "accuracy" in each.figures]
    if controls:
        chart.add_trace(_dots(controls, "controls", "circle-open", named=False))
    teacher = next((each for each in study.models if each.role == "teacher" and "accuracy" in each.figures), None)
    if teacher is not None and teacher.figures["accuracy"].value is not None:
        chart.add_hline(100 * teacher.figures["accuracy"].value, line={"dash": "dash", "width": 1.5, "color": _ink()},
                        annotation_text=f"teacher, {show(_parameters(teacher))} parameters", annotation_position="top left",
                        annotation_font={"color": _ink()})
    wide = max(ends) > WIDE * min(ends)  # else a logarithmic axis has no tick among them
    scale = {"type": "log", "dtick": "D2"} if wide else {"type": "linear"}
    return chart.update_layout(xaxis={**scale, "title": {"text": "parameters, embeddings included"}, "tickformat": "~s", "showgrid": True})


def _dots(models: Sequence[ModelRecord], name: str, symbol: str, largest: float = 0.0, named: bool = True) -> Any:
    import plotly.graph_objects as go

    found = sorted(models, key=parameters)
    return go.Scatter(
        mode="markers+text" if named else "markers", name=name, x=[parameters(each) for each in found],
        y=[_percent(each, "value") for each in found], text=[each.name for each in found] if named else None,
        textposition=["middle left" if parameters(each) == largest else "middle right" for each in found],  # within the chart
        cliponaxis=False, textfont={"color": _ink()}, marker={"size": 11, "symbol": symbol},
        error_y={"visible": named, "type": "data", "symmetric": False, "thickness": 1.5, "width": 5,
                 "array": [_percent(each, "high") - _percent(each, "value") for each in found],
                 "arrayminus": [_percent(each, "value") - _percent(each, "low") for each in found]},
        customdata=[f"{each.name}: {show_with_interval(each.figures['accuracy'])}, {show(_parameters(each))} parameters" for each in found],
        hovertemplate="%{customdata}<extra></extra>")


def _percent(model: ModelRecord, end: str) -> float:
    figure = model.figures["accuracy"]
    return 100 * float(getattr(figure, end) if getattr(figure, end) is not None else figure.value or 0.0)


def _parameters(model: ModelRecord) -> Figure:
    return model.figures["parameters"]


def _ink() -> str:
    return charts.INK.get(st.context.theme.type or "light", charts.INK["light"])
