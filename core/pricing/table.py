"""A price list as a CSV table: one row of text becomes one checked Instance, and back.

A cell that a spreadsheet would run as a formula carries an apostrophe in front, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from unicodedata import category

from core.errors import UserError
from core.pricing.catalogue import Instance

MAX_TEXT = 500
MAX_USD_PER_HOUR = 10_000
MAX_COUNT = 1_000_000
UNDATED = "undated"
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the start of a formula


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


def _price(text: str) -> float:
    if _positive(text) > MAX_USD_PER_HOUR:
        raise ValueError(text)
    return float(text)


def _whole(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MAX_COUNT:
        raise ValueError(text)
    return number


def _named(text: str) -> str:
    if not text or len(text) > MAX_TEXT or any(category(letter).startswith("C") for letter in text):
        raise ValueError(text)
    return text


def _provider(text: str) -> str:
    if "/" in text:
        raise ValueError(text)
    return _named(text)


def _day(text: str) -> date | None:
    return None if text == UNDATED else date.fromisoformat(text)


def _or(reader: Callable[[str], Any], blank: Any) -> Callable[[str], Any]:
    return lambda text: reader(text) if text else blank


LETTERS = f"in at most {MAX_TEXT} characters that can be printed"
COUNT = f"write a whole number from 1 to {MAX_COUNT:,}"
ABOVE_0 = "write a number above 0, or leave it blank if unknown"
PRICE = f"as a number above 0 and at most {MAX_USD_PER_HOUR:,}"
# Column by column: how it is read, and what to write there instead.
READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "provider": (_provider, f"write the provider's name without a slash, {LETTERS}"),
    "instance": (_named, f"write the instance's name, {LETTERS}"),
    "region": (_named, f"write the region, {LETTERS}"),
    "vcpus": (_whole, COUNT),
    "memory_gib": (_or(_positive, None), ABOVE_0),
    "gpu": (_or(_named, None), f"write the GPU's model, {LETTERS}, or leave it blank"),
    "gpu_count": (_or(_whole, 0), f"{COUNT}, or leave it blank"),
    "gpu_memory_gib": (_or(_positive, None), ABOVE_0),
    "usd_per_hour": (_price, f"write the hourly price in USD {PRICE}"),
    "spot_usd_per_hour": (_or(_price, None), f"write the hourly price in USD {PRICE}, or leave it blank if unknown"),
    "source": (_named, f"name where the price was read, {LETTERS}"),
    "as_of": (_or(_day, None), f"write a date as YYYY-MM-DD, or {UNDATED!r} if unknown"),
}


def parse(csv_text: str, where: str = "price list", *, blanks: Mapping[str, str] | None = None, doubles: bool = False,
          most: int | None = None) -> tuple[Instance, ...]:
    """The instances of a price list, in its order. Blank is unknown, unless `blanks` says what stands for it in a column.

    where: how messages call the list. doubles: several rows may be about the same key and region. most: rows at most.
    UserError names the row and the column of what is wrong.
    """
    rows = _rows(csv_text, where)
    if not rows or rows[0] != list(READERS):
        raise UserError(f"{where}, row 1: the columns are {_short(', '.join(rows[0])) if rows else 'missing'}; "
                        f"write {', '.join(READERS)}.")
    if most is not None and len(rows) - 1 > most:
        raise UserError(f"{where}: it has {len(rows) - 1:,} rows; at most {most:,} are read, so keep those that you need.")
    numbered = [(number, _instance(f"{where}, row {number}", row, blanks or {})) for number, row in enumerate(rows[1:], 2) if row]
    if not doubles:
        _refuse_doubles(numbered, where)
    return tuple(instance for _, instance in numbered)


def dump(instances: Iterable[Instance]) -> str:
    """The CSV text that parse() reads back as the same instances; nothing in it is a formula to a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(READERS)
    for instance in instances:
        writer.writerow([inert(cell) for cell in cells(instance).values()])
    return text.getvalue()


def cells(instance: Instance) -> dict[str, str]:
    """Column by column, what the table says about the instance; blank is unknown."""
    values = {field.name: getattr(instance, field.name) for field in fields(Instance)}
    values["instance"] = values.pop("name")
    values["gpu_count"] = instance.gpu_count or None
    values["as_of"] = instance.as_of or UNDATED
    return {column: "" if values[column] is None else str(values[column]) for column in READERS}


def inert(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run; also before one that lively() would take off."""
    return f"'{cell}" if cell.startswith(RISKY) or cell.startswith(tuple(f"'{sign}" for sign in (*RISKY, "'"))) else cell


def lively(cell: str) -> str:
    """The inverse of inert()."""
    return cell[1:] if cell.startswith(tuple(f"'{sign}" for sign in (*RISKY, "'"))) else cell


def _rows(csv_text: str, where: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(csv_text.removeprefix("\ufeff"), newline="")))
    except csv.Error as error:
        raise UserError(f"{where}: it cannot be read as CSV ({error}); save it as comma-separated UTF-8 text.") from None


def _instance(where: str, row: Sequence[str], blanks: Mapping[str, str]) -> Instance:
    if len(row) != len(READERS):
        raise UserError(f"{where}: it has {len(row)} columns; it needs {len(READERS)}.")
    texts = {column: lively(text.strip()) or blanks.get(column, "") for column, text in zip(READERS, row, strict=True)}
    cells = {column: _cell(where, column, text) for column, text in texts.items()}
    if bool(cells["gpu"]) != bool(cells["gpu_count"]):
        raise UserError(f"{where}, column gpu_count: {cells['gpu_count']} does not go with the GPU "
                        f"{cells['gpu'] or 'left blank'!r}; fill in both or neither.")
    cells["name"] = cells.pop("instance")
    return Instance(**{field.name: cells[field.name] for field in fields(Instance)})


def _cell(where: str, column: str, text: str) -> Any:
    reader, remedy = READERS[column]
    try:
        return reader(text)
    except ValueError:
        raise UserError(f"{where}, column {column}: {_short(text)!r} is not accepted; {remedy}.") from None


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def _refuse_doubles(numbered: Sequence[tuple[int, Instance]], where: str) -> None:
    seen: dict[tuple[str, str], int] = {}
    for number, instance in numbered:
        if instance.place in seen:
            raise UserError(f"{where}, row {number}, column instance: {instance.key} in {instance.region} already stands "
                            f"in row {seen[instance.place]}; keep one of them.")
        seen[instance.place] = number
