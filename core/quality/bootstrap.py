"""The bootstrap over texts, or over groups of texts, made fast by counting.

Texts that agree in what matters (say "both models right") are interchangeable, so resampling n texts is one multinomial
draw over a few cells. With groups the unit is the group, and equal groups are interchangeable in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from core.figures import Interval

Statistic = Callable[[np.ndarray], np.ndarray]
"""(b, cells) counts of texts in each cell -> (b,) values, nan where the statistic has none; (b, k) for k statistics at once."""

CONFIDENCE = 0.95
TAILS = np.array([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
BATCH_NUMBERS = 2_000_000  # numbers held at once while resampling: about 16 MB


@dataclass(frozen=True)
class Sample:
    """patterns (u, cells): the distinct units, each as its count of texts per cell. times (u,): how many units look so."""

    patterns: np.ndarray
    times: np.ndarray

    @property
    def units(self) -> int:
        """How many texts or groups were drawn."""
        return int(self.times.sum())

    @property
    def totals(self) -> np.ndarray:
        """(1, cells) counts of the sample itself."""
        return (self.times @ self.patterns)[np.newaxis]


def tabulate(codes: np.ndarray, cells: int, groups: np.ndarray | None = None) -> Sample:
    """Texts as a sample: codes (n,) hold each text's cell, 0 to cells - 1; groups (n,) its group, if texts come in groups."""
    if groups is None:
        times = np.bincount(codes, minlength=cells)
        return Sample(np.eye(cells)[times > 0], times[times > 0])
    ids, group = np.unique(groups, return_inverse=True)
    table = np.bincount(group * cells + codes, minlength=len(ids) * cells).reshape(len(ids), cells)
    patterns, times = np.unique(table, axis=0, return_counts=True)
    return Sample(patterns.astype(float), times)


def totalled(columns: np.ndarray, groups: np.ndarray | None = None) -> Sample:
    """Texts as a sample of sums: columns (n, k) hold what each text adds to k totals, of which a statistic sees (b, k).

    For what is no count of a few cells, such as a loss: every text, or group (n,), may then be a pattern of its own.
    """
    units = np.asarray(columns, dtype=float)
    if groups is not None:
        ids, group = np.unique(groups, return_inverse=True)
        units = np.stack([np.bincount(group, weights=column, minlength=len(ids)) for column in units.T], axis=1)
    patterns, times = np.unique(units, axis=0, return_counts=True)
    return Sample(patterns, times)


def interval(sample: Sample, statistic: Statistic, bounds: tuple[float, float], resamples: int, seed: int) -> Interval:
    """The statistic with its 95 % interval: BCa, or percentile where BCa is degenerate, or exact where nothing varies.

    bounds: the values that the statistic would take if every text spoke for the one or the other extreme.
    The note says what was resampled and which of the three was used.
    """
    return intervals(sample, lambda counts: statistic(counts)[:, np.newaxis], [bounds], resamples, seed)[0]


def intervals(
    sample: Sample, statistics: Statistic, bounds: Sequence[tuple[float, float]], resamples: int, seed: int
) -> tuple[Interval, ...]:
    """`interval` for k statistics of the same resamples: statistics gives (b, k), bounds holds k pairs."""
    values = statistics(sample.totals)[0]
    draws = np.concatenate([statistics(counts) for counts in _resampled(sample, resamples, seed)])
    left_out = statistics(sample.totals - sample.patterns) if sample.units > 1 else draws[:1]  # a lone unit leaves nothing
    return tuple(_interval(sample, float(values[k]), draws[:, k], left_out[:, k], bounds[k]) for k in range(len(bounds)))


def _interval(
    sample: Sample, value: float, draws: np.ndarray, left_out: np.ndarray, bounds: tuple[float, float]
) -> Interval:
    if not np.isfinite(draws).all():
        return Interval(value, note="no interval: some resamples have no value, more texts are needed")
    if np.ptp(draws) <= 1e-12 * max(1.0, abs(value)):
        return _unvaried(value, sample.units, bounds)
    tails = _bca_tails(value, draws, left_out, sample.times)
    method = "BCa bootstrap" if tails is not None else "percentile bootstrap, because BCa is degenerate here"
    low, high = np.quantile(draws, TAILS if tails is None else tails)
    return Interval(value, float(low), float(high), f"{method}, {len(draws):,} resamples of {sample.units:,} units")


def _resampled(sample: Sample, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """Batches of (b, cells) counts, each row from as many units as the sample has, drawn with replacement."""
    rng = np.random.default_rng(seed)
    kinds, units = len(sample.times), sample.units
    by_index = units < 4 * kinds  # few units look alike: drawing them one by one is cheaper than a wide multinomial
    kind_of = np.repeat(np.arange(kinds), sample.times)
    batch = max(1, BATCH_NUMBERS // (units if by_index else kinds))
    for start in range(0, resamples, batch):
        rows = min(batch, resamples - start)
        if by_index:
            drawn = kind_of[rng.integers(units, size=(rows, units))] + np.arange(rows)[:, np.newaxis] * kinds
            weights = np.bincount(drawn.ravel(), minlength=rows * kinds).reshape(rows, kinds)
        else:
            weights = rng.multinomial(units, sample.times / units, size=rows)
        yield weights.astype(float) @ sample.patterns


def _bca_tails(value: float, draws: np.ndarray, left_out: np.ndarray, times: np.ndarray) -> np.ndarray | None:
    """The two quantiles of the draws that bound the BCa interval, or None where they do not exist.

    left_out (u,): the statistic without one unit of each pattern; times (u,): how many units have that pattern.
    """
    bias = ndtri((np.mean(draws < value) + np.mean(draws <= value)) / 2)
    pull = np.average(left_out, weights=times) - left_out
    spread = np.sum(times * pull**2) ** 1.5
    if not np.isfinite(bias) or not spread > 0:
        return None
    skew = np.sum(times * pull**3) / (6 * spread)
    shifted = bias + ndtri(TAILS)
    return ndtr(bias + shifted / (1 - skew * shifted))


def _unvaried(value: float, units: int, bounds: tuple[float, float]) -> Interval:
    """All units say the same: at most a share q of the population (Clopper-Pearson, none of `units` seen) may differ."""
    unseen = 1 - TAILS[0] ** (1 / units)
    low, high = value - unseen * (value - bounds[0]), value + unseen * (bounds[1] - value)
    return Interval(value, float(low), float(high), f"exact binomial bound, because all {units:,} units say the same")
