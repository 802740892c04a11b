"""The months of one option in plain numbers: its fleet, its running cost and all that it costs from today on.

A price or a rate may be a number, or an array with one entry for each draw; so may the predictions a day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.roi import cash, fleet
from core.roi.months import SECONDS_PER_DAY, Array, Number, daily_volumes, price_index


@dataclass(frozen=True)
class Terms:
    """What holds for every option of a case. redistil_every None: no re-distillation is planned."""

    horizon: int
    monthly_growth: float
    peak_to_mean: float
    target_utilisation: float
    min_instances: float
    go_live: int
    parallel: int
    redistil_every: float | None


@dataclass(frozen=True)
class Path:
    """What one option costs: price and rate of a machine, what falls due once and at each re-distillation.

    today: it already serves, so it neither waits for go-live nor runs beside another.
    """

    usd_per_hour: Number
    rate_per_s: Number
    upfront_usd: Number
    redistil_usd: Number
    yearly_price_change: Number
    today: bool


def _each_month(value: Number) -> Array:
    return np.asarray(value, dtype=np.float64)[..., None]


def fleet_sizes(path: Path, terms: Terms, per_day: Number) -> Array:
    """Machines in each month, shape (..., H)."""
    peak = fleet.peak_rate_per_s(daily_volumes(per_day, terms.monthly_growth, terms.horizon), terms.peak_to_mean)
    return np.asarray(fleet.instances(peak, _each_month(path.rate_per_s), terms.target_utilisation, terms.min_instances))


def running_usd(path: Path, terms: Terms, per_day: Number) -> Array:
    """Cost of the fleet in each month if it served all of it, shape (..., H)."""
    prices = _each_month(path.usd_per_hour) * price_index(path.yearly_price_change, terms.horizon)
    return np.asarray(fleet.monthly_fleet_usd(fleet_sizes(path, terms, per_day), prices))


def cost_flows(path: Path, status_quo: Path, terms: Terms, per_day: Number) -> Array:
    """All that choosing `path` costs in months 0..H, today's system until it is switched off included; shape (..., H + 1)."""
    running = running_usd(path, terms, per_day)
    if path.today:
        return cash.flows_of(running, path.upfront_usd)
    switched = cash.switched_costs(running_usd(status_quo, terms, per_day), running, terms.go_live, terms.parallel)
    due = cash.redistil_months(terms.go_live, terms.redistil_every, terms.horizon)
    return cash.flows_of(switched, path.upfront_usd, path.redistil_usd, due)


def fleet_jumps(path: Path, terms: Terms, machines: int = 40) -> Array:
    """Predictions a day in month 1 at which the fleet of some month grows, up to that many machines. Numbers only."""
    growth = daily_volumes(1.0, terms.monthly_growth, terms.horizon)
    capacity = path.rate_per_s * terms.target_utilisation * SECONDS_PER_DAY / terms.peak_to_mean
    return np.unique(np.outer(np.arange(1, machines + 1) * capacity, 1.0 / growth))
