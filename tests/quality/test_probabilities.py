"""Log loss, Brier score and calibration: hand-worked values, numpy loops and planted miscalibration as the oracles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap
from statsmodels.stats.proportion import proportion_confint

from core.errors import UserError
from core.quality import calibration_error, error_by_chance, proper_scores, reliability
from core.quality.calibration import confidence

FAST = {"resamples": 299}


def made(n=1_200, classes=3, seed=0, scale=1.0):
    """Logits and labels drawn from their softmax: calibrated at scale 1, too sure of itself above."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (n, classes))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(classes, p=row) for row in p])
    return scale * logits, labels


def test_values_by_hand():
    logits = np.log([[0.7, 0.2, 0.1], [0.1, 0.5, 0.4]])
    loss, brier = proper_scores(logits, np.array([0, 2]), **FAST)
    assert loss.value == pytest.approx(-(np.log(0.7) + np.log(0.4)) / 2)
    assert brier.value == pytest.approx((0.3**2 + 0.2**2 + 0.1**2 + 0.1**2 + 0.5**2 + 0.6**2) / 2)


def test_two_sure_classes_reach_both_ends_of_the_brier_score():
    logits = np.array([[50.0, -50.0], [50.0, -50.0]])
    assert proper_scores(logits, np.array([0, 0]), **FAST)[1].value == pytest.approx(0)
    assert proper_scores(logits, np.array([1, 1]), **FAST)[1].value == pytest.approx(2)


def test_intervals_agree_with_scipy():
    logits, labels = made(400)
    loss, brier = proper_scores(logits, labels)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    losses = -np.log(p[np.arange(400), labels])
    briers = ((p - np.eye(3)[labels]) ** 2).sum(axis=1)
    for found, values in ((loss, losses), (brier, briers)):
        oracle = bootstrap((values,), np.mean, n_resamples=9_999, rng=np.random.default_rng(1), batch=500).confidence_interval
        width = oracle.high - oracle.low
        assert found.value == pytest.approx(values.mean()) and "BCa" in found.note
        assert (found.low, found.high) == (pytest.approx(oracle.low, abs=0.06 * width), pytest.approx(oracle.high, abs=0.06 * width))


def test_groups_that_agree_widen_the_interval():
    logits, labels = made(60)
    alone = proper_scores(np.repeat(logits, 10, axis=0), np.repeat(labels, 10), **FAST)[0]
    grouped = proper_scores(np.repeat(logits, 10, axis=0), np.repeat(labels, 10), np.repeat(np.arange(60), 10), **FAST)[0]
    assert grouped.value == pytest.approx(alone.value)
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


def test_a_reliability_diagram_by_hand():
    sure = np.array([0.5, 0.6, 0.7, 0.9, 0.9, 0.9])
    right = np.array([0, 1, 1, 1, 1, 0])
    low, high = reliability(sure, right, bins=2)
    assert (low.texts, low.confidence, low.accuracy) == (3, pytest.approx(0.6), pytest.approx(2 / 3))
    assert (high.texts, high.confidence, high.accuracy) == (3, pytest.approx(0.9), pytest.approx(2 / 3))
    assert (low.low, low.high) == pytest.approx(proportion_confint(2, 3, method="wilson"))
    assert calibration_error((low, high)) == pytest.approx(0.5 * (1 / 15) + 0.5 * (7 / 30))


def test_equal_confidences_stay_in_one_bin():
    found = reliability(np.full(40, 0.8), np.arange(40) % 2)
    assert len(found) == 1 and found[0].texts == 40 and calibration_error(found) == pytest.approx(0.3)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80), st.integers(1, 20))
def test_bins_hold_every_text_once_in_rising_order(rows, bins):
    sure, right = (np.array(column) for column in zip(*rows, strict=True))
    found = reliability(sure, right, bins)
    assert sum(each.texts for each in found) == len(rows) and len(found) <= bins
    assert [each.confidence for each in found] == sorted(each.confidence for each in found)
    assert sum(each.texts * each.accuracy for each in found) == pytest.approx(right.sum())
    assert all(0 <= each.low <= each.accuracy + 1e-9 and each.accuracy <= each.high + 1e-9 <= 1 + 1e-6 for each in found)
    assert abs(np.mean(sure) - np.mean(right)) - 1e-9 <= calibration_error(found) <= 1, "the error is at least the bias of all texts"


def test_a_calibrated_model_lies_within_chance_and_a_boastful_one_does_not():
    for scale, within in ((1.0, True), (2.5, False)):
        logits, labels = made(scale=scale, seed=4)
        sure = confidence(logits, 1.0)
        error = calibration_error(reliability(sure, logits.argmax(1) == labels))
        chance = error_by_chance(sure)
        assert (chance.low <= error <= chance.high) is within
        assert 0 < chance.low < chance.value < chance.high


def test_chance_shrinks_with_the_texts():
    few, many = (error_by_chance(confidence(made(n)[0], 1.0)).value for n in (300, 2_700))
    assert few / many == pytest.approx(3, rel=0.2), "the square root of nine times the texts"


@pytest.mark.parametrize(("logits", "labels", "told"), [
    (np.zeros((2, 2)), np.array([0]), "logits"), (np.full((1, 2), np.nan), np.array([0]), "logits"),
    (np.zeros((2, 2)), np.array([0, 2]), "labels"), (np.zeros((0, 2)), np.array([]), "labels")])
def test_what_does_not_fit_is_refused(logits, labels, told):
    with pytest.raises(UserError, match=told):
        proper_scores(logits, labels)


def test_confidences_outside_0_to_1_are_refused():
    with pytest.raises(UserError, match="confidences"):
        reliability(np.array([1.2]), np.array([1]))
