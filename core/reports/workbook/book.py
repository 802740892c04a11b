"""One decision as an XLSX workbook whose formulas go on computing: inputs, cash flow, results, checks, provenance."""

from __future__ import annotations

from core.reports.dossier import Dossier
from core.reports.workbook import checks as check_sheet
from core.reports.workbook import decision, hours, provenance, simulated
from core.reports.workbook import results as result_sheet
from core.reports.workbook.cash import CashFlow
from core.reports.workbook.grid import FIRST, letters
from core.reports.workbook.inputs import Inputs
from core.reports.workbook.inputs_sheet import InputsSheet
from core.reports.workbook.numbers import Numbers
from core.reports.workbook.pen import Book, Sheet

MONTHS = 60  # rows of the cash flow, unless the horizon is longer


def workbook(dossier: Dossier, months: int = MONTHS) -> bytes:
    """The XLSX file. Every result is a formula over the sheet of inputs and carries the application's number as its cached
    value. months: how far the rows reach (at least the case's horizon, which may be set up to there in the file).

    No macros, array formulas, volatile functions or links; texts are never formulas. Simulated results are static and say so.
    """
    case = dossier.case
    numbers, inputs = Numbers(case, max(months, case.horizon)), Inputs(case)
    book = Book(dossier.day, case.currency)
    decision.write_decision(book.sheet("Decision", decision.WIDTHS), dossier)
    cells = InputsSheet(book, inputs, case.currency, numbers.months)
    _missing(cells, dossier, numbers)
    flow_sheet = book.sheet("Cash flow")
    hourly = hours.Hourly(book, book.sheet(hours.NAME), inputs, numbers) if hours.autoscaled(numbers) else None
    flow = CashFlow(flow_sheet, inputs, numbers, hourly, dossier.comparisons)
    shown = book.sheet("Results", result_sheet.WIDTHS)
    results = result_sheet.Results(book, shown, flow, dossier)
    simulated.Simulated(shown, dossier, results.next + 1)
    areas = [(cells.sheet.name, cells.area), (flow_sheet.name, _area(flow_sheet, flow.grid.position, numbers)),
             (shown.name, f"'{shown.name}'!$A${results.first}:$L${results.next}")]
    if hourly is not None:
        areas.append((hours.NAME, _area(hourly.sheet, hourly.grid.position, numbers)))
    check_sheet.Checks(book, book.sheet("Checks", check_sheet.WIDTHS), flow, results, dossier, areas)
    provenance.write_provenance(book.sheet("Provenance", provenance.WIDTHS), dossier, inputs)
    return book.close()


def _missing(cells: InputsSheet, dossier: Dossier, numbers: Numbers) -> None:
    """Named cells in which the case, each option and each comparison says what it lacks."""
    today = numbers.index(dossier.case.status_quo.name)
    cells.missing("case_missing", "The whole case", [])
    for i, option in enumerate(dossier.case.options):
        cells.missing(f"o{i + 1}_missing", option.name, [i])
        cells.missing(f"o{i + 1}_span_missing", f"{option.name}, beside today's system", [today, i])
    for i, one in enumerate(dossier.comparisons):
        options = [today, numbers.index(one.option), numbers.index(one.against)]
        cells.missing(f"c{i + 1}_missing", f"{one.option} against {one.against}", options)


def _area(sheet: Sheet, columns: int, numbers: Numbers) -> str:
    """All cells of a sheet of months."""
    return f"'{sheet.name}'!$A$1:${letters(columns - 1)}${FIRST + numbers.months}"
