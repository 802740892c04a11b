"""From which volume on an option pays: every crossing of NPV = 0, and the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.roi.months import Array

# Predictions a day that are looked at, into how many a range is split again, and how narrow a crossing is known in the end.
LOWEST, HIGHEST, POINTS, SPLIT, WIDTH = 1e2, 1e11, 128, 32, 5e-9
# Ranges that are split at a time, in all, and of these without a certain crossing: more arise only where two options cost almost
# the same. The highest crossing is then known as narrowly as ever, the lower ones less.
AT_ONCE, SPLITS, HIDDEN = 48, 320, 96
ROUNDING = 1e-12  # an NPV this small against the costs is none

Costs = Callable[[Array], tuple[Array, Array]]


@dataclass(frozen=True)
class BreakEven:
    """volume: the smallest predictions a day above which NPV >= 0 everywhere in the range, None if there is none.
    crossings: every volume at which NPV changes between negative and not, in rising order."""

    volume: float | None
    crossings: tuple[float, ...]


def break_even(costs_at: Costs) -> BreakEven:
    """Where the NPV as a function of the predictions a day crosses 0.

    costs_at: (n,) volumes to two present values (n,) of which neither falls as the volume rises; NPV = first - second. Between
    two volumes the NPV then lies within [first(low) - second(high), first(high) - second(low)]: only ranges in which that
    holds 0 are looked into, again and again, so that no pair of crossings hides between two volumes.
    """
    volumes, splits, hidden = np.geomspace(LOWEST, HIGHEST, POINTS), SPLITS, HIDDEN
    gains, losses = costs_at(volumes)
    while len(split := _to_split(volumes, gains, losses, hidden)[: min(splits, AT_ONCE)]):
        good = _good(gains, losses)
        splits, hidden = splits - len(split), hidden - int((good[split] == good[split + 1]).sum())
        inside = np.geomspace(volumes[split], volumes[split + 1], SPLIT + 1)[1:-1].T.ravel()
        more = costs_at(inside)
        order = np.argsort(volumes := np.concatenate([volumes, inside]), kind="stable")
        volumes, gains, losses = volumes[order], np.concatenate([gains, more[0]])[order], np.concatenate([losses, more[1]])[order]
    good = _good(gains, losses)
    turns = np.flatnonzero(good[1:] != good[:-1])
    crossings = np.where(good[turns], volumes[turns], volumes[turns + 1])  # the side on which it pays
    if not good[-1]:
        return BreakEven(None, tuple(crossings.tolist()))
    return BreakEven(float(crossings[-1]) if len(crossings) else LOWEST, tuple(crossings.tolist()))


def _good(gains: Array, losses: Array) -> npt.NDArray[np.bool_]:
    return np.asarray(gains - losses >= -ROUNDING * (np.abs(gains) + np.abs(losses)))


def _to_split(volumes: Array, gains: Array, losses: Array, hidden: int) -> npt.NDArray[np.int64]:
    """Ranges, by their lower end, that are too wide: all with a crossing, the highest first, and up to `hidden` others that may
    hold a pair of them, those first whose ends are closest to 0 by what the costs change in between."""
    npv, good = np.abs(gains - losses), _good(gains, losses)
    wide = volumes[1:] > volumes[:-1] * (1.0 + WIDTH)
    certain = good[1:] != good[:-1]
    may = ~_good(gains[:-1], losses[1:]) & _good(gains[1:], losses[:-1]) & ~certain
    may &= np.maximum(npv[1:], npv[:-1]) > ROUNDING * (np.abs(gains) + np.abs(losses))[1:]
    change = np.diff(gains) + np.diff(losses)
    others = np.flatnonzero(may & wide)
    doubt = (npv[others] + npv[others + 1]) / change[others]
    return np.concatenate([np.flatnonzero(certain & wide)[::-1], others[np.argsort(doubt, kind="stable")[:hidden]]])
