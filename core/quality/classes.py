"""Precision, recall and F1 of each class, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.figures import Interval
from core.quality.bootstrap import intervals, tabulate
from core.quality.scores import RESAMPLES, aligned


@dataclass(frozen=True)
class ClassScores:
    """One class, all scores 0 to 1. texts: how many have this label. precision is None where it is never answered, recall
    where no text has it."""

    label: int
    texts: int
    precision: Interval | None
    recall: Interval | None
    f1: Interval


def per_class(
    labels: np.ndarray, predictions: np.ndarray, groups: np.ndarray | None = None, *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[ClassScores, ...]:
    """The scores of each class that occurs as a label or as a prediction, by class id. Raises UserError as accuracy does.

    Precision: right answers / answers of the class; recall: right answers / texts of the class; F1: their harmonic mean, 2 x
    right / (answers + texts). A score has no interval where some resamples hold no text that it could rest on.
    """
    labels, predictions, groups = aligned(labels, groups, predictions=predictions)
    classes, ids = np.unique(np.concatenate([labels, predictions]), return_inverse=True)
    k = len(classes)
    pairs, codes = np.unique(ids[: len(labels)] * k + ids[len(labels):], return_inverse=True)
    one_hot = np.eye(k)
    true, answered = one_hot[pairs // k], one_hot[pairs % k]

    def scores(counts: np.ndarray) -> np.ndarray:
        hits, given, seen = counts @ (true * answered), counts @ answered, counts @ true
        return np.concatenate([_ratio(hits, given), _ratio(hits, seen), _ratio(2 * hits, given + seen)], axis=1)

    found = intervals(tabulate(codes, len(pairs), groups), scores, [(0.0, 1.0)] * (3 * k), resamples, seed)
    return tuple(ClassScores(int(classes[i]), int(np.sum(labels == classes[i])), _known(found[i]), _known(found[k + i]),
                             found[2 * k + i]) for i in range(k))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _known(found: Interval) -> Interval | None:
    return found if np.isfinite(found.value) else None
