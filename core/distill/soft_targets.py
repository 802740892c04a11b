"""A teacher's logits on texts, computed once and kept by content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file
from transformers import PreTrainedModel

from core.models.tokens import Tokeniser
from core.runtimes.eager import logits

VERSION = "1"  # raise it when the same weights and texts would give other logits


def key(weights: str, texts: Sequence[str], max_length: int) -> str:
    """Digest of all that the logits depend on: the weights' digest, the texts in order, the cut."""
    digest = hashlib.sha256(f"{VERSION} {weights} {max_length} {len(texts)}".encode())
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()


def cached_logits(
    path: Path, model: Callable[[], PreTrainedModel], tokeniser: Tokeniser, texts: Sequence[str],
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    """float32 (texts, labels) from `path` if it is there, else from `model()`, which is then written to `path` whole."""
    if path.exists():
        return load_file(path)["logits"]
    made = logits(model(), tokeniser(texts), tokeniser.pad_id, progress)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    save_file({"logits": made}, draft)
    os.replace(draft, path)
    return made
