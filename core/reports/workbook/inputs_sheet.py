"""The sheet of inputs, and the cells that say what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures import Figure
from core.formats import chip, origin
from core.reports.workbook.inputs import WHOLE_CASE, Input, Inputs
from core.reports.workbook.pen import Book
from core.reports.workbook.words import unit_in_words

TITLES = ("Input", "Of", "Value", "Unit", "Evidence", "Where it comes from", "How uncertain it is", "At export", "Changed",
          "Missing")
WIDTHS = (36, 24, 18, 22, 17, 48, 48, 16, 9, 14)
VALUE, EXPORT, CHANGED, MISSING = 2, 7, 8, 9
TOP = 4  # row of the titles
HOURS = 24
# What an input must be for the formulas to have a value: above a bound, or at least at it.
ABOVE = {"rate_per_s": 0, "offline_rate_per_s": 0, "target_utilisation": 0, "billing_step_h": 0, "bill_predictions_per_month": 0,
         "monthly_growth": -1, "discount_rate": -1, "yearly_price_change": -1}
AT_LEAST = {"horizon_months": 1}
SIGNED = ("accuracy_difference_points", "error_usd_per_prediction")


class InputsSheet:
    """Writes the inputs; afterwards names the cells in which each option and comparison says what it lacks."""

    def __init__(self, book: Book, inputs: Inputs, currency: str, months: int) -> None:
        self._book, self._inputs, self._currency, self._months = book, inputs, currency, months
        self.sheet = book.sheet("Inputs", WIDTHS)
        self._rows = {name: TOP + 1 + i for i, name in enumerate(inputs.rows)}
        self._next = TOP + 1 + len(inputs.rows)
        self._head()
        for row in inputs.rows.values():
            self._input(row)
        self._profile()
        self._changes()

    def _head(self) -> None:
        sheet = self.sheet
        sheet.text(0, 0, "Inputs", "title")
        sheet.text(1, 0, "Change a value in a framed cell: the sheets Cash flow, Results and Checks follow. "
                         "An empty one is not known; what needs it says so.", "note")
        sheet.text(2, 0, f"Rows reach month {self._months}; the horizon may be 1 to {self._months} months. "
                         f"Money is in {self._currency}, before tax. A month has 730 hours.", "note")
        sheet.row(TOP, TITLES, "head")
        sheet.freeze(TOP + 1, 1)

    def _input(self, row: Input) -> None:
        at, sheet = self._rows[row.name], self.sheet
        sheet.row(at, (row.label, row.whose))
        self._value(at, row.figure, row.field)
        unit = unit_in_words(row.figure.unit, self._currency)
        sheet.text(at, VALUE + 1, unit, "unit")
        sheet.row(at, (chip(row.figure), origin(row.figure), row.spread), start=VALUE + 2)
        self._book.define(row.name, sheet.ref(at, VALUE))
        whose = "" if row.whose == WHOLE_CASE else f'&" of "&$B{at + 1}'
        self._watch(at, row.figure.value, f'IF({self._possible(row.field, at)},"",$A{at + 1}{whose}&"; ")',
                    "" if row.known else f"{row.told}; ")

    def _value(self, at: int, figure: Figure, field: str) -> None:
        if field == "peak_to_mean" and self._inputs.peak_follows_profile and figure.value is not None:
            weights = f'IF(SUM(day_weights)>0,MAX(day_weights)/SUM(day_weights)*{HOURS},"")'
            self.sheet.formula(at, VALUE, weights, figure.value, figure.unit)
            return
        self.sheet.value(at, VALUE, figure.value, figure.unit, "input")
        if (rule := self._rule(field)) is not None:
            self.sheet.allow(at, VALUE, rule)

    def _rule(self, field: str) -> dict[str, object] | None:
        if field == "horizon_months":
            return {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": self._months,
                    "error_title": "Horizon", "error_message": f"Type a whole number from 1 to {self._months}."}
        if field in SIGNED:
            return None
        above = field in ABOVE
        bound = ABOVE[field] if above else AT_LEAST.get(field, 0)
        words = f"above {bound}" if above else f"of {bound} or more"
        return {"validate": "decimal", "criteria": ">" if above else ">=", "value": bound, "error_title": "Not possible",
                "error_message": f"Type a number {words}."}

    def _possible(self, field: str, at: int) -> str:
        cell = f"$C{at + 1}"
        if field == "horizon_months":
            return f"AND(ISNUMBER({cell}),N({cell})>=1,N({cell})<{self._months + 1})"
        if field in ABOVE:
            return f"AND(ISNUMBER({cell}),N({cell})>{ABOVE[field]})"
        return f"AND(ISNUMBER({cell}),N({cell})>={AT_LEAST[field]})" if field in AT_LEAST else f"ISNUMBER({cell})"

    def _watch(self, at: int, exported: float | None, missing: str = "", told: str = "") -> None:
        """The value at export beside the one that counts, whether they differ, and the input's name where it is missing."""
        cell, was = f"$C{at + 1}", f"$H{at + 1}"
        self.sheet.value(at, EXPORT, exported, "", "static")
        changed = f"IF(ISNUMBER({cell}),1,0)" if exported is None else f"IF({cell}={was},0,1)"
        self.sheet.formula(at, CHANGED, changed, 0.0, "changed")
        if missing:
            self.sheet.formula(at, MISSING, missing, told)

    def _profile(self) -> None:
        weights = self._inputs.case.profile
        if weights is None:
            return
        first = self._next
        for hour, weight in enumerate(weights):
            at = first + hour
            self.sheet.row(at, (f"Demand from {hour}:00 to {hour + 1}:00", WHOLE_CASE))
            self.sheet.value(at, VALUE, weight, "", "input")
            self.sheet.allow(at, VALUE, {"validate": "decimal", "criteria": ">=", "value": 0, "error_title": "Not possible",
                                         "error_message": "Type a weight of 0 or more."})
            self.sheet.text(at, VALUE + 1, "weight", "unit")
            told = ("assumed (user)", "Weight of this hour in the day; only their ratios count.")
            self.sheet.row(at, told, start=VALUE + 2)
            self._watch(at, weight)
        last = self.sheet.ref(first + HOURS - 1, VALUE).partition("!")[2]
        self._book.define("day_weights", f"{self.sheet.ref(first, VALUE)}:{last}")
        self._next = first + HOURS

    def _changes(self) -> None:
        first, last = TOP + 2, self._next
        self.sheet.text(self._next + 1, 0, "Inputs that were changed after export", "strong")
        self.sheet.formula(self._next + 1, VALUE, f"SUM($I${first}:$I${last})", 0.0, "flag", "strong")
        self._book.define("inputs_changed", self.sheet.ref(self._next + 1, VALUE))
        self.sheet.mark((TOP + 1, last - 1), (0, CHANGED), f"$I{first}=1")
        self._next += 3
        self.sheet.row(self._next, ("What the costs wait for", "", "Empty: nothing is missing"), "head")
        self._next += 1

    @property
    def area(self) -> str:
        """All cells that are written so far."""
        return f"'{self.sheet.name}'!$A$1:$J${self._next}"

    def missing(self, name: str, told: str, options: Sequence[int]) -> str:
        """A named cell that says what the costs of these options wait for; told is in the first column. Gives its value."""
        words = self._inputs.missing(options)
        cells = "&".join(self._cell(need, interval) for need, interval in self._inputs.needed(options).items())
        row = self._next
        self.sheet.text(row, 0, told)
        self.sheet.formula(row, MISSING, cells, f"{words.removeprefix('not known: needs ')}; " if words else "")
        mine = f"$J{row + 1}"
        self.sheet.formula(row, VALUE, f'IF({mine}="","","not known: needs "&LEFT({mine},LEN({mine})-2))', words)
        self._book.define(name, self.sheet.ref(row, VALUE))
        self._next += 1
        return words

    def _cell(self, name: str, interval: str) -> str:
        cell = f"$J${self._rows[name] + 1}"
        return f'IF(ISNUMBER({interval}),{cell},"")' if interval else cell
