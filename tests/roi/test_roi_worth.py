"""NPV, IRR and payback: identities, an oracle, and hand-made flows."""

import numpy as np
import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st

from core.roi import cash, worth
from core.roi.months import monthly_rate

amounts = st.floats(-1e6, 1e6).map(lambda x: round(x, 2))
series = st.lists(amounts, min_size=2, max_size=60).map(np.array)
annual = st.floats(0, 1)


@given(series, annual)
def test_npv_agrees_with_the_oracle(flows, rate):
    assert worth.npv(flows, rate) == pytest.approx(pyxirr.npv(monthly_rate(rate), flows), abs=1e-3)


@given(spent=st.floats(100, 1e6), saved=st.floats(1, 1e5), months=st.integers(2, 120))
def test_irr_agrees_with_the_oracle_and_zeroes_the_npv(spent, saved, months):
    assume(saved * months > 0.2 * spent)
    flows = np.array([-spent] + [saved] * months)
    found = worth.irr(flows)
    assert found == pytest.approx((1 + pyxirr.irr(flows)) ** 12 - 1, rel=1e-6, abs=1e-9)
    assume(-0.9 < found < 1e6)
    assert worth.npv(flows, found) == pytest.approx(0, abs=1e-6 * np.abs(flows).sum())


def test_irr_needs_exactly_one_change_of_sign():
    assert worth.irr(np.array([-100.0, 0.0, 300.0, -50.0])) is None
    assert worth.irr(np.array([0.0, 10.0, 10.0])) is None
    assert worth.irr(np.array([-100.0, 0.0, 110.0])) == pytest.approx(1.1**6 - 1)
    assert worth.sign_changes(np.array([-100.0, 9e-13, -9e-13, 110.0])) == 1  # what rounding leaves of equal costs


def test_payback_by_hand():
    assert worth.payback_months(np.array([-1000.0] + [300.0] * 6)) == pytest.approx(3 + 1 / 3)
    assert worth.payback_months(np.array([-300.0] + [100.0] * 3)) == 3
    assert worth.payback_months(np.array([-1.0] + [0.1] * 10)) == pytest.approx(10)
    assert worth.payback_months(np.array([-300.0] + [99.0] * 3)) == np.inf
    assert worth.payback_months(np.array([0.0, 5.0, 5.0])) == 0
    # Paid back in month 2, in debt again by an update in month 3, paid back for good in month 4.
    assert worth.payback_months(np.array([-100.0, 50.0, 60.0, -30.0, 40.0])) == pytest.approx(3.5)


@given(st.lists(st.lists(amounts, min_size=6, max_size=6), min_size=1, max_size=5).map(np.array))
def test_payback_of_many_is_the_payback_of_each(flows):
    assert worth.payback_months(flows) == pytest.approx([worth.payback_months(one) for one in flows])


@given(spent=st.floats(1, 1e6), saved=st.floats(1, 1e5), more=st.floats(1, 3), rate=annual)
def test_payback_falls_with_savings_and_rises_with_discounting(spent, saved, more, rate):
    flows = np.array([-spent] + [saved] * 36)
    faster = np.array([-spent] + [saved * more] * 36)
    assert worth.payback_months(faster) <= worth.payback_months(flows) + 1e-9
    assert worth.payback_months(worth.discounted(flows, rate)) >= worth.payback_months(flows) - 1e-9


@given(series, annual, st.floats(0.001, 1000))
def test_money_in_another_unit_changes_amounts_and_no_ratio(flows, rate, factor):
    assert worth.npv(flows * factor, rate) == pytest.approx(worth.npv(flows, rate) * factor, rel=1e-9, abs=1e-3)
    assert worth.roi(flows * factor) == pytest.approx(worth.roi(flows), rel=1e-6, abs=1e-6, nan_ok=True)


@given(series, annual)
def test_it_pays_back_discounted_exactly_if_the_npv_is_not_negative(flows, rate):
    value = worth.npv(flows, rate)
    assume(abs(value) > 1e-3)
    assert np.isfinite(worth.payback_months(worth.discounted(flows, rate))) == (value > 0)


@given(spent=st.floats(1, 1e6), saved=st.floats(1, 1e5), rate=annual)
def test_spending_the_most_makes_the_npv_zero(spent, saved, rate):
    flows = np.array([-spent] + [saved] * 24)
    most = worth.max_upfront(worth.npv(flows, rate), spent)
    assert worth.npv(np.array([-most] + [saved] * 24), rate) == pytest.approx(0, abs=1e-6 * (spent + 24 * saved))


def test_roi_is_net_benefit_over_upfront():
    flows = np.array([-1000.0] + [100.0] * 24)
    assert (worth.net_benefit(flows), worth.roi(flows)) == (1400.0, 1.4)
    assert np.isnan(worth.roi(np.array([0.0, 5.0])))


def test_before_go_live_the_old_and_in_parallel_both_are_paid():
    old, new = np.full(6, 10.0), np.full(6, 1.0)
    assert cash.switched_costs(old, new, 2, 1).tolist() == [10, 10, 11, 1, 1, 1]
    assert cash.switched_costs(old, new, 0, 0).tolist() == [1] * 6
    assert cash.switched_costs(old, new, 0, 0, committed_until=2).tolist() == [11, 11, 1, 1, 1, 1]
    assert cash.switched_costs(old, new, 9, 1).tolist() == [10] * 6


def test_redistillation_falls_due_before_the_horizon_only():
    assert cash.redistil_months(2, 6, 24).tolist() == [8, 14, 20]
    assert cash.redistil_months(0, 6, 24).tolist() == [6, 12, 18]
    assert cash.redistil_months(2, 2.5, 10).tolist() == [5, 7, 10]
    assert cash.redistil_months(2, None, 24).size == 0


def test_flows_take_upfront_at_month_0_and_updates_at_month_ends():
    flows = cash.flows_of(np.ones(4), 100.0, 5.0, np.array([2.0, 4.0]))
    assert flows.tolist() == [100, 1, 6, 1, 6]
    many = cash.flows_of(np.ones(4), np.array([100.0, 200.0]), np.array([5.0, 7.0]), np.array([2.0]))
    assert many.tolist() == [[100, 1, 6, 1, 1], [200, 1, 8, 1, 1]]
