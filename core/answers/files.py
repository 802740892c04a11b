"""From a file that an API's answers were kept in to answers that a study can learn from; nothing remains of a failed import."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from core.answers import storage
from core.answers.calls import statistics
from core.answers.columns import Columns, choose
from core.answers.labels import Labels
from core.answers.merge import merged
from core.answers.numbers import from_json, is_missing, latencies, numbers, usable, whole
from core.answers.types import TOKENS, AnswersInfo, Spread, fingerprint_of, keys
from core.errors import UserError
from core.tasks import reading, registry
from core.tasks.prepare import MAX_CHARACTERS
from core.tasks.table import Table
from core.tasks.types import SPLITS, Task

EXAMPLES = 3


def import_answers(source: Path | bytes, filename: str, *, task: str, name: str, provider: str = "", model: str = "",
                   text_column: str | None = None, label_column: str | None = None, day: str = "") -> AnswersInfo:
    """Import CSV, TSV, JSON lines or Parquet as the answers of a model to texts of `task`, called `name`.

    day: when they were given (ISO); the file's own day where nobody says. Every row is taken, mended or left out, and counted in the
    result. Raises UserError where the file is of no use; nothing remains of it then, and answers of the same name are never replaced.
    """
    folder = storage.new_folder(name)
    when = _day(source, day)
    table = reading.read(reading.content(source, filename), filename)
    of_task = registry.load(task)
    labels = Labels(of_task.info.labels)
    columns = choose(table, labels, text_column, label_column)
    counts: dict[str, int] = {}
    rows = _with_probabilities(_answered(table, columns, labels, counts), table, columns, labels, counts)
    found = merged(rows, counts)
    splits = _splits(found, of_task)
    has = int(found["p_0"].notna().sum())
    calls = _calls(table, columns, counts)
    info = AnswersInfo(
        folder.name, name.strip(), task, fingerprint_of(of_task), of_task.info.labels, Path(filename).name[:120], when, provider.strip(),
        model.strip(), len(table.cells), len(found), has, splits, {kind: number for kind, number in counts.items() if number},
        columns.ignored(table), calls)
    try:
        return storage.save(info, found, folder)
    except OSError as error:
        raise UserError(f"name: answers {folder.name!r} could not be stored ({error.strerror or error}); "
                        "check the free space, or whether another import took this name.") from None


def _day(source: Path | bytes, said: str) -> str:
    """The day that was said, checked; else that on which the file was last written; today for an upload."""
    if said:
        try:
            return date.fromisoformat(said).isoformat()
        except ValueError:
            raise UserError(f"date: {said!r} is no day; write it like 2026-11-20.") from None
    if isinstance(source, Path) and source.is_file():
        return datetime.fromtimestamp(source.stat().st_mtime, UTC).date().isoformat()
    return datetime.now(UTC).date().isoformat()


def _answered(table: Table, columns: Columns, labels: Labels, counts: dict[str, int]) -> pd.DataFrame:
    """Columns text and label (number) of the rows that have both, under their position in the file."""
    texts, cells = (table.cells[columns.found[role]].reset_index(drop=True) for role in ("text", "label"))
    no_text = is_missing(texts) | _nested(texts)
    no_answer = ~no_text & is_missing(cells)
    number = cells.map(labels.number)
    unknown = ~no_text & ~no_answer & number.isna().to_numpy()
    taken = ~(no_text | no_answer | unknown)
    counts |= {"no_text": int(no_text.sum()), "no_answer": int(no_answer.sum()), "unknown_label": int(unknown.sum())}
    if not taken.any():
        seen = ", ".join(dict.fromkeys(repr(str(cell)[:40]) for cell in cells[unknown].head(100)))
        told = f"; it holds {', '.join(seen.split(', ')[:EXAMPLES])}" if seen else ""
        raise UserError(f"label_column: no row of {columns.found['label']!r} answers a text with a label of the task "
                        f"({', '.join(labels.names[:5])}){told}. Choose the right column or task.")
    counts["label_mended"] = int((taken & ~cells.map(labels.is_exact).to_numpy(dtype=bool)).sum())
    made = pd.DataFrame({"text": texts[taken].map(str), "label": number[taken].astype("int64")})
    counts["cut"] = int((made["text"].str.len() > MAX_CHARACTERS).sum())
    return made.assign(text=made["text"].str.slice(0, MAX_CHARACTERS))


def _nested(cells: pd.Series) -> np.ndarray:
    return np.array([isinstance(cell, list | dict) for cell in cells], dtype=bool)


def _with_probabilities(rows: pd.DataFrame, table: Table, columns: Columns, labels: Labels, counts: dict[str, int]) -> pd.DataFrame:
    """The rows with columns p_0, p_1, ...: NaN where a text has no usable ones, or the file none at all."""
    if columns.of_label:
        cells = table.cells.iloc[rows.index]
        found = np.column_stack([numbers(cells[name]) for name in columns.of_label])
    elif "probabilities" in columns.found:
        found = from_json(table.cells[columns.found["probabilities"]].iloc[rows.index], labels)
    else:
        return rows.assign(**{f"p_{i}": np.nan for i in range(len(labels.names))})
    taken, befell = usable(found, rows["label"].to_numpy())
    counts |= {kind: int(which.sum()) for kind, which in befell.items()}
    return rows.assign(**{f"p_{i}": taken[:, i] for i in range(len(labels.names))})


def _splits(found: pd.DataFrame, task: Task) -> dict[str, int]:
    """How many texts of each split have an answer, and how many answers belong to a text that is in none of them."""
    answered = keys(found["text"].tolist())
    held = {split: keys(getattr(task, split)["text"].tolist()) for split in SPLITS}
    known = {split: int(index.isin(answered).sum()) for split, index in held.items()}
    inside = np.logical_or.reduce([answered.isin(index) for index in held.values()])
    return known | {"other": int((~inside).sum())}


def _calls(table: Table, columns: Columns, counts: dict[str, int]) -> dict[str, Spread]:
    """Statistics over all calls of the file, also those whose answers are not used: they took their time and were paid for."""
    found: dict[str, np.ndarray] = {}
    if "latency_ms" in columns.found:
        cells = table.cells[columns.found["latency_ms"]]
        found["latency_ms"], converted = latencies(cells)
        missing = is_missing(cells)
        counts |= {"latency_unit": int(converted.sum()), "latency_missing": int(missing.sum()),
                   "latency_bad": int((np.isnan(found["latency_ms"]) & ~missing).sum())}
    kinds = [name for name in TOKENS if name in columns.found]
    if kinds:
        found |= _tokens(table, {name: columns.found[name] for name in kinds}, counts)
    return statistics(found)


def _tokens(table: Table, kinds: dict[str, str], counts: dict[str, int]) -> dict[str, np.ndarray]:
    """Tokens by kind (rows,), NaN in rows where one of them is missing or cannot be."""
    cells = {name: table.cells[column] for name, column in kinds.items()}
    found = {name: whole(column) for name, column in cells.items()}
    empty = {name: is_missing(column) for name, column in cells.items()}
    missing = np.logical_or.reduce([empty[name] for name in kinds if name in ("input_tokens", "output_tokens")] or list(empty.values()))
    for name in kinds:  # of the rarer kinds an empty cell is none
        if name not in ("input_tokens", "output_tokens"):
            found[name] = np.where(empty[name], 0.0, found[name])
    bad = ~missing & np.logical_or.reduce([np.isnan(values) for values in found.values()])
    for part, of in (("cached_tokens", "input_tokens"), ("reasoning_tokens", "output_tokens")):
        if part in found and of in found:
            bad |= ~missing & (found[part] > found[of])
    counts |= {"tokens_missing": int(missing.sum()), "tokens_bad": int(bad.sum())}
    return {name: np.where(missing | bad, np.nan, values) for name, values in found.items()}
