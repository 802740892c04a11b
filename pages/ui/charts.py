"""Charts: intervals are drawn, axes have units, the finding stands above. Plotly is loaded only where a chart is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core import words
from core.figures import Figure
from core.formats import show_with_interval
from core.records import CurvePoint
from pages.ui.text import plain

HEIGHT = 300
LYING_TOP, LYING_LINE = 90, 26  # height of bars on their side: what stands around them, and each
INK = {"light": "#46555c", "dark": "#c0ccd1"}
QUIET = {"displayModeBar": False}
Series = Mapping[str, Mapping[str, Figure]]  # by series (teacher, student, control, p50, ...), then by category


def draw(title: str, figure: Any, key: str) -> None:
    """A chart under its finding."""
    st.markdown(f"**{plain(title)}**")
    st.plotly_chart(figure, key=key, config=QUIET, alt=title)


def dots(series: Series, categories: Sequence[str], axis: str) -> Any:
    """Points with intervals, one column of points for each category."""
    import plotly.graph_objects as go

    chart = go.Figure(layout=layout(axis, categories))
    chart.update_layout(scattermode="group", scattergap=0.6, yaxis_range=_range(series))
    for name, figures in series.items():
        chart.add_trace(go.Scatter(mode="markers", name=name, marker={"size": 11}, **_points(figures)))
    return chart


def bars(series: Series, categories: Sequence[str], axis: str, side_by_side: bool = False) -> Any:
    """Bars from zero with intervals; side by side where a category has one of each series."""
    import plotly.graph_objects as go

    chart = go.Figure(layout=layout(axis, categories))
    chart.update_layout(barmode="group" if side_by_side else "overlay", bargap=0.45, yaxis_rangemode="tozero")
    for name, figures in series.items():
        chart.add_trace(go.Bar(name=name, **_points(figures)))
    return chart


def lying(series: Series, categories: Sequence[str], axis: str) -> Any:
    """bars() turned on their side: one line for each category, however many there are and however long their names."""
    chart = bars(series, categories, axis)
    for trace in chart.data:
        trace.update(orientation="h", x=trace.y, y=trace.x, error_x=trace.error_y.to_plotly_json(), error_y=None,
                     hovertemplate="%{y}: %{customdata}<extra></extra>")
    across, down = chart.layout.xaxis.to_plotly_json(), chart.layout.yaxis.to_plotly_json()
    chart.update_layout(xaxis=None, yaxis=None)
    return chart.update_layout(xaxis=down, yaxis=across | {"autorange": "reversed"}, height=LYING_TOP + LYING_LINE * len(categories))


def curves(points: Sequence[CurvePoint], titles: Mapping[str, str]) -> Any:
    """The loss of each stage, or of each model that learns in it, over the tokens it has seen."""
    import plotly.graph_objects as go

    chart = go.Figure(layout=layout("loss", None))
    chart.update_layout(xaxis_title="tokens seen", uirevision="curves")
    for step, series in dict.fromkeys((point.step, point.series) for point in points):
        mine = [point for point in points if (point.step, point.series) == (step, series)]
        name = words.learner_of(series) or titles.get(step, step)
        chart.add_trace(go.Scatter(mode="lines", name=name, x=[p.x for p in mine], y=[p.y for p in mine]))
    return chart


def growing(points: Sequence[CurvePoint]) -> Any:
    """The accuracy on validation texts over the texts that were learnt from (log), a line for each seed."""
    import plotly.graph_objects as go

    chart = go.Figure(layout=layout("accuracy on validation texts, %", None))
    chart.update_layout(xaxis={"type": "log", "title": {"text": "texts learnt from"}, "dtick": "D2"}, uirevision="growing")
    for series in dict.fromkeys(point.series for point in points):
        mine = sorted((point.x, point.y) for point in points if point.series == series)
        chart.add_trace(go.Scatter(mode="lines+markers", name=series, x=[x for x, _ in mine], y=[y for _, y in mine]))
    return chart


def _points(figures: Mapping[str, Figure]) -> dict[str, Any]:
    known = {name: figure for name, figure in figures.items() if figure.value is not None}
    scale = {name: 100.0 if figure.unit == "share" else 1.0 for name, figure in known.items()}
    sampled = any(figure.low is not None for figure in known.values())
    values = {name: (figure.value or 0.0) * scale[name] for name, figure in known.items()}
    above = [_reach(figure.high, values[name], scale[name]) for name, figure in known.items()]
    below = [_reach(figure.low, values[name], scale[name]) for name, figure in known.items()]
    return {"x": list(known), "y": list(values.values()),
            "customdata": [show_with_interval(figure) for figure in known.values()],
            "hovertemplate": "%{x}: %{customdata}<extra></extra>",
            "error_y": {"visible": sampled, "type": "data", "symmetric": False, "array": above, "arrayminus": below,
                        "thickness": 1.5, "width": 5}}


def _range(series: Series) -> list[float] | None:
    """From below the lowest to above the highest interval: differences between models are small beside their accuracy."""
    known = [figure for figures in series.values() for figure in figures.values() if figure.value is not None]
    ends = [end * (100.0 if figure.unit == "share" else 1.0) for figure in known
            for end in (figure.value, figure.low, figure.high) if end is not None]
    room = 0.08 * (max(ends) - min(ends)) if ends else 0.0
    return [min(ends) - room, max(ends) + room] if room else None


def _reach(bound: float | None, value: float, scale: float) -> float:
    return 0.0 if bound is None else abs(bound * scale - value)


def layout(axis: str, categories: Sequence[str] | None) -> dict[str, Any]:
    """The layout of every chart: its y axis has this title, its x axis the categories in this order if there are any."""
    color = INK.get(st.context.theme.type or "light", INK["light"])  # Streamlit's own is too pale for small text
    ink = {"color": color}
    made: dict[str, Any] = {
        "height": HEIGHT, "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
        "yaxis": {"title": {"text": axis, "font": ink}, "tickfont": ink}, "xaxis": {"title": {"font": ink}, "tickfont": ink},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}, "showlegend": True, "dragmode": False}
    if categories is not None:
        made["xaxis"] |= {"categoryorder": "array", "categoryarray": list(categories), "type": "category"}
    return made
