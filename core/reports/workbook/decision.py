"""The first sheet: the decision in words, as it stood at export."""

from __future__ import annotations

from core.checklist import ItemVerdict
from core.formats import show_date
from core.reports.dossier import Dossier
from core.reports.workbook.pen import Sheet

WIDTHS, LAST = (6, 34, 22, 60, 60, 60), 5


def write_decision(sheet: Sheet, dossier: Dossier) -> None:
    """Title, answer, risk, next step, the verdict with its six items, and facts about the study. Static."""
    sheet.text(0, 0, dossier.title, "title")
    day = show_date(dossier.day)
    sheet.text(1, 0, f"Static: as decided on {day}. The sheets Inputs, Cash flow, Results and Checks compute.", "note")
    row = 3
    for words, told in (("Answer", dossier.answer), ("Risk", dossier.risk), ("Next step", dossier.next_step)):
        if told:
            sheet.text(row, 0, words, "label")
            sheet.wide(row, 2, LAST, told)
            row += 1
    row = _verdict(sheet, dossier, row + 1)
    sheet.text(row, 0, "About", "heading")
    for name, fact in dossier.about.items():
        row += 1
        sheet.text(row, 0, name, "label")
        sheet.wide(row, 2, LAST, fact)


def _verdict(sheet: Sheet, dossier: Dossier, row: int) -> int:
    """The overall verdict, its reasons and the items; the row after them."""
    if dossier.verdict is None:
        sheet.text(row, 0, "There is no verdict yet.")
        return row + 2
    sheet.text(row, 0, f"Verdict: {dossier.verdict.overall}", "heading")
    for reason in dossier.verdict.reasons:
        row += 1
        sheet.wide(row, 0, LAST, reason)
    row += 2
    sheet.row(row, ("", "Checklist item", "Status", "Why", "Rule", "Next step"), "head")
    for item in dossier.verdict.items:
        row += 1
        _item(sheet, row, item)
    return row + 2


def _item(sheet: Sheet, row: int, item: ItemVerdict) -> None:
    sheet.value(row, 0, float(item.item), "flag")
    sheet.row(row, (item.title, item.status, item.reason, item.rule, item.action), start=1)
