"""The part of the results that does not follow the inputs: what the application simulated and searched for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.figures import Figure
from core.reports.dossier import Dossier
from core.reports.words import unit_of
from core.reports.workbook.pen import Sheet, Value
from core.reports.workbook.words import unit_in_words
from core.roi.information import Information
from core.roi.results import Comparison
from core.roi.sensitivity import Bar
from core.roi.simulate import Outlook
from core.words import input_label, why_unknown

STATIC = "Static: simulated by the application, does not follow the inputs"


class Simulated:
    """Writes the static tables from a row on; what is missing in the dossier is left out."""

    def __init__(self, sheet: Sheet, dossier: Dossier, row: int) -> None:
        self.sheet, self._row, self._currency = sheet, row, dossier.case.currency
        sheet.text(row, 0, STATIC, "title")
        self._row += 2
        if dossier.outlook is not None:
            self._outlook(dossier.outlook)
        self._tornado(dossier.bars)
        self._information(dossier.information, dossier.actions)
        self._volumes(dossier.comparisons)

    def _table(self, heading: str, titles: Sequence[str]) -> None:
        self.sheet.text(self._row, 0, heading, "heading")
        self.sheet.row(self._row + 1, titles, "head")
        self._row += 2

    def _line(self, texts: Sequence[str], values: Sequence[tuple[Value | None, str]], start: int = 3) -> None:
        self.sheet.row(self._row, texts)
        for i, (value, unit) in enumerate(values):
            self.sheet.value(self._row, start + i, value, unit, "static")
        self._row += 1

    def _outlook(self, seen: Outlook) -> None:
        self._table(f"{seen.option} against {seen.against}: {seen.draws:,} draws of the uncertain inputs",
                    ("What", "", "Unit", "P10", "P50", "P90"))
        for words, figures in (("NPV", seen.npv_usd), ("Discounted payback", seen.discounted_payback_months),
                               ("Upfront cost", seen.upfront_usd)):
            unit = next(iter(figures.values())).unit
            self._line((words, "", unit_in_words(unit, self._currency)),
                       [(_shown(figures[name], "never within the horizon"), unit) for name in ("p10", "p50", "p90")])
        for words, figure in (("Expected NPV", seen.expected_npv_usd), ("Probability that the NPV is above 0", seen.positive),
                              ("Probability that it pays back within the horizon, discounted", seen.pays_back)):
            self._line((words, "", unit_in_words(figure.unit, self._currency)), [(_shown(figure), figure.unit)])
        self._row += 1

    def _tornado(self, bars: Sequence[Bar]) -> None:
        if not bars:
            return
        self._table("What moves the NPV: each input at its P10 and P90, all others at their values",
                    ("Input", "", "Unit", "Input at P10", "Input at P90", "NPV at P10", "NPV at P90"))
        for bar in bars:
            unit = unit_of(bar.name, self._currency)
            self._line((input_label(bar.name), "", unit_in_words(unit, self._currency)),
                       [(bar.low, unit), (bar.high, unit), (bar.npv_at_low, "USD"), (bar.npv_at_high, "USD")])
        self._row += 1

    def _information(self, found: Sequence[Information], actions: Mapping[str, str]) -> None:
        if not found:
            return
        self._table("What measuring an input before the decision is worth",
                    ("Input", "", "", "Value (EVPPI)", "Cost of measuring", "Worth after cost", "How to know it better"))
        for one in found:
            cost: Value = "not known" if one.cost_usd is None else one.cost_usd
            self._line((input_label(one.name), "", self._currency), [(one.evppi_usd, "USD"), (cost, "USD"), (one.net_usd, "USD")])
            self.sheet.text(self._row - 1, 6, actions.get(one.name, ""), "plain")
        if not any(one.net_usd for one in found):
            self.sheet.text(self._row, 0, "No measurement would change this decision.", "note")
            self._row += 1
        self._row += 1

    def _volumes(self, comparisons: Sequence[Comparison]) -> None:
        if not comparisons:
            return
        self._table("Break-even volume, searched by the application (predictions a day in month 1)",
                    ("Option", "Against", "", "NPV stays at or above 0 from", "All volumes at which the NPV changes sign"))
        for one in comparisons:
            turns = "; ".join(f"{volume:,.0f}" for volume in one.crossings)
            turns = turns or ("none" if one.break_even_predictions_per_day.value is not None else "")
            unknown = "not known" if one.npv_usd.value is None else ""
            self._line((one.option, one.against), [(_shown(one.break_even_predictions_per_day, unknown), "1/day"), (turns, "")])


def _shown(figure: Figure, unknown: str = "") -> Value:
    """Its value, or why there is none."""
    return figure.value if figure.value is not None else unknown or why_unknown(figure)
