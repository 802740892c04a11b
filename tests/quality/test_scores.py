"""Scores: values by hand, identities, bounds, and scipy's bootstrap as the oracle of the intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, bootstrap

from core.errors import UserError
from core.quality import accuracy, macro_f1, paired_difference, retention

N = 400
FAST = {"resamples": 299}


@pytest.fixture(scope="module")
def texts():
    """Labels of four classes, a teacher and a weaker student that imitates it, and films of unequal length."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 4, N)
    teacher = np.where(rng.random(N) < 0.8, labels, rng.integers(0, 4, N))
    student = np.where(rng.random(N) < 0.85, teacher, rng.integers(0, 4, N))
    return labels, teacher, student, rng.geometric(0.02, N) % 90


def f1_by_hand(labels, predictions):
    scores = []
    for name in set(labels.tolist()) | set(predictions.tolist()):
        hits = np.sum((labels == name) & (predictions == name))
        precision = hits / max(1, np.sum(predictions == name))
        recall = hits / max(1, np.sum(labels == name))
        scores.append(2 * precision * recall / (precision + recall) if hits else 0.0)
    return float(np.mean(scores))


def ratio(a, b, axis=-1):
    return a.sum(axis=axis) / b.sum(axis=axis)


def agree(found, oracle, within=0.06):
    """Both bounds within a few hundredths of the width: what 9,999 resamples leave to chance."""
    low, high = oracle.confidence_interval
    assert "BCa" in found.note
    assert found.low == pytest.approx(low, abs=within * (high - low))
    assert found.high == pytest.approx(high, abs=within * (high - low))


def test_values_by_hand():
    labels, a, b = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0]), np.array([0, 1, 0, 0, 0])
    assert accuracy(labels, a).value == pytest.approx(0.6)
    assert macro_f1(labels, a).value == pytest.approx((0.5 + 0.8 + 0) / 3)
    assert paired_difference(labels, a, b).value == pytest.approx(40)
    assert retention(labels, b, a).value == pytest.approx(1 / 3)


def test_macro_f1_counts_a_class_that_is_only_predicted():
    assert macro_f1(np.array([0, 0, 1]), np.array([0, 7, 1])).value == pytest.approx((2 / 3 + 1 + 0) / 3)


def test_intervals_agree_with_scipy(texts):
    labels, teacher, student, _ = texts
    t, s = (teacher == labels).astype(float), (student == labels).astype(float)
    settings = {"method": "BCa", "n_resamples": 9_999, "rng": np.random.default_rng(1), "vectorized": True, "batch": 500}
    agree(accuracy(labels, student), bootstrap((s,), np.mean, **settings))
    agree(retention(labels, student, teacher), bootstrap((s, t), ratio, paired=True, **settings))
    oracle = bootstrap((s, t), lambda a, b, axis=-1: 100 * (a - b).mean(axis=axis), paired=True, **settings)
    agree(paired_difference(labels, student, teacher), oracle)


def test_grouped_intervals_agree_with_scipy(texts):
    labels, teacher, student, films = texts
    sums = [np.bincount(films, weights=x)[np.unique(films)] for x in (student == labels, teacher == labels, np.ones(N))]
    settings = {"method": "BCa", "n_resamples": 9_999, "rng": np.random.default_rng(1), "paired": True, "batch": 500}
    agree(accuracy(labels, student, films), bootstrap((sums[0], sums[2]), ratio, **settings))
    agree(retention(labels, student, teacher, films), bootstrap((sums[0], sums[1]), ratio, **settings))


def test_skewed_intervals_agree_with_scipy():
    """Few films, some of them long, and a teacher that is seldom right: the corrections of BCa are large here."""
    rng = np.random.default_rng(3)
    sizes = np.ceil(rng.lognormal(1, 1, 25)).astype(int)
    groups, n = np.repeat(np.arange(25), sizes), sizes.sum()
    student, teacher = (rng.random((2, n)) < np.where(sizes > 6, 0.7, 0.25)[groups]).astype(int)
    sums = [np.bincount(groups, weights=x) for x in (student, teacher)]
    oracle = bootstrap(sums, ratio, method="BCa", n_resamples=9_999, paired=True, rng=np.random.default_rng(1))
    plain = bootstrap(sums, ratio, method="percentile", n_resamples=9_999, paired=True, rng=np.random.default_rng(1))
    width = plain.confidence_interval.high - plain.confidence_interval.low
    assert abs(plain.confidence_interval.high - oracle.confidence_interval.high) > 0.1 * width
    agree(retention(np.ones(n, int), student, teacher, groups), oracle)
    rare = np.arange(40) < 37
    oracle = bootstrap((rare,), np.mean, n_resamples=9_999, rng=np.random.default_rng(1))
    agree(accuracy(np.ones(40, int), rare.astype(int)), oracle)


