"""A 95 % interval holds the truth in 93.5 to 96.5 % of 2,000 simulated studies."""

import numpy as np
import pytest

from core.quality import accuracy, over_invocations, paired_difference, retention

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


STUDIES = {
    "accuracy": (lambda rng: accuracy(*two_models(rng)[:2], resamples=RESAMPLES), 0.77),
    "difference": (lambda rng: paired_difference(*two_models(rng), resamples=RESAMPLES), -3.0),
    "retention": (lambda rng: retention(*two_models(rng), resamples=RESAMPLES), 0.77 / 0.80),
    "accuracy by film": (lambda rng: accuracy(*films(rng), resamples=RESAMPLES), 0.75),
    "speed": (lambda rng: over_invocations(rng.normal(20, 2, 5)), 20),
}


@pytest.mark.parametrize("name", STUDIES)
def test_coverage(name):
    assert 0.935 <= coverage(*STUDIES[name]) <= 0.965
