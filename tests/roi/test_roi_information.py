"""The value of information against closed forms, and what draws do with inputs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from core.roi.information import Information, perfect_information, value_of_information
from core.roi.options import Option, Part
from core.roi.sensitivity import sobol, tornado
from core.roi.simulate import MANY, evaluate_at, outlook, simulate
from core.roi.spread import Spread, between, triangular
from tests.roi.made_case import TEACHER, case, said, student

AT_ONCE = {"months_to_go_live": 0.0, "parallel_months": 0.0, "redistil_every_months": 0.0}
RATE, SAVING = 100.0, 24 * (3285 - 1095)  # of an hour, and what the student saves in 24 months
EVEN = SAVING / RATE  # hours at which it is worth nothing
BOTH = ["teacher", "depth-3"]


def two(spreads, **changes):
    """NPV of the student over the teacher = SAVING - RATE x hours - updates and whatever else is drawn."""
    return case(TEACHER, student(**{**AT_ONCE, **changes}), spreads=spreads)


def of_hours(spread):
    row, = value_of_information(simulate(two({"engineering_hours": spread}), MANY), BOTH)
    return row.evppi_usd


def exact(distribution):
    """E max(0, SAVING - RATE h) - max(0, SAVING - RATE E h), by integration."""
    return distribution.expect(lambda h: SAVING - RATE * h, ub=EVEN) - max(0.0, SAVING - RATE * distribution.mean())


@pytest.mark.parametrize("middle", [0.7, 1.0, 1.2])
def test_a_normal_input_is_worth_what_integration_says(middle):
    found = of_hours(Spread("normal", middle * EVEN, 0.3 * EVEN))
    assert found == pytest.approx(exact(stats.norm(middle * EVEN, 0.3 * EVEN)), rel=0.03, abs=0.002 * SAVING)


@pytest.mark.parametrize("middle", [0.8, 1.1])
def test_a_triangular_input_is_worth_what_integration_says(middle):
    low, high = 0.2 * EVEN, 1.9 * EVEN
    known = stats.triang((middle * EVEN - low) / (high - low), low, high - low)
    assert of_hours(triangular(low, middle * EVEN, high)) == pytest.approx(exact(known), rel=0.03)


def test_a_lognormal_input_is_worth_what_integration_says():
    spread = between(0.4 * EVEN, 2.2 * EVEN)
    assert of_hours(spread) == pytest.approx(exact(stats.lognorm(spread.b, scale=np.exp(spread.a))), rel=0.03)


def test_of_two_inputs_each_is_worth_its_own_share_of_the_doubt():
    # NPV = SAVING - RATE h - u is normal around 0; given one input its mean is normal with that input's deviation alone.
    spreads = {"engineering_hours": Spread("normal", EVEN - 100, 30.0), "upfront_usd": Spread("normal", 10_000.0, 1_500.0)}
    found = simulate(two(spreads, upfront_usd=10_000.0), MANY)
    worth = {row.name: row.evppi_usd for row in value_of_information(found, BOTH)}
    of_one = 1 / np.sqrt(2 * np.pi)
    assert worth["engineering_hours"] == pytest.approx(3_000 * of_one, rel=0.06)
    assert worth["upfront_usd"] == pytest.approx(1_500 * of_one, rel=0.1)
    assert perfect_information(found, BOTH) == pytest.approx(np.hypot(3_000, 1_500) * of_one, rel=0.02)


@settings(max_examples=25, deadline=None)
@given(hours=st.floats(0.2, 2), wide=st.floats(0.01, 1), saved=st.floats(-0.5, 0.5), seed=st.integers(0, 99),
       draws=st.sampled_from([64, 700]))
def test_no_input_is_worth_more_than_knowing_everything(hours, wide, saved, seed, draws):
    spreads = {"engineering_hours": Spread("normal", hours * EVEN, wide * EVEN), "upfront_usd": Spread("normal", saved * SAVING, 5_000.0)}
    found = simulate(two(spreads, upfront_usd=1.0), draws, seed)
    most = perfect_information(found, BOTH)
    rows = value_of_information(found, BOTH)
    assert len(rows) == 2 and all(0 <= row.evppi_usd <= most for row in rows)


@pytest.mark.parametrize("draws", [1_024, MANY])
@pytest.mark.parametrize("seed", range(4))
def test_noise_is_worth_nothing(seed, draws):
    """An input that no option's cost depends on: what volume is drawn does not matter to two bills that do not follow it."""
    def bill(usd):
        fixed = {"monthly_bill_usd": usd, "bill_predictions_per_month": 1e9, "bill_variable_share": 0.0}
        return (Part("bill", "bill", {name: said(value) for name, value in fixed.items()}),)

    spreads = {"predictions_per_day": between(1e5, 1e8), "engineering_hours": Spread("normal", 240.0, 60.0)}
    new = student(**AT_ONCE)
    made = case(Option("today", "status_quo", bill(1100.0)), Option("new", "student", bill(100.0), new.work), spreads=spreads)
    found = {row.name: row.evppi_usd for row in value_of_information(simulate(made, draws, seed), ["today", "new"])}
    assert found["predictions_per_day"] == 0.0 < found["engineering_hours"]


