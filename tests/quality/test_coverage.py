"""A 95 % interval holds the truth in 93.5 to 96.5 % of 2,000 simulated studies."""

import numpy as np
import pytest

from core.quality import (
    accuracy,
    gap,
    over_invocations,
    over_seeds,
    paired_difference,
    per_class,
    proper_scores,
    repeated_errors,
    retention,
)

REPEATS, TEXTS, RESAMPLES = 2_000, 600, 999


def coverage(study, truth):
    found = [study(np.random.default_rng((11, repeat))) for repeat in range(REPEATS)]
    return np.mean([interval.low <= truth <= interval.high for interval in found])


def two_models(rng):
    """Labels, student and teacher: both right 70 %, only the teacher 10 %, only the student 7 %."""
    cell = rng.choice(4, size=TEXTS, p=[0.13, 0.10, 0.07, 0.70])
    return np.ones(TEXTS, int), cell // 2, cell % 2


def films(rng):
    """80 films of 2 to 12 texts, each film with an accuracy of its own around 0.75."""
    groups = np.repeat(np.arange(80), rng.integers(2, 13, 80))
    right = rng.random(len(groups)) < rng.beta(6, 2, 80)[groups]
    return np.ones(len(groups), int), right.astype(int), groups


def imitator(rng):
    """Labels of two classes, a teacher that is right on 75 %, and a student that copies 60 % of its answers and else is right on 80 %."""
    labels = rng.integers(0, 2, TEXTS)
    teacher = np.where(rng.random(TEXTS) < 0.75, labels, 1 - labels)
    return labels, teacher, np.where(rng.random(TEXTS) < 0.6, teacher, np.where(rng.random(TEXTS) < 0.8, labels, 1 - labels))


IMITATED = 0.6 + 0.4 * 0.2 - (0.6 * 0.25 + 0.4 * 0.2)  # repeated, less the student's rate of errors


def slices(rng):
    """Two slices: the teacher is right on 90 and 80 %, the student on 88 and 70 %."""
    labels, first = np.zeros(TEXTS, int), np.arange(TEXTS) < TEXTS // 2
    teacher, student = (rng.random(TEXTS) >= np.where(first, *right) for right in ((0.90, 0.80), (0.88, 0.70)))
    return labels, teacher.astype(int), student.astype(int), {"first": first, "second": ~first}


def two_logits(rng):
    """A model that says 80 % for class 1 and is right on 80 % of the texts."""
    return np.tile(np.log([0.2, 0.8]), (TEXTS, 1)), (rng.random(TEXTS) < 0.8).astype(int)


STUDIES = {
    "accuracy": (lambda rng: accuracy(*two_models(rng)[:2], resamples=RESAMPLES), 0.77),
    "difference": (lambda rng: paired_difference(*two_models(rng), resamples=RESAMPLES), -3.0),
    "retention": (lambda rng: retention(*two_models(rng), resamples=RESAMPLES), 0.77 / 0.80),
    "accuracy by film": (lambda rng: accuracy(*films(rng), resamples=RESAMPLES), 0.75),
    "log loss": (lambda rng: proper_scores(*two_logits(rng), resamples=RESAMPLES)[0], -(0.8 * np.log(0.8) + 0.2 * np.log(0.2))),
    "F1": (lambda rng: per_class(*imitator(rng)[:2], resamples=RESAMPLES)[1].f1, 0.75),
    "repeated errors": (lambda rng: repeated_errors(*imitator(rng), resamples=RESAMPLES).excess, 100 * IMITATED),
    "amplified gap": (lambda rng: gap(*slices(rng), resamples=RESAMPLES).amplification, 8.0),
    "seeds": (lambda rng: over_seeds(dict(enumerate(rng.normal(80, 1, 6)))).mean, 80),
    "speed": (lambda rng: over_invocations(rng.normal(20, 2, 5)), 20),
}


@pytest.mark.parametrize("name", STUDIES)
def test_coverage(name):
    assert 0.935 <= coverage(*STUDIES[name]) <= 0.965
