"""Batches by tokens, and the choice of texts by budget."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.models.batching import batches, padded
from core.models.sources import locate
from core.models.tokens import Tokeniser, select

sizes = st.lists(st.integers(1, 60), min_size=1, max_size=200)


@given(sizes, st.integers(60, 400), st.booleans())
def test_each_row_is_in_one_batch_within_the_budget(lengths, budget, shuffled):
    made = batches(lengths, budget, np.random.default_rng(0) if shuffled else None)
    assert sorted(i for rows in made for i in rows) == list(range(len(lengths)))
    assert all(max(lengths[i] for i in rows) * len(rows) <= budget for rows in made)


def test_sorting_by_length_pads_little():
    lengths = np.random.default_rng(0).integers(4, 60, 3_000)
    made = batches(lengths, 864, np.random.default_rng(1))
    padded_tokens = sum(max(lengths[rows]) * len(rows) for rows in made)
    assert lengths.sum() / padded_tokens > 0.95


@given(sizes, st.integers(1, 5_000), st.integers(1, 4))
def test_selection_stays_within_its_tokens_and_wastes_none(lengths, tokens, epochs):
    rows = select(lengths, tokens, epochs, seed=3)
    spent = sum(lengths[i] for i in rows) * epochs
    assert len(set(rows)) == len(rows) and (spent <= tokens or len(rows) == 1)
    if len(rows) < len(lengths):
        following = select(lengths, 10**9, epochs, seed=3)[len(rows)]
        assert spent + lengths[following] * epochs > tokens


def test_padding_is_masked():
    table, mask = padded([[5, 6, 7], [8]], pad_id=0)
    assert table.tolist() == [[5, 6, 7], [8, 0, 0]] and mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_texts_are_cut_at_max_length_and_not_padded():
    ids = Tokeniser(locate("minilm"), 8)(["one", "a much longer text that does not fit into eight tokens"])
    assert [len(row) for row in ids] == [3, 8]
    assert Tokeniser(locate("minilm"), 8)([]) == []
