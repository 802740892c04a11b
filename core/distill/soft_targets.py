"""A model's logits on texts: computed once for each text, ever, and kept by content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from safetensors.numpy import load_file, save_file
from transformers import PreTrainedModel

from core.models.first_token import first_token_alone
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits

VERSION = "2"  # raise it when the same weights and texts would give other logits, or they are kept otherwise


def key(weights: str, max_length: int, device: str) -> str:
    """Digest of all but the text that logits and their seconds depend on: the weights' digest, the cut, the device."""
    return hashlib.sha256(f"{VERSION} {weights} {max_length} {device}".encode()).hexdigest()


def key_of_texts(weights: str, texts: Sequence[str], max_length: int, device: str) -> str:
    """The same, for what is computed and kept for a list of texts together."""
    digest = hashlib.sha256(f"{key(weights, max_length, device)} {len(texts)}".encode())
    for text in texts:
        digest.update(_digest(text))
    return digest.hexdigest()


@dataclass(frozen=True)
class Logits:
    """values: float32 (texts, labels). seconds: wall time of computing them, also when they were kept. cached: all of them were."""

    values: np.ndarray
    seconds: float
    cached: bool


def cached_logits(
    path: Path, model: Callable[[], PreTrainedModel], tokeniser: Tokeniser, texts: Sequence[str],
    progress: Callable[[float], None] | None = None,
) -> Logits:
    """The logits that are kept at `path`, and for texts that are not there those of `model()`, which join them.

    A text has its share of the time that its tokens take of all that were computed with it.
    """
    asked = [_digest(text) for text in texts]
    kept = _read(path)
    new = {digest: text for digest, text in zip(asked, texts, strict=True) if digest not in kept}
    if new:
        started = perf_counter()
        ids = tokeniser(list(new.values()))
        network = model()
        with first_token_alone(network):
            values = logits(network, ids, tokeniser.pad_id, progress)
        seconds = perf_counter() - started
        shares = np.array([len(row) for row in ids], dtype=np.float64) * seconds / sum(len(row) for row in ids)
        kept |= dict(zip(new, zip(values, shares, strict=True), strict=True))
        _write(path, kept)
    values = np.stack([kept[digest][0] for digest in asked])
    return Logits(values, float(sum(kept[digest][1] for digest in dict.fromkeys(asked))), not new)


Kept = dict[bytes, tuple[np.ndarray, float]]
"""Logits (labels,) and seconds by a text's digest."""


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _read(path: Path) -> Kept:
    if not path.exists():
        return {}
    table = load_file(path)
    return {row.tobytes(): (values, float(seconds))
            for row, values, seconds in zip(table["texts"], table["logits"], table["seconds"], strict=True)}


def _write(path: Path, kept: Kept) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    values, seconds = zip(*kept.values(), strict=True)
    save_file({"texts": np.stack([np.frombuffer(digest, dtype=np.uint8) for digest in kept]), "logits": np.stack(values),
               "seconds": np.array(seconds)}, draft)
    draft.replace(path)
