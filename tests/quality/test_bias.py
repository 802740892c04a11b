"""Inherited bias: hand-worked tables, a simulation of independence, and planted gaps as oracles."""

import numpy as np
import pytest

from core.errors import UserError
from core.quality import gap, repeated_errors, repeated_over_control, worst_regressions

FAST = {"resamples": 499}


def answering(rng, labels, classes, right):
    return np.where(rng.random(len(labels)) < right, labels, rng.integers(0, classes, len(labels)))


def test_repeated_errors_by_hand():
    """Label 0: teacher errs on 3 of 4 (as 1, 1, 2), student says 1, 2, 2, 0. Label 1: teacher errs on 1 of 2 (as 0), student 0, 1."""
    labels = np.array([0, 0, 0, 0, 1, 1])
    teacher = np.array([1, 1, 2, 0, 0, 1])
    student = np.array([1, 2, 2, 0, 0, 1])
    found = repeated_errors(labels, teacher, student, **FAST)
    by_chance = (2 * 1 / 4 + 1 * 2 / 4 + 1 * 1 / 2) / 4
    assert found.errors == 4 and found.share.value == pytest.approx(3 / 4)
    assert found.by_chance.value == pytest.approx(by_chance)
    assert found.excess.value == pytest.approx(100 * (3 / 4 - by_chance))


def test_by_chance_is_what_independent_models_show():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 60_000)
    teacher, student = (answering(rng, labels, 4, right) for right in (0.7, 0.6))
    found = repeated_errors(labels, teacher, student, resamples=199)
    assert found.excess.value == pytest.approx(0, abs=0.7)
    assert found.share.value == pytest.approx(0.4 / 4, abs=0.01), "4 of 10 answers are guesses, a quarter of these hits the class"


def test_independent_models_are_rarely_called_heirs_and_an_imitator_always_is():
    alarms = 0
    for repeat in range(200):
        rng = np.random.default_rng((2, repeat))
        labels = rng.integers(0, 3, 800)
        teacher, student = (answering(rng, labels, 3, 0.75) for _ in range(2))
        alarms += repeated_errors(labels, teacher, student, resamples=299).excess.low > 0
        heir = np.where(rng.random(800) < 0.5, teacher, student)
        assert repeated_errors(labels, teacher, heir, **FAST).excess.low > 0
    assert alarms <= 12, "2.5 % expected, so 5 of 200"


def test_a_teacher_without_errors_leaves_nothing_to_inherit():
    labels = np.arange(10) % 2
    assert repeated_errors(labels, labels, 1 - labels) is None
    assert repeated_over_control(labels, labels, labels, labels) is None


def test_hard_texts_alone_are_no_inheritance_over_the_control():
    """All models fail alike on a tenth of the texts: far above chance, and no more than the control does."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 3_000)
    hard = rng.random(3_000) < 0.1
    teacher, student, control = (np.where(hard, (labels + 1) % 3, answering(rng, labels, 3, 0.9)) for _ in range(3))
    assert repeated_errors(labels, teacher, student, **FAST).excess.low > 20
    found = repeated_over_control(labels, teacher, student, control)
    assert found.low < 0 < found.high
    heir = np.where(rng.random(3_000) < 0.5, teacher, student)
    assert repeated_over_control(labels, teacher, heir, control).low > 0


def test_over_control_by_hand():
    labels = np.zeros(5, int)
    teacher, student, control = np.array([1, 1, 2, 2, 0]), np.array([1, 1, 2, 0, 0]), np.array([1, 0, 0, 0, 1])
    assert repeated_over_control(labels, teacher, student, control, **FAST).value == pytest.approx(100 * (3 - 1) / 4)


def three(n):
    thirds = np.arange(n) % 3
    return {name: thirds == i for i, name in enumerate(("short", "middle", "long"))}


def test_gaps_by_hand():
    members = three(120)
    labels = np.zeros(120, int)
    teacher, student = labels.copy(), labels.copy()
    teacher[np.flatnonzero(members["long"])[:4]] = 1
    student[np.flatnonzero(members["long"])[:10]] = 1
    student[np.flatnonzero(members["short"])[:2]] = 1
    found = gap(labels, teacher, student, members)
    assert (found.teacher.value, found.student.value, found.amplification.value) == pytest.approx((10, 25, 15))
    assert (found.best, found.worst) == ("middle", "long")
    assert found.amplification.low < 15 < found.amplification.high and found.teacher.low >= 0


def test_one_large_slice_has_no_gap():
    labels = np.zeros(60, int)
    assert gap(labels, labels, labels, {"a": np.arange(60) < 31, "b": np.arange(60) >= 31}) is None


def test_an_amplified_gap_is_seen_and_equal_models_hardly_ever_are():
    alarms = 0
    for repeat in range(200):
        rng = np.random.default_rng((7, repeat))
        labels = rng.integers(0, 2, 900)
        teacher, student = (np.where(rng.random(900) < 0.8, labels, 1 - labels) for _ in range(2))
        alarms += not gap(labels, teacher, student, three(900), resamples=299).amplification.low <= 0
    assert alarms <= 10
    worse = np.where(three(900)["long"] & (rng.random(900) < 0.3), 1 - labels, teacher)
    assert gap(labels, teacher, worse, three(900)).amplification.low > 0


def test_the_worst_regressions_come_surest_first():
    labels = np.array([0, 0, 0, 1, 1])
    teacher = np.array([0, 0, 0, 0, 1])
    student = np.array([1, 0, 1, 0, 0])
    sure = np.array([0.6, 0.9, 0.8, 0.99, 0.8])
    assert worst_regressions(labels, teacher, student, sure).tolist() == [2, 4, 0], "both wrong or both right is no regression"
    assert worst_regressions(labels, teacher, student, sure, most=1).tolist() == [2]
    with pytest.raises(UserError, match="confidences"):
        worst_regressions(labels, teacher, student, sure[:3])
