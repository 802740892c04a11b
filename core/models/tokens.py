"""Texts to token ids, and token ids to batches with little padding."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, PreTrainedTokenizerBase

POOL = 1_024  # texts sorted by length together: enough to pad little, few enough to stay shuffled


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


def batches(lengths: Sequence[int], batch_tokens: int, rng: np.random.Generator | None = None) -> list[np.ndarray]:
    """Row numbers in batches of at most `batch_tokens` tokens, padding included; each row once.

    With `rng` the rows and the batches are shuffled and only pools of POOL rows are sorted by length; without it all are.
    """
    sizes = np.asarray(lengths)
    order = rng.permutation(len(sizes)) if rng is not None else np.arange(len(sizes))
    pools = np.array_split(order, max(1, round(len(order) / POOL))) if rng is not None else [order]
    made = [batch for pool in pools for batch in _filled(pool[np.argsort(sizes[pool], kind="stable")], sizes, batch_tokens)]
    return [made[i] for i in rng.permutation(len(made))] if rng is not None else made


def _filled(rows: np.ndarray, sizes: np.ndarray, batch_tokens: int) -> list[np.ndarray]:
    made: list[np.ndarray] = []
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or sizes[rows[end]] * (end + 1 - start) > batch_tokens:
            made.append(rows[start:end])
            start = end
    return made


def padded(ids: Sequence[Sequence[int]], pad_id: int, device: str | torch.device = "cpu") -> tuple[torch.Tensor, torch.Tensor]:
    """input_ids and attention_mask, both (rows, longest row), on `device`."""
    longest = max(len(row) for row in ids)
    table = torch.full((len(ids), longest), pad_id, dtype=torch.long)
    mask = torch.zeros((len(ids), longest), dtype=torch.long)
    for i, row in enumerate(ids):
        table[i, : len(row)] = torch.tensor(row, dtype=torch.long)
        mask[i, : len(row)] = 1
    return table.to(device), mask.to(device)


def select(lengths: Sequence[int], tokens: int, epochs: int, seed: int) -> np.ndarray:
    """Row numbers, in a seeded order, whose lengths times `epochs` stay within `tokens`; at least one row."""
    order = np.random.default_rng(seed).permutation(len(lengths))
    spent = np.cumsum(np.asarray(lengths)[order]) * epochs
    return order[: max(1, int(np.searchsorted(spent, tokens, side="right")))]
