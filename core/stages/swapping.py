"""Test texts with names and terms of identity swapped: which there are, within a budget, and whose answers flip."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import quality, settings
from core.errors import UserError
from core.models.tokens import Tokeniser, select
from core.quality.swaps import Pairs

FILE = "identity_terms.toml"
SHIPPED = settings.ASSETS / FILE
MAX_BYTES = 200_000
MAX_PAIRS = 2_000
SHARE_OF_BUDGET = 4  # swapped texts may hold as many tokens as a quarter of the test texts


def terms() -> dict[str, Pairs]:
    """Pairs of terms by kind: the data folder's identity_terms.toml if there is one, else the shipped lists.

    Raises UserError for a file that holds anything else than lists of pairs of words.
    """
    own = settings.home() / FILE
    return _parsed(own if own.exists() else SHIPPED)


def swapped_texts(texts: list[str], budget: int, tokeniser: Tokeniser, seed: int) -> pd.DataFrame:
    """Columns text (swapped), kind and row (of the text that it was made of); a text may stand once under each kind.

    budget: a quarter of these tokens is shared evenly by the kinds that occur; texts are drawn by seed until it is spent.
    """
    made = {kind: [(row, new) for row, text in enumerate(texts) if (new := quality.swapped(text, pairs)) is not None]
            for kind, pairs in terms().items()}
    made = {kind: rows for kind, rows in made.items() if rows}
    found = []
    for kind, rows in made.items():
        lengths = [len(ids) for ids in tokeniser([text for _, text in rows])]
        chosen = select(lengths, budget // (SHARE_OF_BUDGET * len(made)), 1, seed)
        found += [{"text": rows[i][1], "kind": kind, "row": rows[i][0]} for i in chosen]
    return pd.DataFrame(found, columns=["text", "kind", "row"])


def by_kind(swaps: pd.DataFrame) -> dict[str, np.ndarray]:
    """By kind, which rows of swaps it holds (m,), then all of them as ""."""
    kinds = swaps["kind"].to_numpy()
    return {kind: kinds == kind for kind in dict.fromkeys(kinds)} | ({"": np.ones(len(swaps), dtype=bool)} if len(swaps) else {})


def _parsed(path: Path) -> dict[str, Pairs]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"{FILE}: {path} is larger than {MAX_BYTES // 1000} kB; shorten its lists.")
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{FILE}: {path} cannot be read ({error}); correct it, or delete it to use the shipped lists.") from None
    found = {kind: _pairs(kind, rows) for kind, rows in data.items()}
    if sum(map(len, found.values())) > MAX_PAIRS:
        raise UserError(f"{FILE}: more than {MAX_PAIRS:,} pairs; shorten the lists.")
    return found


def _pairs(kind: str, rows: Any) -> Pairs:
    if not isinstance(rows, list) or not all(_is_pair(row) for row in rows):
        raise UserError(f"{FILE}: {kind} is no list of pairs of words; write it like [[\"he\", \"she\"]].")
    return tuple((first, second) for first, second in rows)


def _is_pair(row: Any) -> bool:
    return isinstance(row, list) and len(row) == 2 and all(isinstance(word, str) and word.strip() for word in row)
