"""Token ids of texts, made once for a run: several stages read the same texts.

Apart from Tokeniser, by which speed is measured: there every text is tokenised each time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.models.tokens import Tokeniser

STATE = ("truncation", "padding")  # what a tokenizer's last call left in it
KEPT = 6  # lists of texts: those of training and of both judged splits, with room for a second tokenizer


@dataclass(frozen=True)
class _Reader:
    """Two are the same where their tokenizers' content and cuts are, wherever they lie."""

    content: str
    max_length: int
    tokeniser: Tokeniser = field(compare=False)


def token_ids(tokeniser: Tokeniser, texts: Sequence[str]) -> Sequence[Sequence[int]]:
    """As tokeniser(texts); read them only, others are given the same."""
    whole = getattr(tokeniser.tokenizer, "backend_tokenizer", None)  # a slow tokenizer has none
    if whole is None:
        return tokeniser(texts)
    told = {part: found for part, found in json.loads(whole.to_str()).items() if part not in STATE}
    return _made(_Reader(json.dumps(told, sort_keys=True), tokeniser.max_length, tokeniser), tuple(texts))


@lru_cache(maxsize=KEPT)
def _made(reader: _Reader, texts: tuple[str, ...]) -> list[list[int]]:
    return reader.tokeniser(texts)
