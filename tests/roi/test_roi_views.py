"""What charts show are the case's own numbers: steps add up to the NPV, curves pass through it."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures import assumed, measured
from core.roi.compare import compare
from core.roi.options import Activity, Case, Option, Part
from core.roi.views import cumulative, input_figure, npv_map, npv_over, utilisations, volumes_around, waterfall

TERMS = {"predictions_per_day": (50e6, "1/day"), "monthly_growth": (0.01, "share"), "peak_to_mean": (2.5, "ratio"),
         "horizon_months": (24, "months"), "discount_rate": (0.10, "share")}


def said(value: float, unit: str):
    return assumed(value, unit, by="user")


def machines(model: str, rate: float) -> Part:
    seen = measured(rate, "1/s", source="run", device="cpu", as_of="2026-11-01")
    return Part(model, "provisioned", {"usd_per_hour": said(0.75, "USD/h"), "rate_per_s": seen,
                                       "target_utilisation": said(0.6, "share"), "min_instances": said(2, "count")})


def case(**bill: float) -> Case:
    today = Option("teacher", "status_quo", (machines("teacher", 416.7),))
    if bill:
        figures = {"monthly_bill_usd": said(bill["bill"], "USD/month"), "bill_predictions_per_month": said(1e9, "1/month"),
                   "bill_variable_share": said(1.0, "share")}
        today = Option("teacher", "status_quo", (Part("bill", "bill", figures),))
    work = (Activity("engineering_hours", said(120, "h"), said(100, "USD/h")),)
    switch = {"months_to_go_live": said(2, "months"), "parallel_months": said(1, "months")}
    student = Option("student", "student", (machines("student", 1666.8),), work, switch)
    return Case({name: said(*value) for name, value in TERMS.items()}, (today, student))


def npv(made: Case) -> float:
    worth = compare(made, "student", "teacher", searched=False).npv_usd.value
    assert worth is not None
    return worth


def test_the_steps_of_the_waterfall_add_up_to_the_npv() -> None:
    steps = {step.kind: step.saved for step in waterfall(case(), "student", "teacher")}
    assert sum(steps.values()) == pytest.approx(npv(case()))
    assert steps["upfront"] == -12_000 and steps["serving"] > 0 > steps["today's system until it is off"]
    assert "monitoring" not in steps, "what neither option pays is left out"


def test_the_cumulative_cash_starts_with_the_upfront_and_ends_with_the_net_benefit() -> None:
    total = cumulative(case(), "student", "teacher")
    assert total.shape == (25,) and total[0] == -12_000
    assert total[-1] == pytest.approx(compare(case(), "student", "teacher", searched=False).net_benefit_usd.value)


def test_curves_over_volume_and_utilisation_pass_through_the_npv_of_the_case() -> None:
    made = case()
    over = npv_over(made, "student", "teacher", "predictions_per_day", np.array([50e6, 500e6]))
    assert over[0] == pytest.approx(npv(made)) and over[1] > over[0]
    grid = npv_map(made, "student", "teacher", np.array([50e6, 500e6]), np.array([0.6, 0.3, 0.9]))
    assert grid.shape == (3, 2)
    np.testing.assert_allclose(grid[0], over)
    assert grid[1, 1] > grid[0, 1] > grid[2, 1], "a low utilisation makes every machine count more"


def test_the_plotted_volumes_hold_the_case_and_every_crossing() -> None:
    seen = volumes_around(case(), (4e5, 9e8), points=50)
    assert seen.shape == (50,) and np.all(np.diff(seen) > 0)
    assert (seen[0], seen[-1]) == pytest.approx((4e4, 27e8))
    alone = volumes_around(case())
    assert (alone[0], alone[-1]) == pytest.approx((5e6, 150e6))


def test_an_uncertain_input_is_found_by_its_name() -> None:
    made = case()
    assert input_figure(made, "peak_to_mean") is made.terms["peak_to_mean"]
    assert input_figure(made, "rate_per_s of student").value == 1666.8  # type: ignore[union-attr]
    assert input_figure(made, "engineering_hours").unit == "h"  # type: ignore[union-attr]
    assert input_figure(made, "usd_per_hour").value == 0.75, "shared by both"  # type: ignore[union-attr]
    assert input_figure(made, "usd_per_call") is None


def test_bills_have_no_target_utilisation_but_machines_do() -> None:
    assert utilisations(case(bill=5000), "student", "teacher") == (0.6,)
    assert utilisations(case(), "student", "teacher") == (0.6,)
    assert utilisations(case(bill=5000), "teacher", "teacher") == ()