def test_measuring_costs_and_what_costs_more_than_it_is_worth_is_not_worth_it():
    assert Information("x", 100.0, 30.0).net_usd == 70.0
    assert Information("x", 100.0, 130.0).net_usd == 0.0, "nobody has to measure"
    assert Information("x", 100.0, None).net_usd == 100.0


def test_the_most_valuable_comes_first_and_one_option_alone_is_no_choice():
    spreads = {"upfront_usd": Spread("normal", 100.0, 10.0), "engineering_hours": Spread("normal", EVEN, 100.0)}
    found = simulate(two(spreads, upfront_usd=100.0), 2_000)
    rows = value_of_information(found, BOTH)
    assert [row.name for row in rows] == ["engineering_hours", "upfront_usd"] and rows[0].net_usd > rows[1].net_usd
    dear = value_of_information(found, BOTH, {"engineering_hours": 1e9})
    assert {row.net_usd for row in dear} == {0.0} and max(row.evppi_usd for row in dear) > 0, "no measurement pays for itself"
    assert value_of_information(found, ["teacher"]) == () and value_of_information(found, ["teacher", "unknown"]) == ()


def test_a_third_option_can_make_a_figure_worth_knowing():
    # Hours decide only between the student and the control, which needs none of them and saves less.
    cheap = student("control", 1666.8, 0.0, role="control", upfront_usd=0.7 * SAVING, **AT_ONCE)
    spread = Spread("normal", 0.7 * EVEN, 0.05 * EVEN)
    made = case(TEACHER, student(**AT_ONCE), cheap, spreads={"engineering_hours of depth-3": spread, "hours": spread})
    assert "hours" not in simulate(made, 64).inputs, "no option has such an input"
    drawn = case(TEACHER, student(hours=0.0, upfront_usd=0.7 * SAVING, **AT_ONCE), cheap,
                 spreads={"upfront_usd of depth-3": Spread("normal", 0.7 * SAVING, 0.05 * SAVING)})
    found = simulate(drawn, MANY)
    alone, = value_of_information(found, BOTH)
    three, = value_of_information(found, [*BOTH, "control"])
    assert alone.evppi_usd == 0.0
    assert three.evppi_usd == pytest.approx(0.05 * SAVING / np.sqrt(2 * np.pi), rel=0.03)


@pytest.mark.parametrize("draws", [1, 511, 513, 1024])
def test_every_draw_is_worked_out_whatever_the_size_of_a_block(draws):
    found = simulate(two({"engineering_hours": between(60, 240)}), draws)
    assert found.npv("depth-3", "teacher") == pytest.approx(SAVING - RATE * found.inputs["engineering_hours"])
    assert found.upfront_usd["depth-3"] == pytest.approx(RATE * found.inputs["engineering_hours"])
    assert found.flows["depth-3"].shape == (draws, 25)


