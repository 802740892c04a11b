"""Draws, tornado, Sobol indices and the value of information, against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from core.roi.case import evaluate
from core.roi.information import perfect_information, value_of_information
from core.roi.sensitivity import sobol, tornado
from core.roi.simulate import MANY, outlook, simulate
from core.roi.spread import Spread, between, of_figure, triangular
from tests.benchmarks.money import busy_case, present_cost, quantile
from tests.roi.made_case import STUDENT, TEACHER, case, seen, student, unpriced

U = np.linspace(0.01, 0.99, 99)


def test_spreads_have_the_quantiles_of_their_distributions():
    wide = between(60, 240)
    assert wide.quantile(0.05) == pytest.approx(60) and wide.quantile(0.95) == pytest.approx(240) and wide.median == pytest.approx(120)
    assert wide.quantile(U) == pytest.approx(stats.lognorm(s=wide.b, scale=np.exp(wide.a)).ppf(U))
    flat = between(-1, 3)
    assert flat.quantile(U) == pytest.approx(stats.norm(1, flat.b).ppf(U)) and flat.quantile(0.05) == pytest.approx(-1)
    three = triangular(1, 2, 6)
    assert three.quantile(U) == pytest.approx(stats.triang(c=0.2, loc=1, scale=5).ppf(U))
    assert replace(wide, ceiling=200.0).quantile(0.99) == 200


def test_a_measured_interval_becomes_a_spread():
    figure = replace(seen(100.0), low=90.0, high=111.0)
    spread = of_figure(figure)
    assert spread.median == pytest.approx(100) and spread.quantile(0.975) / spread.quantile(0.025) == pytest.approx(111 / 90)
    assert of_figure(seen(100.0)) is None


def hours(spread: Spread, **more):
    return case(TEACHER, student(redistil_every_months=0.0), spreads={"engineering_hours": spread}, **more)


def test_the_mean_of_a_linear_case_is_its_value_at_the_mean():
    found = outlook(simulate(hours(Spread("normal", 120.0, 10.0)), MANY), "depth-3", "teacher")
    exact = 24 * 3285 - (12_000 + 2 * 3285 + 4380 + 21 * 1095)
    assert found.expected_npv_usd.value == pytest.approx(exact, abs=1)
    assert found.npv_usd["p10"].value == pytest.approx(exact - 100 * 10 * stats.norm.ppf(0.9), abs=10)
    assert found.positive.value == 1.0


def test_the_same_seed_gives_the_same_draws():
    made = hours(between(60, 240))
    assert np.array_equal(simulate(made, 256).pv_usd["depth-3"], simulate(made, 256).pv_usd["depth-3"])
    assert not np.array_equal(simulate(made, 256).pv_usd["depth-3"], simulate(made, 256, seed=1).pv_usd["depth-3"])


def test_what_never_pays_back_counts_as_infinity():
    found = outlook(simulate(hours(between(500, 900)), 512), "depth-3", "teacher")
    assert found.pays_back.value < 0.5 and found.discounted_payback_months["p50"].value is None


def test_a_speed_that_follows_moves_with_its_leader():
    spreads = {"rate_per_s of teacher": between(300, 600), "rate_per_s of depth-3": Spread("lognormal", np.log(1666.8), 1e-9)}
    made = case(TEACHER, STUDENT, spreads=spreads, follows={"rate_per_s of depth-3": "rate_per_s of teacher"}, predictions_per_day=5e8)
    found = simulate(made, 512)
    fewer = np.corrcoef(found.pv_usd["depth-3"], found.inputs["rate_per_s of teacher"])[0, 1]
    assert fewer < -0.9, "a faster machine needs fewer students too"


def test_tornado_bars_are_two_evaluations_by_hand():
    bar, = tornado(hours(between(60, 240)), "depth-3", "teacher")
    plain = 24 * 3285 - (2 * 3285 + 4380 + 21 * 1095)
    assert bar.npv_at_low == pytest.approx(plain - 100 * between(60, 240).quantile(0.1))
    assert bar.npv_at_high == pytest.approx(plain - 100 * between(60, 240).quantile(0.9))


def test_sobol_indices_of_a_linear_case_are_shares_of_variance():
    spreads = {"engineering_hours": Spread("normal", 120.0, 20.0), "redistil_usd": Spread("normal", 1600.0, 500.0)}
    found = {row.name: row for row in sobol(case(TEACHER, STUDENT, spreads=spreads), "depth-3", "teacher", base=1024)}
    parts = {"engineering_hours": (100 * 20.0) ** 2, "redistil_usd": (3 * 500.0) ** 2}
    for name, part in parts.items():
        assert found[name].first == pytest.approx(part / sum(parts.values()), abs=0.03)
        assert found[name].total == pytest.approx(part / sum(parts.values()), abs=0.03)


def test_the_value_of_information_of_two_options_by_hand():
    # NPV = a - 100 h with h normal(m, s): at m = a / 100 the decision is a coin toss and knowing h is worth E[max(0, 100 s z)].
    even = (24 * 3285 - (2 * 3285 + 4380 + 21 * 1095)) / 100
    found = simulate(hours(Spread("normal", even, 50.0)), MANY)
    row, = value_of_information(found, ["teacher", "depth-3"], {"engineering_hours": 300.0})
    exact = 100 * 50 / np.sqrt(2 * np.pi)
    assert row.evppi_usd == pytest.approx(exact, rel=0.02)
    assert row.net_usd == pytest.approx(exact - 300, rel=0.03)
    assert row.evppi_usd <= perfect_information(found, ["teacher", "depth-3"]) * 1.001


def test_no_measurement_is_worth_anything_where_none_changes_the_decision():
    found = simulate(hours(Spread("normal", 100.0, 10.0)), MANY)
    assert [row.evppi_usd for row in value_of_information(found, ["teacher", "depth-3"])] == [0.0]


def test_an_input_that_moves_nothing_is_worth_nothing():
    even = (24 * 3285 - (2 * 3285 + 4380 + 21 * 1095)) / 100
    spreads = {"engineering_hours": Spread("normal", even, 50.0), "storage_usd_per_month": Spread("normal", 1.0, 1e-6)}
    option = replace(student(redistil_every_months=0.0, storage_usd_per_month=1.0))
    found = simulate(case(TEACHER, option, spreads=spreads), MANY)
    worth = {row.name: row.evppi_usd for row in value_of_information(found, ["teacher", "depth-3"])}
    assert worth["storage_usd_per_month"] < 0.02 * worth["engineering_hours"]


def test_an_option_with_an_unknown_figure_is_not_drawn():
    found = simulate(case(TEACHER, unpriced(STUDENT), spreads={"peak_to_mean": triangular(1.5, 2.5, 4)}), 64)
    assert set(found.pv_usd) == {"teacher"} and outlook(found, "depth-3", "teacher") is None


def test_an_unknown_status_quo_leaves_every_cost_over_the_horizon_unknown():
    made = case(unpriced(TEACHER), STUDENT, spreads={"peak_to_mean": triangular(1.5, 2.5, 4)})
    found = simulate(made, 64)
    assert found.pv_usd == {} and outlook(found, "depth-3", "teacher") is None and tornado(made, "depth-3", "teacher") == ()
    assert value_of_information(found, ["depth-3", "teacher"]) == ()
    row = evaluate(made)[1]
    assert row.monthly_cost_usd.value == 1095 and row.tco_usd.value is None and "of teacher" in row.tco_usd.provenance.reason


def test_draws_agree_with_a_plain_loop_over_the_same_formulas():
    made = busy_case()
    found = simulate(made, 32)
    looped = [{o.name: present_cost(made, o, {name: float(values[i]) for name, values in found.inputs.items()}) for o in made.options}
              for i in range(32)]
    assert set(found.pv_usd) == set(looped[0])
    for name, costs in found.pv_usd.items():
        assert costs == pytest.approx([row[name] for row in looped], rel=1e-9), name


def test_the_plain_loop_draws_from_the_same_distributions():
    for spread in busy_case().spreads.values():
        assert [quantile(spread, u) for u in U] == pytest.approx(spread.quantile(U))
