"""The assembled case: figures with their origin, and numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.figures import Figure, assumed, catalogue, measured, not_measured
from core.roi.breakeven import LOWEST, break_even, search_grid
from core.roi.case import ServedModel, compare, crossings, evaluate
from core.roi.inputs import UNITS, resolve, with_half_interval
from core.roi.upfront import nothing_upfront, upfront
from core.spec import CaseInputs

PRICE = catalogue(0.75, "USD/h", source="list", as_of="2026-07-20")


def seen(value, unit):
    return measured(value, unit, source="run 1", device="cpu", as_of="2026-11-01")


def model(name, role="student", rate=1666.8, spent=12_000.0, **more):
    cost = nothing_upfront() if role == "status_quo" else assumed(spent, "USD", by="user")
    return ServedModel(name, role, PRICE, seen(rate, "1/s"), cost, **more)


TEACHER = model("teacher", "status_quo", 416.7)
STUDENT = model("depth-3", redistil_usd=assumed(1_600.0, "USD", by="user"))
BUSY = CaseInputs(predictions_per_day=50_000_000, peak_to_mean=2.5, monthly_growth=0.0, horizon_months=24, discount_rate=0.0,
                  target_utilisation=0.6, min_instances=2, months_to_go_live=2, parallel_months=1, redistil_every_months=6)


def result(option, **changes):
    inputs = resolve(BUSY.model_copy(update=changes))
    return evaluate([option] if option is TEACHER else [option, TEACHER], inputs)[0]


def against(option, other=TEACHER, **changes):
    return compare(option, other, resolve(BUSY.model_copy(update=changes)), TEACHER)


def test_every_number_of_the_case_says_who_assumed_it():
    inputs = resolve(CaseInputs(predictions_per_day=5e6))
    assert set(inputs) == set(UNITS) and set(UNITS) <= set(CaseInputs.model_fields)
    assert (inputs["predictions_per_day"].value, inputs["predictions_per_day"].provenance.by) == (5e6, "user")
    assert (inputs["discount_rate"].value, inputs["discount_rate"].provenance.by) == (0.10, "default")
    assert inputs["latency_limit_ms"] == not_measured("ms", "nobody has said it")
    assert inputs["redistil_every_months"].value is None


def test_half_of_an_interval_is_derived_and_half_of_none_unknown():
    assert with_half_interval(resolve(BUSY))["redistil_every_months"].value == 3.0
    assert with_half_interval(resolve(CaseInputs()))["redistil_every_months"].value is None


def test_upfront_is_work_and_machine_time():
    hours, rate = assumed(120.0, "h", by="default"), assumed(100.0, "USD/h", by="user")
    cost = upfront(hours, rate, seen(7200.0, "s"), PRICE)
    assert (cost.value, cost.unit, cost.provenance.evidence) == (12_001.5, "USD", "default")
    assert upfront(hours, rate, not_measured("s", "no run yet"), PRICE).value is None
    assert nothing_upfront().value == 0.0


def test_the_teacher_by_hand():
    teacher = result(TEACHER)
    # Peak 50e6 / 86,400 x 2.5 = 1,446.76 a second, 250.02 a machine: 6 machines, 6 x 0.75 x 730 = 3,285.
    assert teacher.instances.value == 6
    assert teacher.monthly_cost_usd.value == 3285.0
    assert teacher.usd_per_million.value == pytest.approx(3285 / (50 * 365 / 12))
    assert teacher.usd_per_million_bench.value == pytest.approx(0.5, abs=1e-3)
    assert teacher.utilisation.value == pytest.approx(578.7037 / (6 * 416.7))
    assert (teacher.upfront_usd.value, teacher.tco_usd.value) == (0.0, 3285.0 * 24)


def test_the_student_by_hand():
    student = result(STUDENT)
    assert (student.instances.value, student.monthly_cost_usd.value) == (2, 1095.0)
    # Two months of the old, one of both, 21 of the new, three updates (months 8, 14 and 20).
    assert student.tco_usd.value == 12_000 + 2 * 3285 + (3285 + 1095) + 21 * 1095 + 3 * 1600
    assert student.tco_usd.provenance.kind == "derived"
    assert dict(student.tco_usd.provenance.inputs)["throughput of depth-3"] == "measured"


def test_the_comparison_by_hand():
    seen_against = against(STUDENT)
    gain = 24 * 3285 - (12_000 + 2 * 3285 + 4380 + 21 * 1095 + 4800)
    assert seen_against.npv_usd.value == pytest.approx(gain)
    assert seen_against.net_benefit_usd.value == pytest.approx(gain)
    assert seen_against.roi.value == pytest.approx(gain / 12_000)
    assert seen_against.max_upfront_usd.value == pytest.approx(gain + 12_000)
    # After month 3 the debt is 13,095; months 4 to 7 save 2,190 each, month 8 only 590, leaving 3,745.
    assert seen_against.payback_months.value == pytest.approx(9 + (3745 - 2190) / 2190)
    assert against(STUDENT, discount_rate=0.1).npv_usd.value < gain


def test_growth_moves_the_first_month_and_price_changes_follow_the_calendar():
    grown = result(STUDENT, monthly_growth=0.5, months_to_go_live=2)
    # 50 M x 1.5^2 = 112.5 M a day: peak 3,255.2 / 1,000.08 = 3.25, so 4 machines.
    assert (grown.instances.value, grown.monthly_cost_usd.value) == (4, 4 * 547.5)
    cheaper = replace(STUDENT, yearly_price_change=assumed(-0.2, "share", by="user"))
    assert result(cheaper, months_to_go_live=12).monthly_cost_usd.value == pytest.approx(1095 * 0.8)
    assert result(cheaper).tco_usd.value == pytest.approx(result(STUDENT).tco_usd.value - 0.2 * 1095 * 12)


def test_the_same_option_is_worth_nothing_over_itself():
    twin = against(STUDENT, model("control", "control", redistil_usd=STUDENT.redistil_usd))
    assert twin.npv_usd.value == 0.0
    assert twin.roi.value is None and "needs no less upfront" in twin.roi.provenance.reason
    assert twin.max_upfront_usd.value == 12_000.0


def test_what_never_pays_back_says_so():
    dear = against(model("dear", spent=1e7))
    assert dear.payback_months.value is None
    assert dear.payback_months.provenance.reason == "does not pay back within 24 months"
    assert dear.discounted_payback_months.value is None
    assert dear.npv_usd.value < 0 and dear.irr.value < 0


def test_without_an_interval_no_update_is_counted_and_that_is_said():
    unplanned = result(STUDENT, redistil_every_months=None)
    assert unplanned.tco_usd.value == result(STUDENT).tco_usd.value - 4800
    assert "no re-distillation is counted" in unplanned.tco_usd.provenance.source
    assert "no re-distillation" not in result(STUDENT).tco_usd.provenance.source


def test_unknown_throughput_or_price_makes_money_unknown_not_zero():
    unpriced = replace(STUDENT, usd_per_hour=not_measured("USD/h", "no instance"))
    priced = result(unpriced)
    assert priced.instances.value == 2
    assert {priced.monthly_cost_usd.value, priced.usd_per_million.value, priced.tco_usd.value} == {None}
    assert "usd_per_hour" in priced.monthly_cost_usd.provenance.reason
    compared = against(unpriced)
    assert all(figure.value is None for figure in vars(compared).values() if isinstance(figure, Figure))
    assert "price of depth-3" in compared.break_even_predictions_per_day.provenance.reason
    assert result(replace(STUDENT, rate_per_s=not_measured("1/s", "not run"))).instances.value is None


@pytest.mark.parametrize("options", [[STUDENT], [TEACHER, TEACHER]])
def test_exactly_one_option_serves_today(options):
    with pytest.raises(UserError, match="status_quo"):
        evaluate(options, resolve(BUSY))


def npv_at(per_day, option=STUDENT):
    return against(option, predictions_per_day=per_day).npv_usd.value


def test_from_the_break_even_volume_on_the_npv_is_never_negative():
    volume = against(STUDENT).break_even_predictions_per_day.value
    assert npv_at(volume * 0.9999) < 0
    assert all(npv_at(v) >= 0 for v in volume * np.geomspace(1 + 1e-6, 50, 200))


def test_the_break_even_does_not_depend_on_the_volume_of_the_case():
    volumes = {against(STUDENT, predictions_per_day=v).break_even_predictions_per_day.value for v in (1e4, 1e6, 1e9)}
    assert len(volumes) == 1


def test_every_crossing_is_found_between_machine_counts():
    # At 1.5 times the speed and 6,000 upfront the saving comes and goes as either fleet grows.
    found = crossings(model("slow", rate=625.0, spent=6_000.0), TEACHER, resolve(BUSY), TEACHER)
    assert len(found.crossings) > 1 and len(found.crossings) % 2 == 1
    assert found.volume == found.crossings[-1]


@given(root=st.floats(1e3, 1e9))
def test_a_smooth_crossing_is_found_to_high_precision(root):
    assert break_even(lambda v: v - root, search_grid()).volume == pytest.approx(root, rel=1e-6)


def test_break_even_at_the_ends_of_the_range():
    assert break_even(lambda v: -v, search_grid()).volume is None
    assert break_even(lambda v: v, search_grid()).volume == pytest.approx(LOWEST)


@settings(max_examples=30, deadline=None)
@given(spent=st.floats(1, 1e5), speed=st.floats(1, 20), volume=st.floats(1e5, 1e9), rate=st.floats(0, 0.5))
def test_npv_is_the_difference_of_two_comparisons_with_today(spent, speed, volume, rate):
    one, other = model("a", rate=416.7 * speed, spent=spent), model("b", rate=900.0, spent=5_000.0)
    case = {"predictions_per_day": volume, "discount_rate": rate}
    direct = against(one, other, **case).npv_usd.value
    assert direct == pytest.approx(against(one, **case).npv_usd.value - against(other, **case).npv_usd.value, rel=1e-9, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(slow=st.floats(100, 2000), gain=st.floats(1, 10), volume=st.floats(1e4, 1e9))
def test_a_faster_student_is_never_worth_less(slow, gain, volume):
    worse, better = model("a", rate=slow), model("a", rate=slow * gain)
    assert npv_at(volume, better) >= npv_at(volume, worse) - 1e-6
