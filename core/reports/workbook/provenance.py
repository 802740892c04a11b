"""The sheet of provenance: every figure with where it comes from, and every assumption."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from core.figures import Figure
from core.formats import chip, origin, show_date
from core.reports.dossier import Dossier
from core.reports.workbook.inputs import Inputs
from core.reports.workbook.pen import Sheet
from core.reports.workbook.words import unit_in_words
from core.words import label

TITLES = ("Figure", "Of", "Part of", "Value", "Low", "High", "Unit", "Evidence", "Where it comes from", "Device", "Date")
WIDTHS = (38, 34, 13, 18, 16, 16, 26, 18, 90, 30, 14)
TOP = 3

Row = tuple[str, str, str, Figure]


def write_provenance(sheet: Sheet, dossier: Dossier, inputs: Inputs) -> None:
    """All figures of the dossier, static, then its assumptions."""
    sheet.text(0, 0, "Provenance", "title")
    sheet.text(1, 0, "Figures as the application held them at export. Low and high bound a 95 % interval where one exists.",
               "note")
    sheet.row(TOP, TITLES, "head")
    sheet.freeze(TOP + 1, 1)
    row = TOP + 1
    for name, whose, part, figure in _figures(dossier, inputs):
        _line(sheet, row, (name, whose, part), figure, dossier.case.currency)
        row += 1
    sheet.text(row + 1, 0, "Assumptions", "heading")
    for i, sentence in enumerate(dossier.assumptions):
        sheet.wide(row + 2 + i, 0, len(TITLES) - 1, sentence)


def _line(sheet: Sheet, row: int, names: tuple[str, str, str], figure: Figure, currency: str) -> None:
    known = figure.provenance
    sheet.row(row, names)
    for i, value in enumerate((figure.value, figure.low, figure.high)):
        sheet.value(row, 3 + i, "not known" if value is None and i == 0 else value, figure.unit, "exact")
    date = show_date(known.as_of) if known.as_of else ""
    sheet.text(row, 6, unit_in_words(figure.unit, currency), "unit")
    sheet.row(row, (chip(figure), origin(figure), known.device, date), start=7)


def _figures(dossier: Dossier, inputs: Inputs) -> Iterator[Row]:
    """Inputs, results, uncertainty, evidence and the verdict's figures."""
    for given in inputs.rows.values():
        yield given.label, given.whose, "inputs", given.figure
    for result in dossier.options:
        yield from ((label(name), result.name, "results", figure) for name, figure in _of(result))
    for one in dossier.comparisons:
        yield from ((label(name), f"{one.option} against {one.against}", "results", figure) for name, figure in _of(one))
    yield from _simulated(dossier)
    for model, figures in dossier.evidence.items():
        yield from ((label(name), model, "evidence", figure) for name, figure in figures.items())
    for item in dossier.verdict.items if dossier.verdict else ():
        yield from ((label(name), item.title, "checklist", figure) for name, figure in item.figures.items())


def _simulated(dossier: Dossier) -> Iterator[Row]:
    seen = dossier.outlook
    if seen is None:
        return
    pair = f"{seen.option} against {seen.against}"
    for words, figures in (("NPV", seen.npv_usd), ("Discounted payback", seen.discounted_payback_months),
                           ("Upfront cost", seen.upfront_usd)):
        yield from ((f"{words}, {name.upper()}", pair, "simulation", figure) for name, figure in figures.items())
    yield "Expected NPV", pair, "simulation", seen.expected_npv_usd
    yield "Probability that the NPV is above 0", pair, "simulation", seen.positive
    yield "Probability that it pays back", pair, "simulation", seen.pays_back


def _of(result: object) -> Iterator[tuple[str, Figure]]:
    for one in fields(result):  # type: ignore[arg-type]
        value = getattr(result, one.name)
        if isinstance(value, Figure):
            yield one.name, value
