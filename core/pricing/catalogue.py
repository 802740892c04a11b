"""The dated list of instance prices: one row of text becomes one checked Instance."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from core.errors import UserError

MAX_AGE_DAYS = 90


@dataclass(frozen=True)
class Instance:
    """A rentable machine with its list price. None is unknown; `gpu` is None on a machine without accelerator."""

    provider: str
    name: str
    region: str
    vcpus: int
    memory_gib: float | None
    gpu: str | None
    gpu_count: int
    gpu_memory_gib: float | None
    usd_per_hour: float
    spot_usd_per_hour: float | None
    source: str
    as_of: date | None

    @property
    def key(self) -> str:
        """What people type to name it, e.g. "aws/g4dn.xlarge"."""
        return f"{self.provider}/{self.name}"


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _named(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


def _or(reader: Callable[[str], Any], blank: Any) -> Callable[[str], Any]:
    return lambda text: reader(text) if text else blank


# Column by column: how it is read, and what to write there instead.
READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "provider": (_named, "write the provider's name"),
    "instance": (_named, "write the instance's name"),
    "region": (_named, "write the region"),
    "vcpus": (_whole, "write a whole number of at least 1"),
    "memory_gib": (_or(_positive, None), "write a number above 0, or leave it blank if unknown"),
    "gpu": (_or(_named, None), "write the GPU's model, or leave it blank"),
    "gpu_count": (_or(_whole, 0), "write a whole number of at least 1, or leave it blank"),
    "gpu_memory_gib": (_or(_positive, None), "write a number above 0, or leave it blank if unknown"),
    "usd_per_hour": (_positive, "write the hourly price as a number above 0"),
    "spot_usd_per_hour": (_or(_positive, None), "write a number above 0, or leave it blank if unknown"),
    "source": (_named, "name where the price was read"),
    "as_of": (_or(date.fromisoformat, None), "write a date as YYYY-MM-DD, or leave it blank if unknown"),
}


def parse(csv_text: str) -> tuple[Instance, ...]:
    """The instances of a price list, in its order. Blank is unknown. UserError names the row and the column of what is wrong."""
    rows = list(csv.reader(io.StringIO(csv_text)))
    if not rows or rows[0] != list(READERS):
        raise UserError(f"price list, row 1: the columns are {', '.join(rows[0]) if rows else 'missing'}; "
                        f"write {', '.join(READERS)}.")
    instances = tuple(_instance(number, row) for number, row in enumerate(rows[1:], start=2))
    _refuse_doubles(instances)
    return instances


def _instance(number: int, row: Sequence[str]) -> Instance:
    if len(row) != len(READERS):
        raise UserError(f"price list, row {number}: it has {len(row)} columns; it needs {len(READERS)}.")
    cells = {column: _cell(number, column, text.strip()) for column, text in zip(READERS, row, strict=True)}
    if bool(cells["gpu"]) != bool(cells["gpu_count"]):
        raise UserError(f"price list, row {number}, column gpu_count: {cells['gpu_count']} does not go with the GPU "
                        f"{cells['gpu'] or 'left blank'!r}; fill in both or neither.")
    cells["name"] = cells.pop("instance")
    return Instance(**{field.name: cells[field.name] for field in fields(Instance)})


def _cell(number: int, column: str, text: str) -> Any:
    reader, remedy = READERS[column]
    try:
        return reader(text)
    except ValueError:
        raise UserError(f"price list, row {number}, column {column}: {text!r} is not accepted; {remedy}.") from None


def _refuse_doubles(instances: Sequence[Instance]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for number, instance in enumerate(instances, start=2):
        place = (instance.key, instance.region)
        if place in seen:
            raise UserError(f"price list, row {number}, column instance: {instance.key} in {instance.region} already stands "
                            f"in row {seen[place]}; keep one of them.")
        seen[place] = number


def find(catalogue: Sequence[Instance], key: str) -> Instance:
    """The cheapest instance of that key (provider/name). UserError if there is none."""
    found = [instance for instance in catalogue if instance.key == key]
    if not found:
        raise UserError(f"instance: {key!r} is not in the price list; choose a provider/name from it, "
                        "or type the hourly price instead.")
    return min(found, key=lambda instance: instance.usd_per_hour)


def is_stale(as_of: date | str | None, today: date) -> bool:
    """Whether a price is undated or more than 90 days old. Text is an ISO date; an empty one is undated."""
    day = date.fromisoformat(as_of[:10]) if isinstance(as_of, str) and as_of else as_of
    return not isinstance(day, date) or today - day > timedelta(days=MAX_AGE_DAYS)
