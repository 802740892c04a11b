"""The ONNX files that a model's variants are made of: each is exported once and copied for every variant that begins with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pandas as pd

from core.compress import export, trim
from core.models import prune
from core.models.artifact import read_card
from core.models.build import classifier, parameters
from core.models.served import ServedTokeniser
from core.runtimes.onnx import FILE

IMPORTANCE = 128  # texts for what heads and neurons matter


@dataclass(frozen=True)
class Exported:
    """A folder with a model in fp32 as ONNX and all that serves it. weights: how many it has; seconds: what the export took."""

    folder: Path
    weights: int
    seconds: float


class Exports:
    """Exports of the artefact in `model`, kept in `home` until `close`.

    checked: texts and their label numbers, to prune and to trace by. train: the texts whose words a trimmed vocabulary keeps.
    """

    def __init__(self, model: Path, checked: pd.DataFrame, train: Sequence[str], home: Path) -> None:
        self._model, self._checked, self._train, self._home = model, checked, train, home
        self._made: dict[frozenset[str], Exported] = {}
        self.close()  # left by a process that was killed on its way

    def close(self) -> None:
        """Removes what was kept."""
        shutil.rmtree(self._home, ignore_errors=True)

    def copy(self, compression: Sequence[str], folder: Path) -> Exported:
        """`folder`, made anew, with the model trimmed and pruned where that is wanted. Raises UserError where that cannot be."""
        key = frozenset(compression)
        if key not in self._made:
            self._made[key] = self._export(key, self._home / str(len(self._made)))
        whole = self._made[key]
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole.folder, folder)
        return Exported(folder, whole.weights, whole.seconds)

    def _export(self, compression: frozenset[str], folder: Path) -> Exported:
        started = perf_counter()
        shutil.rmtree(folder, ignore_errors=True)  # left by one that failed
        folder.mkdir(parents=True)
        card = read_card(self._model)
        network = classifier(self._model, card.labels)
        tokeniser, vocabulary = ServedTokeniser(self._model, card.max_length), None
        if "pruned" in compression:
            chosen = self._checked.head(IMPORTANCE)
            network = prune.pruned(network, tokeniser(chosen["text"].tolist()), chosen["label"].tolist(), tokeniser.pad_id)
        if "trimmed" in compression:
            used = {number for row in tokeniser(self._train) for number in row}
            keep = trim.kept_tokens(json.loads((self._model / "tokenizer.json").read_text(encoding="utf-8")), used)
            network, vocabulary = trim.trimmed(network, keep), len(keep)
            trim.write_tokenizer(self._model, folder, keep)
        export.write_beside(self._model, folder, vocabulary)
        traced = ServedTokeniser(folder, card.max_length)(self._checked["text"].tolist()[:4])
        export.write_onnx(network, traced, tokeniser.pad_id, folder / FILE)
        return Exported(folder, parameters(network), perf_counter() - started)
