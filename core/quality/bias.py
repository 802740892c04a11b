"""What a student inherits: the teacher's errors, the gaps between slices, and the texts on which it falls behind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.figures import Interval
from core.quality.bootstrap import Sample, intervals, tabulate, totalled
from core.quality.scores import RESAMPLES, aligned
from core.quality.slices import MIN_TEXTS, Members

KEPT = 20


@dataclass(frozen=True)
class Repeated:
    """errors: texts on which the teacher errs. share: of these, where the student gives the same wrong answer, 0 to 1; by_chance:
    the share that independence would give; excess: share less by_chance, in points."""

    errors: int
    share: Interval
    by_chance: Interval
    excess: Interval


def repeated_errors(
    labels: np.ndarray, teacher: np.ndarray, student: np.ndarray, groups: np.ndarray | None = None,
    *, resamples: int = RESAMPLES, seed: int = 0,
) -> Repeated | None:
    """How much of the teacher's errors the student repeats with the same wrong answer; None where the teacher never errs.

    By chance: teacher and student answer independently, given a text's true label y, each with its own confusion matrix. With
    n(y) texts of label y, of which the teacher answers T(y, w) and the student S(y, w) as w, that is
        sum over y and w != y of T(y, w) S(y, w) / n(y), divided by the sum over y and w != y of T(y, w).
    It is Cohen's (1960) expected agreement, taken within each true label and over wrong answers only. Texts that are hard
    for every model raise the share above chance as well; `repeated_over_control` separates that from what is inherited.
    The intervals resample texts or groups and work out chance anew each time. Raises UserError as accuracy does.
    """
    labels, teacher, student, groups = aligned(labels, groups, teacher=teacher, student=student)
    errors = int(np.sum(teacher != labels))
    if not errors:
        return None
    cells, codes = np.unique(np.stack([labels, teacher, student], axis=1), axis=0, return_inverse=True)
    y, t, s = cells.T
    label, wrong = np.unique(cells[t != y][:, :2], axis=0).T  # the (y, w) pairs that the teacher's errors are made of
    same = y[:, np.newaxis] == label
    by_teacher, by_student = same & (t[:, np.newaxis] == wrong), same & (s[:, np.newaxis] == wrong)
    table = np.concatenate([by_teacher, by_student, same, ((t == s) & (t != y))[:, np.newaxis]], axis=1).astype(float)
    k = len(label)

    def statistics(counts: np.ndarray) -> np.ndarray:
        sums = counts @ table
        made, also, seen, both = sums[:, :k], sums[:, k:2 * k], sums[:, 2 * k:3 * k], sums[:, 3 * k]
        all_errors = made.sum(axis=1)
        known, whole = all_errors > 0, np.maximum(all_errors, 1)
        chance = (made * also / np.maximum(seen, 1)).sum(axis=1) / whole
        found = np.stack([both / whole, chance, 100 * (both / whole - chance)], axis=1)
        return np.where(known[:, np.newaxis], found, np.nan)

    sample = tabulate(codes.ravel(), len(cells), groups)
    return Repeated(errors, *intervals(sample, statistics, [(0.0, 1.0), (0.0, 1.0), (-100.0, 100.0)], resamples, seed))


def repeated_over_control(
    labels: np.ndarray, teacher: np.ndarray, student: np.ndarray, control: np.ndarray, groups: np.ndarray | None = None,
    *, resamples: int = RESAMPLES, seed: int = 0,
) -> Interval | None:
    """Share of the teacher's errors that the student repeats less the share that its control repeats, in points.

    The control never saw the teacher, so what both repeat is no inheritance: the texts are hard, or wrongly labelled. None where the
    teacher never errs. Raises UserError as accuracy does.
    """
    labels, teacher, student, control, groups = aligned(labels, groups, teacher=teacher, student=student, control=control)
    erred = teacher != labels
    if not erred.any():
        return None
    gained = ((student == teacher).astype(int) - (control == teacher))[erred]
    sample = totalled(np.stack([gained, np.ones(len(gained))], axis=1), None if groups is None else groups[erred])
    return _ratio(sample, 100.0, resamples, seed)


def _ratio(sample: Sample, scale: float, resamples: int, seed: int) -> Interval:
    return intervals(sample, lambda sums: scale * sums[:, :1] / sums[:, 1:], [(-scale, scale)], resamples, seed)[0]


@dataclass(frozen=True)
class Gap:
    """Best minus worst accuracy over some slices, in points, of teacher and student; amplification: the student's less the teacher's.

    best, worst: the student's slices.
    """

    teacher: Interval
    student: Interval
    amplification: Interval
    best: str
    worst: str


def gap(
    labels: np.ndarray, teacher: np.ndarray, student: np.ndarray, members: Members, groups: np.ndarray | None = None,
    *, resamples: int = RESAMPLES, seed: int = 0,
) -> Gap | None:
    """The gap between slices of one kind that hold at least 30 texts each; None where fewer than two do.

    All three intervals rest on the same paired resamples of texts or groups, best and worst chosen anew in each. Where slices
    are nearly alike, chance makes a gap: it is biased upwards, in teacher and student alike, the amplification hardly.
    Raises UserError as accuracy does.
    """
    labels, teacher, student, groups = aligned(labels, groups, teacher=teacher, student=student)
    large = {name: np.asarray(inside, dtype=bool) for name, inside in members.items() if np.sum(inside) >= MIN_TEXTS}
    if len(large) < 2:
        return None
    inside = np.stack(list(large.values()), axis=1)
    right = [inside & (own == labels)[:, np.newaxis] for own in (teacher, student)]
    k = len(large)

    def accuracies(totals: np.ndarray) -> np.ndarray:
        texts = totals[:, :k]
        return np.where(texts > 0, totals[:, k:].reshape(len(totals), 2, k).transpose(1, 0, 2) / np.maximum(texts, 1), np.nan)

    def gaps(totals: np.ndarray) -> np.ndarray:
        first, second = 100 * np.ptp(accuracies(totals), axis=2)
        return np.stack([first, second, second - first], axis=1)

    sample = totalled(np.concatenate([inside, *right], axis=1), groups)
    found = intervals(sample, gaps, [(0.0, 100.0), (0.0, 100.0), (-100.0, 100.0)], resamples, seed)
    own = accuracies(sample.totals)[1][0]
    names = list(large)
    return Gap(_at_least_0(found[0]), _at_least_0(found[1]), found[2], names[int(own.argmax())], names[int(own.argmin())])


def _at_least_0(found: Interval) -> Interval:
    return found if found.low is None else replace(found, low=max(0.0, found.low))


def worst_regressions(
    labels: np.ndarray, teacher: np.ndarray, student: np.ndarray, confidences: np.ndarray, most: int = KEPT
) -> np.ndarray:
    """Rows of at most `most` texts that the teacher answers rightly and the student wrongly, the surest of the student's first.

    confidences (n,): the student's in its answers. Equal ones stay in the texts' order. Raises UserError as accuracy does.
    """
    labels, teacher, student, sure, _ = aligned(labels, None, teacher=teacher, student=student, confidences=confidences)
    rows = np.flatnonzero((teacher == labels) & (student != labels))
    return rows[np.argsort(-sure[rows], kind="stable")][:most]
