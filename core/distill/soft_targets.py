"""A teacher's logits on texts, computed once and kept by content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file
from transformers import PreTrainedModel

from core.models.tokens import Tokeniser
from core.runtimes.eager import logits

VERSION = "1"  # raise it when the same weights and texts would give other logits


def key(weights: str, texts: Sequence[str], max_length: int, device: str) -> str:
    """Digest of all that the logits and their seconds depend on: the weights' digest, the texts in order, the cut, the device."""
    digest = hashlib.sha256(f"{VERSION} {weights} {max_length} {len(texts)} {device}".encode())
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()


@dataclass(frozen=True)
class Logits:
    """values: float32 (texts, labels). seconds: wall time of computing them, also when they came from the cache."""

    values: np.ndarray
    seconds: float
    cached: bool


def cached_logits(
    path: Path, model: Callable[[], PreTrainedModel], tokeniser: Tokeniser, texts: Sequence[str],
    progress: Callable[[float], None] | None = None,
) -> Logits:
    """The logits at `path` if they are there, else those of `model()`, which are then written to `path` whole."""
    if path.exists():
        with safe_open(path, framework="np") as file:
            return Logits(file.get_tensor("logits"), float(file.metadata()["seconds"]), True)
    started = perf_counter()
    values = logits(model(), tokeniser(texts), tokeniser.pad_id, progress)
    seconds = perf_counter() - started
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    save_file({"logits": values}, draft, metadata={"seconds": f"{seconds:.3f}"})
    draft.replace(path)
    return Logits(values, seconds, False)
