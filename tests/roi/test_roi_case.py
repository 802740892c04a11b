"""The assembled case: figures with their origin, and numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.case import CaseInputs
from core.errors import UserError
from core.figures import Figure, not_measured
from core.roi import fleet, worth
from core.roi.breakeven import LOWEST, break_even
from core.roi.case import evaluate
from core.roi.compare import compare, crossings, net_flows
from core.roi.flows import components, cost_flows
from core.roi.inputs import UNITS, halved, resolve
from core.roi.options import Option, Part, flows, numbers
from tests.roi.made_case import STUDENT, TEACHER, case, machines, said, student, unpriced


def result(option, *others, **changes):
    options = (option,) if option is TEACHER else (option, TEACHER)
    return evaluate(case(*options, *others, **changes))[0]


def against(option, other=TEACHER, searched=False, **changes):
    options = {o.name: o for o in (TEACHER, option, other)}.values()
    return compare(case(*options, **changes), option.name, other.name, searched)


def test_every_number_of_the_case_says_who_assumed_it():
    inputs = resolve(CaseInputs(predictions_per_day=5e6))
    assert set(inputs) == set(UNITS) and set(UNITS) <= set(CaseInputs.model_fields)
    assert (inputs["predictions_per_day"].value, inputs["predictions_per_day"].provenance.by) == (5e6, "user")
    assert (inputs["discount_rate"].value, inputs["discount_rate"].provenance.by) == (0.10, "default")
    assert inputs["latency_limit_ms"] == not_measured("ms", "nobody has said it")
    assert inputs["redistil_every_months"].value is None


def test_half_of_an_interval_is_derived_and_half_of_none_unknown():
    assert halved(said(6.0, "months")).value == 3.0
    assert halved(not_measured("months", "nobody has said it")).value is None


def test_the_teacher_by_hand():
    teacher = result(TEACHER)
    # Peak 50e6 / 86,400 x 2.5 = 1,446.76 a second, 250.02 a machine: 6 machines, 6 x 0.75 x 730 = 3,285.
    assert teacher.instances.value == 6
    assert teacher.monthly_cost_usd.value == 3285.0
    assert teacher.usd_per_million.value == pytest.approx(3285 / (50 * 365 / 12))
    assert teacher.usd_per_million_bench.value == pytest.approx(0.5, abs=1e-3), "claim C2"
    assert teacher.utilisation.value == pytest.approx(578.7037 / (6 * 416.7))
    assert (teacher.upfront_usd.value, teacher.tco_usd.value) == (0.0, 3285.0 * 24)


def test_the_student_by_hand():
    found = result(STUDENT)
    assert (found.instances.value, found.monthly_cost_usd.value) == (2, 1095.0)
    # Two months of the old, one of both, 21 of the new, three updates (months 8, 14 and 20).
    assert found.tco_usd.value == pytest.approx(12_000 + 2 * 3285 + (3285 + 1095) + 21 * 1095 + 3 * 1600)
    assert found.tco_usd.provenance.kind == "derived"
    assert dict(found.tco_usd.provenance.inputs)["rate_per_s of depth-3"] == "measured"


def test_the_comparison_by_hand():
    found = against(STUDENT)
    gain = 24 * 3285 - (12_000 + 2 * 3285 + 4380 + 21 * 1095 + 4800)
    assert found.npv_usd.value == pytest.approx(gain) and found.net_benefit_usd.value == pytest.approx(gain)
    assert found.roi.value == pytest.approx(gain / 12_000)
    assert found.max_upfront_usd.value == pytest.approx(gain + 12_000)
    assert found.monthly_saving_usd.value == 2190
    # After month 3 the debt is 13,095; months 4 to 7 save 2,190 each, month 8 only 590, leaving 3,745.
    assert found.payback_months.value == pytest.approx(9 + (3745 - 2190) / 2190)
    assert against(STUDENT, discount_rate=0.1).npv_usd.value < gain


def test_growth_moves_the_first_month_and_price_changes_follow_the_calendar():
    grown = result(STUDENT, monthly_growth=0.5)
    # 50 M x 1.5^2 = 112.5 M a day: peak 3,255.2 / 1,000.08 = 3.25, so 4 machines.
    assert (grown.instances.value, grown.monthly_cost_usd.value) == (4, 4 * 547.5)
    part = STUDENT.parts[0]
    cheaper = replace(STUDENT, parts=(replace(part, figures={**part.figures, "yearly_price_change": said(-0.2, "share")}),))
    assert result(cheaper).tco_usd.value == pytest.approx(result(STUDENT).tco_usd.value - 0.2 * 1095 * 12)


def test_commitments_and_parallel_running_are_paid():
    today = replace(TEACHER, figures={"committed_until_month": said(10.0, "months")})
    committed = evaluate(case(today, STUDENT))[1].tco_usd.value
    assert committed - result(STUDENT).tco_usd.value == pytest.approx(7 * 3285), "months 4 to 10"
    assert result(student(parallel_months=4.0)).tco_usd.value - result(STUDENT).tco_usd.value == pytest.approx(3 * 3285)


def test_errors_monitoring_and_storage_are_running_costs():
    priced = student(accuracy_difference_points=-2.0, usd_per_error=1e-5, monitoring_usd_per_month=100.0, storage_usd_per_month=5.0)
    errors = 50e6 * 365 / 12 * 0.02 * 1e-5
    assert result(priced).tco_usd.value - result(STUDENT).tco_usd.value == pytest.approx(22 * (errors + 105))
    assert result(priced).monthly_cost_usd.value == pytest.approx(1095 + 105), "an error is a cost, but no bill"
    assert against(priced).monthly_saving_usd.value == pytest.approx(2190 - 105 - errors), "the saving leaves out nothing"
    loss = against(priced).break_even_accuracy_loss_points.value
    broken = student(accuracy_difference_points=-loss, usd_per_error=1e-5, monitoring_usd_per_month=100.0, storage_usd_per_month=5.0)
    assert against(broken).npv_usd.value == pytest.approx(0, abs=1e-6)


def test_the_same_option_is_worth_minus_its_project():
    twin = student("twin", 416.7, redistil_every_months=0.0, months_to_go_live=0.0, parallel_months=0.0)
    found = against(twin)
    assert found.monthly_saving_usd.value == 0 and found.npv_usd.value == pytest.approx(-12_000)
    other = against(STUDENT, student("control", role="control"))
    assert other.npv_usd.value == 0.0
    assert other.roi.value is None and "needs no less upfront" in other.roi.provenance.reason
    assert other.max_upfront_usd.value == 12_000.0


def test_what_never_pays_back_says_so():
    dear = against(student("dear", hours=1e5))
    assert dear.payback_months.value is None
    assert "does not pay back within 24 months" in dear.payback_months.provenance.reason
    assert dear.discounted_payback_months.value is None
    assert dear.npv_usd.value < 0 and dear.irr.value < 0


def test_unknown_throughput_or_price_makes_money_unknown_not_zero():
    lacking = unpriced(STUDENT)
    found = result(lacking)
    assert {found.monthly_cost_usd.value, found.usd_per_million.value, found.tco_usd.value} == {None}
    assert "usd_per_hour of depth-3" in found.monthly_cost_usd.provenance.reason
    compared = against(lacking, searched=True)
    assert all(figure.value is None for figure in vars(compared).values() if isinstance(figure, Figure))
    assert result(TEACHER).tco_usd.value is not None


@pytest.mark.parametrize("options", [[STUDENT], [TEACHER, replace(TEACHER, name="other")], [TEACHER, STUDENT, STUDENT]])
def test_exactly_one_option_serves_today_and_names_differ(options):
    with pytest.raises(UserError, match=r"role|name"):
        case(*options)


def npv_at(per_day, option=STUDENT):
    return against(option, predictions_per_day=per_day).npv_usd.value


def test_from_the_break_even_volume_on_the_npv_is_never_negative():
    volume = against(STUDENT, searched=True).break_even_predictions_per_day.value
    assert npv_at(volume * 0.9999) < 0
    assert all(npv_at(v) >= 0 for v in volume * np.geomspace(1 + 1e-6, 50, 100))


def test_every_crossing_is_found_between_machine_counts():
    # At 1.5 times the speed the saving comes and goes as either fleet grows.
    found = crossings(case(TEACHER, student("slow", 625.0, 60.0)), "slow", "teacher")
    assert len(found.crossings) > 1 and len(found.crossings) % 2 == 1
    assert found.volume == found.crossings[-1]


@given(root=st.floats(1e3, 1e9))
def test_a_smooth_crossing_is_found_to_high_precision(root):
    assert break_even(lambda v: (v, np.full_like(v, root))).volume == pytest.approx(root, rel=1e-8)


def test_break_even_at_the_ends_of_the_range():
    assert break_even(lambda v: (np.zeros_like(v), v)).volume is None
    assert break_even(lambda v: (v, np.zeros_like(v))).volume == pytest.approx(LOWEST)


@settings(max_examples=25)
@given(hours=st.floats(0, 1e3), speed=st.floats(1, 20), volume=st.floats(1e5, 1e9), rate=st.floats(0, 0.5))
def test_npv_is_the_difference_of_present_values_and_adds_up(hours, speed, volume, rate):
    one, other = student("a", 416.7 * speed, hours), student("b", 900.0, 50.0)
    made = case(TEACHER, one, other, predictions_per_day=volume, discount_rate=rate)
    pv = {row.name: row.pv_cost_usd.value for row in evaluate(made)}
    direct = compare(made, "a", "b", False).npv_usd.value
    assert direct == pytest.approx(pv["b"] - pv["a"], rel=1e-9, abs=1e-4)
    over = compare(made, "a", "teacher", False).npv_usd.value - compare(made, "b", "teacher", False).npv_usd.value
    assert direct == pytest.approx(over, rel=1e-9, abs=1e-4)


@settings(max_examples=25)
@given(factor=st.floats(0.01, 100))
def test_scaling_the_currency_scales_the_npv(factor):
    def scaled(option):
        part = option.parts[0]
        price = replace(part.figures["usd_per_hour"], value=0.75 * factor)
        work = tuple(replace(task, usd_per_hour=said(100.0 * factor)) for task in option.work)
        figures = {k: said((f.value or 0) * factor) if "usd" in k else f for k, f in option.figures.items()}
        return replace(option, parts=(replace(part, figures={**part.figures, "usd_per_hour": price}),), work=work, figures=figures)

    found = compare(case(scaled(TEACHER), scaled(STUDENT), discount_rate=0.1), "depth-3", "teacher", False)
    assert found.npv_usd.value == pytest.approx(factor * against(STUDENT, discount_rate=0.1).npv_usd.value, rel=1e-9)


@settings(max_examples=25)
@given(basis=st.sampled_from(["provisioned", "batch", "autoscaled"]), volume=st.floats(1e4, 1e9), more=st.floats(1, 10))
def test_fleets_never_shrink_as_volume_grows(basis, volume, more):
    option = student("s", 700.0, basis=basis)
    few, many = (result(option, predictions_per_day=v).instances.value for v in (volume, volume * more))
    assert many >= few


@settings(max_examples=25)
@given(volume=st.floats(1e4, 1e9), more=st.floats(1, 10))
def test_on_the_bench_basis_volume_never_lowers_the_saving(volume, more):
    def bench(option):
        part = option.parts[0]
        kept = {name: part.figures[name] for name in ("usd_per_hour", "rate_per_s")}
        return replace(option, parts=(Part(part.model, "bench", kept),))

    savings = [compare(case(bench(TEACHER), bench(STUDENT), predictions_per_day=v), "depth-3", "teacher", False).monthly_saving_usd.value
               for v in (volume, volume * more)]
    assert savings[1] >= savings[0] >= 0


def test_zero_volume_is_answered_in_words():
    found = result(STUDENT, predictions_per_day=0.0)
    assert found.usd_per_million.value is None and found.monthly_cost_usd.value == 1095.0


def test_the_npv_at_the_irr_is_zero():
    found = against(STUDENT)
    made = case(TEACHER, STUDENT)
    assert worth.npv(net_flows(made, "depth-3", "teacher"), found.irr.value) == pytest.approx(0, abs=1e-6)


def test_the_other_bases_by_hand():
    api = Option("api", "api", (Part("api", "api", {"usd_per_call": said(2e-6), "retry_factor": said(1.1)}),))
    bill = Option("bill", "api", (Part("bill", "bill", {"monthly_bill_usd": said(900.0), "bill_predictions_per_month": said(1e9),
                                                        "bill_variable_share": said(0.5)}),))
    batch = Option("batch", "api", (machines("batch", 500.0, "batch", billing_step_h=24.0, min_instances=1.0),))
    rows = {row.name: row.monthly_cost_usd.value for row in evaluate(case(TEACHER, api, bill, batch))}
    month = 50e6 * 365 / 12
    assert rows["api"] == pytest.approx(month * 2.2e-6)
    assert rows["bill"] == pytest.approx(900 * (0.5 + 0.5 * month / 1e9))
    assert rows["batch"] == pytest.approx(np.ceil(month / (500 * 3600 * 0.6) / 24) * 24 * 0.75)


def test_an_autoscaled_day_by_hand():
    part = machines("teacher", 100.0, "autoscaled", startup_minutes=30.0, min_instances=1.0, target_utilisation=1.0)
    profile = (*[1.0] * 23, 25.0)  # mean 2: at 4.32 M a day 50 a second on average, 25 in most hours, 625 in one
    today = Option("teacher", "status_quo", (part,))
    found = evaluate(case(today, profile=profile, predictions_per_day=4.32e6))[0]
    # 23 hours with 1 machine, one with 7; 6 are added once a day and billed half an hour more.
    assert found.monthly_cost_usd.value == pytest.approx((23 + 7 + 6 * 0.5) * 365 / 12 * 0.75)


def test_a_cascade_pays_the_student_for_all_and_the_teacher_for_a_share():
    second = machines("teacher", 416.7, share=0.3)
    cascade = replace(STUDENT, name="cascade", role="cascade", parts=(STUDENT.parts[0], second))
    found = evaluate(case(TEACHER, cascade))[1]
    alone = fleet.instances(0.3 * 50e6 / 86_400 * 2.5, 416.7, 0.6, 2)
    assert found.instances.value == 2 + alone and found.monthly_cost_usd.value == pytest.approx((2 + alone) * 547.5)


def test_owned_machines_are_bought_powered_and_replaced():
    part = Part("s", "provisioned", {**{k: said(v) for k, v in {
        "usd_per_hour": 0.0, "rate_per_s": 1666.8, "target_utilisation": 0.6, "min_instances": 2, "hardware_usd": 1000,
        "hardware_life_months": 12, "watts": 500, "usd_per_kwh": 0.2, "hosting_usd_per_month": 10}.items()}})
    owned = replace(STUDENT, parts=(part,))
    made = case(TEACHER, owned)
    terms, plans = numbers(made)
    bought = components(plans["depth-3"], plans["teacher"], terms)["hardware"]
    assert [int(m) for m in np.flatnonzero(bought)] == [0, 12] and bought[0] == 2000
    assert evaluate(made)[1].monthly_cost_usd.value == pytest.approx(2 * (0.5 * 730 * 0.2 + 10))


@settings(max_examples=20)
@given(volumes=st.lists(st.floats(1e5, 1e9), min_size=2, max_size=4), basis=st.sampled_from(["provisioned", "autoscaled", "batch"]))
def test_draws_give_what_points_give(volumes, basis):
    made = case(TEACHER, student("s", 700.0, basis=basis))
    together = flows(made, ["s"], {"predictions_per_day": np.array(volumes)})[0]
    for row, volume in zip(together, volumes, strict=True):
        terms, plans = numbers(case(TEACHER, student("s", 700.0, basis=basis), predictions_per_day=volume))
        assert row == pytest.approx(cost_flows(plans["s"], plans["teacher"], terms))
