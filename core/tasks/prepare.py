"""From a table to labelled rows and a checked task. What cannot be used is refused with its line."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from core.errors import UserError
from core.tasks.build import build
from core.tasks.columns import MAX_LABELS, Columns, split_of
from core.tasks.splits import complete, counted
from core.tasks.table import Table
from core.tasks.types import SPLITS, Task, TaskInfo

MAX_CHARACTERS = 20_000
MIN_LABELS = 2
MIN_TEXTS_PER_LABEL = 5
MIN_TEXTS_PER_SPLIT = 10
MAX_SLICES = 50
SHARES = {"train": 0.7, "validation": 0.15, "test": 0.15}
NEEDED_TEXTS = round(MIN_TEXTS_PER_SPLIT / min(SHARES.values()))


def prepare(info: TaskInfo, table: Table, columns: Columns, seed: int) -> Task:
    """The task in `table`, checked: `info` with its labels, counts and notes. Raises UserError for what cannot be used."""
    rows = _rows(table, columns)
    _check_labels(rows.loc[rows["split"] != "unlabelled", "label"], columns.label)
    notes = (*info.notes, *_cut_note(rows, table))
    rows["text"] = rows["text"].str.slice(0, MAX_CHARACTERS)
    task = build(TaskInfo(**{**vars(info), "notes": notes, "groups": columns.group, "slices": columns.slice}), complete(rows, SHARES, seed))
    _check_splits(task)
    return task


def _rows(table: Table, columns: Columns) -> pd.DataFrame:
    """Columns text, label, split and perhaps group and slice, under the table's line numbers."""
    cells = table.cells
    rows = pd.DataFrame({"text": text_cells(cells[columns.text]), "label": cells[columns.label].map(label_name), "split": "train"})
    if columns.split:
        rows["split"] = cells[columns.split].map(split_of)
        _refuse(rows["split"].isna(), f"split_column: {columns.split!r} names no split", "write train, validation or test")
    if columns.group:
        rows["group"] = cells[columns.group].map(label_name)
        _refuse(rows["group"].isna(), f"group_column: {columns.group!r} is empty", "name each row's group")
    if columns.slice:
        rows["slice"] = _slices(cells[columns.slice])
    nested = cells[columns.label].map(lambda cell: isinstance(cell, list | dict))
    _refuse(nested, f"label_column: {columns.label!r} holds nested values", "give each text one label")
    missing = rows["label"].isna() & (rows["split"] != "unlabelled")
    _refuse(missing, f"label_column: {columns.label!r} is empty", "label these rows or remove them")
    return rows


def _slices(cells: pd.Series) -> pd.Series:
    """Each text's slice; an empty cell belongs to none and is ""."""
    found = cells.map(label_name).fillna("")
    if (number := found[found != ""].nunique()) > MAX_SLICES:
        raise UserError(f"slice: column {cells.name!r} holds {number:,} different values; at most {MAX_SLICES} are possible, "
                        "so group them or rename the column.")
    return found


def text_cells(cells: pd.Series) -> pd.Series:
    """The texts of a column. Raises UserError, with the lines, for nested values and empty cells."""
    nested = cells.map(lambda cell: isinstance(cell, list | dict))
    _refuse(nested, f"text_column: {cells.name!r} holds nested values", "choose a column of plain text")
    texts = cells.map(lambda cell: "" if cell is None or cell != cell else str(cell))
    _refuse(texts.map(str.strip) == "", f"text_column: {cells.name!r} is empty", "write a text there or remove these rows")
    return texts


def label_name(cell: object) -> str | None:
    """A label or group as a string; None where there is none. 2.0 is "2", since numbers beside gaps are stored so."""
    if cell is None or cell != cell or isinstance(cell, list | dict):
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() or None


def _refuse(faulty: pd.Series, fault: str, remedy: str) -> None:
    numbers = faulty.index[faulty.to_numpy(dtype=bool)]
    if len(numbers):
        more = f" and {len(numbers) - 5:,} more" if len(numbers) > 5 else ""
        where = f"{faulty.index.name}{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers[:5]))}{more}"
        raise UserError(f"{fault} in {where}; {remedy}.")


def _check_labels(labels: pd.Series, column: str) -> None:
    counts = labels.value_counts()
    if len(counts) < MIN_LABELS:
        found = repr(counts.index[0]) if len(counts) else "none"
        raise UserError(f"label_column: {column!r} holds only one label or none ({found}); "
                        f"at least {MIN_LABELS} different ones are needed.")
    if len(counts) > MAX_LABELS:
        raise UserError(f"label_column: {column!r} holds {len(counts):,} different labels; at most {MAX_LABELS} are possible, "
                        "so choose another column.")
    if counts.min() < MIN_TEXTS_PER_LABEL:
        raise UserError(f"label_column: label {counts.index[-1]!r} has {counted(int(counts.min()))}; "
                        f"at least {MIN_TEXTS_PER_LABEL} are needed, so add texts or remove this label.")


def _cut_note(rows: pd.DataFrame, table: Table) -> Iterable[str]:
    long = rows["text"].str.len() > MAX_CHARACTERS
    if long.any():
        first = rows.index[long.to_numpy()][0]
        yield f"{counted(int(long.sum()))} cut to {MAX_CHARACTERS:,} characters, the first in {table.cells.index.name} {first}."


def _check_splits(task: Task) -> None:
    for split in SPLITS:
        if (number := task.info.texts[split]) < MIN_TEXTS_PER_SPLIT:
            raise UserError(f"split: {split} has {counted(number)} after duplicates are removed; at least {MIN_TEXTS_PER_SPLIT} "
                            f"are needed, so add texts (about {NEEDED_TEXTS} in all where the splits are made).")
    unseen = set(range(len(task.info.labels))) - set(task.train["label"])
    if unseen:
        raise UserError(f"split: label {task.info.labels[min(unseen)]!r} is never in train; add training texts of it.")
