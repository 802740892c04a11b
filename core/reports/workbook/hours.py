"""The sheet of autoscaled fleets: machines in each hour of a month's day."""

from __future__ import annotations

from functools import partial

import numpy as np

from core.reports.workbook import serving
from core.reports.workbook.grid import FIRST, HEAD, Grid, letters
from core.reports.workbook.inputs import Inputs
from core.reports.workbook.numbers import Numbers
from core.reports.workbook.pen import Book, Sheet, column
from core.roi import fleet
from core.roi.months import DAYS_PER_MONTH, SECONDS_PER_DAY, Array
from core.roi.profile import HOURS, concentrations, hourly_rates
from core.roi.serving import Load, Serving, machine_hours

SIDE, SCALE = 2, 45  # columns printed on each page; printed size in percent
SHAPE, RATE = 1, 2  # rows from 0: the curve, and each hour's rate over the mean
NAME = "By hour"


def autoscaled(numbers: Numbers) -> list[tuple[int, int]]:
    """Option and part of each autoscaled fleet."""
    return [(i, k) for i, option in enumerate(numbers.case.options) for k, part in enumerate(option.parts)
            if part.basis == "autoscaled"]


class Hourly:
    """Writes the sheet; daily gives the cell with a day's machine hours of an option's part in a row."""

    def __init__(self, book: Book, sheet: Sheet, inputs: Inputs, numbers: Numbers) -> None:
        self._book, self._inputs, self._numbers = book, inputs, numbers
        self.sheet, self.grid = sheet, Grid(sheet, numbers.months)
        self._daily: dict[tuple[int, int], str] = {}
        sheet.text(0, 0, "Machines in each hour of the day", "title")
        self.grid.column("Month", "flag", [float(m) for m in range(numbers.months + 1)], width=30)
        self.grid.skip(12)
        self._weights()
        breaks = []
        for option, part in autoscaled(numbers):
            breaks.append(self.grid.position)
            self._fleet(option, part)
        sheet.pages(breaks[1:], SIDE, SCALE)
        sheet.freeze(HEAD + 1, 1)
        sheet.printed(FIRST + numbers.months, self.grid.position)

    def daily(self, option: int, part: int, row: int) -> str:
        """The cell of the machine hours of one day."""
        return f"'{NAME}'!${self._daily[option, part]}{row}"

    def _weights(self) -> None:
        """Each hour's rate over the mean: of the 24 weights, or of a smooth day with the case's peak."""
        terms = self._numbers.terms
        rates = np.ravel(hourly_rates(terms.load.peak_to_mean, terms.load.profile))
        self.sheet.text(RATE, 0, "Rate over the day's mean")
        start = self.grid.position
        if not self._inputs.has_profile:
            self._curve(start, rates)
        for hour in range(HOURS):
            if self._inputs.has_profile:
                formula = f"IF(SUM(day_weights)>0,INDEX(day_weights,{hour + 1})/SUM(day_weights)*{HOURS},0)"
            else:
                shapes = f"${letters(start)}${SHAPE + 1}:${letters(start + HOURS - 1)}${SHAPE + 1}"
                formula = f"{letters(start + hour)}${SHAPE + 1}/SUM({shapes})*{HOURS}"
            self.sheet.formula(RATE, start + hour, formula, float(rates[hour]), "factor")
        self._start = start

    def _curve(self, start: int, rates: Array) -> None:
        """A smooth day exp(k (cos - 1)): k is looked up for the peak in a table of the application, under the months."""
        ks, ratios = concentrations()
        first = FIRST + self._numbers.months + 4
        last = first + len(ks) - 1
        self.sheet.row(first - 3, ("Peak over mean", "", "Concentration"), "head")
        for i, (k, ratio) in enumerate(zip(ks, ratios, strict=True)):
            self.sheet.value(first - 1 + i, 0, float(ratio))
            self.sheet.value(first - 1 + i, 2, float(k))
        peaks, found = f"$A${first}:$A${last}", f"$C${first}:$C${last}"
        peak = f"MIN(MAX(peak_to_mean,1),$A${last})"
        low = f"MATCH({peak},{peaks},1)"
        between = (f"INDEX({found},{low})+({peak}-INDEX({peaks},{low}))*(INDEX({found},{low}+1)-INDEX({found},{low}))"
                   f"/(INDEX({peaks},{low}+1)-INDEX({peaks},{low}))")
        formula = f'IF(case_missing="",IF({low}={len(ks)},$C${last},{between}),0)'
        concentration = float(np.interp(self._numbers.terms.load.peak_to_mean, ratios, ks))
        self.sheet.formula(SHAPE, 1, formula, concentration)
        self.sheet.text(SHAPE, 0, "Smooth day: concentration, shape")
        self._book.define("day_concentration", self.sheet.ref(SHAPE, 1))
        for hour in range(HOURS):
            angle = np.cos(2 * np.pi * (hour - 14) / HOURS) - 1.0
            self.sheet.formula(SHAPE, start + hour, f"EXP(day_concentration*(COS(2*PI()*({hour}-14)/{HOURS})-1))",
                               float(np.exp(concentration * angle)), "factor")

    def _fleet(self, option: int, part: int) -> None:
        owner = self._numbers.case.options[option]
        plan, terms = self._numbers.plans[option], self._numbers.terms
        self.sheet.text(HEAD - 1, self.grid.position, f"{owner.name}: {owner.parts[part].model}", "heading")
        by_hour = machines_by_hour(plan.parts[part], terms.load, terms.volumes) if plan else None
        first = self.grid.here
        for hour in range(HOURS):
            values = self._numbers.unknown() if by_hour is None else self._numbers.served(by_hour[:, hour])
            self.grid.column(f"{hour}:00", "count", values, partial(self._machines, option, part, hour), width=7)
        last = letters(self.grid.position - 1)
        values = self._numbers.unknown()
        if plan is not None:
            values = self._numbers.served(machine_hours(plan.parts[part], terms.load, terms.volumes) / DAYS_PER_MONTH)
        self._daily[option, part] = self.grid.column(
            "Hours of a day", "hours", values, lambda row: self._day(option, part, row, first, last))
        self.grid.skip()

    def _machines(self, option: int, part: int, hour: int, row: int) -> str:
        def named(field: str) -> str | None:
            return self._inputs.part(option, part, field)

        share = named("share")
        per_day = f"'Cash flow'!$C{row}*${letters(self._start + hour)}${RATE + 1}" + (f"*{share}" if share else "")
        need = serving.fleet(named, serving.online_need(named, per_day))
        return f"""IF(o{option + 1}_missing="",IF('Cash flow'!$B{row}=1,{need},0),"")"""

    def _day(self, option: int, part: int, row: int, first: str, last: str) -> str:
        """All hours, and the start-up of each machine that is added; the day comes round to its first hour again."""
        startup = self._inputs.part(option, part, "startup_minutes")
        total = f"SUM(${first}{row}:${last}{row})"
        if startup:
            second, before = letters(column(first) + 1), letters(column(last) - 1)
            steps = f"SUMPRODUCT(ABS(${second}{row}:${last}{row}-${first}{row}:${before}{row}))+ABS(${first}{row}-${last}{row})"
            total = f"{total}+({steps})/2*{startup}/60"
        return f'IF(o{option + 1}_missing="",{total},"")'


def machines_by_hour(part: Serving, load: Load, volumes: Array) -> Array:
    """Machines of an autoscaled part in each hour of each month, shape (H, 24). Plain numbers only."""
    rates = hourly_rates(load.peak_to_mean, load.profile) * (volumes * part.share / SECONDS_PER_DAY)[:, None]
    return np.asarray(fleet.instances(rates, part.rate_per_s, part.target_utilisation, part.min_instances, part.spare_instances))