def test_macro_f1_agrees_with_scipy():
    """Rare classes, which some resamples miss: they bias macro-F1, and BCa corrects for it."""
    rng = np.random.default_rng(2)
    labels = rng.choice(6, 80, p=[0.4, 0.3, 0.2, 0.05, 0.03, 0.02])
    student = np.where(rng.random(80) < 0.6, labels, rng.integers(0, 6, 80))
    oracle = bootstrap((labels, student), f1_by_hand, method="BCa", n_resamples=4_999, paired=True, vectorized=False,
                       rng=np.random.default_rng(1))
    found = macro_f1(labels, student)
    assert found.value == pytest.approx(f1_by_hand(labels, student))
    agree(found, oracle, within=0.035)


def test_texts_that_are_groups_of_their_own_are_as_good_as_none(texts):
    labels, teacher, student, _ = texts
    alone, named = (paired_difference(labels, teacher, student, ids) for ids in (None, [f"film {i}" for i in range(N)]))
    assert named.value == alone.value
    assert (named.low, named.high) == pytest.approx((alone.low, alone.high), abs=0.06 * (alone.high - alone.low))


@pytest.mark.parametrize("by_film", [False, True])
def test_identical_models_differ_by_nothing(texts, by_film):
    labels, teacher, _, films = texts
    groups = films if by_film else None
    difference, kept = paired_difference(labels, teacher, teacher, groups), retention(labels, teacher, teacher, groups)
    assert (difference.value, kept.value) == (0, 1)
    assert difference.low == pytest.approx(-difference.high)
    assert 0 < difference.high < 6
    assert kept.high - 1 == pytest.approx(difference.high / 100 / accuracy(labels, teacher).value)


@pytest.mark.parametrize("right", [0, 1])
def test_a_share_of_nothing_or_all_gets_the_exact_bound(right):
    found = accuracy(np.zeros(30, int), np.full(30, 1 - right))
    edge = found.low if right else found.high
    assert found.value == right and "exact" in found.note
    assert binom.pmf(30, 30, edge if right else 1 - edge) == pytest.approx(0.025)


def test_percentile_where_bca_is_degenerate():
    """Leaving out any one of these texts moves macro-F1 equally, so the jackknife has no spread, but the resamples do."""
    found = macro_f1(np.array([0, 0, 1, 1]), np.array([0, 0, 2, 2]))
    assert found.note.startswith("percentile bootstrap, because BCa is degenerate")
    assert (found.low, found.high) == (0, 1)


def test_no_interval_where_resamples_have_no_value():
    found = retention(np.array([0, 0, 0]), np.array([0, 0, 1]), np.array([0, 1, 1]))
    assert (found.value, found.low, found.high) == (2, None, None) and "more texts" in found.note


def test_a_student_that_is_never_right_keeps_nothing():
    found = retention(np.zeros(30, int), np.ones(30, int), np.arange(30) // 20)
    assert (found.value, found.low) == (0, 0) and 0 < found.high < 0.35


def test_groups_widen_the_interval_when_their_texts_agree():
    rng = np.random.default_rng(0)
    right = np.repeat(rng.random(60) < 0.7, 10)
    labels, groups = np.ones(600, int), np.repeat(np.arange(60), 10)
    alone, grouped = accuracy(labels, right.astype(int)), accuracy(labels, right.astype(int), groups)
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


answers = st.lists(st.tuples(*[st.integers(0, 2)] * 3, st.integers(0, 6)), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(rows=answers, by_group=st.booleans(), seed=st.integers(0, 3))
def test_bounds_enclose_what_is_possible(rows, by_group, seed):
    labels, a, b, ids = np.array(rows).T
    groups = ids if by_group else None
    spans = [(accuracy(labels, a, groups, seed=seed, **FAST), 0, 1), (macro_f1(labels, a, groups, seed=seed, **FAST), 0, 1),
             (paired_difference(labels, a, b, groups, seed=seed, **FAST), -100, 100)]
    if np.any(labels == b):
        spans.append((retention(labels, a, b, groups, seed=seed, **FAST), 0, np.inf))
    for found, least, most in spans:
        if found.low is not None:
            assert least - 1e-9 <= found.low <= found.high <= most + 1e-9


@settings(max_examples=30, deadline=None)
@given(rows=answers)
def test_the_difference_turns_its_sign_with_its_models(rows):
    labels, a, b, _ = np.array(rows).T
    there, back = paired_difference(labels, a, b, **FAST), paired_difference(labels, b, a, **FAST)
    assert there.value == -back.value
    assert accuracy(labels, a, **FAST).value - accuracy(labels, b, **FAST).value == pytest.approx(there.value / 100)


def test_same_seed_same_interval(texts):
    labels, teacher, student, films = texts
    first, again, other = (paired_difference(labels, student, teacher, films, seed=s) for s in (1, 1, 2))
    assert first == again and first != other


@pytest.mark.parametrize(("arguments", "words"), [
    (([], []), "labels"), (([0, 1], [0]), "predictions: shape"), (([0, 1], [0, 1], [3]), "groups: shape"),
])
def test_input_that_does_not_fit_is_refused(arguments, words):
    with pytest.raises(UserError, match=words):
        accuracy(*map(np.array, arguments))


def test_retention_needs_a_teacher_that_is_ever_right():
    with pytest.raises(UserError, match="teacher: right on none of 2 texts"):
        retention(np.array([0, 1]), np.array([0, 1]), np.array([1, 0]))
