"""Prices that the user brings: typed one by one or imported as CSV, and taken away again."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from core.errors import UserError
from core.pricing import Instance, parse
from core.pricing.table import READERS, inert
from core.store import studies
from core.studies import price_files, prices

BY_HAND = "typed by hand"
MAX_BYTES = 2_000_000
MAX_ROWS = 5_000


@dataclass(frozen=True)
class Imported:
    """What an import did: the prices that it kept as own ones, and how many rows the list had just so already."""

    kept: tuple[Instance, ...]
    known: int


def add(cells: Mapping[str, str], today: date) -> Instance:
    """Keeps one price as own, in the place of an own one of the same key and region.

    cells: column of the price list to what was typed; a missing source is "typed by hand", a missing date is today.
    UserError names the column, the value and what to write instead.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(READERS)
    writer.writerow([inert(cells.get(column, "").strip()) for column in READERS])
    try:
        (row,) = _read(text.getvalue(), "own price", today)
    except UserError as error:
        raise UserError(str(error).removeprefix("own price, row 2, column ")) from None
    _keep((row,))
    return row


def import_csv(source: Path | bytes, today: date) -> Imported:
    """Keeps the rows of a CSV file, with the columns of the price list, as own prices; all of them or none.

    A row that the list has just so already stays whose it is, so that importing an export changes nothing. UserError for a file
    that is too large, not text, or wrong in any cell.
    """
    rows = _read(_text(source), "price list", today)
    known = set(prices.instances())
    new = tuple(row for row in rows if row not in known)
    if new:
        _keep(new)
    return Imported(new, len(rows) - len(new))


def delete(key: str, region: str | None = None) -> Instance:
    """Takes an own price away; a listed one of the same key and region counts again. Returns what went.

    UserError where there is none, where the region is needed to tell several apart, and while a study rests on its only price.
    """
    name, at, place = key.rpartition("@")
    if region is None and at and any(row.place == (name, place) for row in price_files.own()):
        key, region = name, place
    found = [row for row in price_files.own() if row.key == key and region in (None, row.region)]
    if not found:
        raise UserError(f"key: {key!r}{f' in {region}' if region else ''} is not an own price; `python -m core prices` marks "
                        "those that are.")
    if len(found) > 1:
        raise UserError(f"region: {key!r} is an own price in {', '.join(row.region for row in found)}; name one of them.")
    _refuse_used(found[0])
    price_files.change_own(lambda rows: [row for row in rows if row.place != found[0].place])
    return found[0]


def _keep(new: Sequence[Instance]) -> None:
    places = {row.place for row in new}

    def change(rows: price_files.Rows) -> list[Instance]:
        kept = [*(row for row in rows if row.place not in places), *new]
        if len(kept) > MAX_ROWS:
            raise UserError(f"own prices: there would be {len(kept):,}; at most {MAX_ROWS:,} are kept, so delete some first.")
        return kept

    price_files.change_own(change)


def _read(text: str, where: str, today: date) -> tuple[Instance, ...]:
    rows = parse(text, where, blanks={"source": BY_HAND, "as_of": today.isoformat()}, most=MAX_ROWS)
    for row in rows:
        if row.as_of and row.as_of > today + timedelta(days=1):  # a day ahead may be today elsewhere
            raise UserError(f"as_of: {row.as_of} of {row.key} lies in the future; write the day on which the price was read.")
    return rows


def _text(source: Path | bytes) -> str:
    data = source if isinstance(source, bytes) else _bytes(source)
    if len(data) > MAX_BYTES:
        raise UserError(f"file: it has {len(data) / 1e6:,.1f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read, so split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("file: it is not UTF-8 text; save the sheet as CSV in UTF-8.") from None


def _bytes(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError(f"file: {path} is not a regular file; name a CSV file.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        raise UserError(f"file: {path} is not there or cannot be read; check the path.") from None


def _refuse_used(row: Instance) -> None:
    """Without any price of its key, a study that names it could not be read."""
    left = [other for other in (*prices.listed(), *price_files.own()) if other.key == row.key and other != row]
    names = (row.key, f"{row.key}@{row.region}")
    for study_id in () if left else studies.list_ids():
        case = studies.get(study_id).case
        if {case.instance, case.student_instance}.intersection(names):
            raise UserError(f"key: {row.key!r} is the instance of study {study_id!r}; choose another there first.")
