"""The p99 of a cascade: the ends, hand-worked mixtures, order, and a simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.roi.cascade import mixture_p99

STUDENT, TEACHER = {50: 2.0, 90: 3.0, 99: 4.0}, {50: 20.0, 90: 30.0, 99: 40.0}
SHARES = st.floats(0, 1)


@st.composite
def percentiles(draw):
    return dict(zip((50, 90, 99), sorted(draw(st.lists(st.floats(0, 1e4, allow_subnormal=False), min_size=3, max_size=3))), strict=True))


@given(percentiles(), percentiles())
def test_the_ends_are_the_student_and_both(student, teacher):
    assert mixture_p99(0, student, teacher) == pytest.approx(student[99])
    assert mixture_p99(1, student, teacher) == pytest.approx(student[99] + teacher[99])


@given(percentiles(), percentiles(), SHARES, SHARES)
def test_more_escalation_is_never_faster_and_never_beyond_both(student, teacher, a, b):
    less, more = (mixture_p99(share, student, teacher) for share in sorted((a, b)))
    assert student[99] <= less <= more + 1e-6 and more <= student[99] + teacher[99]


@given(percentiles(), percentiles(), SHARES, st.floats(0.001, 1000))
def test_the_unit_of_time_does_not_matter(student, teacher, share, scale):
    scaled = mixture_p99(share, *({p: scale * t for p, t in each.items()} for each in (student, teacher)))
    assert scaled == pytest.approx(scale * mixture_p99(share, student, teacher), rel=1e-6, abs=1e-6)


def test_an_instant_student_by_hand():
    """The student takes no time, so 0.99 = (1 - s) + s F(t): the teacher's quantile 1 - 0.01 / s."""
    nothing = {50: 0.0, 90: 0.0, 99: 0.0}
    for share, by_hand in ((0.01, 0.0), (0.015, 20.0), (0.02, 20.0), (0.05, 27.5), (0.1, 30.0), (0.2, 30 + 10 * 5 / 9)):
        assert mixture_p99(share, nothing, TEACHER) == pytest.approx(by_hand), share


def test_below_one_text_in_a_hundred_the_students_tail_decides_by_hand():
    """0.99 = (1 - 0.005) F(t): a share 0.01 10^(-(t - 4) / 1) = 1 - 0.99 / 0.995 is slower than t."""
    assert mixture_p99(0.005, STUDENT, TEACHER) == pytest.approx(4 - np.log10((1 - 0.99 / 0.995) / 0.01))


@pytest.mark.parametrize("share", [0.005, 0.1, 0.3, 0.8])
def test_simulated_texts_agree(share):
    """Exponential times have the tail that is assumed; between percentiles the straight lines are close above."""
    rng = np.random.default_rng(4)
    length, sent = rng.exponential(size=1_000_000), rng.random(1_000_000) < share
    student, teacher = ({p: scale * -np.log(1 - p / 100) for p in (50, 90, 99)} for scale in (1.0, 20.0))
    simulated = np.quantile(length * (1 + 20 * sent), 0.99)
    assert 0.98 * simulated < mixture_p99(share, student, teacher) < 1.25 * simulated


def test_an_unknown_percentile_is_no_latency():
    for known in ({50: 2.0, 90: 3.0}, {50: 2.0, 90: 3.0, 99: None}, {}):
        assert mixture_p99(0.5, known, TEACHER) is None and mixture_p99(0.5, STUDENT, known) is None


@pytest.mark.parametrize(("share", "student", "message"), [
    (1.5, STUDENT, "share: 1.5"), (np.nan, STUDENT, "share: nan"), (0.5, {50: 2, 90: 1, 99: 3}, "student: .* no latencies"),
    (0.5, {50: -1, 90: 1, 99: 3}, "student"), (0.5, {50: 1, 90: 1, 99: np.inf}, "student")])
def test_what_is_no_share_or_latency_is_refused(share, student, message):
    with pytest.raises(UserError, match=message):
        mixture_p99(share, student, TEACHER)
