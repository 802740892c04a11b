"""Temperature scaling: it finds the temperature that made the labels, and stays sensible where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from core.errors import UserError
from core.quality.calibration import BOUNDS, confidence, temperature


def drawn(true_temperature, n=20_000, classes=3):
    """Logits of a model whose probabilities are right at one temperature, and labels drawn from these probabilities."""
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 3, (n, classes))
    chances = softmax(logits / true_temperature, axis=1)
    return logits, (rng.random((n, 1)) > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)


@pytest.mark.parametrize("truth", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(truth):
    logits, labels = drawn(truth)
    assert temperature(logits, labels) == pytest.approx(truth, rel=0.04)


def test_calibrated_confidence_is_the_share_of_right_answers():
    logits, labels = drawn(2.5)
    sure = confidence(logits, temperature(logits[:10_000], labels[:10_000]))[10_000:]
    right = (logits.argmax(axis=1) == labels)[10_000:]
    for low, high in ((0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        part = (sure > low) & (sure <= high)
        assert right[part].mean() == pytest.approx(sure[part].mean(), abs=0.03)


def test_two_texts_by_hand():
    """Both score 1 for the first class and one of them is wrong: smoothed, still half and half, so no temperature is high enough."""
    assert temperature(np.array([[1.0, 0], [1, 0]]), np.array([0, 1])) == pytest.approx(BOUNDS[1], rel=1e-3)
    # Right on both, so the label holds with 1 - 1/4: log(3) = 1 / T.
    assert temperature(np.array([[1.0, 0], [1, 0]]), np.array([0, 0])) == pytest.approx(1 / np.log(3), rel=1e-4)


def test_a_model_that_is_always_right_keeps_the_order_of_its_confidences():
    rng = np.random.default_rng(6)
    logits = np.abs(rng.normal(3, 1, (500, 1))) * [1, 0] + 0.1
    scale = temperature(logits, np.zeros(500, int))
    assert BOUNDS[0] < scale < 10
    sure = confidence(logits, scale)
    assert len(np.unique(sure)) == 500 and (np.argsort(sure) == np.argsort(logits[:, 0])).all()


@pytest.mark.parametrize("level", [0.0, 7.0])
def test_a_model_that_tells_no_class_apart_is_left_as_it_is(level):
    logits = np.full((50, 4), level)
    assert temperature(logits, np.arange(50) % 4) == 1.0
    assert confidence(logits, 1.0) == pytest.approx(0.25)


def test_a_model_that_is_always_wrong_is_a_guess():
    logits = np.tile([5.0, 0, 0], (100, 1))
    assert temperature(logits, np.ones(100, int)) == pytest.approx(BOUNDS[1], rel=1e-3)


@given(st.floats(0.01, 100), st.integers(2, 6))
def test_confidence_is_a_probability_and_no_answer_changes(scale, classes):
    logits = np.random.default_rng(7).normal(0, 30, (40, classes))
    sure = confidence(logits, scale)
    assert (sure >= 1 / classes).all() and (sure <= 1).all()
    assert sure == pytest.approx(softmax(logits / scale, axis=1)[np.arange(40), logits.argmax(axis=1)])


@pytest.mark.parametrize(("logits", "labels", "message"), [
    (np.zeros((0, 2)), [], "logits: shape"), (np.zeros((3, 1)), [0, 0, 0], "logits"), (np.zeros(3), [0, 0, 0], "logits"),
    ([[np.nan, 0]], [0], "logits"), (np.zeros((3, 2)), [0, 1], "labels: shape"), (np.zeros((2, 2)), [0, 2], "labels: 0 to 2"),
    (np.zeros((2, 2)), [-1, 1], "labels: -1 to 1")])
def test_what_is_no_table_of_answers_is_refused(logits, labels, message):
    with pytest.raises(UserError, match=message):
        temperature(np.array(logits), np.array(labels))


@pytest.mark.parametrize("scale", [0, -1, np.nan, np.inf])
def test_what_scales_nothing_is_refused(scale):
    with pytest.raises(UserError, match="temperature"):
        confidence(np.zeros((2, 2)), scale)
