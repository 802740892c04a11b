"""The database: one engine for each URL, migrated before its first use."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import AbstractContextManager
from functools import cache

from sqlalchemy import Connection, Engine, create_engine, event

from core import settings
from core.store import migrations

_opening = threading.Lock()
BUSY_SECONDS = 30


def engine() -> Engine:
    """The engine of settings.database_url(), its tables up to date. Raises UserError if a newer version wrote the database."""
    with _opening:
        return _open(settings.database_url())


def read() -> AbstractContextManager[Connection]:
    """A connection for reading: one consistent view until it closes."""
    return engine().connect()


def write() -> AbstractContextManager[Connection]:
    """A transaction for writing, committed at the end of the block; it waits for its turn at the start."""
    return engine().execution_options(writes=True).begin()


@cache
def _open(url: str) -> Engine:
    made = create_engine(url)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _set_up_sqlite)
        event.listen(made, "begin", _begin_sqlite)
    migrations.upgrade(made)
    return made


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver opens no transactions of its own; _begin_sqlite does
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer fails at once when somebody else wrote meanwhile, whatever the time-out; so writers say it first.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
