"""The cascade's curve: worked by hand, its ends, its order, and intervals that hold the truth."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.figures import Interval
from core.quality import accuracy, paired_difference
from core.quality.cascade import curve, offered

FAST = {"resamples": 199}


def simulated(rng, n):
    """Confidences from 0.5 to 1 that are right as often as they say, and a teacher that is right on 85 %."""
    sure = rng.uniform(0.5, 1, n)
    return np.ones(n, int), (rng.random(n) < sure).astype(int), (rng.random(n) < 0.85).astype(int), sure


def test_five_texts_by_hand():
    """The student errs on the two texts that it is least sure of; the teacher errs on the second and the last."""
    labels = np.array([0, 1, 2, 0, 1])
    student, teacher = np.array([1, 0, 2, 0, 1]), np.array([0, 2, 2, 0, 0])
    sure = np.array([0.4, 0.5, 0.7, 0.8, 0.9])
    points = curve(labels, student, teacher, sure, thresholds=[0.45, 0.7, 0.85], **FAST)
    assert [point.threshold for point in points] == [0, 0.45, 0.7, 0.85, 1]
    assert [point.escalated.value for point in points] == pytest.approx([0, 0.2, 0.6, 0.8, 1])
    assert [point.accuracy.value for point in points] == pytest.approx([0.6, 0.8, 0.8, 0.8, 0.6])
    assert [point.difference.value for point in points] == pytest.approx([0, 20, 20, 20, 0])


@pytest.mark.parametrize("by_film", [False, True])
def test_the_ends_are_the_student_alone_and_the_teacher_alone(by_film):
    rng = np.random.default_rng(1)
    labels, student, teacher, sure = simulated(rng, 300)
    groups = rng.integers(0, 40, 300) if by_film else None
    first, *_, last = curve(labels, student, teacher, sure, groups, **FAST)
    assert first.accuracy == accuracy(labels, student, groups, **FAST)
    assert first.difference == paired_difference(labels, student, teacher, groups, **FAST)
    assert last.accuracy == accuracy(labels, teacher, groups, **FAST)
    assert (first.escalated, last.escalated, last.difference) == (Interval(0, 0, 0), Interval(1, 1, 1), Interval(0, 0, 0))


def test_an_inner_point_is_the_cascades_own_answers():
    """Each point's intervals are those of the answers that the cascade gives, up to the noise of the resamples."""
    rng = np.random.default_rng(2)
    labels, student, teacher, sure = simulated(rng, 800)
    groups = rng.integers(0, 120, 800)
    for point in curve(labels, student, teacher, sure, groups)[1:-1:6]:
        answers = np.where(sure <= point.threshold, teacher, student)
        same(point.accuracy, accuracy(labels, answers, groups))
        same(point.difference, paired_difference(labels, answers, teacher, groups))
        same(point.escalated, accuracy(np.ones(800, int), (sure <= point.threshold).astype(int), groups))


def same(found, oracle):
    assert found.value == pytest.approx(oracle.value)
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=0.05 * (oracle.high - oracle.low))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.floats(0, 1)), min_size=1, max_size=30))
def test_a_higher_threshold_never_escalates_less_and_the_parts_add_up(texts):
    labels, student, teacher, sure = map(np.array, zip(*texts, strict=True))
    points = curve(labels, student, teacher, sure, **FAST)
    assert all(a.threshold < b.threshold and a.escalated.value <= b.escalated.value
               for a, b in itertools.pairwise(points))
    for point in points:
        assert point.difference.value == pytest.approx(100 * (point.accuracy.value - np.mean(teacher == labels)))
        for found in (point.escalated, point.accuracy, point.difference):
            assert found.low is None or found.low <= found.high


def test_offered_thresholds_escalate_equal_steps_of_the_texts_they_come_from():
    sure = np.random.default_rng(3).uniform(0.5, 1, 1000)
    thresholds = offered(sure)
    assert len(thresholds) == 21 and thresholds[0] == 0 and thresholds[-1] == 1
    assert [np.mean(sure <= threshold) for threshold in thresholds] == pytest.approx(np.linspace(0, 1, 21))


def test_equal_confidences_offer_one_threshold_and_certainty_is_the_teacher_for_all():
    assert offered(np.full(50, 0.7)).tolist() == [0, 0.7, 1]
    assert offered(np.ones(50)).tolist() == [0, 1]
    points = curve(np.ones(50, int), np.zeros(50, int), np.ones(50, int), np.ones(50), **FAST)
    assert [point.escalated.value for point in points] == [0, 1] and [point.accuracy.value for point in points] == [0, 1]


def test_a_threshold_that_no_test_text_reaches_still_has_the_exact_bound():
    labels, student, teacher, _ = simulated(np.random.default_rng(4), 200)
    point = curve(labels, student, teacher, np.full(200, 0.9), thresholds=[0.6], **FAST)[1]
    assert point.escalated.value == 0 and 0 < point.escalated.high < 0.03 and "exact" in point.escalated.note


def test_2000_texts_in_films_take_about_a_second():
    rng = np.random.default_rng(5)
    texts = simulated(rng, 2_000)
    films = rng.integers(0, 700, 2_000)
    started = time.process_time()
    assert len(curve(*texts, films)) == 21
    assert time.process_time() - started < 2, "half a second on an idle machine"


def test_coverage():
    """At threshold 0.75 half is escalated: accuracy is half the teacher's 0.85, half the student's mean confidence 0.875."""
    truth = {"escalated": 0.5, "accuracy": (0.85 + 0.875) / 2, "difference": 50 * (0.875 - 0.85)}
    held = dict.fromkeys(truth, 0)
    for repeat in range(400):
        texts = simulated(np.random.default_rng((12, repeat)), 500)
        point = curve(*texts, thresholds=[0.75], resamples=499)[1]
        for name, value in truth.items():
            held[name] += getattr(point, name).low <= value <= getattr(point, name).high
    assert all(0.92 <= count / 400 <= 0.98 for count in held.values()), held


@pytest.mark.parametrize(("sure", "thresholds", "message"), [
    ([0.5, 1.1], None, "confidences: 1.1"), ([0.5, np.nan], None, "confidences: nan"), ([0.5], None, "confidences: shape"),
    ([0.5, 0.6], [2.0], "thresholds: 2.0"), ([0.5, 0.6], [], "thresholds: nothing")])
def test_what_is_no_probability_is_refused(sure, thresholds, message):
    with pytest.raises(UserError, match=message):
        curve(np.array([0, 1]), np.array([0, 1]), np.array([0, 1]), np.array(sure), thresholds=thresholds)
