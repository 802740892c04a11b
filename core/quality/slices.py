"""Accuracy and paired difference on slices of the texts, and which slices surely lose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.figures import Interval
from core.quality.decisions import holm, mcnemar_exact
from core.quality.scores import RESAMPLES, accuracy, aligned, paired_difference

MIN_TEXTS = 30  # a smaller slice is not judged: one text would move it by more than 3 points
LEVEL = 0.05

Members = Mapping[str, np.ndarray]
"""By slice, (n,) whether each text belongs to it; a text may belong to several slices, or to none."""


@dataclass(frozen=True)
class SliceScores:
    """texts: how many. accuracy: 0 to 1. difference: to the teacher, in points, and p its McNemar p value, adjusted by Holm over
    all slices; both None for the teacher."""

    texts: int
    accuracy: Interval
    difference: Interval | None = None
    p: float | None = None

    @property
    def loses(self) -> bool:
        """Whether the slice surely loses: the whole interval is below 0, and the adjusted p value is at most 0.05.

        The interval keeps groups together, the p value counts how many slices were looked at; each alone would alarm too often.
        """
        high = self.difference.high if self.difference else None
        return high is not None and high < 0 and self.p is not None and self.p <= LEVEL


def by_slice(
    labels: np.ndarray, own: np.ndarray, teacher: np.ndarray | None, members: Members, groups: np.ndarray | None = None,
    *, resamples: int = RESAMPLES, seed: int = 0,
) -> dict[str, SliceScores]:
    """Scores on each slice of at least 30 texts, by name. labels, own and teacher are class ids (n,), teacher None for itself.

    A slice is resampled on its own, given its size, with groups kept together. Raises UserError as accuracy does.
    """
    aligned(labels, groups, own=own, **({} if teacher is None else {"teacher": teacher}))
    found, raw = {}, {}
    for name, inside in members.items():
        if np.sum(inside) < MIN_TEXTS:
            continue
        some = None if groups is None else groups[inside]
        score = accuracy(labels[inside], own[inside], some, resamples=resamples, seed=seed)
        found[name] = SliceScores(int(np.sum(inside)), score)
        if teacher is not None:
            lost = paired_difference(labels[inside], own[inside], teacher[inside], some, resamples=resamples, seed=seed)
            found[name] = replace(found[name], difference=lost)
            raw[name] = mcnemar_exact(labels[inside], own[inside], teacher[inside])
    adjusted = holm(raw)
    return {name: replace(scores, p=adjusted.get(name)) for name, scores in found.items()}
