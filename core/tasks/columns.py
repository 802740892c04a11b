"""Which column is the text, which the label, which the split: guessed from names, then from what they hold."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.errors import UserError
from core.tasks.table import Table

MAX_LABELS = 200
SLICE_NAMES = ("slice",)
GUESS_ROWS = 2_000
TEXT_NAMES = ("text", "texts", "sentence", "review", "content", "body", "message", "comment", "document", "utterance", "question",
              "snippet", "description", "title")
LABEL_NAMES = ("label", "labels", "category", "class", "target", "sentiment", "topic", "intent", "rating", "stars", "y")
SPLIT_NAMES = ("split", "set", "subset", "partition", "fold")
SPLIT_VALUES = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "development"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
    **dict.fromkeys(("unlabelled", "unlabeled", "unsupervised"), "unlabelled"),
}


@dataclass(frozen=True)
class Columns:
    """The names of the columns in use; split, group and slice are None where there is none."""

    text: str
    label: str
    split: str | None
    group: str | None
    slice: str | None = None


def choose(table: Table, text: str | None, label: str | None, split: str | None, group: str | None) -> Columns:
    """The columns as given, the others guessed. split "" means that splits are made even where a split column exists.

    A column called slice is the slice's, unless it is named as something else.
    """
    for key, name in {"text_column": text, "label_column": label, "split_column": split, "group_column": group}.items():
        if name:
            _check(table, key, name)
    split = guess_split(table) if split is None else split or None
    part = guess_slice(table, (text, label, split, group))
    text = text or guess_text(table, (label, split, group, part)) or _ask(table, "text_column")
    label = label or guess_label(table, (text, split, group, part)) or _ask(table, "label_column")
    used = [name for name in (text, label, split) if name]
    if len(set(used)) < len(used):
        raise UserError(f"label_column: text, label and split must be different columns, not {', '.join(map(repr, used))}.")
    return Columns(text, label, split, group or None, part)


def choose_text(table: Table, text: str | None) -> str:
    """The column of texts as given, else guessed; no other is needed. Raises UserError."""
    if text:
        _check(table, "text_column", text)
    return text or guess_text(table, ()) or _ask(table, "text_column")


def guess_split(table: Table) -> str | None:
    """A column with a split's name that names a split in at least one row; others are then refused on import."""
    for name in _named(table, SPLIT_NAMES):
        if any(split_of(value) for value in table.cells[name].unique()):
            return name
    return None


def guess_slice(table: Table, taken: tuple[str | None, ...]) -> str | None:
    """A column called slice that is not taken."""
    return next((name for name in _named(table, SLICE_NAMES) if name not in taken), None)


def split_of(value: object) -> str | None:
    """The split that a cell names, or None."""
    return SPLIT_VALUES.get(value.strip().lower()) if isinstance(value, str) else None


def guess_text(table: Table, taken: tuple[str | None, ...]) -> str | None:
    """A column with a text's name, else the one with the longest strings."""
    head = table.cells.head(GUESS_ROWS)
    length = {name: head[name].map(lambda cell: len(cell) if isinstance(cell, str) else 0).mean() for name in table.names}
    strings = [name for name in table.names if name not in taken and length[name] > 0]
    if named := [name for name in _named(table, TEXT_NAMES) if name in strings]:
        return named[0]
    return max(strings, key=length.__getitem__, default=None)


def guess_label(table: Table, taken: tuple[str | None, ...]) -> str | None:
    """A column with a label's name, else the one with the fewest values that repeat."""
    free = [name for name in table.names if name not in taken]
    distinct = {name: _distinct(table.cells[name]) for name in free}
    fits = [name for name in free if 2 <= distinct[name] <= min(MAX_LABELS, max(2, len(table.cells) // 2))]
    if named := [name for name in _named(table, LABEL_NAMES) if name in free]:
        return next((name for name in named if name in fits), named[0])
    return min(fits, key=distinct.__getitem__, default=None)


def _distinct(cells: pd.Series) -> int:
    return len({cell for cell in cells if isinstance(cell, str | int | float) and cell == cell})


def _named(table: Table, hints: tuple[str, ...]) -> list[str]:
    """Columns whose name is one of the hints, in the hints' order."""
    by_name = {name.lower(): name for name in reversed(table.names)}
    return [by_name[hint] for hint in hints if hint in by_name]


def _check(table: Table, key: str, name: str) -> None:
    if name in table.unusable:
        raise UserError(f"{key}: column {name!r} holds {table.unusable[name]}; choose a column of plain values.")
    if name not in table.names:
        raise UserError(f"{key}: there is no column {name!r}; the file has {_list(table)}.")


def _ask(table: Table, key: str) -> str:
    raise UserError(f"{key}: it could not be guessed; choose one of {_list(table)}.")


def _list(table: Table) -> str:
    return ", ".join(map(repr, table.names))
