"""How texts are divided: stratified, seeded, by group where there are groups, and without overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# A text that stands in several splits stays in the one with the highest rank, so that a published test stays whole.
RANK = {"unlabelled": 0, "train": 1, "validation": 2, "test": 3}


def complete(rows: pd.DataFrame, shares: Mapping[str, float], seed: int) -> pd.DataFrame:
    """`rows` (text, label, split, maybe group) with the splits of `shares` that they lack carved from train."""
    missing = {split: share for split, share in shares.items() if split != "train" and not (rows["split"] == split).any()}
    pool = rows[rows["split"] == "train"]
    if not missing or pool.empty:
        return rows
    groups = pool["group"].tolist() if "group" in pool else None
    chosen = assign(pool["label"].tolist(), {"train": 1 - sum(missing.values()), **missing}, seed, groups)
    return rows.assign(split=rows["split"].where(rows["split"] != "train", pd.Series(chosen, index=pool.index)))


def assign(labels: Sequence[str], shares: Mapping[str, float], seed: int, groups: Sequence[str] | None = None) -> np.ndarray:
    """The split's name for each text (n,), seeded; shares sum to 1.

    Stratified: each label's count in a split is within 1 of its share. With groups, no group is divided
    and labels are as balanced as whole groups allow.
    """
    codes = pd.factorize(np.asarray(labels, dtype=object), sort=True)[0]
    rng = np.random.default_rng(seed)
    weights = np.array(list(shares.values()), dtype=float)
    chosen = _stratified(codes, weights, rng) if groups is None else _grouped(codes, weights, rng, groups)
    return np.array(list(shares), dtype=object)[chosen]


def _stratified(codes: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each label's texts in random order, cut at the cumulative shares."""
    order = rng.permutation(len(codes))
    by_label = pd.Series(codes[order]).groupby(codes[order])
    position = (by_label.cumcount().to_numpy() + 0.5) / by_label.transform("size").to_numpy()
    chosen = np.empty(len(codes), dtype=int)
    chosen[order] = np.searchsorted(np.cumsum(weights)[:-1].round(9), position.round(9), side="right")
    return chosen


def _grouped(codes: np.ndarray, weights: np.ndarray, rng: np.random.Generator, groups: Sequence[str]) -> np.ndarray:
    """Groups, the largest first, each go where their labels are missing the most."""
    of_text, names = pd.factorize(np.asarray(groups, dtype=object), sort=True)
    counts = np.zeros((len(names), codes.max() + 1))
    np.add.at(counts, (of_text, codes), 1)
    target = weights[:, None] * counts.sum(axis=0)
    have = np.zeros_like(target)
    of_group = np.empty(len(names), dtype=int)
    shuffled = rng.permutation(len(names))
    for group in shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind="stable")]:
        of_group[group] = np.argmax((1 - have / target) @ counts[group])
        have[of_group[group]] += counts[group]
    return of_group[of_text]


def normalised(texts: Sequence[str]) -> pd.Series:
    """Texts (n,) in lower case with single spaces: two texts are the same if these are."""
    lower = pc.utf8_lower(pa.array(texts, pa.large_string()))
    single = pc.replace_substring_regex(lower, pattern=r"[\s\p{Z}]+", replacement=" ")
    return pd.Series(pc.utf8_trim_whitespace(single).to_pandas(), index=range(len(texts)), dtype="str")


def without_overlap(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """`rows` (text, label, split) less the texts that are also in a split nearer to test, and notes with the counts."""
    key = pd.factorize(normalised(rows["text"].tolist()))[0]
    rank = rows["split"].map(RANK)
    keep = rank == rank.groupby(key).transform("max")
    dropped = rows.loc[~keep, "split"].value_counts()
    notes = [f"{counted(dropped[split])} removed from {split}: also in {_nearer(split)}." for split in RANK if split in dropped]
    kept, key = rows[keep], key[keep.to_numpy()]
    conflicting = int((kept["label"].groupby(key).nunique() > 1).sum())
    if conflicting:
        notes.append(f"{counted(conflicting)} with more than one label; all copies are kept.")
    return kept, notes


def counted(number: int) -> str:
    """`number` of texts in words."""
    return f"{number:,} text{'' if number == 1 else 's'}"


def _nearer(split: str) -> str:
    return " or ".join(name for name in RANK if RANK[name] > RANK[split])
