"""From labelled rows to a task: overlap is removed, everything is counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.tasks import splits
from core.tasks.types import SPLITS, Task, TaskInfo


def build(info: TaskInfo, rows: pd.DataFrame) -> Task:
    """The task of `rows`: text, label (name), split ("train", "validation", "test", "unlabelled") and, if they have one, group
    and slice.

    The labels, counts, mean words and notes of `info` are filled in.
    """
    rows, notes = splits.without_overlap(rows)
    labelled = rows[rows["split"] != "unlabelled"]
    labels = ordered(labelled["label"].unique())
    frames = {split: _frame(labelled[labelled["split"] == split], labels) for split in SPLITS}
    unlabelled = tuple(rows.loc[rows["split"] == "unlabelled", "text"])
    counts = {**{split: len(frame) for split, frame in frames.items()}, "unlabelled": len(unlabelled)}
    full = replace(info, labels=labels, texts=counts, mean_words=_mean_words(labelled["text"]), notes=(*info.notes, *notes))
    return assembled(full, frames, unlabelled)


def assembled(info: TaskInfo, frames: Mapping[str, pd.DataFrame], unlabelled: tuple[str, ...]) -> Task:
    """A task of finished splits, with its fingerprint."""
    return Task(info, frames["train"], frames["validation"], frames["test"], unlabelled,
                _fingerprint(info.labels, frames, unlabelled))


def ordered(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels in order: by value if all are whole numbers, else by name."""
    try:
        return tuple(sorted(labels, key=lambda label: (int(label), label)))
    except ValueError:
        return tuple(sorted(labels))


def _frame(rows: pd.DataFrame, labels: tuple[str, ...]) -> pd.DataFrame:
    columns = {"text": rows["text"].astype("str"), "label": rows["label"].map({name: i for i, name in enumerate(labels)})}
    columns |= {name: rows[name].astype("str") for name in ("group", "slice") if name in rows}
    return pd.DataFrame(columns).astype({"label": "int64"}).reset_index(drop=True)


def _mean_words(texts: pd.Series) -> float | None:
    if texts.empty:
        return None
    words = pc.count_substring_regex(pa.array(texts, pa.large_string()), pattern=r"\S+")
    return round(pc.mean(words).as_py(), 1)


def _fingerprint(labels: Sequence[str], frames: Mapping[str, pd.DataFrame], unlabelled: Sequence[str]) -> str:
    digest = hashlib.sha256(json.dumps([list(labels), list(unlabelled)]).encode())
    for split in SPLITS:
        columns = {name: frames[split][name].tolist() for name in sorted(frames[split].columns)}
        digest.update(json.dumps([split, columns]).encode())
    return digest.hexdigest()
