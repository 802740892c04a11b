"""A cascade: the student answers every text, and those of which it is not sure enough go to the teacher as well.

A text is escalated where the student's confidence does not exceed the threshold. So threshold 0 is the student alone
and threshold 1 the teacher for every text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.figures import Interval
from core.quality.bootstrap import intervals, tabulate
from core.quality.scores import RESAMPLES, accuracy, aligned, paired_difference

POINTS = 21
WHOLE_NOTE = "by definition"


@dataclass(frozen=True)
class Point:
    """What a cascade does at one threshold (confidence, 0 to 1).

    escalated: share of texts that also go to the teacher, 0 to 1. accuracy: of the cascade, 0 to 1. difference: accuracy
    of the cascade minus that of the teacher on the same texts, in points.
    """

    threshold: float
    escalated: Interval
    accuracy: Interval
    difference: Interval


def offered(confidences: np.ndarray, points: int = POINTS) -> np.ndarray:
    """Rising thresholds from 0 to 1 that escalate about equal steps of the texts: quantiles of confidences (n,), and both ends.

    Equal quantiles are offered once. In a study the confidences are those of validation texts, never of test texts.
    """
    steps = np.arange(1, points - 1) / (points - 1)
    inner = np.quantile(_as_shares("confidences", confidences), steps, method="inverted_cdf")  # each one a confidence that occurs
    return np.unique([0.0, *inner, 1.0])


def curve(
    labels: np.ndarray, student: np.ndarray, teacher: np.ndarray, confidences: np.ndarray, groups: np.ndarray | None = None,
    *, thresholds: np.ndarray | None = None, resamples: int = RESAMPLES, seed: int = 0,
) -> tuple[Point, ...]:
    """The cascade at each threshold between 0 and 1, in rising order, and at both ends.

    labels, student and teacher are class ids (n,), confidences (n,) the student's, groups (n,) as in core.quality.scores.
    thresholds: `offered(confidences)` if None. Every interval inside rests on the same resamples of texts or groups; the
    ends have the student's and the teacher's own figures. Raises UserError as accuracy does, and for confidences or
    thresholds outside 0 to 1.
    """
    labels, student, teacher, sure, groups = aligned(
        labels, groups, student=student, teacher=teacher, confidences=_as_shares("confidences", confidences))
    asked = offered(sure) if thresholds is None else np.unique(_as_shares("thresholds", thresholds))
    inner = asked[(asked > 0) & (asked < 1)]
    how = {"resamples": resamples, "seed": seed}
    first = Point(0.0, _exactly(0.0), accuracy(labels, student, groups, **how),
                  paired_difference(labels, student, teacher, groups, **how))
    last = Point(1.0, _exactly(1.0), accuracy(labels, teacher, groups, **how), _exactly(0.0))
    right = 2 * (student == labels) + (teacher == labels)
    return (first, *_inside(right, np.searchsorted(inner, sure), inner, groups, resamples, seed), last)


def _inside(
    right: np.ndarray, interval_of: np.ndarray, thresholds: np.ndarray, groups: np.ndarray | None, resamples: int, seed: int
) -> tuple[Point, ...]:
    """Points at the k thresholds; interval_of (n,) counts the thresholds below each confidence, right (n,) is 0 to 3.

    A cell is one of the k + 1 intervals between thresholds and one of four: neither right, the teacher, the student, both.
    """
    k = len(thresholds)
    if not k:
        return ()
    sample = tabulate(4 * interval_of + right, 4 * (k + 1), groups)
    escalated, correct, gained = _weights(k)
    table = np.concatenate([escalated, correct, 100 * gained]).T  # (cells, 3k)

    def statistics(counts: np.ndarray) -> np.ndarray:
        return (counts @ table) / counts.sum(axis=1, keepdims=True)

    bounds = [(0.0, 1.0)] * (2 * k) + [(-100.0, 100.0)] * k
    found = intervals(sample, statistics, bounds, resamples, seed)
    return tuple(Point(float(thresholds[i]), found[i], found[k + i], found[2 * k + i]) for i in range(k))


def _weights(k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a text of each cell counts at each threshold, each (k, cells): escalated; cascade right; that less teacher right."""
    place, right = np.divmod(np.arange(4 * (k + 1)), 4)
    student, teacher = right // 2, right % 2
    sent = place <= np.arange(k)[:, np.newaxis]
    correct = np.where(sent, teacher, student)
    return sent.astype(float), correct.astype(float), (correct - teacher).astype(float)


def _exactly(value: float) -> Interval:
    return Interval(value, value, value, WHOLE_NOTE)


def _as_shares(name: str, values: np.ndarray) -> np.ndarray:
    shares = np.asarray(values, dtype=float)
    bad = shares[~((shares >= 0) & (shares <= 1))]
    if not shares.size or bad.size:
        raise UserError(f"{name}: {bad.flat[0] if bad.size else 'nothing'} is no probability; give numbers from 0 to 1.")
    return shares
