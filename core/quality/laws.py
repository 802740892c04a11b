"""How errors fall with the number of texts that a student learns from: error(n) = a + b * n^-c, its interval, and what more texts bring.

a is what no number of texts takes away (Hestness et al. 2017, "Deep Learning Scaling is Predictable, Empirically"; Rosenfeld et al. 2020,
"A Constructive Prediction of the Generalization Error Across Scales"); a, b and c are at least 0. Students that have learnt nothing yet
obey no such law, so sizes at which they do no better than the most frequent label are left out of the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.figures import Interval
from core.quality.bootstrap import TAILS

LEAST_SIZES = 4  # three numbers are fitted, and one size has to be able to disagree
STEEPEST = 3.0
STEP = 1.065  # from one exponent that is tried to the next
EXPONENTS = np.concatenate([[0.0], STEEPEST * STEP ** -np.arange(80.0)[::-1]])
DRAWS = 2_000
POORLY_SEEN = 2.0  # standard errors by which a size must be better than the most frequent label


@dataclass(frozen=True)
class Seen:
    """One training: on how many texts, with which seed, and its share of wrong answers (0 to 1) among `judged` texts."""

    texts: int
    seed: int
    error: float
    judged: int


@dataclass(frozen=True)
class Size:
    """All trainings on as many texts: how many seeds, their mean error (0 to 1) and the standard error of that mean."""

    texts: int
    seeds: int
    error: float
    standard_error: float


@dataclass(frozen=True)
class Law:
    """error(n) = a + b * (n / unit)^-c. unit: texts of the largest size, so that b is an error as a is.

    sizes, left_out: what was fitted, and what had learnt nothing yet. draws (k, 3): a, b and c refitted to what other seeds and other
    texts might have shown. shifts (k,): by how much other texts might be harder for all sizes alike. seed_sd: standard deviation of the
    error between seeds, None with one seed. misfit: mean square of the sizes' distance from the law in standard errors, by degree of
    freedom; the draws are as much wider where it is above 1.
    """

    a: float
    b: float
    c: float
    unit: int
    sizes: tuple[Size, ...]
    left_out: tuple[Size, ...]
    draws: np.ndarray
    shifts: np.ndarray
    seed_sd: float | None
    misfit: float

    @property
    def note(self) -> str:
        """How the interval was made."""
        return f"parametric bootstrap, {len(self.draws):,} draws, {len(self.sizes)} sizes"

    def error(self, texts: float) -> Interval:
        """The error (0 to 1) after learning from so many texts, with the 95 % interval of the law there."""
        return self._interval(_law(self.a, self.b, self.c, texts / self.unit), self.error_draws(texts) + self.shifts)

    def gain(self, now: float, then: float) -> Interval:
        """By how many points the error falls from `now` texts to `then` texts, with its 95 % interval.

        Careful: all sizes are judged on the same texts, of which some are hard for all; the fit takes their errors as independent.
        """
        value = _law(self.a, self.b, self.c, now / self.unit) - _law(self.a, self.b, self.c, then / self.unit)
        return self._interval(100 * value, self.gain_draws(now, then))

    def error_draws(self, texts: float | np.ndarray) -> np.ndarray:
        """The error (k,) at so many texts in each draw, on the texts that judged."""
        a, b, c = self.draws.T
        return np.asarray(_law(a, b, c, texts / self.unit))

    def gain_draws(self, now: float, then: float | np.ndarray) -> np.ndarray:
        """The gain in points (k,) in each draw."""
        return 100 * (self.error_draws(now) - self.error_draws(then))

    def _interval(self, value: object, draws: np.ndarray) -> Interval:
        low, high = np.quantile(draws, TAILS)
        return Interval(float(np.asarray(value)), float(low), float(high), self.note)


def fit(seen: Sequence[Seen], chance: float = 1.0, *, draws: int = DRAWS, seed: int = 0) -> Law:
    """The law of these trainings. chance: the error (0 to 1) of always giving the most frequent label.

    Weighted least squares over sizes; the weight of a size is its binomial variance and the variance between seeds, pooled over sizes.
    Raises UserError where fewer than LEAST_SIZES sizes have learnt anything.
    """
    sizes, seed_sd = _sizes(seen)
    used = tuple(each for each in sizes if each.error + POORLY_SEEN * each.standard_error < chance)
    left_out = tuple(each for each in sizes if each not in used)
    if len(used) < LEAST_SIZES:
        raise UserError(_too_few(len(sizes), len(left_out)))
    x = np.array([each.texts for each in used], dtype=float)
    unit, spread = int(x.max()), np.array([each.standard_error for each in used])
    errors = np.array([each.error for each in used])
    near = _fitted(x / unit, errors[np.newaxis], spread)[0, 2]
    a, b, c = _fitted(x / unit, errors[np.newaxis], spread, near * np.geomspace(1 / STEP, STEP, 65))[0]
    expected = _law(a, b, c, x / unit)
    misfit = float(np.sum(((errors - expected) / spread) ** 2) / (len(used) - 3))
    rng = np.random.default_rng(seed)
    made = expected + spread * np.sqrt(max(1.0, misfit)) * rng.standard_normal((draws, len(used)))
    shifts = _standard_error(used[-1].error, seen[0].judged) * rng.standard_normal(draws)
    return Law(a, b, c, unit, used, left_out, _fitted(x / unit, made, spread), shifts, seed_sd, misfit)


def _too_few(sizes: int, left_out: int) -> str:
    unlearnt = f", {left_out} of which had learnt no more than the most frequent label" if left_out else ""
    return (f"curve.points: a law needs {LEAST_SIZES} sizes of the transfer set, and there are {sizes}{unlearnt}; "
            f"take more points{', a larger curve.share or more distil.tokens' if left_out else ''}.")


def _sizes(seen: Sequence[Seen]) -> tuple[tuple[Size, ...], float | None]:
    """By rising number of texts, and the standard deviation between seeds."""
    by_texts: dict[int, list[Seen]] = {}
    for each in seen:
        by_texts.setdefault(each.texts, []).append(each)
    groups = [by_texts[texts] for texts in sorted(by_texts)]
    spare = sum(len(group) - 1 for group in groups)
    variance = sum(len(group) * float(np.var([each.error for each in group])) for group in groups) / max(1, spare)
    return tuple(_size(group, variance) for group in groups), float(np.sqrt(variance)) if spare else None


def _size(group: Sequence[Seen], variance: float) -> Size:
    error = float(np.mean([each.error for each in group]))
    return Size(group[0].texts, len(group), error, float(np.hypot(_standard_error(error, group[0].judged), np.sqrt(variance / len(group)))))


def _standard_error(error: float, judged: int) -> float:
    """Of a share of wrong answers among so many texts; no error seen is not no error."""
    smoothed = (error * judged + 1) / (judged + 2)
    return float(np.sqrt(smoothed * (1 - smoothed) / judged))


def _law(a: np.ndarray | float, b: np.ndarray | float, c: np.ndarray | float, share: np.ndarray | float) -> np.ndarray | float:
    return a + b * np.asarray(share) ** -np.asarray(c)


def _fitted(share: np.ndarray, errors: np.ndarray, spread: np.ndarray, exponents: np.ndarray = EXPONENTS) -> np.ndarray:
    """a, b and c (k, 3) of the least weighted squares for each row of errors (k, n) at n sizes.

    For a given c the law is a line in share^-c, whose a and b have a closed form; c is searched among `exponents`. So thousands of
    refits take milliseconds, where scipy's curve_fit takes seconds (tests hold it against curve_fit).
    """
    weight = spread**-2.0
    best, found = np.full(len(errors), np.inf), np.zeros((len(errors), 3))
    for c in exponents:
        a, b = _line(share**-c, errors, weight)
        squares = ((errors - a[:, np.newaxis] - b[:, np.newaxis] * share**-c) ** 2 * weight).sum(axis=1)
        better = squares < best - 1e-12
        best, found[better] = np.where(better, squares, best), np.stack([a, b, np.full(len(a), c)], axis=1)[better]
    return found


def _line(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Intercept and slope (k,), both at least 0, of the weighted least squares of y (k, n) on x (n,)."""
    total, mean = weight.sum(), np.average(x, weights=weight)
    level = y @ weight / total
    square = (weight * (x - mean) ** 2).sum()
    slope = (y @ (weight * (x - mean))) / square if square > 1e-12 else np.zeros(len(y))
    through_zero = np.maximum(y @ (weight * x) / (weight * x**2).sum(), 0.0)
    slope = np.maximum(slope, 0.0)
    intercept = level - slope * mean
    return np.where(intercept < 0, 0.0, intercept), np.where(intercept < 0, through_zero, slope)
