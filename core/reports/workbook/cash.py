"""The sheet of the cash flow: the months that all share, a block for each option, a block for each comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.reports.workbook.block import Block
from core.reports.workbook.costs import write_costs
from core.reports.workbook.fleets import write_fleets
from core.reports.workbook.grid import HEAD, TITLE, Grid
from core.reports.workbook.hours import Hourly
from core.reports.workbook.inputs import Inputs
from core.reports.workbook.net import Net
from core.reports.workbook.numbers import Numbers
from core.reports.workbook.pen import Sheet
from core.roi.results import Comparison

COMMON, SCALE = 4, 45  # columns that all blocks share; printed size in percent


class CashFlow:
    """Writes the sheet; blocks (by option, in the case's order) and nets (by comparison) say where their columns stand."""

    def __init__(self, sheet: Sheet, inputs: Inputs, numbers: Numbers, hourly: Hourly | None,
                 comparisons: Sequence[Comparison]) -> None:
        self.sheet, self.numbers, self.grid = sheet, numbers, Grid(sheet, numbers.months)
        self._breaks: list[int] = []
        sheet.text(0, 0, "Cash flow", "title")
        sheet.text(1, 0, "Costs are positive. Month 0 is today, later months are paid at their ends, months beyond the horizon "
                         "are 0. Bold: the sum of a column.", "note")
        self._shared()
        count = range(len(numbers.case.options))
        self.blocks = {i: Block(i, self.grid, inputs, numbers, hourly) for i in count}
        today = next(block for block in self.blocks.values() if block.option.serves_today)
        for block in sorted(self.blocks.values(), key=lambda block: block is not today):
            self._begin(block.option.name)
            write_fleets(block)
            write_costs(block, today)
        self.nets = []
        for i, one in enumerate(comparisons):
            self._begin(f"{one.option} against {one.against}")
            own, other = self.blocks[numbers.index(one.option)], self.blocks[numbers.index(one.against)]
            self.nets.append(Net(f"c{i + 1}_missing", self.grid, own, other))
        sheet.freeze(HEAD + 1, COMMON)
        sheet.pages(self._breaks[1:], COMMON, SCALE)

    def _shared(self) -> None:
        numbers, grid = self.numbers, self.grid
        grid.column("Month", "flag", [float(m) for m in range(numbers.months + 1)], width=8)
        grid.column("In the horizon", "flag", numbers.served(np.ones(numbers.horizon)),
                    lambda r: f'IF(case_missing="",IF(AND($A{r}>=1,$A{r}<=INT(horizon_months)),1,0),0)', width=9)
        grid.column("Predictions a day", "1/day", numbers.served(numbers.terms.volumes),
                    lambda r: f"IF($B{r}=1,predictions_per_day*(1+monthly_growth)^($A{r}-1),0)", width=16)
        grid.column("Discount factor", "factor", numbers.factors().tolist(),
                    lambda r: f'IF(case_missing="",(1+discount_rate)^(-$A{r}/12),0)', width=10)

    def _begin(self, name: str) -> None:
        """A narrow gap, and the name over the next block, which is printed on a page of its own."""
        self.grid.skip()
        self._breaks.append(self.grid.position)
        self.sheet.text(TITLE, self.grid.position, name, "heading")
