"""How many machines a demand needs and what they cost. One formula each, for scalars and arrays alike."""

from __future__ import annotations

import numpy as np

from core.roi.months import DAYS_PER_MONTH, HOURS_PER_MONTH, SECONDS_PER_DAY, Number

# Keeps a peak that is an exact multiple of a machine's capacity from costing one machine more by rounding.
SLACK = 1e-9


def peak_rate_per_s(predictions_per_day: Number, peak_to_mean: Number) -> Number:
    """Predictions a second in the busiest second of the day."""
    return predictions_per_day * (peak_to_mean / SECONDS_PER_DAY)


def instances(peak_per_s: Number, rate_per_s: Number, target_utilisation: Number, min_instances: Number,
              spare: Number = 0) -> Number:
    """Machines for the peak when each is planned for `target_utilisation` of its measured rate."""
    needed = np.ceil(peak_per_s / (rate_per_s * target_utilisation) - SLACK)
    return np.maximum(min_instances, needed) + spare


def achieved_utilisation(predictions_per_day: Number, instances: Number, rate_per_s: Number) -> Number:
    """Mean demand as a share of all that the fleet could answer."""
    return predictions_per_day / SECONDS_PER_DAY / (instances * rate_per_s)


def bench_usd_per_million(usd_per_hour: Number, rate_per_s: Number) -> Number:
    """Cost of a million predictions on a machine that is never idle."""
    return usd_per_hour / (3600.0 * rate_per_s) * 1e6


def provisioned_usd_per_million(monthly_usd: Number, predictions_per_day: Number) -> Number:
    """The month's cost over the month's predictions, for a million of them."""
    return monthly_usd / (predictions_per_day * DAYS_PER_MONTH) * 1e6


def batch_hours(predictions: Number, rate_per_s: Number, target_utilisation: Number, billing_step_h: Number = 1.0) -> Number:
    """Machine hours billed for a batch, rounded up to the billing step."""
    hours = predictions / (rate_per_s * 3600.0 * target_utilisation)
    return np.ceil(hours / billing_step_h - SLACK) * billing_step_h


def bill_usd(monthly_bill_usd: Number, bill_predictions: Number, variable_share: Number, predictions: Number) -> Number:
    """A known month's bill at another month's volume; only its variable share follows the volume."""
    return monthly_bill_usd * (1.0 - variable_share + variable_share * predictions / bill_predictions)


def call_usd(usd_per_call: Number, retry_factor: Number) -> Number:
    """What one answered prediction costs of an API when some calls are made again."""
    return usd_per_call * retry_factor


def owned_usd_per_month(watts: Number, usd_per_kwh: Number, hosting_usd_per_month: Number) -> Number:
    """Power (idle included) and hosting of one owned machine in a month of 730 hours."""
    return watts / 1000.0 * HOURS_PER_MONTH * usd_per_kwh + hosting_usd_per_month
