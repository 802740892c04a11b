"""The user's own data: look at a file, import it, delete it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.errors import UserError
from core.tasks import columns, reading, registry, storage
from core.tasks.prepare import prepare
from core.tasks.registry import delete
from core.tasks.table import Table
from core.tasks.types import Origin, TaskInfo

__all__ = ["Preview", "delete", "import_file", "import_table", "preview"]
HEAD_ROWS = 5
HEAD_CHARACTERS = 200


@dataclass(frozen=True)
class Preview:
    """A file before its import: its columns, the guessed roles (None: not found), the number of records, the first of them.

    head: up to 5 rows of strings, cut to 200 characters, None where a cell is missing. encoding: e.g. "utf-8".
    """

    columns: tuple[str, ...]
    text_column: str | None
    label_column: str | None
    split_column: str | None
    rows: int
    head: pd.DataFrame
    encoding: str


def preview(source: Path | bytes, filename: str) -> Preview:
    """What import_file would read. Raises UserError for a file that cannot be read; labels are checked on import."""
    table = reading.read(reading.content(source, filename), filename)
    split = columns.guess_split(table)
    text = columns.guess_text(table, (split, columns.guess_slice(table, ())))
    label = columns.guess_label(table, (split, text, columns.guess_slice(table, ())))
    head = table.cells.head(HEAD_ROWS).map(lambda cell: None if cell is None else str(cell)[:HEAD_CHARACTERS])
    return Preview(tuple(table.names), text, label, split, len(table.cells), head, table.encoding)


def import_file(source: Path | bytes, filename: str, *, name: str, text_column: str | None = None,
                label_column: str | None = None, split_column: str | None = None, group_column: str | None = None,
                seed: int = 0) -> TaskInfo:
    """Import CSV, TSV, JSON lines or Parquet as a task called `name`; columns that are None are guessed.

    split_column "" makes new splits even where the file has them. Splits that are missing are made, 70/15/15, stratified
    by label, seeded and, with group_column, without dividing a group. Raises UserError; nothing remains of a failed import.
    """
    registry.new_folder(name)  # a bad name is told before the file is read
    table = reading.read(reading.content(source, filename), filename)
    chosen = columns.choose(table, text_column, label_column, split_column, group_column)
    return import_table(table, chosen, name=name, source=f"file {Path(filename).name}", origin="imported", seed=seed)


def import_table(table: Table, chosen: columns.Columns, *, name: str, source: str, origin: Origin, seed: int,
                 licence: str = "not stated") -> TaskInfo:
    """Check the table, split it and store it as a task."""
    folder = registry.new_folder(name)
    sliced = f", slices of column {chosen.slice!r}" if chosen.slice else ""
    description = f"Texts of column {chosen.text!r}, labels of column {chosen.label!r}{sliced}."
    info = TaskInfo(folder.name, name.strip(), description, source, licence, origin, (), {}, None)
    task = prepare(info, table, chosen, seed)
    try:
        storage.save(task, folder)
    except OSError as error:
        raise UserError(f"name: task {folder.name!r} could not be stored ({error.strerror or error}); "
                        "check the free space, or whether another import took this name.") from None
    return task.info
