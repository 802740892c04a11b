"""What a case rests on beside its inputs: measurements, prices and the day, so that they can be kept as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core import pricing
from core.case import CaseInputs
from core.pricing import Instance
from core.records import StudyRecord
from core.roi.simulate import FEW
from core.studies import compare, earlier, prices
from core.studies.decide import Decision, decide
from core.studies.document import from_document, to_record
from core.studies.earlier import Earlier


@dataclass(frozen=True)
class Basis:
    """day: when prices are looked at and judged for their age. rows: the price list of that day. earlier: the previous study then."""

    study: StudyRecord
    day: date
    rows: tuple[Instance, ...]
    earlier: Earlier | None = None


def as_now(study: StudyRecord, today: date) -> Basis:
    """The study with the price list as it stands. Raises UserError for a damaged list."""
    return Basis(study, today, prices.instances(), compare.earlier(study))


def decide_on(basis: Basis, inputs: CaseInputs, draws: int = FEW) -> Decision:
    """The decision under these inputs, with the measurements and prices of the basis. Raises UserError as decide() does."""
    with prices.held(basis.rows):
        return decide(basis.study, basis.day, inputs, draws, basis.earlier)


def differs(old: Basis, new: Basis, inputs: CaseInputs) -> tuple[str, ...]:
    """What the new basis knows otherwise: "measurement", "price" (of this case's machines), both, or nothing."""
    found = [] if old.study.models == new.study.models else ["measurement"]
    return (*found, *([] if _prices_of(old, inputs) == _prices_of(new, inputs) else ["price"]))


def _prices_of(basis: Basis, inputs: CaseInputs) -> tuple[Any, ...]:
    """What the case's machines cost, without the names of lists that nobody chose from."""
    device = basis.study.models[0].device if basis.study.models else "cpu"
    with prices.held(basis.rows):
        figures = (prices.machine_price(inputs, basis.study.machine, device), prices.students_price(inputs))
    return tuple(figure and (figure.value, figure.provenance.as_of) for figure in figures)


def to_json(basis: Basis) -> dict[str, Any]:
    """As JSON values; from_json gives the same basis back."""
    since = {} if basis.earlier is None else {"earlier": earlier.to_json(basis.earlier)}
    return {"day": basis.day.isoformat(), "prices": pricing.dump(basis.rows), "study": to_record(basis.study), **since}


def from_json(data: Mapping[str, Any], study_id: str, recorded: bool) -> Basis:
    """The inverse of to_json."""
    study = replace(from_document(data["study"], study_id), recorded=recorded)
    return Basis(study, date.fromisoformat(data["day"]), pricing.parse(data["prices"], "saved prices"),
                 earlier.from_json(data.get("earlier")))
