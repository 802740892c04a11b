"""Scores of stored predictions with 95 % intervals: accuracy, macro-F1, retention and paired differences.

labels, predictions and every model's answers are arrays (n,) of class ids. groups (n,) hold the id of the group that a
text comes from (a film, an author); groups are then resampled whole, because their texts are not independent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core.errors import UserError
from core.figures import Interval
from core.quality.bootstrap import interval, tabulate

RESAMPLES = 9_999


def accuracy(
    labels: np.ndarray, predictions: np.ndarray, groups: np.ndarray | None = None, *, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Share of right answers, 0 to 1. Raises UserError if lengths differ or there are no texts."""
    labels, predictions, groups = aligned(labels, groups, predictions=predictions)
    sample = tabulate((labels == predictions).astype(int), 2, groups)
    return interval(sample, lambda counts: counts[:, 1] / counts.sum(axis=1), (0, 1), resamples, seed)


def macro_f1(
    labels: np.ndarray, predictions: np.ndarray, groups: np.ndarray | None = None, *, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """Mean F1, 0 to 1, over the classes that occur as a label or as a prediction. Raises UserError as accuracy does."""
    labels, predictions, groups = aligned(labels, groups, predictions=predictions)
    classes, ids = np.unique(np.concatenate([labels, predictions]), return_inverse=True)
    pairs, codes = np.unique(ids[: len(labels)] * len(classes) + ids[len(labels):], return_inverse=True)
    one_hot = np.eye(len(classes))
    true, predicted = one_hot[pairs // len(classes)], one_hot[pairs % len(classes)]

    def mean_f1(counts: np.ndarray) -> np.ndarray:
        seen = counts @ (true + predicted)
        f1 = 2 * (counts @ (true * predicted)) / np.maximum(seen, 1)
        return f1.sum(axis=1) / np.count_nonzero(seen, axis=1)

    return interval(tabulate(codes, len(pairs), groups), mean_f1, (0, 1), resamples, seed)


def paired_difference(
    labels: np.ndarray, a: np.ndarray, b: np.ndarray, groups: np.ndarray | None = None,
    *, resamples: int = RESAMPLES, seed: int = 0,
) -> Interval:
    """Accuracy of a minus accuracy of b on the same texts, in points (-100 to 100). Raises UserError as accuracy does."""
    codes, groups = _who_is_right(labels, groups, a=a, b=b)

    def points(counts: np.ndarray) -> np.ndarray:
        return 100 * (counts[:, 2] - counts[:, 1]) / counts.sum(axis=1)

    return interval(tabulate(codes, 4, groups), points, (-100, 100), resamples, seed)


def retention(
    labels: np.ndarray, student: np.ndarray, teacher: np.ndarray, groups: np.ndarray | None = None,
    *, resamples: int = RESAMPLES, seed: int = 0,
) -> Interval:
    """Student accuracy / teacher accuracy on the same texts. Raises UserError as accuracy does, or without a right teacher."""
    codes, groups = _who_is_right(labels, groups, student=student, teacher=teacher)
    teacher_accuracy = float(np.mean(codes % 2))
    if not teacher_accuracy:
        raise UserError(f"teacher: right on none of {len(codes):,} texts, so retention has no value; adapt the teacher first.")

    def ratio(counts: np.ndarray) -> np.ndarray:
        teacher_right = counts[:, 1] + counts[:, 3]
        return np.where(teacher_right > 0, (counts[:, 2] + counts[:, 3]) / np.maximum(teacher_right, 1), np.nan)

    bounds = 1 - 1 / teacher_accuracy, 1 + 1 / teacher_accuracy  # one model right and the other wrong on every text
    found = interval(tabulate(codes, 4, groups), ratio, bounds, resamples, seed)
    return found if found.low is None else replace(found, low=max(0.0, found.low))


def aligned(labels: np.ndarray, groups: np.ndarray | None, **answers: np.ndarray) -> tuple[Any, ...]:
    """labels, the answers and groups as arrays of one length (groups may stay None); UserError names what does not fit."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or not labels.size:
        raise UserError(f"labels: shape {labels.shape} holds no list of texts; give at least one label.")
    given = answers if groups is None else {**answers, "groups": groups}
    for name, values in given.items():
        shape = np.shape(values)
        if shape != labels.shape:
            raise UserError(f"{name}: shape {shape} does not match {labels.size:,} labels; give one value for each text.")
    return (labels, *map(np.asarray, answers.values()), None if groups is None else np.asarray(groups))


def _who_is_right(labels: np.ndarray, groups: np.ndarray | None, **answers: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """For each text: 0 neither is right, 1 the second, 2 the first, 3 both."""
    labels, first, second, groups = aligned(labels, groups, **answers)
    return 2 * (first == labels) + (second == labels), groups
