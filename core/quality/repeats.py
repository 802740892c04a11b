"""Intervals of what is not a score: agreement of two runs on the same texts, speed over process invocations, spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t
from statsmodels.stats.proportion import proportion_confint

from core.errors import UserError
from core.figures import Interval
from core.quality.scores import aligned

LEAST_INVOCATIONS = 5
LEAST_SEEDS = 6  # for a claim about a method; fewer compare models


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
    return _by_t(values, f"t interval, {n} process invocations")


@dataclass(frozen=True)
class Spread:
    """One value for each seed, in their own unit. mean: with Student's t interval from 6 seeds on. sd: their standard deviation
    (n - 1), None for a single one."""

    mean: Interval
    sd: float | None
    seeds: int


def over_seeds(values: Mapping[int, float]) -> Spread:
    """The spread of one value for each seed. Raises UserError without values or if one is not finite."""
    found = list(values.values())
    n = len(found)
    if not n or not np.isfinite(found).all():
        raise UserError(f"values: {found} has no mean; give one finite value for each seed.")
    if n < LEAST_SEEDS:
        mean = Interval(float(np.mean(found)), note=f"no interval: {n} of at least {LEAST_SEEDS} seeds")
        return Spread(mean, float(np.std(found, ddof=1)) if n > 1 else None, n)
    return Spread(_by_t(found, f"t interval, {n} seeds"), float(np.std(found, ddof=1)), n)


def paired_by_seed(first: Mapping[int, float], second: Mapping[int, float]) -> Spread:
    """The spread of first - second over the seeds of both: what two methods differ by, given the same start and order of texts.

    Raises UserError where they share no seed.
    """
    both = sorted(first.keys() & second.keys())
    if not both:
        raise UserError("seeds: the two methods share none; train both with the same seeds.")
    return over_seeds({seed: first[seed] - second[seed] for seed in both})


def _by_t(values: Sequence[float], note: str) -> Interval:
    n, mean = len(values), float(np.mean(values))
    arm = float(t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n))
    return Interval(mean, mean - arm, mean + arm, note)
