"""Trials of a study's search, as pages read them: without the library that proposes them."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from core.records import TrialRecord
from core.store.engine import read, write
from core.store.tables import trials as table

_FIELDS = [table.c[name] for name in TrialRecord.__dataclass_fields__]


def save(study_id: str, trial: TrialRecord) -> None:
    """Keeps a trial, over the one of the same number."""
    with write() as connection:
        connection.execute(delete(table).where(table.c.study_id == study_id, table.c.number == trial.number))
        connection.execute(insert(table).values(study_id=study_id, **trial.to_dict()))


def clear(study_id: str) -> None:
    """Forgets the trials of a study, before a search that begins anew."""
    with write() as connection:
        connection.execute(delete(table).where(table.c.study_id == study_id))


def remove(study_id: str, number: int) -> None:
    """Forgets one trial, if it is there."""
    with write() as connection:
        connection.execute(delete(table).where(table.c.study_id == study_id, table.c.number == number))


def name(study_id: str, number: int, model: str) -> None:
    """Says which of the study's students a trial has become."""
    with write() as connection:
        connection.execute(update(table).where(table.c.study_id == study_id, table.c.number == number).values(model=model))


def trials(study_id: str) -> tuple[TrialRecord, ...]:
    """All trials of a study by number; empty for a study without a search, or an unknown one."""
    with read() as connection:
        return of_study(connection, study_id)


def of_study(connection: Connection, study_id: str) -> tuple[TrialRecord, ...]:
    """The same within a view of the database."""
    rows = connection.execute(select(*_FIELDS).where(table.c.study_id == study_id).order_by(table.c.number))
    return tuple(TrialRecord.from_dict(dict(row._mapping)) for row in rows)
