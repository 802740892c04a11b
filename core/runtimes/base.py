"""What every runtime does: load an artefact, tokenise texts, give logits batch by batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from core.errors import refused
from core.models.artifact import read_card
from core.models.batching import batches, padded
from core.models.served import ServedTokeniser

BATCH_TOKENS = {"cpu": 2_048, "cuda": 65_536}
Run = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""input_ids and attention_mask, int64 (rows, tokens), to float32 logits (rows, labels)."""


def batched(run: Run, ids: Sequence[Sequence[int]], pad_id: int, labels: int, batch_tokens: int,
            progress: Callable[[float], None] | None = None) -> np.ndarray:
    """Logits float32 (texts, labels) in the order of `ids`; texts of like length go together, so that little is padded."""
    out = np.zeros((len(ids), labels), dtype=np.float32)
    done = 0
    for rows in batches([len(row) for row in ids], batch_tokens):
        out[rows] = run(*padded([ids[i] for i in rows], pad_id))
        done += len(rows)
        if progress:
            progress(done / len(ids))
    return out


class Runtime(ABC):
    """An artefact's folder, ready to answer texts on a device ("cpu", "cuda:0") with so many CPU threads (None: its own choice).

    Raises UserError where the library cannot load or run it: `open` and `run` hold calls into the library and little else.
    """

    name: str

    def __init__(self, folder: Path, device: str = "cpu", threads: int | None = None, precision: str = "fp32") -> None:
        self.folder, self.device, self.threads, self.precision = folder, device, threads, precision
        self.card = read_card(folder)
        self.tokeniser = ServedTokeniser(folder, self.card.max_length)
        with self._refused("load"):
            self.open()

    @abstractmethod
    def open(self) -> None:
        """Loads the model."""

    @abstractmethod
    def run(self, table: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Logits float32 (rows, labels) of one padded batch, int64 (rows, tokens) each; waits for the device."""

    def tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text."""
        return self.tokeniser(texts)

    def logits(self, ids: Sequence[Sequence[int]], progress: Callable[[float], None] | None = None) -> np.ndarray:
        """Logits float32 (texts, labels) of tokenised texts."""
        kind = self.device.partition(":")[0]
        return batched(self._asked, ids, self.tokeniser.pad_id, len(self.card.labels), BATCH_TOKENS[kind], progress)

    def _asked(self, table: np.ndarray, mask: np.ndarray) -> np.ndarray:
        try:  # costs nothing as long as nothing is raised
            return self.run(table, mask)
        except Exception:
            with self._refused("run"):
                raise

    def _refused(self, what: str) -> AbstractContextManager[None]:
        return refused(f"runtime: {self.name!r} cannot {what} this model in {self.precision}",
                       "choose another runtime or precision")

    def answer(self, texts: Sequence[str]) -> np.ndarray:
        """Label numbers (texts,) for raw texts: tokenises, batches by length, synchronises with the device."""
        return self.logits(self.tokenise(texts)).argmax(-1)
