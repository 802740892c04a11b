"""When the money flows: month 0 and the ends of months 1 to H. Costs are positive numbers here."""

from __future__ import annotations

import numpy as np

from core.roi.months import Array, Number, months

# A month's share this small is rounding: an update due at the end of a month belongs to that month.
SLACK = 1e-9


def _beside(value: Number) -> Number:
    """A draw's value beside the months' axis; a plain number stays one."""
    return np.asarray(value)[..., None] if np.ndim(value) else value


def is_paid(horizon: int, go_live: Number, parallel: Number, committed_until: Number = 0.0) -> Array:
    """1 in each month 1..H in which the old system is paid: until go-live, for `parallel` months after it, and at least
    until month `committed_until`. Shape S + (H,)."""
    last = np.maximum(_beside(go_live) + _beside(parallel), _beside(committed_until))
    return (months(horizon) <= last).astype(np.float64)


def is_live(horizon: int, go_live: Number) -> Array:
    """1 in each month 1..H after go-live. Shape S + (H,)."""
    return (months(horizon) > _beside(go_live)).astype(np.float64)


def times_due(horizon: int, go_live: Number, every: Number | None) -> Array:
    """How many re-distillations fall in each month 1..H: at go_live + kN < H for k = 1, 2, ..., each at its month's end.

    every None or 0: never. Shape S + (H,).
    """
    if every is None or not np.any(every):
        return np.zeros(horizon)
    ends = months(horizon)
    ends[-1] -= 2 * SLACK  # what is due exactly at the horizon is not done any more
    start, step = _beside(go_live), _beside(every)
    done = np.floor((ends - start) / step + SLACK)
    before = np.floor((months(horizon) - 1.0 - start) / step + SLACK)
    return np.maximum(done, 0.0) - np.maximum(before, 0.0)


def purchases(machines: Array, life_months: float, today: bool) -> Array:
    """Machines bought at the ends of months 0..H for a fleet of shape (..., H); zeros before it serves.

    The first fleet is bought in month 0, growth one month before it is needed, and each machine again after its life.
    today: the first fleet stands already; it counts as new.
    """
    owned = np.maximum.accumulate(machines, axis=-1)
    first = np.take_along_axis(owned, np.argmax(owned > 0, axis=-1)[..., None], axis=-1)
    growth = np.diff(np.maximum(owned, first), axis=-1)
    bought = np.concatenate([first, growth, np.zeros_like(first)], axis=-1)
    total = bought.copy()
    if np.isfinite(life_months):
        for shift in range(round(life_months), machines.shape[-1], round(life_months)):
            total[..., shift:-1] += bought[..., : bought.shape[-1] - 1 - shift]
    if today:
        total[..., 0] -= first[..., 0]
    return total
