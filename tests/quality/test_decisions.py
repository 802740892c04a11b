"""The rule of the margin, the texts that would settle it, McNemar, Holm, agreement and repeats."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from core.errors import UserError
from core.figures import Interval
from core.quality import agreement, classify, holm, mcnemar_exact, over_invocations, texts_needed

arms = st.floats(0.01, 20)


@pytest.mark.parametrize(("low", "high", "outcome"), [
    (0.1, 2.0, "beats"), (0.0, 2.0, "within margin"), (-1.9, 0.5, "within margin"), (-2.0, 0.5, "inconclusive"),
    (-4.0, 1.0, "inconclusive"), (-4.0, -2.0, "inconclusive"), (-4.0, -2.1, "worse"), (None, None, "inconclusive"),
])
def test_rule_of_the_margin(low, high, outcome):
    assert classify(Interval(-1.0, low, high), 2.0) == outcome


@pytest.mark.parametrize("margin", [0, -1, float("nan")])
def test_a_margin_is_above_zero(margin):
    with pytest.raises(UserError, match="margin_points"):
        classify(Interval(0, -1, 1), margin)


def test_texts_needed_by_hand():
    assert texts_needed(Interval(-1.0, -5.0, 3.0), 2.0, 100) == 1601  # the lower arm of 4 has to become less than 1
    assert texts_needed(Interval(-3.0, -5.0, -1.0), 2.0, 100) == 401  # the upper arm of 2 has to become less than 1
    assert texts_needed(Interval(-1.0, -1.5, -0.5), 2.0, 100) == 100  # settled
    assert texts_needed(Interval(-2.0, -5.0, 1.0), 2.0, 100) is None
    assert texts_needed(Interval(-1.0), 2.0, 100) is None


@given(value=st.floats(-20, 20), lower=arms, upper=arms, margin=st.floats(0.1, 10), n=st.integers(10, 10_000))
def test_that_many_texts_settle_it_and_fewer_do_not(value, lower, upper, margin, n):
    assume(abs(value + margin) > 0.01)
    now = Interval(value, value - lower, value + upper)
    needed = texts_needed(now, margin, n)
    assert (needed == n) == (classify(now, margin) != "inconclusive") or needed == n

    def with_texts(count):
        shrink = (n / count) ** 0.5
        return classify(Interval(value, value - lower * shrink, value + upper * shrink), margin)

    assert with_texts(needed * (1 + 1e-9)) != "inconclusive"
    if needed > n + 2:
        assert with_texts(needed - 2) == "inconclusive"


def test_mcnemar_by_hand():
    labels = np.zeros(20, int)
    a, b = np.zeros(20, int), np.zeros(20, int)
    a[:1], b[1:8] = 1, 1  # 1 text that only b gets right, 7 that only a does
    assert mcnemar_exact(labels, a, b) == pytest.approx(2 * (1 + 8) / 2**8)
    assert mcnemar_exact(labels, a, b) == mcnemar_exact(labels, b, a)
    assert mcnemar_exact(labels, a, a) == 1


def test_holm_by_hand():
    assert holm({"a": 0.04, "b": 0.01, "c": 0.03}) == pytest.approx({"a": 0.06, "b": 0.03, "c": 0.06})
    assert holm({}) == {}
    with pytest.raises(UserError, match=r"p_values\.b: 1\.5"):
        holm({"a": 0.1, "b": 1.5})


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=25)
def test_holm_agrees_with_statsmodels(values):
    found = holm({str(i): p for i, p in enumerate(values)})
    assert list(found) == [str(i) for i in range(len(values))]
    assert list(found.values()) == pytest.approx(multipletests(values, method="holm")[1])


def test_agreement_is_an_exact_interval():
    a = np.zeros(200, int)
    same = agreement(a, a)
    assert (same.value, same.high) == (1, 1)
    assert same.low == pytest.approx(0.025 ** (1 / 200))
    b = a.copy()
    b[:3] = 1
    found = agreement(a, b)
    assert found.value == pytest.approx(0.985) and 0.95 < found.low < 0.985 < found.high < 1
    with pytest.raises(UserError, match="b: shape"):
        agreement(a, b[1:])


def test_intervals_of_speed_need_five_invocations():
    few = over_invocations([1.0, 2.0, 3.0, 4.0])
    assert (few.value, few.low, few.high) == (2.5, None, None) and "4 of at least 5" in few.note
    many = over_invocations([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (many.low, many.high) == pytest.approx((3 - 2.776445 * 0.5**0.5, 3 + 2.776445 * 0.5**0.5))
    for bad in ([], [1.0, float("nan")]):
        with pytest.raises(UserError, match="process invocation"):
            over_invocations(bad)
