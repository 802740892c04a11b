"""Unlabelled texts that people added to a task, a bundled one too: one Parquet file in the data folder, beside the task itself."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core import settings
from core.errors import UserError
from core.tasks.build import assembled
from core.tasks.types import Task, TaskInfo

NOTES = b"notes"
DAMAGED = "The unlabelled texts that were added are damaged; remove them and add them again."


def texts(task_id: str) -> tuple[str, ...]:
    """The added texts, none where nobody added any. Raises UserError where their file is damaged."""
    path = _path(task_id)
    if not path.exists():
        return ()
    try:
        return tuple(pq.read_table(path)["text"].to_pylist())
    except (OSError, pa.ArrowException, KeyError):
        raise UserError(f"task: the texts added to {task_id!r} are damaged; remove them and add them again.") from None


def keep(task_id: str, found: Sequence[str], notes: Sequence[str]) -> None:
    """Keep `found` in place of what was added before; notes say how they came about. Raises UserError where that fails."""
    path = _path(task_id)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    table = pa.table({"text": pa.array(found, pa.large_string())}).replace_schema_metadata({NOTES: json.dumps(list(notes)).encode()})
    try:
        pq.write_table(table, draft)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UserError(f"task: the texts could not be stored ({error.strerror or error}); check the free space.") from None


def remove(task_id: str) -> bool:
    """Take all added texts away again; whether there were any."""
    path = _path(task_id)
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def notes(task_id: str) -> tuple[str, ...]:
    """What was added and what was left out, one sentence each."""
    return _facts(task_id)[1]


def told(info: TaskInfo) -> TaskInfo:
    """`info` with the added texts counted; reads none of them."""
    number, said = _facts(info.id)
    if not said:
        return info
    return replace(info, texts={**info.texts, "unlabelled": info.texts.get("unlabelled", 0) + number}, notes=(*info.notes, *said))


def joined(task: Task) -> Task:
    """`task` with the added texts among its unlabelled ones, and a fingerprint that says so."""
    added = texts(task.info.id)
    if not added:
        return task
    frames = {"train": task.train, "validation": task.validation, "test": task.test}
    return assembled(told(task.info), frames, (*task.unlabelled, *added))


def _facts(task_id: str) -> tuple[int, tuple[str, ...]]:
    path = _path(task_id)
    if not path.exists():
        return 0, ()
    try:
        found = pq.read_metadata(path)
        return found.num_rows, tuple(json.loads((pq.read_schema(path).metadata or {})[NOTES]))
    except (OSError, pa.ArrowException, ValueError, KeyError):
        return 0, (DAMAGED,)


def _path(task_id: str) -> Path:
    return settings.folder("unlabelled") / f"{task_id}.parquet"
