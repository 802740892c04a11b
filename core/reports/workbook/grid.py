"""Columns of months on a sheet: one formula for all rows, the application's numbers beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlsxwriter.utility import xl_col_to_name

from core.reports.workbook.pen import Sheet, Value, column

TITLE, AUXILIARY, HEAD = 2, 3, 4  # rows from 0: names of blocks, totals, titles of columns
TALL = 76.0  # points, for titles of five lines
FIRST = 6  # the row of month 0, counted from 1 as in formulas

Formula = Callable[[int], str]


def letters(number: int) -> str:
    """The letters of a column by its number from 0."""
    return str(xl_col_to_name(number))


class Grid:
    """Fills a sheet column by column; month m stands in row FIRST + m."""

    def __init__(self, sheet: Sheet, months: int) -> None:
        self.sheet, self.months, self._next = sheet, months, 0
        sheet.height(HEAD, TALL)

    @property
    def here(self) -> str:
        """The letters of the column that comes next."""
        return letters(self._next)

    @property
    def position(self) -> int:
        """The number of the column that comes next, from 0."""
        return self._next

    def skip(self, width: float = 2) -> None:
        """Leave a narrow column empty."""
        self.sheet.width(self._next, self._next, width)
        self._next += 1

    @property
    def beside(self) -> str:
        """The letters of the column after that."""
        return letters(self._next + 1)

    def column(self, title: str, unit: str, values: Sequence[Value], formula: Formula | None = None, only: int | None = None,
               width: float = 14, over: str = "") -> str:
        """A column of months 0 and up; formula gives that of a row, None means that the values are fixed. only: the one month
        in which the formula stands; the others are fixed. over: write the sum above, unless this cell says that something is
        missing. Returns the column's letters."""
        here = self.here
        self.sheet.text(HEAD, self._next, title, "month")
        self.sheet.width(self._next, self._next, width)
        for month, value in enumerate(values):
            row = FIRST + month
            if formula is None or (only is not None and month != only):
                self.sheet.value(row - 1, self._next, value, unit)
            else:
                self.sheet.formula(row - 1, self._next, formula(row), value, unit)
        self._next += 1
        if over:
            whole = "" if "" in values else sum(float(value) for value in values)
            total = f"SUM({self.span(here)})"
            self.above(here, f'IF({over}="",{total},"")' if formula else total, whole, unit)
        return here

    def above(self, col: str, formula: str, value: Value, unit: str) -> None:
        """A cell over a column, such as its sum."""
        self.sheet.formula(AUXILIARY, column(col), formula, value, unit, "strong")

    def span(self, col: str, start: int = 0, end: int | None = None) -> str:
        """The cells of a column from month `start` to month `end` (the last one), for formulas on the same sheet."""
        last = self.months if end is None else end
        return f"${col}${FIRST + start}:${col}${FIRST + last}"

    def far(self, col: str, start: int = 0, end: int | None = None) -> str:
        """The same for formulas on other sheets."""
        return f"'{self.sheet.name}'!{self.span(col, start, end)}"

    def over(self, col: str) -> str:
        """The cell over a column, for formulas on other sheets."""
        return f"'{self.sheet.name}'!${col}${AUXILIARY + 1}"
