"""Charts of the Study page: what they draw, read off the figures that Plotly gets."""

from __future__ import annotations

from core.figures import Figure, measured
from core.records import CurvePoint
from pages.ui import charts

NAMES = ["teacher", "depth-3, ONNX Runtime int8", "cascade of depth-3"]


def usd(value: float, half: float | None = None) -> Figure:
    made = measured(value, "USD/1e6", source="test", device="cpu", as_of="2026-11-20")
    return made if half is None else Figure(value, made.unit, made.provenance, value - half, value + half)


def test_bars_on_their_side_have_a_line_for_each_option_from_the_top_and_keep_intervals() -> None:
    series = {"status quo": {NAMES[0]: usd(2.0, 0.5)}, "student": {NAMES[1]: usd(0.5)}, "cascade": {NAMES[2]: usd(0.7)}}
    chart = charts.lying(series, NAMES, "USD per million")
    assert [list(trace.y) for trace in chart.data] == [[name] for name in NAMES] and chart.data[1].x == (0.5,)
    assert {trace.orientation for trace in chart.data} == {"h"} and chart.data[0].error_y.array is None
    assert chart.data[0].error_x.array == (0.5,) and chart.data[0].error_x.visible
    assert list(chart.layout.yaxis.categoryarray) == NAMES and chart.layout.yaxis.autorange == "reversed"
    assert chart.layout.xaxis.title.text == "USD per million" and chart.layout.xaxis.rangemode == "tozero"
    more = charts.lying(series, [*NAMES, "one more"], "USD per million")
    assert more.layout.height > chart.layout.height


def test_each_model_that_learns_in_a_stage_has_a_curve_of_its_own_name_and_old_curves_their_stages() -> None:
    found = [("adapt", "training loss", 1.0), ("distil:a+b", "training loss of a", 0.7), ("distil:a+b", "training loss of b", 0.8),
             ("distil:a+b", "training loss of a", 0.6), ("control:a", "training loss of control of a", 0.9),
             ("distil:old", "train loss", 0.5)]
    points = [CurvePoint(step, series, float(i), y) for i, (step, series, y) in enumerate(found)]
    chart = charts.curves(points, {"adapt": "Adapt the teacher", "distil:a+b": "Distil a and b together", "distil:old": "Distil old"})
    assert [(trace.name, trace.y) for trace in chart.data] == [
        ("Adapt the teacher", (1.0,)), ("a", (0.7, 0.6)), ("b", (0.8,)), ("control of a", (0.9,)), ("Distil old", (0.5,))]


def test_a_learning_curve_has_a_line_for_each_seed_by_rising_texts() -> None:
    points = [CurvePoint("curve", f"accuracy, seed {seed}", x, y) for x, seed, y in ((200, 0, 70.0), (100, 0, 60.0), (100, 1, 61.0))]
    chart = charts.growing(points)
    assert [(trace.name, trace.x, trace.y) for trace in chart.data] == [
        ("accuracy, seed 0", (100, 200), (60.0, 70.0)), ("accuracy, seed 1", (100,), (61.0,))]
    assert chart.layout.xaxis.type == "log"
