"""Which column of an answers file holds what: by its name, whatever its case, spaces and dashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.answers.labels import Labels
from core.answers.types import TOKENS
from core.errors import UserError
from core.tasks.columns import LABEL_NAMES, TEXT_NAMES
from core.tasks.table import Table

NAMES = {
    "text": (*TEXT_NAMES, "prompt", "input"),
    "label": (*LABEL_NAMES, "answer", "prediction", "predicted_label", "output", "response", "completion"),
    "probabilities": ("probabilities", "probs"),
    "latency_ms": ("latency_ms", "latency", "duration_ms"),
    "input_tokens": ("input_tokens", "prompt_tokens"), "output_tokens": ("output_tokens", "completion_tokens"),
    "cached_tokens": ("cached_tokens", "cached_input_tokens", "cache_read_input_tokens"),
    "cache_write_tokens": ("cache_write_tokens", "cache_creation_input_tokens"), "reasoning_tokens": ("reasoning_tokens",),
}


@dataclass(frozen=True)
class Columns:
    """Names of the columns in use, by what they hold (NAMES); of_label: the probabilities' columns in the labels' order, or empty."""

    found: dict[str, str]
    of_label: tuple[str, ...]

    def ignored(self, table: Table) -> tuple[str, ...]:
        """Columns that mean nothing here, those of nested values among them."""
        used = {*self.found.values(), *self.of_label}
        return tuple(name for name in (*table.names, *table.unusable) if name not in used)


def choose(table: Table, labels: Labels, text: str | None = None, label: str | None = None) -> Columns:
    """The columns, text and label as they are named where somebody does. Raises UserError where one that is needed is not there."""
    known = {name: plain(name) for name in table.names}
    if twice := sorted({name for name, key in known.items() if list(known.values()).count(key) > 1}):
        raise UserError(f"columns: {' and '.join(map(repr, twice[:2]))} differ only in case or spaces; keep one of them.")
    by_name = {key: name for name, key in known.items()}
    found = {role: by_name[hint] for role, hints in NAMES.items() for hint in reversed(hints) if hint in by_name}
    for role, key, name in (("text", "text_column", text), ("label", "label_column", label)):
        if name and name not in table.names:
            raise UserError(f"{key}: there is no column {name!r}; the file has {_list(table)}.")
        found |= {role: name} if name else {}
        if role not in found:
            raise UserError(f"{key}: no column is called {' or '.join(NAMES[role][:1])}; the file has {_list(table)}: name one of them.")
    if found["text"] == found["label"]:
        raise UserError(f"label_column: {found['label']!r} is the column of the texts as well; name another.")
    _check_nested(table)
    return Columns(found, _of_label(by_name, labels, "probabilities" in found))


def plain(name: str) -> str:
    """A column's name as it is compared: lower case, one underscore for what divides words."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def _of_label(by_name: dict[str, str], labels: Labels, as_json: bool) -> tuple[str, ...]:
    """The columns p_LABEL, all or none."""
    columns = {number: name for key, name in by_name.items() if key.startswith("p_") and (number := labels.number(key[2:])) is not None}
    columns |= {number: by_name[f"p_{plain(label)}"] for number, label in enumerate(labels.names) if f"p_{plain(label)}" in by_name}
    if not columns:
        return ()
    if as_json:
        raise UserError("probabilities: they stand in a column of their own and in columns p_LABEL; keep one of the two.")
    lacking = [label for number, label in enumerate(labels.names) if number not in columns]
    if lacking:
        raise UserError(f"columns: p_{lacking[0]} is missing beside {', '.join(columns.values())}; "
                        "give one column to each label, or to none.")
    return tuple(columns[number] for number in range(len(labels.names)))


def _check_nested(table: Table) -> None:
    """Columns of a Parquet file that would be needed and cannot be read."""
    hints = {hint for role in ("probabilities", "latency_ms", *TOKENS) for hint in NAMES[role]}
    for name, reason in table.unusable.items():
        if plain(name) in hints:
            raise UserError(f"columns: {name!r} holds {reason}; write plain numbers there, or probabilities as columns p_LABEL.")


def _list(table: Table) -> str:
    names: Sequence[str] = table.names[:20]
    return ", ".join(map(repr, names))
