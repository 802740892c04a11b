"""Add unlabelled texts to a task from a file. What stands in validation or test would leak there and is left out."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from core.errors import UserError
from core.tasks import beside, columns, reading, registry
from core.tasks.prepare import MAX_CHARACTERS, text_cells
from core.tasks.splits import counted, normalised
from core.tasks.table import MAX_ROWS, Table, check_rows
from core.tasks.types import Task, TaskInfo

LINES = ".txt"
SUFFIXES = (LINES, *reading.SUFFIXES)


def add_texts(task_id: str, source: Path | bytes, filename: str, text_column: str | None = None) -> TaskInfo:
    """Add the texts of a file (TXT: one a line) to the task's unlabelled ones; a column that is None is guessed.

    Texts of validation and test, known ones and doubles are left out and counted in the task's notes. Raises UserError, also where
    nothing is left.
    """
    task = registry.load(task_id)
    found = _texts(_table(source, filename), text_column)
    kept, left = _new(task, found.str.slice(0, MAX_CHARACTERS))
    if not kept:
        raise UserError(f"file: {filename!r} adds nothing: {' '.join(left)} Choose a file with other texts.")
    before = beside.texts(task_id)
    if len(before) + len(kept) > MAX_ROWS:
        raise UserError(f"rows: with these {counted(len(kept))} more than {MAX_ROWS:,} would be added to the task; take a sample of them.")
    cut = int((found.str.len() > MAX_CHARACTERS).sum())
    notes = [f"{counted(len(kept))} added from file {Path(filename).name}, unlabelled.", *left]
    notes += [f"{counted(cut)} cut to {MAX_CHARACTERS:,} characters."] if cut else []
    beside.keep(task_id, [*before, *kept], [*beside.notes(task_id), *notes])
    return registry.info(task_id)


def remove_texts(task_id: str) -> None:
    """Take all texts away that were added to a task. Raises UserError where there are none."""
    if not beside.remove(registry.info(task_id).id):
        raise UserError(f"task: no texts were added to {task_id!r}; there is nothing to remove.")


def _table(source: Path | bytes, filename: str) -> Table:
    data = reading.content(source, filename, SUFFIXES)
    if Path(filename).suffix.lower() != LINES:
        return reading.read(data, filename)
    text, encoding = reading.decode(data)
    lines = {number: line.strip() for number, line in enumerate(io.StringIO(text, newline=None), 1) if line.strip()}
    check_rows(len(lines))
    return Table(pd.DataFrame({"text": list(lines.values())}, index=pd.Index(list(lines), name="line"), dtype=object), encoding)


def _texts(table: Table, column: str | None) -> pd.Series:
    return text_cells(table.cells[columns.choose_text(table, column)])


def _new(task: Task, texts: pd.Series) -> tuple[list[str], list[str]]:
    """The texts that are new to the task, and sentences that count the others."""
    held = set(normalised([*task.validation["text"], *task.test["text"]]))
    known = set(normalised([*task.train["text"], *task.unlabelled]))
    keys = normalised(texts.tolist())
    leaks = keys.isin(held)
    doubles = ~leaks & (keys.isin(known) | keys.duplicated())
    reasons = {"also in validation or test": leaks, "already in the task, or twice in the file": doubles}
    told = [f"{counted(int(rows.sum()))} left out: {reason}." for reason, rows in reasons.items() if rows.any()]
    return texts[~(leaks | doubles).to_numpy()].tolist(), told
