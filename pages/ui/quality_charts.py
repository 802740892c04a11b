"""The reliability diagram: accuracy over confidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.records import Bin
from pages.ui.charts import layout


def reliability(bins: Mapping[str, Sequence[Bin]]) -> Any:
    """Accuracy of texts of like confidence, with Wilson intervals, by model; the line is where both are equal."""
    import plotly.graph_objects as go

    chart = go.Figure(layout=layout("accuracy, %", None))
    drawn = [each for found in bins.values() for each in found]
    chart.update_layout(xaxis_title="mean confidence, %", xaxis_range=_range(each.confidence for each in drawn),
                        yaxis_range=_range(each.low for each in drawn))
    for name, found in bins.items():
        chart.add_trace(go.Scatter(mode="lines+markers", name=name, line={"width": 1}, marker={"size": 8}, **_points(found)))
    chart.add_trace(go.Scatter(mode="lines", name="as sure as right", x=[0, 100], y=[0, 100], hoverinfo="skip",
                               line={"dash": "dot", "width": 1.5, "color": "gray"}))
    return chart


def _range(shares: Iterable[float]) -> list[float]:
    """From the ten below the least of the shares to the top, in %."""
    return [10 * (100 * min(shares, default=0.0) // 10), 101]


def _points(found: Sequence[Bin]) -> dict[str, Any]:
    share = {name: [100 * getattr(each, name) for each in found] for name in ("confidence", "accuracy", "low", "high")}
    return {"x": share["confidence"], "y": share["accuracy"], "customdata": [each.texts for each in found],
            "hovertemplate": "confidence %{x:.1f} %, accuracy %{y:.1f} %, %{customdata:,} texts",
            "error_y": {"type": "data", "symmetric": False, "thickness": 1, "width": 3,
                        "array": [high - y for high, y in zip(share["high"], share["accuracy"], strict=True)],
                        "arrayminus": [y - low for low, y in zip(share["low"], share["accuracy"], strict=True)]}}
