"""Splits hold their promises for any data."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tasks.build import build, ordered
from core.tasks.splits import RANK, assign, complete, normalised, without_overlap
from core.tasks.types import TaskInfo

SHARES = {"train": 0.7, "validation": 0.15, "test": 0.15}
INFO = TaskInfo("t", "T", "", "", "", "imported", (), {}, None)
labels = st.lists(st.sampled_from("abcd"), min_size=1, max_size=200)
texts = st.text(st.sampled_from("xyY \t\u00a0"), min_size=1, max_size=4)


@given(labels, st.integers(0, 99))
def test_each_label_is_within_one_text_of_its_share(names, seed):
    chosen = assign(names, SHARES, seed)
    for label, total in Counter(names).items():
        for split, share in SHARES.items():
            count = sum(name == label and part == split for name, part in zip(names, chosen, strict=True))
            assert abs(count - share * total) <= 1 + 1e-9


@given(labels, st.integers(0, 99))
def test_the_seed_decides(names, seed):
    assert (assign(names, SHARES, seed) == assign(names, SHARES, seed)).all()


def test_another_seed_gives_other_splits():
    assert (assign(["a", "b"] * 100, SHARES, 0) != assign(["a", "b"] * 100, SHARES, 1)).any()


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12)), min_size=1, max_size=200), st.integers(0, 9))
def test_no_group_is_divided(pairs, seed):
    names, groups = [label for label, _ in pairs], [f"g{number}" for _, number in pairs]
    chosen = assign(names, SHARES, seed, groups)
    assert len(set(zip(groups, chosen, strict=True))) == len(set(groups))


def test_many_groups_come_close_to_the_shares_of_each_label():
    rng = np.random.default_rng(3)
    groups = rng.integers(0, 200, 4_000).astype(str)
    names = rng.choice(["a", "b"], 4_000, p=[0.2, 0.8])
    chosen = assign(names, SHARES, 0, groups)
    for label in "ab":
        for split, share in SHARES.items():
            assert np.mean(chosen[names == label] == split) == pytest.approx(share, abs=0.02)


@given(st.lists(st.tuples(texts, st.sampled_from("ab"), st.sampled_from(list(RANK))), min_size=1, max_size=40))
def test_no_text_stands_in_two_splits_and_test_stays_whole(triples):
    rows = pd.DataFrame(triples, columns=["text", "label", "split"])
    kept, notes = without_overlap(rows)
    keys = normalised(kept["text"].tolist())
    assert pd.Series(kept["split"].to_numpy()).groupby(keys).nunique().max() == 1
    assert (kept["split"] == "test").sum() == (rows["split"] == "test").sum()
    removed = sum(int(note.split()[0]) for note in notes if "removed" in note)
    assert removed == len(rows) - len(kept)
    assert set(keys) == set(normalised(rows["text"].tolist()))


def test_notes_count_removed_and_contradicting_texts():
    rows = pd.DataFrame([("A  b", "x", "train"), ("a\u00a0B", "y", "test"), ("c", "x", "train"), ("C ", "y", "train")],
                        columns=["text", "label", "split"])
    kept, notes = without_overlap(rows)
    assert kept["text"].tolist() == ["a\u00a0B", "c", "C "]
    assert notes == ["1 text removed from train: also in validation or test.",
                     "1 text with more than one label; all copies are kept."]


def test_only_missing_splits_are_carved():
    rows = pd.DataFrame({"text": [f"t{i}" for i in range(100)], "label": ["a", "b"] * 50})
    rows["split"] = ["train"] * 80 + ["test"] * 20
    done = complete(rows, SHARES, 0)
    assert (done["split"].iloc[80:] == "test").all()
    assert done["split"].iloc[:80].value_counts().to_dict() == {"train": 68, "validation": 12}
    assert complete(done, SHARES, 1).equals(done)


@settings(max_examples=20)
@given(st.integers(0, 119), st.sampled_from(["text", "label"]))
def test_the_fingerprint_changes_with_any_cell(row, column):
    rows = pd.DataFrame({"text": [f"text {i}" for i in range(120)], "label": ["a", "b"] * 60, "split": ["train", "test"] * 60})
    changed = rows.copy()
    changed.loc[row, column] = "b" if changed.loc[row, column] == "a" else "a"
    assert build(INFO, rows).fingerprint == build(INFO, rows.copy()).fingerprint
    assert build(INFO, rows).fingerprint != build(INFO, changed).fingerprint


def test_labels_are_ordered_by_value_where_they_are_numbers():
    assert ordered(["10", "9", "-1"]) == ("-1", "9", "10")
    assert ordered(["b", "10", "a"]) == ("10", "a", "b")
