"""One way of answering predictions in plain numbers: its machines or its bill in each month.

Every field is a number, or an array with one entry for each draw. `volumes` are predictions a day in each month, shape
(..., H); so are the results.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.roi import fleet
from core.roi.months import DAYS_PER_MONTH, HOURS_PER_MONTH, SECONDS_PER_DAY, Array, Number, beside, is_zero, price_index
from core.roi.profile import hourly_rates

Basis = Literal["bench", "provisioned", "autoscaled", "batch", "api", "bill"]
MACHINES: tuple[Basis, ...] = ("bench", "provisioned", "autoscaled", "batch")


@dataclass(frozen=True)
class Load:
    """How the day's demand is spread. profile: 24 weights, or None where only the peak is known."""

    peak_to_mean: Number
    profile: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Serving:
    """One basis with its prices; `share` is the part of the demand that it answers (an escalation in a cascade).

    usd_per_hour, rate_per_s (1/s), target_utilisation (share), min_instances and spare_instances (count): machines.
    offline_rate_per_s: many texts at once, where rate_per_s was measured under load; only the bench cost looks at it.
    startup_minutes: autoscaled only; billing_step_h: batch only. usd_per_call, retry_factor: an API. monthly_bill_usd at
    bill_predictions_per_month, of which bill_variable_share follows the volume: a known bill. yearly_price_change (share).
    hardware_usd, hardware_life_months, watts, usd_per_kwh, hosting_usd_per_month: each for one machine that is owned.
    """

    basis: Basis
    share: Number = 1.0
    usd_per_hour: Number = 0.0
    rate_per_s: Number = 1.0
    offline_rate_per_s: Number | None = None
    target_utilisation: Number = 1.0
    min_instances: Number = 0.0
    spare_instances: Number = 0.0
    startup_minutes: Number = 0.0
    billing_step_h: Number = 1.0
    usd_per_call: Number = 0.0
    retry_factor: Number = 1.0
    monthly_bill_usd: Number = 0.0
    bill_predictions_per_month: Number = 1.0
    bill_variable_share: Number = 1.0
    yearly_price_change: Number = 0.0
    hardware_usd: Number = 0.0
    hardware_life_months: Number = np.inf
    watts: Number = 0.0
    usd_per_kwh: Number = 0.0
    hosting_usd_per_month: Number = 0.0


def machine_hours(part: Serving, load: Load, volumes: Array) -> Array:
    """Hours of machines billed in each month; for a bench, exactly the hours that are worked."""
    rate, share = beside(part.rate_per_s), beside(part.share)
    if part.basis == "bench":
        return np.asarray(volumes * share * (DAYS_PER_MONTH / 3600.0) / rate)
    if part.basis == "batch":
        return np.asarray(fleet.batch_hours(volumes * share * DAYS_PER_MONTH, rate, beside(part.target_utilisation),
                                            beside(part.billing_step_h)))
    if part.basis == "autoscaled":
        return _autoscaled_hours(part, load, volumes)
    return fleet_sizes(part, load, volumes) * HOURS_PER_MONTH


def fleet_sizes(part: Serving, load: Load, volumes: Array) -> Array:
    """Machines that must exist in each month: for the peak, or as many as work through a month's batches."""
    least, spare = beside(part.min_instances), beside(part.spare_instances)
    if part.basis in ("bench", "batch"):
        return np.asarray(np.maximum(least, np.ceil(machine_hours(part, load, volumes) / HOURS_PER_MONTH - fleet.SLACK)) + spare)
    peak = fleet.peak_rate_per_s(volumes, beside(part.share * load.peak_to_mean))
    return np.asarray(fleet.instances(peak, beside(part.rate_per_s), beside(part.target_utilisation), least, spare))


def _autoscaled_hours(part: Serving, load: Load, volumes: Array) -> Array:
    """Each hour's machines; one that is added is billed from its start, `startup_minutes` before it answers."""
    rates = hourly_rates(load.peak_to_mean, load.profile) * (volumes * beside(part.share) / SECONDS_PER_DAY)[..., None]
    machines = np.asarray(fleet.instances(rates, beside(part.rate_per_s, 2), beside(part.target_utilisation, 2),
                                          beside(part.min_instances, 2), beside(part.spare_instances, 2)))
    added = np.maximum(machines - np.roll(machines, 1, axis=-1), 0.0)
    daily = machines.sum(axis=-1) + added.sum(axis=-1) * (beside(part.startup_minutes) / 60.0)
    return np.asarray(daily * DAYS_PER_MONTH)


def serving_usd(part: Serving, load: Load, volumes: Array) -> Array:
    """Running cost of each month, hardware purchases aside."""
    index = 1.0 if is_zero(part.yearly_price_change) else price_index(part.yearly_price_change, volumes.shape[-1])
    if part.basis in ("api", "bill"):
        return np.asarray(_billed_usd(part, volumes * beside(part.share * DAYS_PER_MONTH)) * index)
    rented = machine_hours(part, load, volumes) * (beside(part.usd_per_hour) * index)
    if is_zero(part.watts) and is_zero(part.hosting_usd_per_month):
        return np.asarray(rented)
    owned = fleet.owned_usd_per_month(part.watts, part.usd_per_kwh, part.hosting_usd_per_month)
    return np.asarray(rented + fleet_sizes(part, load, volumes) * beside(owned))


def _billed_usd(part: Serving, predictions: Array) -> Number:
    """An API's calls, or a known bill, for each month's predictions."""
    if part.basis == "api":
        return predictions * beside(fleet.call_usd(part.usd_per_call, part.retry_factor))
    return fleet.bill_usd(beside(part.monthly_bill_usd), beside(part.bill_predictions_per_month),
                          beside(part.bill_variable_share), predictions)
