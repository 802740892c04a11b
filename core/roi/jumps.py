"""Volumes at which a fleet grows by a machine: the NPV jumps there."""

from __future__ import annotations

import numpy as np

from core.roi.flows import Terms
from core.roi.months import DAYS_PER_MONTH, HOURS_PER_MONTH, SECONDS_PER_DAY, Array, daily_volumes
from core.roi.serving import Serving

MACHINES_LOOKED_AT = 40
MONTHS_LOOKED_AT = 6  # with growth every month jumps elsewhere: first, last and some between stand for all


def fleet_jumps(part: Serving, terms: Terms) -> Array:
    """Predictions a day in month 1 at which a month's fleet grows, for the first machines. Plain numbers only."""
    if part.basis not in ("provisioned", "batch") or not part.share:
        return np.empty(0)
    months = np.unique(np.linspace(0, terms.horizon - 1, MONTHS_LOOKED_AT).astype(int))
    growth = daily_volumes(1.0, terms.monthly_growth, terms.horizon)[months]
    capacity = part.rate_per_s * part.target_utilisation / part.share
    if part.basis == "provisioned":
        step = capacity * SECONDS_PER_DAY / terms.load.peak_to_mean
    else:
        step = capacity * 3600.0 * min(part.billing_step_h, HOURS_PER_MONTH) / DAYS_PER_MONTH
    return np.unique(np.outer(np.arange(1, MACHINES_LOOKED_AT + 1) * step, 1.0 / growth))
