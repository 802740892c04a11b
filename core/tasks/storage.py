"""A task as a folder: task.json and one Parquet file for each split. A folder appears whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pyarrow as pa

from core.errors import UserError
from core.tasks.build import assembled
from core.tasks.types import SPLITS, Task, TaskInfo

UNFINISHED = ".unfinished-"
UNFINISHED_SECONDS = 3600  # a folder this old was left by a killed process


def save(task: Task, folder: Path) -> None:
    """Write `task` as `folder`, which must not exist (OSError)."""
    publish(lambda empty: _write(task, empty), folder)


def publish(write: Callable[[Path], None], folder: Path) -> None:
    """Let `write` fill an empty folder beside `folder`, then give it its name; when it fails nothing remains."""
    _sweep(folder.parent)
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.parent))
    try:
        write(unfinished)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def remove(folder: Path) -> None:
    """Delete a task's folder: it vanishes at once, its files after that."""
    condemned = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.parent))
    folder.rename(condemned / folder.name)
    shutil.rmtree(condemned, ignore_errors=True)


def read_info(folder: Path) -> TaskInfo:
    """The task's description. Raises UserError where task.json cannot be read."""
    return _read_json(folder)[0]


def read(folder: Path) -> Task:
    """The task with its texts. Raises UserError where a file is missing, broken or changed since it was written."""
    info, fingerprint = _read_json(folder)
    try:
        frames = {split: pd.read_parquet(folder / f"{split}.parquet") for split in SPLITS}
        task = assembled(info, frames, tuple(pd.read_parquet(folder / "unlabelled.parquet")["text"]))
    except (OSError, pa.ArrowException, KeyError):
        raise _damaged(folder) from None
    if task.fingerprint != fingerprint:
        raise _damaged(folder)
    return task


def _write(task: Task, folder: Path) -> None:
    for split in SPLITS:
        getattr(task, split).to_parquet(folder / f"{split}.parquet", index=False)
    pd.DataFrame({"text": pd.Series(task.unlabelled, dtype="str")}).to_parquet(folder / "unlabelled.parquet", index=False)
    content = {"info": asdict(task.info), "fingerprint": task.fingerprint}
    (folder / "task.json").write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")


def _read_json(folder: Path) -> tuple[TaskInfo, str]:
    try:
        content = json.loads((folder / "task.json").read_text("utf-8"))
        tuples = {key: tuple(content["info"][key]) for key in ("labels", "notes")}
        return TaskInfo(**{**content["info"], **tuples}), content["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged(folder) from None


def _damaged(folder: Path) -> UserError:
    return UserError(f"task: the files of {folder.name!r} are damaged or were changed; delete this task and import it again.")


def _sweep(parent: Path) -> None:
    for left_over in parent.glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            if time.time() - left_over.stat().st_mtime > UNFINISHED_SECONDS:
                shutil.rmtree(left_over)
