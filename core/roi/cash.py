"""When the money flows: month 0 and the ends of months 1 to H. Costs are positive numbers here."""

from __future__ import annotations

import numpy as np

from core.roi.months import Array, Number, months


def switched_costs(old: Array, new: Array, go_live: int, parallel: int, committed_until: int = 0) -> Array:
    """Running cost of months 1..H when `new` takes over after month `go_live`; shapes (..., H).

    The old system is paid until go-live, for `parallel` months after it, and at least until month `committed_until`.
    """
    month = months(old.shape[-1])
    old_is_paid = month <= max(go_live + parallel, committed_until)
    return np.where(old_is_paid, old, 0.0) + np.where(month > go_live, new, 0.0)


def redistil_months(go_live: int, every: float | None, horizon: int) -> Array:
    """Months of re-distillation: go_live + kN < horizon for k = 1, 2, ..., each at its month's end. None: never."""
    if every is None:
        return np.empty(0)
    return np.ceil(np.arange(go_live + every, horizon, every, dtype=np.float64))


def flows_of(running: Array, upfront: Number, redistil: Number = 0.0, redistil_at: Array | None = None) -> Array:
    """All costs of an option in months 0..H: `running` (..., H) gives (..., H + 1).

    `upfront` falls in month 0, `redistil` in each month of `redistil_at`; each is a number or an array of shape (...).
    """
    shape = np.broadcast_shapes(np.shape(upfront), running.shape[:-1])
    start = np.broadcast_to(np.asarray(upfront)[..., None], (*shape, 1))
    flows = np.concatenate([start, np.broadcast_to(running, (*shape, running.shape[-1]))], axis=-1)
    if redistil_at is None or not redistil_at.size:
        return flows
    times_due = np.bincount(redistil_at.astype(int), minlength=flows.shape[-1])
    return flows + np.asarray(redistil)[..., None] * times_due
