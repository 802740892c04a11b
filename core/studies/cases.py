"""Saved cases: inputs with a name, frozen together with the measurements and prices that they were computed from.

A case belongs to its study and goes when that is deleted. Nothing of it ever changes but its name: new figures make a copy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from core.case import CaseInputs
from core.errors import UserError
from core.formats import show_date
from core.records import StudyRecord
from core.settings import ASSETS
from core.spec import parse
from core.store import cases as store
from core.studies import frozen, outcome, price_files, read
from core.studies.frozen import Basis
from core.studies.outcome import Outcome

SHIPPED_FILE = ASSETS / "example" / "cases.json"


@dataclass(frozen=True)
class SavedCase:
    """outcome: the main results when it was saved; None for a shipped case, see outcome_of.

    rests_on: equal for cases with the same measurements and prices. base: id of the case that it was made from. shipped: it
    comes with the recorded example; why: how its inputs were chosen.
    """

    id: str
    study_id: str
    name: str
    created_at: datetime
    inputs: CaseInputs
    outcome: Outcome | None
    rests_on: str
    base: str | None = None
    shipped: bool = False
    why: str = ""


def listed(study_id: str) -> tuple[SavedCase, ...]:
    """The cases of a study, oldest first; the example's shipped ones come first."""
    own = tuple(_saved(row) for row in store.of_study(_owner(study_id)))
    return (*shipped(), *own) if study_id == read.EXAMPLE else own


def get(study_id: str, case_id: str) -> SavedCase:
    """One case of a study. Raises UserError if the study has none of that id."""
    found = next((case for case in shipped() if case.id == case_id), None) if study_id == read.EXAMPLE else None
    found = found or _saved(store.get(case_id))
    if found.study_id != study_id:
        raise store.unknown(case_id)
    return found


def basis_of(case: SavedCase) -> Basis:
    """The measurements, prices and day that the case was saved with. Raises UserError if it is gone."""
    if case.shipped:
        return _shipped_basis()
    return frozen.from_json(store.frozen(case.id), case.study_id, recorded=case.study_id == read.EXAMPLE)


def save(basis: Basis, inputs: CaseInputs, name: str, base: str | None = None) -> SavedCase:
    """Freezes a case. Raises UserError for a bad name, inputs that cannot be computed, or before a student is measured."""
    decision = frozen.decide_on(basis, inputs)
    if decision.verdict is None:
        raise UserError(f"case: {name!r} has nothing to freeze yet; save it once the first student is measured.")
    made = store.create(_owner(basis.study.id), name, inputs, frozen.to_json(basis), outcome.to_json(outcome.outcome(decision)), base)
    return _saved(store.get(made))


def copy(case: SavedCase, name: str) -> SavedCase:
    """The same case under another name and id."""
    return save(basis_of(case), case.inputs, name, case.id)


def rename(case: SavedCase, name: str) -> None:
    """Another name. Raises UserError for a bad one, or for a shipped case."""
    _refuse_shipped(case)
    store.rename(case.id, name)


def delete(case: SavedCase) -> None:
    """Removes the case; its link is dead from now on. Raises UserError for a shipped one."""
    _refuse_shipped(case)
    store.remove(case.id)


def newer(case: SavedCase, basis: Basis, study: StudyRecord, today: date) -> tuple[str, ...]:
    """What is known otherwise by now than by the case's basis: "measurement", "price", both, or nothing. Shipped ones never age."""
    return () if case.shipped else frozen.differs(basis, frozen.as_now(study, today), case.inputs)


def recompute(case: SavedCase, study: StudyRecord, today: date) -> SavedCase:
    """A new case with the same inputs and the figures of today; the old one stays."""
    ending = f", recomputed {show_date(today)}"
    return save(frozen.as_now(study, today), case.inputs, case.name[:store.MOST_LETTERS - len(ending)] + ending, case.id)


def recomputed_from(case: SavedCase) -> SavedCase | None:
    """The saved case that this one was made from, if that rests on other figures and is still there."""
    if case.base is None:
        return None
    before = next((row for row in listed(case.study_id) if row.id == case.base and not row.shipped), None)
    return before if before is not None and before.rests_on != case.rests_on else None


def outcome_of(case: SavedCase) -> Outcome:
    """The main results as they were saved; those of a shipped case follow from what ships with it."""
    return case.outcome or outcome.outcome(frozen.decide_on(basis_of(case), case.inputs))


@lru_cache(maxsize=1)
def shipped() -> tuple[SavedCase, ...]:
    """The example's own cases; they rest on its figures and on the price list that ships, as of the day of its recording."""
    recorded = read.example().created_at
    return tuple(SavedCase(row["id"], read.EXAMPLE, row["name"], recorded, parse(CaseInputs, row["inputs"]), None, "shipped",
                           shipped=True, why=row["why"]) for row in json.loads(SHIPPED_FILE.read_text(encoding="utf-8")))


def _shipped_basis() -> Basis:
    example = read.example()
    return Basis(example, example.created_at.date(), price_files.shipped())


def _saved(row: store.CaseRow) -> SavedCase:
    return SavedCase(row.id, row.study_id or read.EXAMPLE, row.name, row.created_at, row.inputs,
                     outcome.from_json(row.outcome), row.frozen_hash, row.base)


def _owner(study_id: str) -> str | None:
    return None if study_id == read.EXAMPLE else study_id


def _refuse_shipped(case: SavedCase) -> None:
    if case.shipped:
        raise UserError(f"case: {case.name!r} ships with the example and stays as it is; copy it first.")
