"""What a series of net flows is worth. `flows` has months 0..H on its last axis; money in is positive."""

from __future__ import annotations

import numpy as np
import numpy_financial

from core.roi.months import Array, Number, annual_rate, beside, monthly_rate, remembered

# A sum of flows this small against the largest of them is rounding, not debt.
ROUNDING = 1e-12


@remembered
def factors(discount_rate: Number, horizon: int) -> Array:
    """What 1 at the end of each month 0..H is worth at month 0, at an effective annual rate. Shape S gives S + (H + 1,)."""
    return np.asarray((1.0 + beside(monthly_rate(discount_rate))) ** -np.arange(horizon + 1.0))


def discounted(flows: Array, discount_rate: Number) -> Array:
    """Each flow's present value, at an effective annual rate. Same shape as `flows`."""
    return flows * factors(discount_rate, flows.shape[-1] - 1)


def npv(flows: Array, discount_rate: Number) -> Number:
    """Net present value at month 0, at an effective annual rate."""
    return np.vecdot(flows, factors(discount_rate, flows.shape[-1] - 1))


def sign_changes(flows: Array) -> int:
    """How often the flows (one series) change sign; zeros, and what is only rounding, are skipped."""
    signs = np.sign(flows[np.abs(flows) > ROUNDING * np.abs(flows).sum()])
    return int((signs[1:] != signs[:-1]).sum())


def irr(flows: Array) -> float | None:
    """Effective annual rate at which the NPV of one series is 0; None unless the flows change sign exactly once."""
    if sign_changes(flows) != 1:
        return None
    return float(annual_rate(numpy_financial.irr(flows)))


def payback_months(flows: Array) -> Number:
    """Months from month 0 until the running sum reaches 0 for good, linear inside the month; infinity if it never does.

    Give it discounted flows for the discounted payback. Shape (..., H + 1) gives (...).
    """
    total = flows.cumsum(axis=-1)
    total = np.where(np.abs(total) <= ROUNDING * np.abs(flows).sum(axis=-1, keepdims=True), 0.0, total)
    owing = total < 0.0
    owed_last = flows.shape[-1] - 1 - np.argmax(owing[..., ::-1], axis=-1)
    step = np.minimum(owed_last + 1, flows.shape[-1] - 1)
    debt = -np.take_along_axis(total, owed_last[..., None], axis=-1)[..., 0]
    gain = np.take_along_axis(total, step[..., None], axis=-1)[..., 0] + debt
    month = owed_last + debt / np.where(gain > 0.0, gain, 1.0)
    return np.where(~owing.any(axis=-1), 0.0, np.where(owing[..., -1], np.inf, month))[()]


def net_benefit(flows: Array) -> Number:
    """Sum of all flows, that of month 0 among them; undiscounted."""
    return flows.sum(axis=-1)


def roi(flows: Array) -> Number:
    """Net benefit over what is spent at month 0, undiscounted; nan if nothing is spent then, rounding aside."""
    spent = -flows[..., 0]
    spends = spent > ROUNDING * np.abs(flows).sum(axis=-1)
    return np.where(spends, net_benefit(flows) / np.where(spends, spent, 1.0), np.nan)[()]


def max_upfront(net_present_value: Number, upfront: Number) -> Number:
    """The most that may be spent upfront before the NPV falls below 0."""
    return net_present_value + upfront
