"""What the columns of one option share: its inputs' names, its plan in plain numbers and where its columns stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.reports.workbook.grid import Formula, Grid
from core.reports.workbook.hours import Hourly
from core.reports.workbook.inputs import Inputs
from core.reports.workbook.numbers import Numbers
from core.reports.workbook.pen import Value
from core.reports.workbook.serving import Named
from core.roi.flows import Plan
from core.roi.months import Array
from core.roi.options import Option


@dataclass
class Columns:
    """Letters of an option's columns. machines, hours and costs by part; kinds by what the money is spent on."""

    machines: dict[int, str] = field(default_factory=dict)
    hours: dict[int, str] = field(default_factory=dict)
    running: str = ""
    live: str = ""
    kinds: dict[str, str] = field(default_factory=dict)
    total: str = ""
    discounted: str = ""


@dataclass(frozen=True)
class Block:
    """One option on the sheet of the cash flow. number: its place in the case, from 0."""

    number: int
    grid: Grid
    inputs: Inputs
    numbers: Numbers
    hourly: Hourly | None
    columns: Columns = field(default_factory=Columns)

    @property
    def option(self) -> Option:
        """The option itself."""
        return self.numbers.case.options[self.number]

    @property
    def plan(self) -> Plan | None:
        """Its plain numbers; None where its cost is unknown."""
        return self.numbers.plans[self.number]

    def own(self, name: str) -> str | None:
        """The defined name of one of its own inputs."""
        return self.inputs.option(self.number, name)

    def of_part(self, part: int) -> Named:
        """The defined names of a part's inputs."""
        return lambda name: self.inputs.part(self.number, part, name)

    def guard(self, span: bool = False) -> str:
        """The name of the cell that says what is missing. span: for the whole horizon, today's system included."""
        return f"o{self.number + 1}_{'span_' if span else ''}missing"

    def known(self, expression: str, row: int, span: bool = False) -> str:
        """Nothing where an input is missing, and 0 in month 0 and beyond the horizon."""
        return f'IF({self.guard(span)}="",IF($B{row}=1,{expression},0),"")'

    def served(self, months: Array | float | None) -> Sequence[Value]:
        """Values of months 1 to H as a column; an empty one for None."""
        return self.numbers.unknown() if months is None else self.numbers.served(months)

    def cost(self, title: str, values: Sequence[Value], formula: Formula | None, only: int | None = None,
             span: bool = False) -> str:
        """A column of money with its sum; all 0 where the case has no input for it."""
        if formula is None:
            values = [0.0] * (self.numbers.months + 1)
        return self.grid.column(title, "cash", values, formula, only, over=self.guard(span))
