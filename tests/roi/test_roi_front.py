"""The Pareto front: nothing on it is dominated, everything beside it is."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.roi.front import pareto

POINTS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=14)


def dominates(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[0] and one[1] >= other[1] and one != other


@given(POINTS)
def test_a_point_is_on_the_front_exactly_if_no_other_dominates_it(points: list[tuple[int, int]]) -> None:
    found = pareto([cost for cost, _ in points], [value for _, value in points])
    assert list(found) == [not any(dominates(other, point) for other in points) for point in points]


@given(POINTS)
def test_what_is_beside_the_front_is_dominated_by_a_point_on_it(points: list[tuple[int, int]]) -> None:
    on = pareto([cost for cost, _ in points], [value for _, value in points])
    front = [point for point, is_on in zip(points, on, strict=True) if is_on]
    for point, is_on in zip(points, on, strict=True):
        assert is_on or any(dominates(best, point) for best in front)


def test_the_front_of_five_known_points() -> None:
    cost, accuracy = np.array([1.0, 2.0, 2.0, 3.0, 4.0]), np.array([0.7, 0.8, 0.75, 0.8, 0.9])
    assert list(pareto(cost, accuracy)) == [True, True, False, False, True]
    assert list(pareto([1.0, 1.0], [0.5, 0.5])) == [True, True], "equal points do not dominate each other"
    assert pareto([], []).shape == (0,)
