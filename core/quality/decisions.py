"""What a difference means: the rule of the margin, the texts that would settle it, and tests across students."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
from statsmodels.stats.contingency_tables import mcnemar

from core.errors import UserError
from core.figures import Interval
from core.quality.scores import aligned

Outcome = Literal["beats", "within margin", "worse", "inconclusive"]


def classify(difference: Interval, margin_points: float) -> Outcome:
    """The student against the teacher, by the 95 % interval of their difference in points; margin_points > 0 may be lost."""
    _check_margin(margin_points)
    if difference.low is None or difference.high is None:
        return "inconclusive"
    if difference.low > 0:
        return "beats"
    if difference.low > -margin_points:
        return "within margin"
    return "worse" if difference.high < -margin_points else "inconclusive"


def texts_needed(difference: Interval, margin_points: float, n: int) -> int | None:
    """How many texts in total would settle it if the estimate stays; n were used, and n is returned if it is settled.

    The interval's arm that has to clear the margin shrinks with the square root of the texts. None: the estimate lies on
    the margin, or has no interval.
    """
    if difference.low is None or difference.high is None:
        return None
    if classify(difference, margin_points) != "inconclusive":
        return n
    room = difference.value + margin_points
    if abs(room) < 1e-9:
        return None
    arm = difference.value - difference.low if room > 0 else difference.high - difference.value
    return max(n, math.floor(n * (arm / room) ** 2) + 1)


def mcnemar_exact(labels: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """p value of McNemar's exact test that a and b err equally often. A large one is not evidence that they are equal."""
    labels, a, b, _ = aligned(labels, None, a=a, b=b)
    right_a, right_b = a == labels, b == labels
    table = [[np.sum(x & y) for y in (right_b, ~right_b)] for x in (right_a, ~right_a)]
    return float(mcnemar(table, exact=True).pvalue)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Each name's p value, adjusted for having asked them all: Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure".

    The i-th smallest of n is multiplied by n - i + 1, is no smaller than the one before it and at most 1. Raises UserError for
    what is no p value.
    """
    if not p_values:
        return {}
    for name, p in p_values.items():
        if not 0 <= p <= 1:
            raise UserError(f"p_values.{name}: {p} is not a p value; give a number from 0 to 1.")
    order = sorted(p_values, key=p_values.__getitem__)
    times = np.arange(len(order), 0, -1)  # statsmodels' multipletests collects all garbage first: half a second beside a model
    adjusted = np.minimum(1.0, np.maximum.accumulate(times * [p_values[name] for name in order]))
    found = dict(zip(order, map(float, adjusted), strict=True))
    return {name: found[name] for name in p_values}


def _check_margin(margin_points: float) -> None:
    if not margin_points > 0:
        raise UserError(f"margin_points: {margin_points} is not a margin; give the accuracy points that may be lost, above 0.")
