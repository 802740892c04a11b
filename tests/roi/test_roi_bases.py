"""Every basis and kind of cost: draws agree with points, order holds, and what time does to cost, against numbers by hand."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.figures import not_measured
from core.roi import cash
from core.roi.breakeven import break_even
from core.roi.case import evaluate
from core.roi.compare import compare, crossings, net_flows
from core.roi.fields import NEEDED
from core.roi.flows import KINDS, Path, Plan, Terms, components, cost_flows
from core.roi.options import Activity, Case, Option, Part, numbers
from core.roi.profile import hourly_rates, smooth_profile
from core.roi.serving import MACHINES, Load, Serving, fleet_sizes, machine_hours
from tests.roi.made_case import STUDENT, TEACHER, case, machines, said, student

BASES = tuple(NEEDED)
DRAWS = 3
# What is drawn of a way to serve, by field: the range of plain values.
SERVED = {
    "share": (0.05, 1), "usd_per_hour": (0.1, 9), "rate_per_s": (20, 3000), "target_utilisation": (0.2, 1), "min_instances": (0, 4),
    "spare_instances": (0, 2), "startup_minutes": (0, 60), "billing_step_h": (0.1, 24), "usd_per_call": (1e-7, 1e-4),
    "retry_factor": (1, 2), "monthly_bill_usd": (100, 1e5), "bill_predictions_per_month": (1e6, 1e9), "bill_variable_share": (0, 1),
    "yearly_price_change": (-0.4, 0.4), "hardware_usd": (500, 2e4), "hardware_life_months": (2, 30), "watts": (50, 900),
    "usd_per_kwh": (0.05, 0.5), "hosting_usd_per_month": (0, 90),
}
PLANNED = {
    "upfront_usd": (0, 1e4), "months_to_go_live": (0, 6), "parallel_months": (0, 3), "redistil_every_months": (0.4, 12),
    "redistil_usd": (0, 3e3), "redistil_hours": (0, 40), "redistil_usd_per_hour": (50, 150), "monitoring_usd_per_month": (0, 300),
    "storage_usd_per_month": (0, 20),
    "accuracy_difference_points": (-4, 4), "usd_per_error": (0, 1e-4), "error_usd_per_prediction": (-1e-6, 1e-6),
}
COUNTS = ("min_instances", "spare_instances", "hardware_life_months", "months_to_go_live", "parallel_months")


@st.composite
def numbers_of(draw, ranges):
    """Some fields as one plain number, some as an array with one for each draw."""
    found = {}
    for name, (low, high) in ranges.items():
        one = st.integers(int(low), int(high)).map(float) if name in COUNTS else st.floats(low, high)
        found[name] = draw(one) if draw(st.booleans()) else np.array(draw(st.lists(one, min_size=DRAWS, max_size=DRAWS)))
    return found


def of_draw(fields, i):
    return {name: float(value[i]) if isinstance(value, np.ndarray) else value for name, value in fields.items()}


@settings(max_examples=60, deadline=None)
@given(basis=st.sampled_from(BASES), served=numbers_of(SERVED), old=numbers_of(SERVED), planned=numbers_of(PLANNED),
       terms=numbers_of({"predictions_per_day": (1e4, 1e9), "monthly_growth": (-0.1, 0.2), "discount_rate": (0, 0.3)}),
       load=numbers_of({"peak_to_mean": (1, 8)}), committed=st.integers(0, 9), horizon=st.integers(1, 26), profiled=st.booleans())
def test_draws_are_a_loop_of_points(basis, served, old, planned, terms, load, committed, horizon, profiled):
    day = tuple(float(hour % 7) for hour in range(24)) if profiled else None

    def flows(pick):
        today = Plan(True, (Serving("provisioned", **pick(old)),), committed_until_month=committed)
        plan = Plan(False, (Serving(basis, **pick(served)), Serving("provisioned", **pick(old))), **pick(planned))
        given_terms = Terms(horizon, **pick(terms), load=Load(**pick(load), profile=day))
        return cost_flows(plan, today, given_terms), cost_flows(today, today, given_terms)

    together = flows(lambda fields: fields)
    for i in range(DRAWS):
        for all_draws, alone in zip(together, flows(lambda fields, i=i: of_draw(fields, i)), strict=True):
            assert alone.shape == (horizon + 1,)
            assert np.broadcast_to(all_draws, (DRAWS, horizon + 1))[i] == pytest.approx(alone, rel=1e-9, abs=1e-6)


@settings(max_examples=60)
@given(basis=st.sampled_from(MACHINES), served=numbers_of(SERVED), volume=st.floats(0, 1e9), more=st.floats(1, 10), peak=st.floats(1, 12))
def test_neither_fleets_nor_their_hours_shrink_as_volume_grows(basis, served, volume, more, peak):
    part, load = Serving(basis, **of_draw(served, 0)), Load(peak)
    volumes = np.array([volume, volume * more])
    assert np.diff(fleet_sizes(part, load, volumes)) >= 0
    least, most = machine_hours(part, load, volumes)
    assert most >= least * (1 - 1e-12)


@settings(max_examples=40)
@given(peak=st.floats(1, 20), volume=st.floats(1e5, 1e9), least=st.integers(0, 4))
def test_an_autoscaled_fleet_lies_between_the_bench_and_the_provisioned_one(peak, volume, least):
    hours = {basis: float(machine_hours(Serving(basis, rate_per_s=100.0, target_utilisation=0.6, min_instances=least), Load(peak),
                                        np.array([volume]))[0]) for basis in ("bench", "autoscaled", "provisioned")}
    assert hours["bench"] <= hours["autoscaled"] <= hours["provisioned"] + 730 / 24, "a busiest hour is close to the peak"
    assert hours["autoscaled"] >= least * 730 * (1 - 1e-12)


@given(st.floats(1, 23.9))
def test_a_smooth_day_has_its_peak_and_its_mean(peak):
    day = smooth_profile(peak)
    assert day.mean() == pytest.approx(1) and day.max() == pytest.approx(peak, rel=2e-4)
    assert hourly_rates(1.0, tuple(day * 3.0)) == pytest.approx(day), "weights need no unit"


def test_a_day_without_traffic_in_some_hours_starts_machines_again():
    part = Serving("autoscaled", rate_per_s=10.0, startup_minutes=15.0)
    day = (0.0,) * 12 + (2.0,) * 12
    # A mean of 5 a second is 10 a second in half of the hours: 1 machine for 12 h and one start of a quarter of an hour.
    assert machine_hours(part, Load(2.0, day), np.array([5 * 86_400.0]))[0] == pytest.approx((12 + 0.25) * 365 / 12)


def test_a_horizon_of_one_month_is_enough():
    made = case(TEACHER, student("s", 1666.8, months_to_go_live=0.0, parallel_months=0.0, redistil_every_months=0.5), horizon_months=1.0)
    assert evaluate(made)[1].tco_usd.value == pytest.approx(12_000 + 1095 + 1600), "one update, in the middle of the month"
    found = compare(made, "s", "teacher")
    assert found.npv_usd.value == pytest.approx(3285 - 1095 - 1600 - 12_000)
    assert found.payback_months.value is None and found.break_even_predictions_per_day.value is not None


def test_zero_volume_has_costs_but_no_unit_cost_and_nothing_that_is_no_number():
    batch = replace(student("batch", 900.0), parts=(machines("batch", 900.0, "batch", min_instances=1.0),))
    made = case(TEACHER, STUDENT, batch, predictions_per_day=0.0, monthly_growth=0.02)
    for row in evaluate(made):
        assert row.usd_per_million.value is None and "nothing is predicted" in row.usd_per_million.provenance.reason
        assert row.tco_usd.value == row.tco_usd.value
    assert evaluate(made)[2].utilisation.value is None, "no machine is paid"
    found = compare(made, "batch", "teacher")
    assert found.npv_usd.value == pytest.approx(21 * 1095 - 12_000 - 3 * 1600), "two idle machines less from month 4 on"
    assert np.isfinite(found.break_even_predictions_per_day.value)


def test_a_late_option_waits_for_the_whole_horizon():
    late = evaluate(case(TEACHER, student("late", 1666.8, months_to_go_live=30.0)))[1]
    assert late.tco_usd.value == pytest.approx(12_000 + 24 * 3285), "spent, and never served"


def test_updates_of_half_a_month_and_never():
    def tco(**changes):
        return evaluate(case(TEACHER, student(months_to_go_live=0.0, parallel_months=0.0, **changes), horizon_months=3.0))[1].tco_usd.value

    never = tco(redistil_every_months=0.0)
    assert tco(redistil_every_months=0.75) - never == pytest.approx(3 * 1600), "at 0.75, 1.5 and 2.25; that at 3 is too late"
    assert tco(redistil_every_months=3.0) == never


def test_without_updates_their_unknown_cost_does_not_matter():
    unknown = {"redistil_usd": not_measured("USD", "no run yet")}
    for every, known in ((0.0, True), (None, True), (6.0, False)):
        planned = {"redistil_every_months": not_measured("months", "no plan") if every is None else said(every, "months")}
        option = replace(STUDENT, figures={**STUDENT.figures, **unknown, **planned})
        found = evaluate(case(TEACHER, option))[1]
        assert (found.tco_usd.value is not None) is known, every
        assert ("no re-distillation is counted" in found.tco_usd.provenance.source) is (every is None)


def test_an_unknown_rate_of_one_activity_makes_the_cost_unknown():
    hours = (Activity("hours for code", said(10.0, "h"), not_measured("USD/h", "nobody has said it")),
             Activity("hours for review", said(10.0, "h"), said(90.0, "USD/h")))
    found = evaluate(case(TEACHER, replace(STUDENT, work=hours)))[1]
    assert found.upfront_usd.value is None and "of hours for code" in found.upfront_usd.provenance.reason
    priced = replace(STUDENT, work=(replace(hours[0], usd_per_hour=said(120.0, "USD/h")), hours[1]))
    assert evaluate(case(TEACHER, priced))[1].upfront_usd.value == 2100


def test_an_activity_with_its_own_rate_does_not_move_with_the_engineering_rate():
    work = (Activity("a", said(10.0, "h"), said(100.0, "USD/h")), Activity("b", said(10.0, "h"), said(90.0, "USD/h"), own_rate=True))
    made = case(TEACHER, replace(STUDENT, work=work))
    drawn = net_flows(made, "depth-3", "teacher", {"engineering_usd_per_hour": np.array([100.0, 200.0])})
    assert drawn[:, 0].tolist() == [-1900, -2900]


def test_figures_rest_on_what_decides_them_and_on_nothing_else():
    today = replace(TEACHER, figures={"monitoring_usd_per_month": said(1.0)})
    row = evaluate(case(today, STUDENT))[1]
    fields = ("instances", "monthly_cost_usd", "upfront_usd")
    names = {field: {name for name, _ in getattr(row, field).provenance.inputs} for field in fields}
    assert names["instances"] == {"predictions_per_day", "monthly_growth", "peak_to_mean", "rate_per_s of depth-3",
                                  "target_utilisation of depth-3", "min_instances of depth-3"}
    assert names["monthly_cost_usd"] == names["instances"] | {"usd_per_hour of depth-3"}
    assert names["upfront_usd"] == {"engineering_hours", "engineering_usd_per_hour"}
    whole = {name for name, _ in row.pv_cost_usd.provenance.inputs}
    assert {"discount_rate", "usd_per_hour of teacher", "monitoring_usd_per_month of teacher", "redistil_usd of depth-3"} <= whole


def bench_of(*parts):
    return evaluate(case(TEACHER, replace(STUDENT, parts=parts)))[1].usd_per_million_bench


def test_the_bench_cost_of_a_cascade_adds_up_by_shares_and_owned_machines_have_none():
    first, second = STUDENT.parts[0], machines("teacher", 416.7, share=0.25)
    assert bench_of(first, second).value == pytest.approx(bench_of(first).value + 0.25 * bench_of(second).value)
    owned = replace(first, figures={**first.figures, "usd_per_hour": said(0.0), "hardware_usd": said(9e3)})
    assert bench_of(owned).value is None and "owned" in bench_of(owned).provenance.reason


def test_only_machines_are_bought():
    with pytest.raises(UserError, match="hardware_usd: 'x' is paid for on the basis 'api', which has no machines to buy"):
        Part("x", "api", {"usd_per_call": said(0.1), "hardware_usd": said(9e3)})


def owned_case(life, growth=0.0, **changes):
    fields = {"usd_per_hour": 0.0, "rate_per_s": 416.7, "target_utilisation": 0.6, "min_instances": 2.0, "hardware_usd": 1000.0,
              "hardware_life_months": life, "watts": 0.0, "usd_per_kwh": 0.0, "hosting_usd_per_month": 0.0}
    today = Option("teacher", "status_quo", (Part("teacher", "provisioned", {name: said(value) for name, value in fields.items()}),))
    return case(today, student(**changes), monthly_growth=growth)


def test_todays_own_machines_are_replaced_while_they_serve():
    # Six machines of 1,000, new today, last 2 months; the student waits 2 months and runs beside for one: the purchase at the
    # end of month 2 is for month 3, in which today's system still serves; that at the end of month 4 is saved.
    terms, plans = numbers(owned_case(2.0))
    wait = components(plans["depth-3"], plans["teacher"], terms)["today's system until it is off"]
    assert np.flatnonzero(wait).tolist() == [2] and wait[2] == 6000
    terms, plans = numbers(owned_case(3.0))
    wait = components(plans["depth-3"], plans["teacher"], terms)["today's system until it is off"]
    assert wait.sum() == 0, "they last until the end of its last month"
    assert evaluate(owned_case(2.0))[0].tco_usd.value == 11 * 6000, "months 2, 4, ... 22; none at the end of 24"


def test_growth_of_owned_machines_is_bought_a_month_ahead():
    terms, plans = numbers(owned_case(99.0, growth=0.1))
    bought = components(plans["teacher"], plans["teacher"], terms)["hardware"]
    fleet = fleet_sizes(plans["teacher"].parts[0], terms.load, terms.volumes)
    assert bought[1:-1].tolist() == (1000 * np.diff(fleet)).tolist() and (bought[0], bought[-1]) == (0, 0)


@given(life=st.integers(1, 20), fleet=st.lists(st.integers(0, 9), min_size=1, max_size=30).map(np.array))
def test_every_machine_has_its_life_and_every_month_its_machines(life, fleet):
    bought = cash.purchases(fleet.astype(float), float(life), today=False)
    at_work = np.array([bought[max(0, month - life) : month].sum() for month in range(1, len(fleet) + 1)])
    assert (at_work[fleet > 0] >= np.maximum.accumulate(fleet)[fleet > 0]).all(), "bought before the month, and not older than its life"
    assert bought[-1] == 0 and (bought >= 0).all()


def test_kinds_of_cost_add_up_and_each_is_worked_out_once():
    terms, plans = numbers(case(TEACHER, STUDENT))
    path = Path(plans["depth-3"], terms, Path(plans["teacher"], terms))
    assert tuple(path.kinds) == KINDS
    assert path.costs == pytest.approx(sum(flow for flow in path.kinds.values() if flow is not None))
    assert path.costs is path.costs and path.running is path.running
    made = case(TEACHER, STUDENT)
    assert made.points is made.points and replace(made, terms=made.terms).points is not made.points


@settings(max_examples=15, deadline=None)
@given(basis=st.sampled_from(["provisioned", "batch", "bench", "autoscaled"]), rate=st.floats(420, 1200), hours=st.floats(1, 200),
       points=st.floats(-1, 1), growth=st.sampled_from([0.0, 0.01]))
def test_no_crossing_hides_between_the_volumes_that_are_looked_at(basis, rate, hours, points, growth):
    priced = {"accuracy_difference_points": points, "usd_per_error": 1e-6, "redistil_every_months": 0.0}
    made = case(TEACHER, student("s", rate, hours, basis=basis, **priced), monthly_growth=growth, horizon_months=12.0)
    found = crossings(made, "s", "teacher")
    volumes = np.geomspace(1e6, 5e8, 3000)
    good = net_flows(made, "s", "teacher", {"predictions_per_day": volumes}).sum(axis=-1) >= -1e-6
    for low in np.flatnonzero(good[1:] != good[:-1]):
        assert any(volumes[low] * (1 - 1e-8) <= crossing <= volumes[low + 1] * (1 + 1e-8) for crossing in found.crossings)
    if found.volume is not None:
        assert good[volumes > found.volume * (1 + 1e-8)].all()
        at = net_flows(made, "s", "teacher", {"predictions_per_day": np.array([found.volume])}).sum(axis=-1)
        assert at >= -1e-6, "it pays at the volume that is told, not only above it"


def test_options_of_equal_cost_have_no_crossing_and_are_searched_in_bounded_time():
    made = case(TEACHER, student("twin", 416.7, 0.0, redistil_every_months=0.0), student("near", 416.8, 0.01, redistil_every_months=0.0))
    assert crossings(made, "twin", "twin").crossings == ()
    seen = []

    def restless(volumes):
        seen.append(len(volumes))
        return volumes, volumes * (1 + 1e-6 * np.sin(volumes))

    assert break_even(restless).crossings
    assert sum(seen) < 12_000


def test_of_very_many_crossings_the_last_is_known_best():
    found = break_even(lambda volumes: (volumes * (1 + 1e-3 * np.sin(20 * np.log(volumes))), volumes))
    last = np.exp(np.pi / 20 * np.floor(20 * np.log(1e11) / np.pi))  # where the sine is 0, and above it on the way up
    assert len(found.crossings) > 100
    assert found.crossings[-1] == pytest.approx(last, rel=1e-8)


@given(points=st.floats(-5, 5), basis=st.sampled_from(["provisioned", "bench", "batch"]))
@settings(max_examples=20, deadline=None)
def test_the_search_is_given_costs_that_never_fall_with_the_volume(points, basis):
    """A student that errs less saves with every prediction; that counts for it, not against the other."""
    priced = {"accuracy_difference_points": points, "usd_per_error": 1e-4}
    other = student("other", 700.0, accuracy_difference_points=1.0, usd_per_error=1e-4)
    made = case(TEACHER, student("s", 900.0, basis=basis, **priced), other)
    seen = []
    with patch("core.roi.compare.break_even", lambda costs_at: seen.append(costs_at) or break_even(costs_at)):
        found = crossings(made, "s", "other")
    volumes = np.geomspace(1e5, 1e9, 300)
    gains, losses = seen[0](volumes)
    assert (np.diff(gains) >= -1e-9 * gains[1:]).all() and (np.diff(losses) >= -1e-9 * losses[1:]).all()
    npv = net_flows(made, "s", "other", {"predictions_per_day": volumes}).sum(axis=-1)
    assert gains - losses == pytest.approx(npv, rel=1e-6, abs=1e-6 * np.abs(gains).max())
    assert found.volume in (None, *(found.crossings[-1:] or (100.0,)))


def test_two_crossings_in_one_step_of_the_grid_are_found():
    def dip(volumes):
        """Gains jump by 2 at 1.01 M, costs by 3 at 1.0 M and the gains by 2 again at 1.02 M: the NPV is below 0 in between."""
        return 10.0 + 2.0 * (volumes > 1.01e6) + 2.0 * (volumes > 1.02e6), 9.5 + 3.0 * (volumes > 1e6)

    found = break_even(dip)
    assert found.crossings == pytest.approx((1e6, 1.02e6), rel=1e-8) and found.volume == found.crossings[-1]


def test_monitoring_and_storage_of_todays_system_are_paid_until_it_is_off():
    fixed = {"monitoring_usd_per_month": said(100.0), "storage_usd_per_month": said(7.0)}
    found = compare(case(replace(TEACHER, figures=fixed), STUDENT), "depth-3", "teacher")
    plain = compare(case(TEACHER, STUDENT), "depth-3", "teacher")
    assert found.npv_usd.value - plain.npv_usd.value == pytest.approx(21 * 107), "saved in months 4 to 24"
    assert found.monthly_saving_usd.value - plain.monthly_saving_usd.value == pytest.approx(107)


def test_a_case_says_which_number_a_name_stands_for():
    made: Case = case(TEACHER, STUDENT)
    assert made.bases["peak_to_mean"] == 2.5 and made.bases["rate_per_s of depth-3"] == 1666.8
    assert made.bases["rate_per_s"] == 416.7, "the first option's, where several have one"
    assert made.bases["engineering_hours"] == 120 and "usd_per_call" not in made.bases
