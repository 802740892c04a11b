"""Classes and slices: loops and a hand-worked table as oracles; a planted regression is found, a harmless change is not."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar

from core.errors import UserError
from core.figures import Interval
from core.quality import SliceScores, accuracy, by_slice, paired_difference, per_class

N = 2_000
FAST = {"resamples": 499}


@pytest.fixture(scope="module")
def texts():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, N)
    teacher = np.where(rng.random(N) < 0.85, labels, (labels + 1) % 3)
    thirds = rng.integers(0, 3, N)
    members = {f"length: {name}": thirds == i for i, name in enumerate(("short", "middle", "long"))}
    members |= {f"label: {i}": labels == i for i in range(3)} | {"slice: rare": np.arange(N) < 12}
    return labels, teacher, members, rng


def test_class_scores_by_hand():
    labels, own = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 3, 0])
    found = {each.label: each for each in per_class(labels, own, **FAST)}
    assert (found[0].precision.value, found[0].recall.value, found[0].f1.value) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert (found[1].precision.value, found[1].recall.value, found[1].f1.value) == pytest.approx((1 / 2, 1 / 2, 1 / 2))
    assert (found[2].precision, found[2].recall.value, found[2].f1.value) == (None, 0, 0), "never answered"
    assert (found[3].precision.value, found[3].recall, found[3].texts) == (0, None, 0), "no text has it"


def test_class_scores_agree_with_accuracy_on_the_class(texts):
    labels, teacher, _, _ = texts
    for scores in per_class(labels, teacher):
        inside = labels == scores.label
        alone = accuracy(labels[inside], teacher[inside])
        assert scores.recall.value == pytest.approx(alone.value) and scores.texts == inside.sum()
        assert (scores.recall.low, scores.recall.high) == pytest.approx((alone.low, alone.high), abs=0.08 * (alone.high - alone.low))
        assert scores.precision.value == pytest.approx(np.mean(labels[teacher == scores.label] == scores.label))


def test_slices_have_the_scores_of_their_own_texts(texts):
    labels, teacher, members, rng = texts
    student = np.where(rng.random(N) < 0.9, teacher, labels)
    groups = rng.integers(0, 200, N)
    found = by_slice(labels, student, teacher, members, groups, **FAST)
    assert "slice: rare" not in found, "12 texts are too few"
    for name, scores in found.items():
        inside = members[name]
        args = labels[inside], student[inside], teacher[inside], groups[inside]
        assert scores.difference == paired_difference(*args, **FAST)
        assert scores.accuracy == accuracy(labels[inside], student[inside], groups[inside], **FAST)
        assert scores.texts == inside.sum()


def test_p_values_are_holms_over_all_slices(texts):
    labels, teacher, members, rng = texts
    student = np.where(rng.random(N) < 0.95, teacher, (labels + 2) % 3)
    found = by_slice(labels, student, teacher, members, **FAST)
    raw = []
    for name in found:
        a, b = (student == labels)[members[name]], (teacher == labels)[members[name]]
        raw.append(mcnemar([[np.sum(a & b), np.sum(a & ~b)], [np.sum(~a & b), np.sum(~a & ~b)]], exact=True).pvalue)
    assert min(scores.p for scores in found.values()) == pytest.approx(min(1.0, len(raw) * min(raw)))


def test_the_teacher_itself_has_no_difference(texts):
    labels, teacher, members, _ = texts
    assert all(each.difference is None and each.p is None and not each.loses
               for each in by_slice(labels, teacher, None, members, **FAST).values())


def test_a_planted_regression_is_found_in_its_slice_alone(texts):
    labels, teacher, members, rng = texts
    broken = members["length: long"] & (rng.random(N) < 0.12)
    student = np.where(broken, (labels + 1) % 3, teacher)
    found = by_slice(labels, student, teacher, {k: m for k, m in members.items() if "length" in k}, **FAST)
    assert [name for name, scores in found.items() if scores.loses] == ["length: long"]


@pytest.mark.parametrize(("high", "p", "loses"), [(-0.1, 0.05, True), (0.1, 0.001, False), (-0.1, 0.051, False), (None, 0.001, False)])
def test_a_loss_is_sure_by_interval_and_p_value_alike(high, p, loses):
    low = None if high is None else -9.0
    assert SliceScores(100, Interval(0.7), Interval(-4.0, low, high), p).loses is loses


def test_a_harmless_change_is_found_in_hardly_any_of_200_students(texts):
    """Students that answer 4 % of the texts otherwise, to the better as often as to the worse: 6 slices, at most 5 % alarms."""
    labels, teacher, members, _ = texts
    alarms = 0
    for repeat in range(200):
        rng = np.random.default_rng((5, repeat))
        change = rng.random(N) < 0.04 * np.where(teacher == labels, 0.15 / 0.85, 1)
        student = np.where(change, np.where(teacher == labels, (labels + 2) % 3, labels), teacher)
        alarms += any(each.loses for each in by_slice(labels, student, teacher, members, resamples=199).values())
    assert alarms <= 10


def test_answers_of_other_lengths_are_refused():
    with pytest.raises(UserError, match="own"):
        by_slice(np.zeros(40), np.zeros(39), None, {"all": np.ones(40, bool)})
