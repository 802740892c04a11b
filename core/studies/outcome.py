"""The few results by which cases are compared: the verdict, and what the best option with a student is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.figures import Figure, not_measured
from core.studies.answers import figures_json
from core.studies.decide import Decision

# Name and unit of each main number; money is in US dollars, as everywhere in a study.
MAIN = {"monthly_saving_usd": "USD/month", "npv_usd": "USD", "npv_p10_usd": "USD", "npv_p90_usd": "USD",
        "discounted_payback_months": "months", "pays_back": "share"}
UNKNOWN = "not enough evidence"


@dataclass(frozen=True)
class Outcome:
    """verdict: one word of the checklist. option: the best one with a student, "" before there is one; against: the best other.

    figures by name (MAIN): saving of the first month in which both serve, NPV at the plain values with its P10 and P90,
    discounted payback at the plain values, and the probability (share) of having paid back within the horizon.
    """

    verdict: str
    option: str
    against: str
    figures: Mapping[str, Figure]


def outcome(decision: Decision) -> Outcome:
    """The main results of a decision; what it does not know says why."""
    seen, against = decision.outlook, decision.against
    found: dict[str, Figure] = {}
    if against is not None:
        found = {name: getattr(against, name) for name in ("monthly_saving_usd", "npv_usd", "discounted_payback_months")}
    if seen is not None:
        found |= {"npv_p10_usd": seen.npv_usd["p10"], "npv_p90_usd": seen.npv_usd["p90"], "pays_back": seen.pays_back}
    why = "no student is measured yet" if against is None else "nothing was drawn, as a cost is not known"
    figures = {name: found.get(name, not_measured(unit, why)) for name, unit in MAIN.items()}
    return Outcome(decision.verdict.overall if decision.verdict else UNKNOWN, decision.best_option or "", decision.other or "", figures)


def to_json(found: Outcome) -> dict[str, Any]:
    """As JSON values."""
    return {"verdict": found.verdict, "option": found.option, "against": found.against, "figures": figures_json(found.figures)}


def from_json(data: Mapping[str, Any]) -> Outcome:
    """The inverse of to_json."""
    figures = {name: Figure.from_dict(figure) for name, figure in data["figures"].items()}
    return Outcome(data["verdict"], data["option"], data["against"], figures)
