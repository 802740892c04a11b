"""Newer prices through gpuhunt: look for them, see what differs, and append what a person approves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core import settings
from core.errors import UserError
from core.pricing import Instance, offers
from core.pricing.changes import Change, Difference, compare
from core.studies import price_files, prices

PATIENCE_S = 240
MAX_ZIP_BYTES = 200_000_000
MAX_CSV_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Look:
    """What a look for newer prices found.

    catalogues: of each provider of this list, what was read, in words. unread: providers whose catalogue could not be read, and
    those that gpuhunt has none of.
    """

    difference: Difference
    catalogues: Mapping[str, str]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    offers: tuple[offers.Offer, ...]
    source: Mapping[str, str]
    as_of: Mapping[str, date]


def look(today: date, add: Sequence[str] = (), file: Path | None = None) -> Look:
    """Compares gpuhunt's catalogues with the list, for the instances and regions that it holds.

    add: further instances as provider/name, in the regions that the list has of the provider, or as provider/name@region.
    file: a catalogue of gpuhunt's as ZIP file, in place of the network. UserError without either, or for an unknown instance.
    """
    listed = prices.listed()
    wanted = {row.place for row in listed} | {place for key in add for place in _added(key, listed)}
    names = [name for key, _ in wanted if (name := offers.catalogue_name(key))]
    providers = sorted({provider for provider, _ in names})
    found = _ask(providers, sorted({name for _, name in names}), file, today)
    rows = [row for row in offers.instances(found.offers, listed, found.source, found.as_of) if row.place in wanted]
    read = {offers.OURS[provider] for provider in found.source}
    _refuse_missing(add, rows, read)
    asked = {key.partition("/")[0] for key, _ in wanted}
    catalogues = {offers.OURS[name]: f"{source} of {found.as_of[name]}" for name, source in found.source.items()}
    return Look(compare(listed, rows, read), catalogues, tuple(sorted(asked - read)))


def approve(changes: Sequence[Change]) -> int:
    """Appends the new prices, with their source and date; older ones stay, the newest counts. Returns how many."""
    known = set(price_files.refreshed())
    rows = [change.new for change in changes if change.new not in known]
    if rows:
        price_files.append_refreshed(rows)
    return len(rows)


def _added(key: str, listed: Sequence[Instance]) -> list[tuple[str, str]]:
    key, _, region = key.partition("@")
    provider, _, name = key.partition("/")
    if not name or offers.catalogue_name(key) is None:
        raise UserError(f"add: {key!r} is not an instance of gpuhunt's; write provider/name with one of "
                        f"{', '.join(offers.PROVIDERS)}.")
    regions = [region] if region else sorted({row.region for row in listed if row.provider == provider})
    if not regions:
        raise UserError(f"add: the list has no region of {provider!r}; write {key}@region.")
    return [(key, place) for place in regions]


def _refuse_missing(add: Sequence[str], rows: Sequence[Instance], read: set[str]) -> None:
    there = {row.key for row in rows} | {f"{row.key}@{row.region}" for row in rows}
    for key in add:
        if key not in there and key.partition("/")[0] in read:
            raise UserError(f"add: {key!r} has no price on demand in gpuhunt's catalogue; check its name and region.")


def _ask(providers: Sequence[str], names: Sequence[str], file: Path | None, today: date) -> _Found:
    question = {"providers": list(providers), "names": list(names)}
    if file is None:
        answer = _hunt(question, None)
        days = {name: _day(made, today) for name, made in answer["versions"].items()}
    else:
        with tempfile.TemporaryDirectory() as folder:
            dated = _unpack(file, Path(folder), providers)
            answer = _hunt({**question, "providers": list(dated)}, Path(folder))
        days = {name: min(day, today) for name, day in dated.items()}
    source = {name: f"gpuhunt {version('gpuhunt')}, catalogue {f'{name} {made}' if made else f'{name} from a file'}"
              for name, made in answer["versions"].items()}
    return _Found(tuple(offers.Offer(**row) for row in answer["offers"]), source, days)


def _day(made: str, today: date) -> date:
    """The day in a catalogue's version, such as 20261120-3; the day of the look where it has none, never a later one."""
    try:
        return min(date.fromisoformat(made[:8]), today)
    except ValueError:
        return today


def _hunt(question: Mapping[str, Any], folder: Path | None) -> dict[str, Any]:
    """Runs core.studies.hunt and returns its answer. UserError where it has none."""
    remedy = "give a catalogue of gpuhunt's as ZIP file" if folder else "check the network, or give a downloaded catalogue"
    place = {name: value for name, value in os.environ.items() if name != "GPUHUNT_CATALOG_DIR"}
    if folder:
        place["GPUHUNT_CATALOG_DIR"] = str(folder)
    try:
        ran = subprocess.run([sys.executable, "-m", "core.studies.hunt"], input=json.dumps(question), capture_output=True,
                             text=True, timeout=PATIENCE_S, cwd=settings.ROOT, env=place, check=False)
        answer: dict[str, Any] = json.loads(ran.stdout)
    except subprocess.TimeoutExpired:
        raise UserError(f"catalogue: gpuhunt gave no answer within {PATIENCE_S} s; {remedy}.") from None
    except ValueError:
        answer = {"error": f"its process ended with {ran.returncode}"}
    if "error" in answer:
        raise UserError(f"catalogue: gpuhunt could not read it ({answer['error']}); {remedy}.")
    return answer


def _unpack(file: Path, folder: Path, providers: Sequence[str]) -> dict[str, date]:
    """Copies the providers' CSV files out of the ZIP file; the day that each of them carries."""
    try:
        if file.stat().st_size > MAX_ZIP_BYTES:
            raise UserError(f"file: {file.name!r} has over {MAX_ZIP_BYTES / 1e6:,.0f} MB; give a catalogue of gpuhunt's.")
        with zipfile.ZipFile(file) as archive:
            found = {name: info for name in providers for info in archive.infolist() if info.filename == f"{name}.csv"}
            if not found:
                raise UserError(f"file: {file.name!r} holds none of {', '.join(f'{name}.csv' for name in providers)}; give a "
                                "catalogue of gpuhunt's.")
            for name, info in found.items():
                _extract(archive, info, folder / f"{name}.csv")
    except (OSError, ValueError, zipfile.BadZipFile, RuntimeError):
        raise UserError(f"file: {file} is not a ZIP file that can be read; give a catalogue of gpuhunt's.") from None
    return {name: _carried(info) for name, info in found.items()}


def _carried(info: zipfile.ZipInfo) -> date:
    """The day of a file in the archive; archives that carry none say 1980."""
    if info.date_time[0] <= 1980:
        raise UserError(f"file: {info.filename!r} in it carries no date; pack it again with the day on which it was downloaded.")
    return date(*info.date_time[:3])


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    left = MAX_CSV_BYTES
    with archive.open(info) as source, path.open("wb") as copy:
        while block := source.read(min(1 << 20, left + 1)):
            left -= len(block)
            if left < 0:
                raise UserError(f"file: {info.filename!r} in it unpacks to over {MAX_CSV_BYTES / 1e6:,.0f} MB; give a catalogue "
                                "of gpuhunt's.")
            copy.write(block)