def test_a_latin_hypercube_has_one_draw_in_each_stratum():
    spread = between(60, 240)
    drawn = np.sort(simulate(two({"engineering_hours": spread}), 100).inputs["engineering_hours"])
    edges = spread.quantile(np.arange(1, 100) / 100)
    assert (drawn[:-1] <= edges).all() and (drawn[1:] >= edges).all()


def test_quantiles_and_probabilities_of_a_linear_case():
    spread = Spread("normal", 0.9 * EVEN, 0.1 * EVEN)
    found = outlook(simulate(two({"engineering_hours": spread}), MANY), "depth-3", "teacher")
    npv = stats.norm(0.1 * SAVING, 0.1 * SAVING)
    for name, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        assert found.npv_usd[name].value == pytest.approx(npv.ppf(share), rel=0.01, abs=30)
        assert found.upfront_usd[name].value == pytest.approx(RATE * spread.quantile(share), rel=0.001)
    assert found.positive.value == pytest.approx(npv.sf(0), abs=0.001) == found.pays_back.value
    assert found.expected_npv_usd.value == pytest.approx(npv.mean(), abs=2)
    assert found.discounted_payback_months["p10"].value < found.discounted_payback_months["p50"].value
    assert found.discounted_payback_months["p90"].value is None, "more than one draw in ten never pays back"
    assert found.band["p50"][-1] == pytest.approx(npv.median(), rel=0.01) and len(found.band["p10"]) == 25


def test_half_of_the_draws_paying_back_is_a_median_that_pays_back():
    found = outlook(simulate(two({"engineering_hours": Spread("normal", EVEN, 50.0)}), 10), "depth-3", "teacher")
    assert found.pays_back.value == 0.5
    assert found.discounted_payback_months["p50"].value <= 24 and found.discounted_payback_months["p90"].value is None


def test_months_are_drawn_whole_and_bars_say_so():
    made = two({"months_to_go_live": triangular(1, 2, 6)}, months_to_go_live=2.0)
    bar, = tornado(made, "depth-3", "teacher")
    assert (bar.low, bar.high) == (2.0, 5.0), "1.7 and 4.6 months do not exist"
    assert bar.npv_at_low - bar.npv_at_high == pytest.approx(3 * 2190)
    live = np.count_nonzero(np.diff(simulate(made, 200).flows["depth-3"][:, 1:], axis=-1), axis=-1)
    assert set(live) == {1}, "each draw switches once, between whole months"


def test_what_follows_moves_in_proportion_and_keeps_a_spread_of_its_own():
    both = {"redistil_usd_per_hour": "engineering_usd_per_hour", "rate_per_s of nobody": "engineering_usd_per_hour"}
    updates = {"redistil_every_months": 6.0, "redistil_usd": 0.0, "redistil_hours": 16.0, "redistil_usd_per_hour": 50.0}
    option = student(**{**AT_ONCE, **updates})
    made = case(TEACHER, option, spreads={"engineering_usd_per_hour": between(80, 125)}, follows=both)
    found = evaluate_at(made, {"engineering_usd_per_hour": np.array([100.0, 200.0])}, 2)
    assert found.pv_usd["depth-3"][1] - found.pv_usd["depth-3"][0] == pytest.approx(120 * 100 + 3 * 16 * 50)
    still = case(TEACHER, option, spreads={"engineering_usd_per_hour": between(80, 125)})
    alone = evaluate_at(still, {"engineering_usd_per_hour": np.array([100.0, 200.0])}, 2)
    assert alone.pv_usd["depth-3"][1] - alone.pv_usd["depth-3"][0] == pytest.approx(120 * 100)


def test_a_wide_bar_comes_first_and_one_input_alone_needs_no_indices():
    made = two({"upfront_usd": between(90, 110), "engineering_hours": between(60, 240)}, upfront_usd=100.0)
    bars = tornado(made, "depth-3", "teacher")
    assert [bar.name for bar in bars] == ["engineering_hours", "upfront_usd"] and bars[0].swing > bars[1].swing
    assert sobol(two({"engineering_hours": between(60, 240)}), "depth-3", "teacher") == ()
    assert tornado(two({}), "depth-3", "teacher") == ()
