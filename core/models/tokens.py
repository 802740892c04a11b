"""Texts to token ids as training sees them, and which texts a budget of tokens holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from transformers import AutoTokenizer, PreTrainedTokenizerBase

import core.models.quiet  # noqa: F401


class Tokeniser:
    """A model's own tokenizer, cutting texts at max_length tokens."""

    def __init__(self, folder: Path, max_length: int) -> None:
        self.tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, trust_remote_code=False, local_files_only=True)
        self.max_length = max_length
        self.pad_id = int(self.tokenizer.pad_token_id or 0)

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, special tokens included, not padded."""
        if not texts:
            return []
        return self.tokenizer(list(texts), truncation=True, max_length=self.max_length, return_attention_mask=False)["input_ids"]

    def save(self, folder: Path) -> None:
        """Write the tokenizer's files into `folder`."""
        self.tokenizer.save_pretrained(folder)


def select(lengths: Sequence[int], tokens: int, epochs: int, seed: int) -> np.ndarray:
    """Row numbers, in a seeded order, whose lengths times `epochs` stay within `tokens`; at least one row."""
    order = np.random.default_rng(seed).permutation(len(lengths))
    spent = np.cumsum(np.asarray(lengths)[order]) * epochs
    return order[: max(1, int(np.searchsorted(spent, tokens, side="right")))]
