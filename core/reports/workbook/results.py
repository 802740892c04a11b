"""The sheet of results: formulas over the cash flow, beside what the application found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.figures import Figure
from core.reports.dossier import Dossier
from core.reports.words import ROLES
from core.reports.workbook import measures
from core.reports.workbook.block import Block
from core.reports.workbook.cash import CashFlow
from core.reports.workbook.net import Net
from core.reports.workbook.pen import Book, Sheet, Value
from core.reports.workbook.words import unit_in_words
from core.roi.results import Comparison, OptionResult
from core.words import label, why_unknown

OPTIONS = ("instances", "monthly_cost_usd", "usd_per_million", "usd_per_million_bench", "utilisation", "upfront_usd", "tco_usd",
           "pv_cost_usd")
COMPARED = ("monthly_saving_usd", "npv_usd", "irr", "roi", "payback_months", "discounted_payback_months", "max_upfront_usd",
            "net_benefit_usd", "break_even_accuracy_loss_points")
WIDTHS = (36, 26, 18, *(19,) * 11)


@dataclass(frozen=True)
class Result:
    """One result: its field, of which option or pair, its cell, and what the application found (a number, or words)."""

    field: str
    whose: str
    cell: str
    unit: str
    value: Value

    @property
    def told(self) -> str:
        """What it is, in words."""
        return f"{self.whose}: {label(self.field)}"


class Results:
    """Writes the live part; found lists every result for the checks. first: its first row, counted from 1 (the cell that sums
    up the checks stands above); next: the first free row, from 0."""

    def __init__(self, book: Book, sheet: Sheet, flow: CashFlow, dossier: Dossier) -> None:
        self._book, self.sheet, self._flow = book, sheet, flow
        self.found: list[Result] = []
        sheet.text(0, 0, "Results", "title")
        sheet.text(1, 0, "Computed here from the sheets Inputs and Cash flow.", "note")
        sheet.text(3, 0, "Checks")
        sheet.formula(3, 2, "all_checks", "OK", kind="plain")
        self._month()
        self._row = 5
        self.first = self._row + 1
        self._options(dossier.options)
        self._comparisons(dossier.comparisons)
        self.next = self._row

    def of(self, field: str, whose: str) -> Result:
        """The result of an option (by its name) or of a pair ("x against y")."""
        return next(result for result in self.found if (result.field, result.whose) == (field, whose))

    def _month(self) -> None:
        blocks, numbers = self._flow.blocks.values(), self._flow.numbers
        goes = [(block.guard(), _wait(block)) for block in blocks if not block.option.serves_today]
        self.sheet.text(2, 0, "Month of the costs a month, the first in which all serve")
        self._book.define("results_month", self.sheet.ref(2, 2))
        waits = [float(plan.months_to_go_live) for plan in numbers.plans if plan is not None and not plan.today]
        month = min(int(max([0.0, *waits])) + 1, numbers.horizon)
        self.sheet.formula(2, 2, f'IF(case_missing="",{measures.month_of(goes)},1)', float(month), "flag")

    def _options(self, results: tuple[OptionResult, ...]) -> None:
        self.sheet.text(self._row, 0, "Each option", "heading")
        self.sheet.row(self._row + 1, ("Option", "Role", "Basis", *self._titles(results[0], OPTIONS)), "head")
        self._row += 2
        for result in results:
            block = self._flow.blocks[self._flow.numbers.index(result.name)]
            self.sheet.row(self._row, (result.name, ROLES[result.role], result.basis))
            for i, name in enumerate(OPTIONS):
                self._result(3 + i, result.name, name, getattr(result, name), self._of_option(block, name),
                             block.guard(span=name in ("tco_usd", "pv_cost_usd")), self._lacks(block, name))
            self._row += 1
        self._row += 1

    def _titles(self, first: object, names: Sequence[str]) -> Sequence[str]:
        """What each column holds, with its unit."""
        units = (unit_in_words(getattr(first, name).unit, self._flow.numbers.case.currency) for name in names)
        return [f"{label(name)} ({unit})" for name, unit in zip(names, units, strict=True)]

    def _lacks(self, block: Block, name: str) -> str:
        today = next(b.number for b in self._flow.blocks.values() if b.option.serves_today)
        span = name in ("tco_usd", "pv_cost_usd")
        return block.inputs.missing([today, block.number] if span else [block.number])

    def _of_option(self, block: Block, name: str) -> str | None:
        month, over = "results_month", block.grid.over
        return {
            "instances": lambda: measures.machines(block, month), "monthly_cost_usd": lambda: measures.monthly(block, month),
            "usd_per_million": lambda: measures.per_million(block, month), "usd_per_million_bench": lambda: measures.bench(block),
            "utilisation": lambda: measures.utilisation(block, month), "upfront_usd": lambda: measures.upfront(block),
            "tco_usd": lambda: over(block.columns.total), "pv_cost_usd": lambda: over(block.columns.discounted),
        }[name]()

    def _comparisons(self, comparisons: tuple[Comparison, ...]) -> None:
        self.sheet.text(self._row, 0, "One option against another", "heading")
        titles = self._titles(comparisons[0], COMPARED) if comparisons else ()
        self.sheet.row(self._row + 1, ("Option", "Against", "Month shown", *titles), "head")
        self._row += 2
        for one, net in zip(comparisons, self._flow.nets, strict=True):
            self._comparison(one, net)
            self._row += 1

    def _comparison(self, one: Comparison, net: Net) -> None:
        self.sheet.row(self._row, (one.option, one.against))
        today = next(b.number for b in self._flow.blocks.values() if b.option.serves_today)
        lacks = net.own.inputs.missing([today, net.own.number, net.other.number])
        pair = [block for block in (net.own, net.other) if not block.option.serves_today]
        month = measures.month_of([("", _wait(block)) for block in pair])
        waits = [float(plan.months_to_go_live) for block in pair if (plan := block.plan) is not None]
        shown = float(min(int(max([0.0, *waits])) + 1, net.own.numbers.horizon))
        self.sheet.formula(self._row, 2, f'IF({net.guard}="",{month},"")', "" if lacks else shown, "flag")
        cells = {name: self.sheet.ref(self._row, 3 + i) for i, name in enumerate(COMPARED)}
        for i, name in enumerate(COMPARED):
            self._result(3 + i, f"{one.option} against {one.against}", name, getattr(one, name),
                         self._of_pair(net, name, cells, self.sheet.ref(self._row, 2)), net.guard, lacks)

    def _of_pair(self, net: Net, name: str, cells: dict[str, str], month: str) -> str | None:
        grid, own, other = net.grid, net.own, net.other
        return {
            "monthly_saving_usd": lambda: f"{measures.with_errors(other, month)}-({measures.with_errors(own, month)})",
            "npv_usd": lambda: grid.over(net.discounted), "irr": lambda: measures.irr(net),
            "roi": lambda: measures.roi(net, f"$B${self._row + 1}"),
            "payback_months": lambda: measures.payback(grid, net.sums, net.owing),
            "discounted_payback_months": lambda: measures.payback(grid, net.later_sums, net.later_owing),
            "max_upfront_usd": lambda: f"{cells['npv_usd']}+{measures.upfront(own)}",
            "net_benefit_usd": lambda: grid.over(net.net),
            "break_even_accuracy_loss_points": lambda: measures.accuracy_loss(net, cells["npv_usd"]),
        }[name]()

    def _result(self, col: int, whose: str, name: str, figure: Figure, formula: str | None, guard: str, lacks: str) -> None:
        """One cell: the formula, or the reason in words where there is none for this option."""
        value: Value = figure.value if figure.value is not None else lacks or why_unknown(figure)
        if formula is None:
            self.sheet.value(self._row, col, why_unknown(figure), figure.unit)
            return
        self.sheet.formula(self._row, col, f'IF({guard}="",{formula},{guard})', value, figure.unit, "result")
        self.found.append(Result(name, whose, self.sheet.ref(self._row, col), figure.unit, value))


def _wait(block: Block) -> str:
    return block.own("months_to_go_live") or "0"
