"""Fleet sizes and unit costs, against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.roi import fleet
from core.roi.months import DAYS_PER_MONTH, annual_rate, daily_volumes, monthly_rate, price_index

rates = st.floats(0.1, 1e5)


def test_the_published_example_of_unit_costs():
    assert fleet.bench_usd_per_million(0.75, 416.7) == pytest.approx(0.50, abs=5e-4)
    assert fleet.bench_usd_per_million(0.75, 4 * 416.7) == pytest.approx(0.125, abs=1e-4)


def test_the_example_case_by_hand():
    peak = fleet.peak_rate_per_s(1_000_000, 2.5)
    assert peak == pytest.approx(28.935, abs=1e-3)
    machines = fleet.instances(peak, 416.7, 0.6, 2)
    assert machines == 2
    monthly = machines * 0.75 * 730
    assert monthly == 1095.0
    assert fleet.provisioned_usd_per_million(monthly, 1_000_000) == pytest.approx(36.0)
    assert fleet.achieved_utilisation(1_000_000, machines, 416.7) == pytest.approx(0.013888, rel=1e-3)
    assert fleet.bill_usd(1500.0, 1_000_000, 1.0, 1_000_000 * DAYS_PER_MONTH) == pytest.approx(45_625.0)


def test_a_peak_of_exactly_n_machines_needs_n():
    assert fleet.instances(0.1 * 3 * 1.0, 0.1, 1.0, 1) == 3
    assert fleet.instances(3.0001, 1.0, 1.0, 1) == 4
    assert fleet.instances(3.0001, 1.0, 1.0, 6, spare=1) == 7


@given(peak=st.floats(0.01, 1e6), rate=rates, share=st.floats(0.05, 1.0), least=st.integers(1, 5))
def test_the_fleet_carries_the_peak_and_one_less_would_not(peak, rate, share, least):
    machines = fleet.instances(peak, rate, share, least)
    assert machines * rate * share >= peak * (1 - 1e-6)
    assert machines == least or (machines - 1) * rate * share < peak


@given(rate=rates, price=st.floats(0.01, 100), speedup=st.floats(1, 50))
def test_unit_cost_scales_with_price_and_speed(rate, price, speedup):
    one = fleet.bench_usd_per_million(price, rate)
    assert fleet.bench_usd_per_million(price, rate * speedup) == pytest.approx(one / speedup)
    assert fleet.bench_usd_per_million(price * 2, rate) == pytest.approx(2 * one)


def test_arrays_give_what_scalars_give():
    peaks, speeds = np.array([10.0, 100.0, 1000.0]), np.array([5.0, 7.0, 11.0])
    together = fleet.instances(peaks, speeds, 0.6, 2)
    assert together.tolist() == [fleet.instances(p, s, 0.6, 2) for p, s in zip(peaks, speeds, strict=True)]
    volumes = daily_volumes(np.array([1e6, 2e6]), 0.1, 3)
    assert volumes.shape == (2, 3)
    assert volumes[1] == pytest.approx([2e6, 2.2e6, 2.42e6])
    assert volumes[0] == pytest.approx(daily_volumes(1e6, 0.1, 3))


def test_batch_hours_round_up_to_the_billing_step():
    assert fleet.batch_hours(3600 * 10, 10, 1.0) == 1.0
    assert fleet.batch_hours(3600 * 10 + 1, 10, 1.0) == 2.0
    assert fleet.batch_hours(3600 * 10 + 1, 10, 1.0, 0.25) == 1.25
    assert fleet.batch_hours(3600 * 10, 10, 0.5) == 2.0


def test_only_the_variable_share_of_a_bill_follows_the_volume():
    assert fleet.bill_usd(1000.0, 10, 0.25, 20) == 1250.0
    assert fleet.bill_usd(1000.0, 10, 0.0, 20) == 1000.0


@given(st.floats(0, 1))
def test_rates_convert_there_and_back(rate):
    assert annual_rate(monthly_rate(rate)) == pytest.approx(rate, abs=1e-12)


def test_a_yearly_price_change_starts_in_month_13():
    index = price_index(-0.1, 25)
    assert index[[0, 11, 12, 23, 24]] == pytest.approx([1, 1, 0.9, 0.9, 0.81])
