"""What a task is: labelled text in three splits, with where it comes from and what was changed in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Origin = Literal["bundled", "imported", "hub"]
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class TaskInfo:
    """What is known about a task without reading its texts.

    texts: number of texts in train, validation, test and unlabelled. mean_words: words of an average labelled text.
    notes: what was removed or cut, one sentence each. groups: what texts are grouped by (e.g. "film"), or None. slices: the file's
    column that says which slice a text belongs to, or None.
    """

    id: str
    title: str
    description: str
    source: str
    licence: str
    origin: Origin
    labels: tuple[str, ...]
    texts: dict[str, int]
    mean_words: float | None
    notes: tuple[str, ...] = ()
    groups: str | None = None
    slices: str | None = None


@dataclass(frozen=True)
class Task:
    """A task with its texts.

    train, validation, test: columns text (str) and label (index into info.labels); with info.groups also group (str), with
    info.slices also slice (str, "" for none).
    unlabelled: further texts for the transfer set. fingerprint: sha256 of all content, the same in every process.
    """

    info: TaskInfo
    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    unlabelled: tuple[str, ...]
    fingerprint: str
