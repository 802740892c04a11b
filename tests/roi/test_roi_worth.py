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


def test_old_and_new_are_paid_by_hand():
    def paid(*said):
        return cash.is_paid(6, *said).astype(int).tolist(), cash.is_live(6, said[0]).astype(int).tolist()

    assert paid(2, 1) == ([1, 1, 1, 0, 0, 0], [0, 0, 1, 1, 1, 1])
    assert paid(0, 0) == ([0] * 6, [1] * 6)
    assert paid(0, 0, 2) == ([1, 1, 0, 0, 0, 0], [1] * 6)
    assert paid(9, 1) == ([1] * 6, [0] * 6)
    assert cash.is_live(3, np.array([0.0, 2.0])).tolist() == [[1, 1, 1], [0, 0, 1]]


def due(go_live, every, horizon):
    times = cash.times_due(horizon, go_live, every)
    return [month + 1 for month, count in enumerate(times) for _ in range(int(count))]


def test_updates_fall_due_before_the_horizon():
    assert due(2, 6, 24) == [8, 14, 20]
    assert due(0, 6, 24) == [6, 12, 18], "the one at the horizon is not made any more"
    assert due(2, 2.5, 10) == [5, 7, 10]
    assert due(0, 0.5, 2) == [1, 1, 2]
    assert due(2, None, 24) == due(2, 0, 24) == []


def test_machines_are_bought_for_growth_and_again_after_their_life():
    fleet = np.array([0.0, 2.0, 2.0, 3.0, 3.0, 3.0])
    assert cash.purchases(fleet, 100, today=False).tolist() == [2, 0, 0, 1, 0, 0, 0]
    assert cash.purchases(fleet, 4, today=False).tolist() == [2, 0, 0, 1, 2, 0, 0]
    assert cash.purchases(np.full(6, 2.0), 4, today=True).tolist() == [0, 0, 0, 0, 2, 0, 0], "what stands today is not bought"
