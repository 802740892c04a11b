"""The files of the price list: the one that ships, and in the data folder the user's own prices and those found later."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from core import settings
from core.pricing import Gpu, Instance, dump, parse, parse_gpus

Rows = tuple[Instance, ...]
Version = tuple[tuple[str, int, int, int], ...]  # path, time of change in ns, size and inode of each file


def shipped() -> Rows:
    """The list that ships with the product."""
    return _read(settings.ASSETS / "prices" / "instances.csv", "price list", doubles=False)


@lru_cache(maxsize=1)
def gpus() -> dict[str, Gpu]:
    """The shipped table of GPUs, by the names in it."""
    return parse_gpus((settings.ASSETS / "prices" / "gpus.csv").read_text(encoding="utf-8"))


def own() -> Rows:
    """The user's own prices, one for each key and region."""
    return _read(_path("own.csv"), "own prices (prices/own.csv in the data folder)", doubles=False)


def refreshed() -> Rows:
    """All prices that were found later and approved, oldest first."""
    return _read(_path("refreshed.csv"), "refreshed prices (prices/refreshed.csv in the data folder)", doubles=True)


def version() -> Version:
    """Changes whenever own or refreshed prices do."""
    return tuple((str(path), *_state(path)) for path in (_path("own.csv"), _path("refreshed.csv")))


def change_own(change: Callable[[Rows], Iterable[Instance]]) -> None:
    """Replaces own prices by what `change` makes of them; the file is written whole or not at all, one writer at a time."""
    with _alone():
        _write(_path("own.csv"), change(own()))


def append_refreshed(rows: Iterable[Instance]) -> None:
    """Adds rows below those that are there; none is ever overwritten."""
    with _alone():
        _write(_path("refreshed.csv"), (*refreshed(), *rows))


def _path(name: str) -> Path:
    return settings.folder("prices") / name


def _alone() -> FileLock:
    return FileLock(_path(".lock"))


def _read(path: Path, where: str, doubles: bool) -> Rows:
    return _parsed(path, _state(path), where, doubles) if path.exists() else ()


def _state(path: Path) -> tuple[int, int, int]:
    with suppress(FileNotFoundError):
        found = path.stat()
        return found.st_mtime_ns, found.st_size, found.st_ino
    return 0, 0, 0


@lru_cache(maxsize=8)
def _parsed(path: Path, _state: tuple[int, int, int], where: str, doubles: bool) -> Rows:
    return parse(path.read_text(encoding="utf-8"), where, doubles=doubles)


def _write(path: Path, rows: Iterable[Instance]) -> None:
    text = dump(rows)
    number, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
