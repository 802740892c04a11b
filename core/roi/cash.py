"""When the money flows: month 0 and the ends of months 1 to H. Costs are positive numbers here."""

from __future__ import annotations

import numpy as np

from core.roi.months import Array, Number, beside, is_zero, months, remembered

# A month's share this small is rounding: an update due at the end of a month belongs to that month.
SLACK = 1e-9


@remembered
def is_paid(horizon: int, go_live: Number, parallel: Number, committed_until: Number = 0.0) -> Array:
    """1 in each month 1..H in which the old system is paid: until go-live, for `parallel` months after it, and at least
    until month `committed_until`. Shape S + (H,)."""
    last = np.maximum(go_live + parallel, committed_until)
    return np.asarray(months(horizon) <= beside(last)).astype(np.float64)


@remembered
def is_live(horizon: int, go_live: Number) -> Array:
    """1 in each month 1..H after go-live. Shape S + (H,)."""
    return np.asarray(months(horizon) > beside(go_live)).astype(np.float64)


@remembered
def times_due(horizon: int, go_live: Number, every: Number | None) -> Array:
    """How many re-distillations fall in each month 1..H: at go_live + kN < H for k = 1, 2, ..., each at its month's end.

    every None or 0: never. Shape S + (H,).
    """
    if every is None or is_zero(every):
        return np.zeros(horizon)
    slack = np.full(horizon + 1, SLACK)
    slack[-1] = -SLACK  # what is due exactly at the horizon is not done any more
    step = np.where(every > 0.0, every, np.inf) if isinstance(every, np.ndarray) else every
    done = np.floor((np.arange(horizon + 1) - beside(go_live)) / beside(step) + slack)
    return np.diff(np.maximum(done, 0.0), axis=-1)


def purchases(machines: Array, life_months: Number, today: bool) -> Array:
    """Machines bought at the ends of months 0..H for a fleet of shape (..., H); zeros before it serves.

    The first fleet is bought in month 0, growth one month before it is needed, and each machine again after its life
    (whole months, at least one). today: the first fleet stands already; it counts as new.
    """
    owned = np.maximum.accumulate(machines, axis=-1)
    first = np.take_along_axis(owned, np.argmax(owned > 0, axis=-1)[..., None], axis=-1)
    growth = np.diff(np.maximum(owned, first), axis=-1)
    bought = np.concatenate([first, growth, np.zeros_like(first)], axis=-1)
    total = bought + _replacements(bought, np.maximum(np.round(life_months), 1.0))
    if today:
        total[..., 0] -= first[..., 0]
    return total


def _replacements(bought: Array, life: Number) -> Array:
    """Machines bought again one life, two lives, ... after their purchase; none at the horizon's end. Shape of the inputs'."""
    ends = np.arange(bought.shape[-1])
    total = np.zeros(np.broadcast_shapes(bought.shape, (*np.shape(life), 1)))
    bought = np.broadcast_to(bought, total.shape)
    for lives in range(1, int((bought.shape[-1] - 2) // np.min(life)) + 1):
        origin = np.broadcast_to(ends - lives * beside(life), total.shape)
        total += np.where(origin >= 0, np.take_along_axis(bought, np.maximum(origin, 0).astype(np.int64), axis=-1), 0.0)
    total[..., -1] = 0.0
    return total
