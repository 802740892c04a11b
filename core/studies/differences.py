"""How one case differs from another, input by input, in words with units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from core.case import CaseInputs
from core.formats import show, unit_label
from core.roi.inputs import UNITS, resolve
from core.studies.tooling import statements

NOT_STATED, THE_BEST = "not stated", "the best that qualifies"
YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True)
class Change:
    """name: the input's key, of a range "ranges.KEY". before and after: its value in words, with unit."""

    name: str
    before: str
    after: str


def changed(base: CaseInputs, now: CaseInputs) -> tuple[str, ...]:
    """Keys of the inputs that differ, in the order of the case; ranges count one by one, as "ranges.KEY"."""
    names = [name for name in CaseInputs.model_fields if name != "ranges" and getattr(base, name) != getattr(now, name)]
    doubts = [key for key in {**base.ranges, **now.ranges} if base.ranges.get(key) != now.ranges.get(key)]
    return (*names, *(f"ranges.{key}" for key in doubts))


def changes(base: CaseInputs, now: CaseInputs) -> tuple[Change, ...]:
    """Every input that differs, with both values in words."""
    before, after = Words(base), Words(now)
    return tuple(_change(name, before, after) for name in changed(base, now))


def _change(name: str, before: Words, after: Words) -> Change:
    if before(name) != after(name):
        return Change(name, before(name), after(name))
    return Change(name, before.exact(name), after.exact(name))  # they differ beyond three figures


class Words:
    """The inputs of one case in words: Words(case)("monthly_growth") is "2 %", or "0 % (default)" where nobody has said it."""

    def __init__(self, case: CaseInputs) -> None:
        self.case = case
        self.figures = resolve(case)

    def __call__(self, name: str) -> str:
        if name.startswith("ranges."):
            return self.case.ranges.get(name.removeprefix("ranges."), "no range")
        if name == "tools":
            return " ".join(statements(self.case)).removesuffix(".") or NOT_STATED
        if name == "variant" and self.case.variant is None:
            return THE_BEST
        return self._number(name) if name in UNITS else _other(getattr(self.case, name))

    def exact(self, name: str) -> str:
        """The same with all its digits."""
        value = getattr(self.case, name)
        return f"{value:,.15g} {unit_label(UNITS[name])}".strip() if name in UNITS and value is not None else self(name)

    def _number(self, name: str) -> str:
        figure = replace(self.figures[name], low=None, high=None)  # the value as it was said, not as it is rounded by its doubt
        if figure.value is None:
            return NOT_STATED
        return show(figure) + (" (default)" if figure.provenance.evidence == "default" else "")


def _other(value: Any) -> str:
    if value is None or value == ():
        return NOT_STATED
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, tuple) and isinstance(value[0], float):
        return ", ".join(f"{weight:g}" for weight in value)
    if isinstance(value, tuple):
        return "; ".join(f"{done.activity}: {done.hours:g} h" + ("" if done.usd_per_hour is None else f" at ${done.usd_per_hour:,.2f}")
                         for done in value)
    return str(value)
