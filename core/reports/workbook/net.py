"""Columns of a comparison: the net flow of each month, what it adds up to, and when it is paid back; see core.roi.worth."""

from __future__ import annotations

import numpy as np

from core.reports.workbook.block import Block
from core.reports.workbook.grid import AUXILIARY, FIRST, Formula, Grid
from core.roi.months import Array
from core.roi.worth import ROUNDING

TINY = f"{ROUNDING:.0E}"  # a sum this small against the flows' sizes is rounding, as in core.roi.worth

LOWEST, RANGE = -14, 18  # monthly rates from -98 % to 120,000,000 %, as ln(1 / (1 + rate))


class Net:
    """Writes the columns of one option against another. guard: the cell that says what is missing."""

    def __init__(self, guard: str, grid: Grid, own: Block, other: Block) -> None:
        self.guard, self.grid, self.own, self.other = guard, grid, own, other
        numbers = own.numbers
        mine, theirs = numbers.total(own.number), numbers.total(other.number)
        flows = None if mine is None or theirs is None else np.asarray(numbers.flow(theirs - mine), dtype=float)
        worth = None if flows is None else flows * numbers.factors()
        self.net = self._column("Net flow", flows, lambda r: f"{other.columns.total}{r}-{own.columns.total}{r}", summed=True)
        self.discounted = self._column("Discounted", worth, lambda r: f"{self.net}{r}*$D{r}", summed=True)
        self.sums, self.owing = self._payback("", self.net, flows)
        self.later_sums, self.later_owing = self._payback("discounted ", self.discounted, worth)
        self.signs = self._signs(flows)
        self.search = self._search(flows)

    def _column(self, title: str, values: Array | None, formula: Formula, unit: str = "cash", summed: bool = False) -> str:
        shown = self.own.numbers.unknown() if values is None else values.tolist()
        return self.grid.column(title, unit, shown, lambda r: f'IF({self.guard}="",{formula(r)},"")',
                                over=self.guard if summed else "")

    def _above(self, col: str, formula: str, value: float | None, unit: str) -> None:
        self.grid.above(col, f'IF({self.guard}="",{formula},"")', "" if value is None else value, unit)

    def _payback(self, which: str, flow: str, values: Array | None) -> tuple[str, str]:
        """The running sum, cleared of rounding, and each month that ends in debt (-1 for the others)."""
        sums = None if values is None else _sums(values)
        size = f"{self.grid.here}${AUXILIARY + 1}"

        def running(r: int) -> str:
            total = f"SUM(${flow}${FIRST}:{flow}{r})"
            return f"IF(ABS({total})<={TINY}*{size},0,{total})"

        sizes = None if values is None else float(np.abs(values).sum())
        first = self._column(f"Running sum of {which}flows (above: sum of their sizes)", sums, running)
        self._above(first, f"SUMPRODUCT(ABS({self.grid.span(flow)}))", sizes, "cash")
        owing = None if sums is None else np.where(sums < 0, np.arange(len(sums)), -1.0)
        second = self._column(f"Months that end in {which}debt (above: the last one)", owing,
                              lambda r: f"IF({first}{r}<0,$A{r},-1)", "flag")
        self._above(second, f"MAX({self.grid.span(second)})", None if owing is None else float(owing.max()), "flag")
        return first, second

    def _signs(self, flows: Array | None) -> str:
        """The sign of the latest flow that is more than rounding."""
        mine = self.grid.here

        def sign(r: int) -> str:
            before = "0" if r == FIRST else f"{mine}{r - 1}"
            return f"IF(ABS({self.net}{r})<={TINY}*${self.sums}${AUXILIARY + 1},{before},SIGN({self.net}{r}))"

        signs = None if flows is None else _signs(flows)
        col = self._column("Sign of the flow (above: how often it changes)", signs, sign, "flag")
        now, before = self.grid.span(col, 1), self.grid.span(col, 0, self.grid.months - 1)
        changes = None if signs is None else float(((signs[1:] != signs[:-1]) & (signs[:-1] != 0)).sum())
        self._above(col, f"SUMPRODUCT(({now}<>{before})*({before}<>0))", changes, "flag")
        return col

    def _search(self, flows: Array | None) -> str:
        """Halves the range of ln(1 / (1 + monthly rate)) in which the NPV becomes 0, a row each. Spreadsheet programs give up
        on IRR() where its first guess is far off; above stands one that is not."""
        mine, net, months = self.grid.here, self.grid.span(self.net), self.grid.span("A")
        changes, latest = f"${self.signs}${AUXILIARY + 1}", f"${self.signs}${FIRST + self.grid.months}"

        def low(r: int) -> str:
            if r == FIRST:
                return f"{LOWEST}"
            step = f"{RANGE}/2^$A{r}"
            worth = f"SUMPRODUCT({net},EXP(({mine}{r - 1}+{step})*{months}))"
            return f"IF({changes}=1,{mine}{r - 1}+IF(SIGN({worth})=-{latest},{step},0),0)"

        found = None if flows is None else _halved(flows)
        col = self._column("Search for the IRR (above: monthly rate)", found, low, "factor")
        end = f"{mine}${FIRST + self.grid.months}"
        rate = None if found is None else float(np.exp(-found[-1] - RANGE / 2.0 ** len(found))) - 1.0
        self._above(col, f"EXP(-{end}-{RANGE}/2^{self.grid.months + 1})-1", rate, "factor")
        return col


def _halved(flows: Array) -> Array:
    """The lower end of the range in each row, as the column computes it."""
    signs, months = _signs(flows), np.arange(float(len(flows)))
    low = np.full(len(flows), float(LOWEST))
    if ((signs[1:] != signs[:-1]) & (signs[:-1] != 0)).sum() != 1:
        return np.where(months > 0, 0.0, low)
    for row in range(1, len(flows)):
        step = RANGE / 2.0**row
        above = np.sign((flows * np.exp((low[row - 1] + step) * months)).sum()) == -signs[-1]
        low[row] = low[row - 1] + (step if above else 0.0)
    return low


def _sums(flows: Array) -> Array:
    total = flows.cumsum()
    return np.where(np.abs(total) <= ROUNDING * np.abs(flows).sum(), 0.0, total)


def _signs(flows: Array) -> Array:
    """Each flow's sign, that of the one before where it is no more than rounding; 0 before the first."""
    signs = np.where(np.abs(flows) <= ROUNDING * np.abs(flows).sum(), 0.0, np.sign(flows))
    latest = np.maximum.accumulate(np.where(signs != 0, np.arange(len(signs)), -1))
    return np.where(latest >= 0, signs[np.maximum(latest, 0)], 0.0)
