"""Roles, owners and units of a case's inputs, for every report."""

from __future__ import annotations

from core.roi.fields import UNITS
from core.words import input_label

ROLES = {
    "status_quo": "today's system", "optimised_teacher": "teacher without training", "control": "control without teacher",
    "student": "student", "cascade": "cascade", "api": "API",
}
DRAWN = {"engineering_hours": "h", "engineering_usd_per_hour": "USD/h", "optimised_teacher_hours": "h"}


def named(key: str) -> tuple[str, str]:
    """The name of an input in words, and whose it is: ("Throughput", "depth-3"); ("Horizon", "")."""
    name, _, owner = key.partition(" of ")
    return input_label(name), owner


def unit_of(key: str, currency: str) -> str:
    """The unit of an input by its name, money in the case's currency; "h" for the hours of an activity, "" if it is unknown."""
    name = key.partition(" ")[0]
    unit = "h" if name == "hours" else {**UNITS, **DRAWN}.get(name, "")
    return currency + unit[3:] if unit.startswith("USD") else unit
