"""How sure a model is: the probability of its answer, after temperature scaling on validation texts.

Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks": logits are divided by one temperature,
which leaves every answer as it is and makes the probabilities fit the labels.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

from core.errors import UserError

BOUNDS = (0.01, 100.0)  # a temperature outside says nothing more: the answer is then certain, or a guess


def temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature (no unit, 0.01 to 100) at which the logits' mean negative log likelihood is least.

    logits (n, c), labels (n,) class ids from 0 to c - 1. A model that is right on every text would call for a temperature
    of 0, so one label in n + 2 is taken to be another class, as Platt 1999 smooths his targets. Logits that do not
    tell the classes apart fit every temperature alike and get 1. Raises UserError for other shapes or unknown labels.
    """
    logits, labels = _checked(logits), np.asarray(labels)
    _check_labels(logits, labels)
    if not np.ptp(logits, axis=1).any():
        return 1.0
    target = _smoothed_score(logits, labels)

    def loss(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        return float(np.mean(logsumexp(logits * scale, axis=1) - target * scale))

    # The loss is convex in 1 / temperature, so it has one valley in the logarithm too.
    found = minimize_scalar(loss, bounds=tuple(np.log(BOUNDS)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def confidence(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Probability (n,) of each text's most likely class, 1/c to 1: the largest of `probabilities`; raises UserError as it does."""
    found: np.ndarray = probabilities(logits, temperature).max(axis=1)
    return found


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Probability (n, c) of each class: softmax of logits (n, c) / temperature.

    Raises UserError for other shapes or a temperature that is not above 0.
    """
    if not 0 < temperature < np.inf:
        raise UserError(f"temperature: {temperature} does not scale logits; give a number above 0.")
    found: np.ndarray = softmax(_checked(logits) / temperature, axis=1)
    return np.minimum(found, 1.0)  # rounding can reach 1 + 1e-16


def _smoothed_score(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Each text's mean logit under its smoothed label: 1 - 1/(n + 2) for the class given, the rest shared by the others."""
    n, classes = logits.shape
    other = 1 / (n + 2)
    own = logits[np.arange(n), labels]
    return (1 - other) * own + other * (logits.sum(axis=1) - own) / (classes - 1)


def _checked(logits: np.ndarray) -> np.ndarray:
    values = np.asarray(logits, dtype=float)
    if values.ndim != 2 or not len(values) or values.shape[1] < 2 or not np.isfinite(values).all():
        raise UserError(f"logits: shape {values.shape} is no table of finite numbers; give one row a text, two classes or more.")
    return values


def _check_labels(logits: np.ndarray, labels: np.ndarray) -> None:
    if labels.shape != logits.shape[:1]:
        raise UserError(f"labels: shape {labels.shape} does not match {len(logits):,} rows of logits; give one label a text.")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise UserError(f"labels: {labels.min()} to {labels.max()} does not fit {logits.shape[1]} classes; "
                        "give class ids that count from 0.")
