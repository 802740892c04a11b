"""What probabilities are worth: log loss, Brier score and the calibration error with its reliability diagram.

logits (n, c), labels (n,) class ids from 0 to c - 1, confidences (n,) the probability of each answer, right (n,) whether it is right.
"""

from __future__ import annotations

import numpy as np
from scipy.special import log_softmax
from statsmodels.stats.proportion import proportion_confint

from core.errors import UserError
from core.figures import Interval
from core.quality.bootstrap import intervals, totalled
from core.quality.scores import RESAMPLES, aligned
from core.records import Bin

BINS = 15
CHANCE_DRAWS = 2_000
MOST_LOSS = 36.0  # nats: a probability of 2e-16, the least that differs from none beside 1


def proper_scores(
    logits: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None, *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[Interval, Interval]:
    """Log loss in nats and Brier score (0 to 2), each a mean over texts with its bootstrap interval; both are better when lower.

    Log loss: -ln p of the true class (Good 1952, "Rational Decisions"). Brier score: the sum over all classes of (p - 1 or 0)
    squared, as Brier 1950 defined it; for two classes it is twice the form that looks at one class only.
    Raises UserError for other shapes, unknown labels or logits that are not finite.
    """
    table, labels, groups = _checked(logits, labels, groups)
    log_p = log_softmax(table, axis=1)
    own = np.arange(len(labels)), labels
    misses = np.exp(log_p)
    misses[own] -= 1.0
    columns = np.stack([-log_p[own], np.sum(misses**2, axis=1), np.ones(len(labels))], axis=1)
    found = intervals(totalled(columns, groups), lambda totals: totals[:, :2] / totals[:, 2:],
                      [(0.0, MOST_LOSS), (0.0, 2.0)], resamples, seed)
    return found[0], found[1]


def reliability(confidences: np.ndarray, right: np.ndarray, bins: int = BINS) -> tuple[Bin, ...]:
    """At most `bins` bins of equally many texts, by rising confidence; equal confidences are never parted.

    Bins of equal mass after Nixon et al. 2019, "Measuring Calibration in Deep Learning": bins of equal width leave most of
    them empty where a model is sure. Accuracy has its 95 % Wilson interval. Raises UserError for other shapes.
    """
    sure, right = _as_answers(confidences, right)
    index, number = _binned(sure, bins)
    texts, hits = np.bincount(index, minlength=number), np.bincount(index, weights=right, minlength=number)
    mean = np.bincount(index, weights=sure, minlength=number) / texts
    low, high = proportion_confint(hits, texts, alpha=0.05, method="wilson")
    return tuple(Bin(float(mean[i]), float(hits[i] / texts[i]), float(max(0.0, low[i])), float(min(1.0, high[i])), int(texts[i]))
                 for i in range(number))


def calibration_error(bins: tuple[Bin, ...]) -> float:
    """Expected calibration error, 0 to 1: mean over texts of |accuracy - mean confidence| of their bin.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3, here over the bins given.
    """
    texts = sum(each.texts for each in bins)
    return sum(each.texts * abs(each.accuracy - each.confidence) for each in bins) / texts


def error_by_chance(confidences: np.ndarray, bins: int = BINS, seed: int = 0) -> Interval:
    """The calibration error that a perfectly calibrated model of these confidences would show on as many texts.

    Mean and middle 95 % of 2,000 draws in which each answer is right with just its confidence (consistency resampling,
    Broecker and Smith 2007). An error inside says nothing against a model: the estimate is never 0 on few texts.
    """
    sure, _ = _as_answers(confidences, confidences)
    index, number = _binned(sure, bins)
    rng = np.random.default_rng(seed)
    expected = np.bincount(index, weights=sure, minlength=number)
    draws = np.empty(CHANCE_DRAWS)
    for i in range(CHANCE_DRAWS):
        hits = np.bincount(index, weights=rng.random(len(sure)) < sure, minlength=number)
        draws[i] = np.abs(hits - expected).sum() / len(sure)
    low, high = np.quantile(draws, (0.025, 0.975))
    return Interval(float(draws.mean()), float(low), float(high), f"consistency resampling, {CHANCE_DRAWS:,} draws")


def _binned(sure: np.ndarray, bins: int) -> tuple[np.ndarray, int]:
    """Each text's bin and how many there are; none is empty."""
    edges = np.unique(np.quantile(sure, np.arange(1, bins) / bins, method="inverted_cdf"))
    used, index = np.unique(np.searchsorted(edges, sure, side="left"), return_inverse=True)
    return index, len(used)


def _as_answers(confidences: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sure, right, _ = aligned(np.asarray(confidences, dtype=float), None, right=np.asarray(right, dtype=float))
    if not ((sure >= 0) & (sure <= 1)).all():
        raise UserError("confidences: some are no probability; give numbers from 0 to 1.")
    return sure, right


def _checked(logits: np.ndarray, labels: np.ndarray, groups: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    table = np.asarray(logits, dtype=float)
    labels, groups = aligned(labels, groups)
    if table.shape[:1] != labels.shape or table.ndim != 2 or not np.isfinite(table).all():
        raise UserError(f"logits: shape {table.shape} does not fit {len(labels):,} labels; give one row of finite numbers a text.")
    if labels.min() < 0 or labels.max() >= table.shape[1]:
        raise UserError(f"labels: {labels.min()} to {labels.max()} does not fit {table.shape[1]} classes; "
                        "give class ids that count from 0.")
    return table, labels, groups
