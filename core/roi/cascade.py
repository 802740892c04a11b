"""The latency of a cascade, from the measured percentiles of its two models."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import brentq

from core.errors import UserError

PERCENTILES = (50, 90, 99)
PROBABILITIES = np.array(PERCENTILES) / 100
WANTED = 0.99


def mixture_p99(share: float, student: Mapping[int, float | None], teacher: Mapping[int, float | None]) -> float | None:
    """99th percentile of the cascade's latency in ms, or None where a percentile of a model is not known.

    share: share of texts (0 to 1) that take the student's time plus the teacher's. student, teacher: latency in ms by
    percentile (50, 90, 99). The answer is the smallest t with (1 - share) F_student(t) + share F_both(t) >= 0.99, with

    - Q_both(p) = Q_student(p) + Q_teacher(p): a text that is slow for one model is slow for the other, because both are
      slow for long texts (comonotonic times, whose quantiles add: Denuit, Dhaene, Goovaerts and Kaas 2005, "Actuarial Theory
      for Dependent Risks");
    - latency independent of confidence: escalated texts are as long as others;
    - quantiles straight in probability between the percentiles, and the median for all faster texts, which errs on the safe side;
    - above its p99 the student's tail falls exponentially, by 10 from p90 to p99 and by 10 in each further step of that width.

    Share 0 gives the student's p99 and share 1 the sum of both p99s, which bounds every other share whatever the tail.
    Raises UserError if the share is not 0 to 1, or latencies are negative or fall as the percentile rises.
    """
    if not 0 <= share <= 1:
        raise UserError(f"share: {share} is no share of the texts; give a number from 0 to 1.")
    alone, behind = _quantiles("student", student), _quantiles("teacher", teacher)
    if alone is None or behind is None:
        return None
    both = alone + behind

    def missing(t: float) -> float:
        return WANTED - (1 - share) * _reached_with_tail(t, alone) - share * _reached(t, both)

    low, high = float(alone[-1]), float(both[-1])
    if share in (0, 1):
        return high if share else low
    if missing(low) <= 0:
        return low
    return high if missing(high) >= 0 else float(brentq(missing, low, high, xtol=1e-9))


def _quantiles(name: str, latencies: Mapping[int, float | None]) -> np.ndarray | None:
    """Latencies (3,) in ms at PERCENTILES, or None if one is unknown."""
    known = [value for value in (latencies.get(percentile) for percentile in PERCENTILES) if value is not None]
    if not np.isfinite(known).all() or min(known, default=0) < 0 or known != sorted(known):
        raise UserError(f"{name}: {known} ms are no latencies; give p50, p90 and p99 from 0 on, none below the one before.")
    return np.array(known) if len(known) == len(PERCENTILES) else None


def _reached(t: float, quantiles: np.ndarray) -> float:
    """Share of texts answered within t ms, at most 0.99."""
    return float(np.interp(t, quantiles, PROBABILITIES, left=0.0))


def _reached_with_tail(t: float, quantiles: np.ndarray) -> float:
    """Share of texts answered within t ms; beyond p99 the rest falls by 10 each (p99 - p90) ms, and at once where they are equal."""
    if t < quantiles[-1]:
        return _reached(t, quantiles)
    step = quantiles[-1] - quantiles[-2]
    return float(1 - (1 - WANTED) * 10 ** (-(t - quantiles[-1]) / step)) if step > 0 else 1.0
