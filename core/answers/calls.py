"""What the calls of an answers file took: percentiles of their latency and means of their tokens, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

from core.answers.types import Spread

PERCENTILES = (50, 90, 99)
Z95 = 1.959964


def statistics(calls: Mapping[str, np.ndarray]) -> dict[str, Spread]:
    """latency_p50_ms, latency_p90_ms, latency_p99_ms and latency_mean_ms of calls' latency_ms (n,); the mean of everything else."""
    known = {name: values[~np.isnan(values)] for name, values in calls.items()}
    found: dict[str, Spread] = {}
    for name, values in known.items():
        if not len(values):
            continue
        if name == "latency_ms":
            found |= {f"latency_p{p}_ms": _percentile(values, p) for p in PERCENTILES}
        found["latency_mean_ms" if name == "latency_ms" else name] = _mean(values)
    return found


def _percentile(values: np.ndarray, percent: int) -> Spread:
    """With the exact interval by order statistics, None where there are too few calls for an end."""
    interval = stats.quantile_test(values, p=percent / 100).confidence_interval(0.95)
    known = all(np.isfinite(end) for end in interval)
    low, high = (float(interval.low), float(interval.high)) if known else (None, None)
    return Spread(float(np.quantile(values, percent / 100, method="inverted_cdf")), low, high, len(values))


def _mean(values: np.ndarray) -> Spread:
    mean = float(values.mean())
    if len(values) < 2:
        return Spread(mean, None, None, len(values))
    half = Z95 * float(values.std(ddof=1)) / len(values) ** 0.5
    return Spread(mean, mean - half, mean + half, len(values))
