"""The sheet of checks: live formulas that all say OK when the file leaves the application."""

from __future__ import annotations

from collections.abc import Sequence

from core.reports.dossier import Dossier
from core.reports.workbook.cash import CashFlow
from core.reports.workbook.net import Net
from core.reports.workbook.pen import Book, Sheet, Value
from core.reports.workbook.results import Results

TITLES = ("Check", "Here", "Compared with", "Difference", "Says")
WIDTHS = (70, 22, 22, 18, 18)
OK, DIFFERS, CHANGED = "OK", "differs", "inputs changed"
TOP = 5  # the first line, counted from 0


class Checks:
    """Writes the sheet. areas: the ranges in which no error value may stand, by what they are called."""

    def __init__(self, book: Book, sheet: Sheet, flow: CashFlow, results: Results, dossier: Dossier,
                 areas: Sequence[tuple[str, str]]) -> None:
        self.sheet, self._flow, self._results, self._row = sheet, flow, results, TOP
        self._currency = dossier.case.currency
        sheet.text(0, 0, "Checks", "title")
        sheet.text(1, 0, "The last lines compare the results with the application's at export. Once an input is changed they "
                         f'differ; the line then says "{CHANGED}".', "note")
        sheet.row(TOP - 1, TITLES, "head")
        sheet.freeze(TOP)
        for one, net in zip(dossier.comparisons, flow.nets, strict=True):
            self._difference(f"{one.option} against {one.against}", net, one.option, one.against)
            self._root(f"{one.option} against {one.against}", net)
        for number in flow.blocks:
            self._sum(number)
        for name, area in areas:
            self._no_errors(name, area)
        for result in results.found:
            self._as_exported(result.told, result.cell, result.value, result.unit)
        self._summary(book)

    def _summary(self, book: Book) -> None:
        says = f"$E${TOP + 1}:$E${self._row}"
        bad = f'ROWS({says})-COUNTIF({says},"{OK}")-COUNTIF({says},"{CHANGED}")'
        self.sheet.text(2, 0, "All checks", "strong")
        self.sheet.formula(2, 4, f'IF({bad}=0,"{OK}",({bad})&" of "&ROWS({says})&" fail")', OK, kind="strong")
        self.sheet.mark((TOP, self._row - 1), (4, 4), f'AND($E{TOP + 1}<>"{OK}",$E{TOP + 1}<>"{CHANGED}")')
        book.define("all_checks", self.sheet.ref(2, 4))

    def _line(self, words: str, here: tuple[str, Value], there: tuple[str, Value], tolerance: str, unit: str = "USD") -> None:
        """Two formulas, each with its value, that must agree; where one is words there is nothing to compare."""
        r = self._row + 1
        self.sheet.text(self._row, 0, words)
        self.sheet.formula(self._row, 1, *here, unit)
        self.sheet.formula(self._row, 2, *there, unit)
        self._says(here[1], there[1], unit, f'IF(ABS(D{r})<={tolerance},"{OK}","{DIFFERS}")')

    def _says(self, here: Value, there: Value, unit: str, says: str) -> None:
        r = self._row + 1
        gap = 0.0 if isinstance(here, str) or isinstance(there, str) else here - there
        self.sheet.formula(self._row, 3, f"IF(AND(ISNUMBER(B{r}),ISNUMBER(C{r})),B{r}-C{r},0)", gap, unit)
        self.sheet.formula(self._row, 4, says, OK)
        self._row += 1

    def _difference(self, pair: str, net: Net, option: str, against: str) -> None:
        """NPV = PV(TCO of the other) - PV(TCO of the option)."""
        npv = self._results.of("npv_usd", pair)
        mine, theirs = self._results.of("pv_cost_usd", option), self._results.of("pv_cost_usd", against)
        gap: Value = "" if isinstance(mine.value, str) or isinstance(theirs.value, str) else theirs.value - mine.value
        here = self._if_known(net.guard, npv.cell, npv.value)
        there = self._if_known(net.guard, f"{theirs.cell}-{mine.cell}", gap)
        self._line(f"{pair}: NPV is the difference of both present values", here, there, _cent(self._row))

    def _root(self, pair: str, net: Net) -> None:
        """The NPV at the IRR is 0."""
        irr, grid = self._results.of("irr", pair), net.grid
        at = f"NPV((1+{irr.cell})^(1/12)-1,{grid.far(net.net, 1)})+{grid.far(net.net, 0, 0).split(':')[0]}"
        sizes = grid.over(net.sums)
        self._line(f"{pair}: at the IRR the NPV is 0", (f"IF(ISNUMBER({irr.cell}),{at},0)", 0.0), ("0", 0.0),
                   f"IF(ISNUMBER({sizes}),1E-6*{sizes}+0.005,0)")

    def _sum(self, number: int) -> None:
        """The total cost is the sum of its kinds."""
        block = self._flow.blocks[number]
        kinds = "+".join(block.grid.over(col) for col in block.columns.kinds.values())
        total, guard = self._results.of("tco_usd", block.option.name), block.guard(span=True)
        self._line(f"{block.option.name}: the total cost is the sum of its kinds", self._if_known(guard, total.cell, total.value),
                   self._if_known(guard, kinds, total.value), _cent(self._row))

    def _if_known(self, guard: str, formula: str, value: Value) -> tuple[str, Value]:
        return f'IF({guard}="",{formula},"")', "" if isinstance(value, str) else value

    def _no_errors(self, name: str, area: str) -> None:
        self._line(f"{name}: cells with an error", (f"SUMPRODUCT(ISERROR({area})*1)", 0.0), ("0", 0.0), "0", "flag")

    def _as_exported(self, told: str, cell: str, value: Value, unit: str) -> None:
        """A result beside what the application found: to the cent, or to a millionth of it."""
        r = self._row + 1
        self.sheet.text(self._row, 0, told)
        self.sheet.formula(self._row, 1, cell, value, unit, "result")
        self.sheet.value(self._row, 2, value, unit, "static")
        least = "0.005" if unit == self._currency else "1E-9"
        same = f"IF(ISNUMBER(C{r}),IF(ISNUMBER(B{r}),ABS(D{r})<=MAX({least},1E-6*ABS(C{r})),FALSE),B{r}=C{r})"
        self._says(value, value, unit, f'IF(inputs_changed>0,"{CHANGED}",IF({same},"{OK}","{DIFFERS}"))')


def _cent(row: int) -> str:
    """Half a cent, or what rounding leaves of large sums."""
    return f"MAX(0.005,1E-9*ABS(N(B{row + 1})))"
