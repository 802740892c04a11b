"""Saved cases: business inputs with a name, the measurements and prices of that moment, and what followed from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from core.case import CaseInputs
from core.errors import UserError
from core.spec import parse
from core.store import studies, tables
from core.store.engine import read, write
from core.store.tables import cases

MOST = 200  # of one study: each holds all measurements of its study
MOST_LETTERS = 80
_LISTED = ("id", "study_id", "name", "created_at", "base", "inputs", "outcome", "frozen_hash")


@dataclass(frozen=True)
class CaseRow:
    """A saved case without its measurements. study_id: None for the recorded example. base: the case it was made from.

    outcome: the main results when it was saved. frozen_hash: equal for cases that rest on the same measurements and prices.
    """

    id: str
    study_id: str | None
    name: str
    created_at: datetime
    base: str | None
    inputs: CaseInputs
    outcome: Mapping[str, Any]
    frozen_hash: str


def create(study_id: str | None, name: str, inputs: CaseInputs, frozen: Mapping[str, Any], outcome: Mapping[str, Any],
           base: str | None = None) -> str:
    """Keeps a case and returns its id. Raises UserError for an unknown study, a name that is empty or long, or too many cases."""
    text = json.dumps(frozen, sort_keys=True)
    row = {"study_id": study_id, "name": checked_name(name), "created_at": tables.now(), "base": base,
           "inputs": inputs.model_dump(mode="json"), "outcome": dict(outcome), "frozen": dict(frozen),
           "frozen_hash": hashlib.sha256(text.encode()).hexdigest()}
    with write() as connection:
        if study_id is not None and connection.scalar(select(tables.studies.c.id).where(tables.studies.c.id == study_id)) is None:
            raise UserError(f"study: {study_id!r} is not known; `python -m core study list` shows the ids.")
        if (connection.scalar(select(func.count()).where(_of(study_id))) or 0) >= MOST:
            raise UserError(f"case: {study_id or 'the example'} has {MOST} saved cases already; delete one that nobody needs.")
        case_id = studies.unused(connection, cases.c.id)
        connection.execute(insert(cases).values(id=case_id, **row))
    return case_id


def checked_name(name: str) -> str:
    """The name on one line, without what cannot be printed. Raises UserError if nothing is left, or too much."""
    made = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())
    if not 1 <= len(made) <= MOST_LETTERS:
        raise UserError(f"name: {made[:40]!r} has {len(made)} letters; give the case a name of 1 to {MOST_LETTERS}.")
    return made


def of_study(study_id: str | None) -> list[CaseRow]:
    """The study's cases, oldest first."""
    with read() as connection:
        rows = connection.execute(select(*(cases.c[name] for name in _LISTED)).where(_of(study_id))
                                  .order_by(cases.c.created_at, cases.c.id))
        return [_row(row) for row in rows]


def get(case_id: str) -> CaseRow:
    """One case without its measurements. Raises UserError if it is unknown."""
    with read() as connection:
        row = connection.execute(select(*(cases.c[name] for name in _LISTED)).where(cases.c.id == case_id)).one_or_none()
    if row is None:
        raise unknown(case_id)
    return _row(row)


def frozen(case_id: str) -> dict[str, Any]:
    """What a case rests on beside its inputs, as it was saved. Raises UserError if the case is unknown."""
    with read() as connection:
        found = connection.scalar(select(cases.c.frozen).where(cases.c.id == case_id))
    if found is None:
        raise unknown(case_id)
    return dict(found)


def rename(case_id: str, name: str) -> None:
    """Gives a case another name; nothing else of it ever changes. Raises UserError."""
    with write() as connection:
        if connection.execute(update(cases).where(cases.c.id == case_id).values(name=checked_name(name))).rowcount == 0:
            raise unknown(case_id)


def remove(case_id: str) -> None:
    """Deletes a case; those made from it stay. Raises UserError if it is unknown."""
    with write() as connection:
        if connection.execute(delete(cases).where(cases.c.id == case_id)).rowcount == 0:
            raise unknown(case_id)


def unknown(case_id: str) -> UserError:
    """What is said about an id that no case has."""
    return UserError(f"case: {case_id!r} is not known here; `python -m core study cases STUDY` shows the ids.")


def _of(study_id: str | None) -> ColumnElement[bool]:
    return cases.c.study_id.is_(None) if study_id is None else cases.c.study_id == study_id


def _row(row: Row[Any]) -> CaseRow:
    return CaseRow(row.id, row.study_id, row.name, row.created_at, row.base, parse(CaseInputs, row.inputs), row.outcome,
                   row.frozen_hash)
