"""Token ids to batches with little padding. Free of torch and transformers: what serves without them stays small."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

POOL = 1_024  # texts sorted by length together: enough to pad little, few enough to stay shuffled


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


def padded(ids: Sequence[Sequence[int]], pad_id: int) -> tuple[np.ndarray, np.ndarray]:
    """input_ids and attention_mask, both int64 (rows, longest row)."""
    longest = max(len(row) for row in ids)
    table = np.full((len(ids), longest), pad_id, dtype=np.int64)
    mask = np.zeros((len(ids), longest), dtype=np.int64)
    for i, row in enumerate(ids):
        table[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return table, mask
