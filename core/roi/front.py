"""Which ways to serve are worth a look: those than which no other is both cheaper and better."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def pareto(cost: ArrayLike, value: ArrayLike) -> NDArray[np.bool_]:
    """For points with a cost (less is better) and a value (more is better), both (n,): whether no other point dominates, (n,).

    A point dominates another if it is no worse in both and better in one; equal points do not dominate each other. By point
    estimates: intervals are drawn beside the front, and do not move it.
    """
    costs, values = np.asarray(cost, dtype=np.float64), np.asarray(value, dtype=np.float64)
    no_worse = (costs[:, None] <= costs) & (values[:, None] >= values)  # row: the one that may dominate; column: the one dominated
    better = (costs[:, None] < costs) | (values[:, None] > values)
    return np.asarray(~(no_worse & better).any(axis=0), dtype=np.bool_)
