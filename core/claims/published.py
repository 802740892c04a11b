"""Claims that others have published, with the numbers that bound them: one row of the shipped table each."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.errors import UserError
from core.figures import Figure, Provenance
from core.formats import UNITS, show

Better = Literal["more is better", "less is better", "inside", "given"]

COLUMNS = ("id", "claim", "said_by", "source", "added", "compared", "hardware", "bounds")
BOUND = re.compile(r"(?P<name>[a-z_]+): (?P<low>[\d.]+)(?: to (?P<high>[\d.]+))? (?P<unit>\S+), "
                   r"(?P<better>more is better|less is better|inside|given)")


@dataclass(frozen=True)
class Bound:
    """A claimed number, or a claimed range from low to high, in `unit`. better says how it binds:

    "more is better": low is promised, high tells how good it gets; "less is better": the other way round; "inside": both ends
    bind; "given": a number that the claim computes with.
    """

    low: float
    high: float
    unit: str
    better: Better

    @property
    def promise(self) -> float:
        """The end that binds: high where less is better, else low."""
        return self.high if self.better == "less is better" else self.low

    def words(self) -> str:
        """The claimed number or range: "2 to 5×", "97 %"."""
        first, last = (show(Figure(end, self.unit, Provenance("published"))) for end in (self.low, self.high))
        return first if self.low == self.high else f"{first.removesuffix(UNITS[self.unit].suffix)} to {last}"

    @property
    def promised(self) -> str:
        """The end that binds, with its unit: "2×"."""
        return show(Figure(self.promise, self.unit, Provenance("published")))

    @property
    def most(self) -> str:
        """The upper end, with its unit: "5×"."""
        return show(Figure(self.high, self.unit, Provenance("published")))


@dataclass(frozen=True)
class Claim:
    """said_by, source: who says so, and where or of whom. compared: what is set against what. hardware: what the claim names.

    added: the day on which it came into this list. bounds by name; empty for a claim without a number.
    """

    id: str
    claim: str
    said_by: str
    source: str
    added: date
    compared: str
    hardware: str
    bounds: Mapping[str, Bound]

    def given(self, name: str) -> Figure:
        """A number that the claim computes with, as a published figure."""
        bound = self.bounds[name]
        return Figure(bound.low, bound.unit, Provenance("published", f"claim {self.id}, {self.said_by.lower()}"))


def parse(text: str) -> tuple[Claim, ...]:
    """The claims of a CSV table with the columns COLUMNS, in its order. UserError names row, column and remedy."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise UserError(f"claims, row 1: the columns are {', '.join(rows[0]) if rows else 'missing'}; write {', '.join(COLUMNS)}.")
    claims = tuple(_claim(number, row) for number, row in enumerate(rows[1:], 2) if row)
    for number, claim in enumerate(claims, 2):
        if [other.id for other in claims].index(claim.id) != number - 2:
            raise UserError(f"claims, row {number}, column id: {claim.id!r} is given twice; each claim needs its own.")
    return claims


def _claim(number: int, row: list[str]) -> Claim:
    if len(row) != len(COLUMNS):
        raise UserError(f"claims, row {number}: it has {len(row)} columns; it needs {len(COLUMNS)}.")
    cells = dict(zip(COLUMNS, (cell.strip() for cell in row), strict=True))
    for column, cell in cells.items():
        if not cell and column != "bounds":
            raise UserError(f"claims, row {number}, column {column}: it is blank; fill it in.")
    try:
        added = date.fromisoformat(cells["added"])
    except ValueError:
        raise UserError(f"claims, row {number}, column added: {cells['added']!r} is no date; write it as YYYY-MM-DD.") from None
    texts = {name: cells[name] for name in COLUMNS if name not in ("added", "bounds")}
    return Claim(**texts, added=added, bounds=dict(_bound(number, part) for part in cells["bounds"].split("; ") if part))


def _bound(number: int, text: str) -> tuple[str, Bound]:
    where = f"claims, row {number}, column bounds: {text!r}"
    found = BOUND.fullmatch(text)
    if found is None:
        raise UserError(f"{where} is not accepted; write it like 'speedup: 2 to 5 ratio, more is better'.")
    try:
        low, high = float(found["low"]), float(found["high"] or found["low"])
    except ValueError:
        raise UserError(f"{where} has no plain number; write it like 'speedup: 2 to 5 ratio, more is better'.") from None
    if low > high:
        raise UserError(f"{where} falls from {low:g} to {high:g}; write the smaller number first.")
    if found["unit"] not in UNITS:
        raise UserError(f"{where} has the unit {found['unit']!r}; write one of {', '.join(UNITS)}.")
    return found["name"], Bound(low, high, found["unit"], found["better"])  # type: ignore[arg-type]
