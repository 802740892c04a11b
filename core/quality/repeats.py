"""Intervals of what is not a score: agreement of two runs on the same texts, and speed over process invocations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import t
from statsmodels.stats.proportion import proportion_confint

from core.errors import UserError
from core.figures import Interval
from core.quality.scores import aligned

LEAST_INVOCATIONS = 5


def agreement(a: np.ndarray, b: np.ndarray) -> Interval:
    """Share of texts (0 to 1) that a and b (n,) answer alike, with its Clopper-Pearson interval."""
    a, b, _ = aligned(a, None, b=b)
    equal = int(np.sum(a == b))
    low, high = proportion_confint(equal, len(a), alpha=0.05, method="beta")
    return Interval(equal / len(a), float(low), float(high), f"Clopper-Pearson, {len(a):,} texts")


def over_invocations(values: Sequence[float]) -> Interval:
    """Mean of one value for each process invocation, in the values' unit, with Student's t interval from 5 invocations on.

    Raises UserError without values or if one is not finite.
    """
    n = len(values)
    if not n or not np.isfinite(values).all():
        raise UserError(f"values: {list(values)} has no mean; give one finite value for each process invocation.")
    mean = float(np.mean(values))
    if n < LEAST_INVOCATIONS:
        return Interval(mean, note=f"no interval: {n} of at least {LEAST_INVOCATIONS} process invocations")
    arm = float(t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return Interval(mean, mean - arm, mean + arm, f"t interval, {n} process invocations")
