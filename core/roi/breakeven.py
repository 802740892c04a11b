"""From which volume on an option pays: every crossing of NPV = 0, and the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from core.roi.months import Array

# Predictions a day that are looked at, and how finely.
LOWEST, HIGHEST, POINTS = 1e2, 1e11, 300


@dataclass(frozen=True)
class BreakEven:
    """volume: the smallest predictions a day above which NPV >= 0 everywhere in the range, None if there is none.
    crossings: every volume at which NPV changes between negative and not, in rising order."""

    volume: float | None
    crossings: tuple[float, ...]


def search_grid(jumps: Sequence[float] | Array = ()) -> Array:
    """Volumes to look at: evenly spaced in the logarithm, and both sides of each jump (where a fleet grows by a machine)."""
    steps = np.asarray(jumps, dtype=np.float64)
    steps = steps[(steps > LOWEST) & (steps < HIGHEST)]
    return np.unique(np.concatenate([np.geomspace(LOWEST, HIGHEST, POINTS), steps * (1 - 1e-8), steps * (1 + 1e-8)]))


def break_even(npv_at: Callable[[Array], Array], grid: Array) -> BreakEven:
    """Where the NPV as a function of the predictions a day (shape (n,) to (n,)) crosses 0 between the grid's points."""
    good = npv_at(grid) >= 0.0
    turns = np.flatnonzero(good[1:] != good[:-1])
    crossings = tuple(_refine(npv_at, float(grid[i]), float(grid[i + 1])) for i in turns)
    if not good[-1]:
        return BreakEven(None, crossings)
    return BreakEven(crossings[-1] if crossings else float(grid[0]), crossings)


def _refine(npv_at: Callable[[Array], Array], low: float, high: float) -> float:
    """The crossing between two volumes with different signs."""
    return float(brentq(lambda volume: float(npv_at(np.array([volume]))[0]), low, high, rtol=1e-10))
