"""Texts made from texts: what holds for all of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.distill.augment import LONGEST, MASKED, SAMPLED, made, plain

NEAR = {"good": ("great", "fine"), "film": ("movie",)}
MASK = "[MASK]"
WORDS = st.sampled_from(["good", "film", "a", "Zorro", "plot.", "bad"])
TEXTS = st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=8)


@given(texts=TEXTS, times=st.floats(0, 5), seed=st.integers(0, 99))
def test_what_is_made_is_new_bounded_and_the_same_again(texts, times, seed):
    found = made(texts, times, NEAR, MASK, seed, taken=["good film"])
    assert found == made(texts, times, NEAR, MASK, seed, taken=["good film"])
    keys = [plain(text) for text in found]
    assert len(set(keys)) == len(keys) and not set(keys) & {*map(plain, texts), "good film", ""}
    assert len(found) <= len(texts) * int(np.ceil(times))
    known = {word for text in texts for word in text.split()} | {word for others in NEAR.values() for word in others} | {MASK}
    assert {word for text in found for word in text.split()} <= known
    assert all(set(text.split()) != {MASK} for text in found)


@given(text=st.lists(st.sampled_from([f"w{i}" for i in range(30)]), min_size=2, max_size=20, unique=True), seed=st.integers(0, 99))
def test_words_keep_their_order_and_only_pieces_are_shorter(text, seed):
    for new in made([" ".join(text)], 4, {}, MASK, seed):
        words = new.split()
        assert len(words) == len(text) or len(words) <= LONGEST
        starts = [at for at in range(len(text) - len(words) + 1)
                  if all(word in (MASK, original) for word, original in zip(words, text[at:], strict=False))]
        assert starts


def test_a_word_with_neighbours_is_replaced_and_another_one_is_masked():
    found = made(["good Zorro film"] * 1, 40, NEAR, MASK, 0)
    words = {word for text in found for word in text.split()}
    assert words <= {"good", "great", "fine", "Zorro", MASK, "film", "movie"} and {"great", "movie", MASK} <= words
    assert not any(MASK in text for text in made(["good Zorro film"], 40, NEAR, "", 0)), "a tokenizer without a mask"


def test_shares_are_those_of_the_paper():
    texts = [" ".join(f"t{i}w{j}" for j in range(40)) for i in range(4_000)]
    found = [new.split() for new in made(texts, 1, {}, MASK, 1)]
    whole = [words for words in found if len(words) == 40]
    assert 1 - len(whole) / len(found) == pytest.approx(SAMPLED, abs=0.02)
    assert np.mean([words.count(MASK) / 40 for words in whole]) == pytest.approx(MASKED, abs=0.01)


@pytest.mark.parametrize(("times", "low", "high"), [(0.5, 60, 140), (2, 400, 400), (2.5, 460, 540)])
def test_a_fraction_is_a_share_of_the_texts(times, low, high):
    texts = [" ".join(f"t{i}w{j}" for j in range(20)) for i in range(200)]
    assert low <= len(made(texts, times, {}, MASK, 0)) <= high


def test_another_seed_makes_others():
    text = [" ".join(f"w{i}" for i in range(20))]
    assert made(text, 3, {}, MASK, 0) != made(text, 3, {}, MASK, 1)
