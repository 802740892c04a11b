"""Swapped terms: word boundaries, case, order; shares by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.quality import flips, swapped

PAIRS = [("he", "she"), ("his", "her"), ("him", "her"), ("Mary", "John"), ("new", "old"), ("New York", "Lagos")]


@pytest.mark.parametrize(("text", "expected"), [
    ("He said he would", "She said she would"),
    ("HE LEFT HER", "SHE LEFT HIS"),
    ("her and him", "his and her"),
    ("the theatre, then", None), ("she-wolf and non-he", None), ("", None),
    ("(she)", "(he)"), ("he's late; 'she'", "she's late; 'he'"),
    ("mary met John's aunt", "John met Mary's aunt"),
    ("new  york, not Lagos", "Lagos, not New York"),
    ("NEW YORK", "LAGOS"), ("a new day in New York", "a old day in Lagos"),
])
def test_terms_change_places_as_whole_words_in_their_case(text, expected):
    assert swapped(text, PAIRS) == expected


def test_marks_of_expressions_are_only_characters():
    assert swapped("a.b or axb", [("a.b", "c")]) == "c or axb"


def test_the_first_pair_of_a_term_counts_on_either_side():
    pairs = [("dad", "mum"), ("dad", "mom"), ("pop", "mum")]
    assert [swapped(word, pairs) for word in ("dad", "mum", "mom", "pop")] == ["mum", "dad", "dad", "mum"]


def test_no_pairs_change_nothing():
    assert swapped("he", []) is None


@given(st.lists(st.sampled_from(["he", "she", "SHE", "He", "theme", "x", "7"]), max_size=8).map(" ".join))
def test_swapping_a_plain_pair_twice_gives_the_text_back(text):
    once = swapped(text, PAIRS[:1])
    assert once is None or swapped(once, PAIRS[:1]) == text


def test_flips_by_hand():
    found = flips(np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0]))
    assert found.value == 0.25
    assert (found.low, found.high) == pytest.approx((0.0455873, 0.6993582), abs=1e-6), "Wilson 1927, worked by hand"
    with pytest.raises(UserError, match="after"):
        flips(np.array([0]), np.array([0, 1]))
