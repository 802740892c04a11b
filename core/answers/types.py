"""What an answers file holds once it is imported, and what became of its rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from core.answers.told import sentences
from core.spec import ANSWERS
from core.tasks.prepare import MAX_CHARACTERS
from core.tasks.splits import normalised
from core.tasks.types import SPLITS, Task

TOKENS = ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")


@dataclass(frozen=True)
class Spread:
    """A statistic over calls with its 95 % interval (None: too few calls), and how many calls it rests on."""

    value: float
    low: float | None
    high: float | None
    calls: int


@dataclass(frozen=True)
class AnswersInfo:
    """What is known of imported answers without reading them.

    task_fingerprint: of the labelled texts that they were matched to. date: day (ISO) of the answers. provider, model: "" for not said.
    rows: of the file; texts: different texts with an answer; probabilities: of them, those with a probability of each label.
    splits: answered texts of the task by split, and those that it does not hold as "other". counts: rows by what became of them
    (told.KINDS). ignored: columns without a meaning here. calls: statistics over all calls of the file (latency_p50_ms, ...,
    input_tokens, ...).
    """

    id: str
    name: str
    task: str
    task_fingerprint: str
    labels: tuple[str, ...]
    file: str
    date: str
    provider: str
    model: str
    rows: int
    texts: int
    probabilities: int
    splits: dict[str, int]
    counts: dict[str, int]
    ignored: tuple[str, ...]
    calls: dict[str, Spread]

    @property
    def source(self) -> str:
        """How a study names them as its teacher."""
        return f"{ANSWERS}{self.id}"

    @property
    def who(self) -> str:
        """Whose answers they are, in words."""
        return " of ".join(filter(None, (self.model, self.provider))) or self.name

    @property
    def summary(self) -> tuple[str, ...]:
        """What became of the file, a sentence each, the total first."""
        return sentences(self)


@dataclass(frozen=True)
class Answers:
    """Imported answers. table: columns text, label (number of info.labels) and p_0, p_1, ... (NaN where a text has none)."""

    info: AnswersInfo
    table: pd.DataFrame
    fingerprint: str

    @cached_property
    def _keys(self) -> pd.Index:
        return keys(self.table["text"].tolist())

    @cached_property
    def labels(self) -> np.ndarray:
        """Label numbers (texts,), int64."""
        return self.table["label"].to_numpy()

    @cached_property
    def probabilities(self) -> np.ndarray:
        """float64 (texts, labels); a row of NaN where a text has none."""
        return self.table[[f"p_{i}" for i in range(len(self.info.labels))]].to_numpy(dtype=float)

    def rows(self, texts: Sequence[str]) -> np.ndarray:
        """The table's row for each text (n,), -1 where it has no answer."""
        return np.asarray(self._keys.get_indexer(keys(texts)))

    def others(self, known: Sequence[str]) -> list[str]:
        """The answered texts that are none of `known`."""
        new = ~self._keys.isin(keys(known))
        return self.table["text"][new].tolist()


def fingerprint_of(task: Task) -> str:
    """sha256 of what answers are matched to: the labels, and the texts of each split with theirs; unlabelled texts may come and go."""
    digest = hashlib.sha256(json.dumps(list(task.info.labels)).encode())
    for split in SPLITS:
        frame = getattr(task, split)
        digest.update(json.dumps([split, frame["text"].tolist(), frame["label"].tolist()]).encode())
    return digest.hexdigest()


def keys(texts: Sequence[str]) -> pd.Index:
    """What makes two texts the same: lower case, single spaces, and no more than a task keeps of a text."""
    return pd.Index(normalised([text[:MAX_CHARACTERS] for text in texts]))
