"""Charts of a decision: what they draw, that series differ without colour, and the findings above them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.case import CaseInputs
from core.figures import Figure, measured
from core.roi.sensitivity import Bar
from core.roi.views import Step
from core.spec import parse
from core.studies import read
from core.studies.decide import Decision, decide
from pages.ui import money_charts, money_findings
from pages.ui.money_charts import Look

MONTHS = np.arange(25.0)
PLAIN = -8000 + 1000 * MONTHS
BAND = {"p10": PLAIN - 3000, "p50": PLAIN + 100, "p90": PLAIN + 4000}
STEPS = (Step("upfront", -8000.0), Step("serving", 52_000.0), Step("re-distillation", -4_000.0))
BARS = (Bar("predictions_per_day", 1e6, 9e6, -5_000.0, 30_000.0), Bar("peak_to_mean", 2.0, 3.4, 12_000.0, 9_000.0))
LABELLED = [("the volume", BARS[0], "1/day"), ("the peak", BARS[1], "ratio")]


def points(value: float, low: float | None = None, high: float | None = None) -> Figure:
    return measured(value, "points", source="run", device="cpu", as_of="2026-11-20", low=low, high=high)


ROWS = [("depth-3", "student", points(-1.2, -2.1, -0.3)), ("control of depth-3", "control", points(-5.0, -6.1, -4.2)),
        ("cascade of depth-3", "cascade", points(-1.0, -1.4, -0.6))]


@pytest.fixture(scope="module")
def decided() -> Decision:
    said = {"predictions_per_day": 300e6, "latency_limit_ms": 50.0, "accuracy_margin_points": 5.0, "engineering_hours": 80.0}
    return decide(read.example(), date(2026, 11, 25), parse(CaseInputs, said), draws=256)


def titles(chart: object) -> tuple[str, str]:
    return chart.layout.xaxis.title.text, chart.layout.yaxis.title.text  # type: ignore[attr-defined]


def test_the_cash_chart_has_its_band_its_lines_and_the_payback_on_the_line_at_zero() -> None:
    chart = money_charts.cash(PLAIN, BAND, 8.0, Look())
    low, high, median, plain, mark = chart.data
    assert list(low.y) == list(BAND["p10"]) and list(high.y) == list(BAND["p90"]) and high.fill == "tonexty"
    assert (list(plain.y), list(median.y)) == (list(PLAIN), list(BAND["p50"]))
    assert (list(mark.x), list(mark.y), mark.text) == ([8.0], [0.0], ("paid back: 8 months",))
    assert len({line.line.dash for line in (low, median, plain)}) == 3, "lines differ by their dashes"
    assert titles(chart) == ("months after the start", "net cash so far, undiscounted, USD")


def test_before_draws_and_without_payback_the_cash_chart_is_one_line() -> None:
    assert [trace.name for trace in money_charts.cash(PLAIN - 20_000, {}, None, Look()).data] == ["at the plain values"]


def test_the_waterfall_starts_each_step_where_the_last_one_ended() -> None:
    chart = money_charts.waterfall(STEPS, Look())
    saves, adds, total = chart.data
    assert (list(adds.y), list(adds.base), list(adds.x)) == (["Upfront", "Re-distillation"], [0.0, 44_000.0], [-8_000.0, -4_000.0])
    assert (list(saves.base), list(saves.x)) == ([-8_000.0], [52_000.0])
    assert (list(total.x), list(total.text)) == ([40_000.0], ["$40,000"])
    assert len({trace.marker.pattern.shape for trace in chart.data}) == 3, "bars differ by their pattern"
    low, high = chart.layout.xaxis.range
    assert low < -8_000 and high > 44_000, "labels have room"
    with_cents = money_charts.waterfall((*STEPS, Step("storage", -0.04)), Look())
    assert "Storage" not in [name for trace in with_cents.data for name in trace.y], "cents are not drawn"


def test_the_tornado_has_two_ends_of_each_input_and_their_values_in_words() -> None:
    chart = money_charts.tornado(LABELLED, 10_000.0, Look())
    at_p10, at_p90 = chart.data
    assert list(at_p10.y) == ["the volume<br>1.0 to 9.0 M predictions a day", "the peak<br>2.00 to 3.40×"]
    assert (list(at_p10.x), list(at_p90.x)) == ([-15_000.0, 2_000.0], [20_000.0, -1_000.0])
    assert at_p10.base == at_p90.base == 10_000.0 == chart.layout.shapes[0].x0
    assert at_p10.marker.pattern.shape != at_p90.marker.pattern.shape
    many = money_charts.tornado(LABELLED * 10, 0.0, Look())
    assert len(many.data[0].y) == money_charts.MOST_BARS


def test_every_crossing_in_the_range_is_marked_on_a_logarithmic_axis() -> None:
    volumes = np.geomspace(1e6, 1e9, 50)
    chart = money_charts.volume(volumes, np.log(volumes), (2e7, 5.0), (3e6, 8e6, 5e9), Look())
    _, case, marks = chart.data
    assert (list(marks.x), list(marks.text)) == ([3e6, 8e6], ["3 M", "8 M"]) and list(marks.y) == [0.0, 0.0]
    assert list(case.x) == [2e7] and case.marker.symbol != marks.marker.symbol
    assert chart.layout.xaxis.type == "log" and chart.layout.yaxis.zeroline
    assert titles(chart) == ("predictions a day", "NPV, USD")
    crowd = money_charts.volume(volumes, np.log(volumes), (2e7, 5.0), tuple(np.linspace(2e6, 9e6, 9)), Look())
    assert len(crowd.data[2].x) == 9 and set(crowd.data[2].text) == {""}, "many crossings are marked without crowding the chart"


def test_curves_over_utilisation_differ_by_their_dashes() -> None:
    shares = np.array([0.2, 0.6])
    curves = {"now": np.array([1.0, 2.0]), "half": np.array([0.5, 1.0]), "twice": np.array([2.0, 4.0])}
    chart = money_charts.utilisation(shares, curves, (0.6, 2.0), Look())
    assert [trace.line.dash for trace in chart.data[:3]] == list(money_charts.DASHES)
    assert list(chart.data[0].x) == [20.0, 60.0] and list(chart.data[3].x) == [60.0]
    assert titles(chart) == ("target utilisation, %", "NPV, USD")


def test_differences_stand_beside_the_margin_each_role_with_its_symbol() -> None:
    chart = money_charts.margin([*ROWS, ("unknown", "student", replace(ROWS[0][2], value=None))], 2.0, Look())
    assert {trace.name: (list(trace.y), trace.marker.symbol) for trace in chart.data} == {
        "student": (["depth-3"], "circle"), "control": (["control of depth-3"], "square-open"),
        "cascade": (["cascade of depth-3"], "diamond")}
    student = chart.data[0]
    assert list(student.error_x.array) == pytest.approx([0.9]) and list(student.error_x.arrayminus) == pytest.approx([0.9])
    assert [(shape.x0, shape.line.dash) for shape in chart.layout.shapes] == [(0.0, "solid"), (-2.0, "dash")]
    assert [note.text for note in chart.layout.annotations] == ["teacher", "margin −2"]
    assert len(money_charts.margin(ROWS, None, Look()).layout.shapes) == 1, "nobody has said a margin"


def test_another_currency_and_a_large_audience_change_the_axis_and_the_type() -> None:
    small, large = (money_charts.cash(PLAIN, BAND, None, look) for look in (Look(), Look(large=True, currency="EUR")))
    assert large.layout.yaxis.title.text.endswith("EUR") and "$" not in large.layout.yaxis.tickformat
    assert large.layout.font.size > small.layout.font.size and large.layout.height > small.layout.height
    assert Look(currency="EUR").money(12_000.0) == "EUR 12,000"
    assert Look(large=True).width > Look().width


def test_a_title_says_what_the_cash_comes_to(decided: Decision) -> None:
    assert decided.ruling and decided.ruling.against
    against = decided.ruling.against
    said = {None: "Not paid back within 24 months", 0.0: "Nothing has to be paid back", 8.25: "Paid back after 8.25 months"}
    for months, told in said.items():
        paid = replace(against, payback_months=Figure(months, "months", against.npv_usd.provenance))
        assert money_findings.cash(paid, decided.outlook, 24, "USD").startswith(f"{told}; P10 to P90 of net cash at the end: ")
        assert money_findings.cash(paid, None, 24, "USD").startswith(f"{told}; net cash after 24 months: ")
    never = replace(against, payback_months=Figure(None, "months", against.npv_usd.provenance))
    assert money_findings.cash(never, None, 1, "USD").startswith("Not paid back within 1 month; net cash after 1 month: ")


def test_the_waterfalls_title_names_the_largest_saving_and_cost_but_no_pennies() -> None:
    assert money_findings.waterfall(STEPS, "USD") == "Serving saves $52,000 and upfront costs $8,000 more"
    assert money_findings.waterfall((STEPS[1], Step("storage", -0.03)), "USD") == "Serving saves $52,000"
    assert money_findings.waterfall((STEPS[0],), "EUR") == "Upfront costs EUR 8,000 more"
    assert money_findings.waterfall((), "USD") == "Both options cost the same"


def test_the_tornados_title_says_what_moves_and_what_turns_the_answer() -> None:
    assert money_findings.tornado(BARS) == "The NPV moves most with the volume; 1 of 2 inputs can turn its sign"
    assert money_findings.tornado(BARS[1:]) == "The NPV moves most with the peak; no single input turns its sign"
    assert money_findings.tornado((replace(BARS[0], npv_at_low=1.0, npv_at_high=1.0),)) == "No uncertain input moves the NPV"


def test_the_title_over_volume_counts_the_crossings(decided: Decision) -> None:
    assert decided.ruling and decided.ruling.against
    known = decided.ruling.against.npv_usd.provenance

    def told(volume: float | None, crossings: tuple[float, ...]) -> str:
        assert decided.ruling and decided.ruling.against
        figure = Figure(volume, "1/day", known)
        return money_findings.volume(replace(decided.ruling.against, break_even_predictions_per_day=figure, crossings=crossings))

    assert told(None, (5e6,)) == "At no volume looked at does it pay for good"
    assert told(100.0, ()) == "It pays at every volume looked at"
    assert told(6e7, (6e7,)) == "It pays above 60 M predictions a day"
    assert told(6e7, (5e6, 1e7, 6e7)).endswith("; below it the NPV changes sign 2 more times, as fleets grow by whole machines")


def test_the_title_over_utilisation_says_whether_it_matters() -> None:
    assert money_findings.utilisation(np.array([1.0, 2.0])) == "It pays at every target utilisation"
    assert money_findings.utilisation(np.array([-1.0, 0.0])) == "It pays at no target utilisation"
    assert money_findings.utilisation(np.array([-1.0, 1.0])) == "Whether it pays depends on the target utilisation"


@pytest.mark.parametrize(("rows", "margin", "told"), [
    (ROWS, 2.0, "1 of 3 stay within the margin of 2 points for certain"), (ROWS[:1], 3.0, "depth-3 stays within the margin of 3 points"),
    (ROWS, 7.0, "All 3 stay within the margin of 7 points"), (ROWS[1:2], 1.0, "All lose more than the margin of 1 point"),
    (ROWS[:1], 1.0, "None is certain to stay within the margin of 1 point"),
    (ROWS, None, "Nobody has said how many accuracy points may be lost"),
    ([("new", "student", points(-1.0))], 2.0, "No difference to the teacher is known with its interval")])
def test_the_margins_title_follows_the_intervals(rows: list[tuple[str, str, Figure]], margin: float | None, told: str) -> None:
    assert money_findings.margin(rows, margin) == told
