"""Writing cells: user text only ever as text, formulas with their computed value, one look for all sheets."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

Value = float | str

LONGEST = 32_767  # characters that a cell holds
# Neither XML nor a cell can hold these; one blank stands for each.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

KINDS: dict[str, dict[str, object]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "plain": {"valign": "top"},
    "label": {"bold": True, "valign": "top"},
    "title": {"bold": True, "font_size": 16},
    "heading": {"bold": True, "font_size": 12},
    "note": {"italic": True, "font_color": "#404040"},
    "unit": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E7E6E6"},
    "month": {"bold": True, "text_wrap": True, "valign": "bottom", "align": "right", "bottom": 1, "bg_color": "#E7E6E6"},
    "value": {"valign": "top"},
    "result": {"text_wrap": True, "valign": "top"},
    "strong": {"bold": True, "valign": "top", "top": 1},
    "input": {"valign": "top", "border": 1, "bg_color": "#FFF9DB", "font_color": "#0B3D91", "locked": False},
    "exact": {"text_wrap": True, "valign": "top", "bg_color": "#F2F2F2"},
    "static": {"text_wrap": True, "valign": "top", "bg_color": "#F2F2F2"},
}
NUMBERS = {
    "USD": "#,##0.00", "USD/month": "#,##0.00", "USD/h": "#,##0.0000", "USD/1e6": "#,##0.0000", "USD/call": "0.00000000",
    "USD/error": "0.00000000", "USD/prediction": "0.0000000000",
    "USD/kWh": "0.0000", "share": "0.00%", "1/day": "#,##0", "1/month": "#,##0", "1/s": "#,##0.00", "count": "#,##0",
    "months": "0.0#", "ratio": "0.00#", "points": "0.00#", "h": "#,##0.0#",
    "flag": "0", "factor": "0.000000", "hours": "#,##0.00", "cash": "#,##0.00;-#,##0.00;0",
    "changed": '"yes";;',
}
# Inputs and figures of the provenance are shown with all their digits.
TYPED = {"USD": "#,##0.00######", "USD/month": "#,##0.00######", "USD/h": "#,##0.00######", "USD/call": "0.00##########",
         "USD/error": "0.00##########", "USD/prediction": "0.00##########",
         "USD/kWh": "0.00######", "share": "0.00######%", "1/day": "#,##0", "1/month": "#,##0", "1/s": "#,##0.00####",
         "count": "#,##0"}
LINE, MOST_LINES = 15.0, 27  # points; what a row may hold


def clean(text: str) -> str:
    """The text as a cell can hold it: no control characters, not too long."""
    return UNFIT.sub(" ", text)[:LONGEST]


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: Book, name: str, widths: Sequence[float]) -> None:
        self.name, self._book, self._page = name, book, book.file.add_worksheet(name)
        self._page.set_landscape()
        self._page.set_paper(9)  # A4
        self._page.fit_to_pages(1, 0)
        self._page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._page.set_footer("&L&A&RPage &P of &N")
        self._page.hide_gridlines(2)
        self._widths, self._lines = widths, dict[int, int]()
        for column, width in enumerate(widths):
            self._page.set_column(column, column, width)

    def text(self, row: int, col: int, text: str, kind: str = "text") -> None:
        """Text as it is, whatever it looks like."""
        self._fit(row, col, text, kind)
        self._page.write_string(row, col, clean(text), self._book.style(kind))

    def wide(self, row: int, first: int, last: int, text: str) -> None:
        """A long text over several columns."""
        self._page.merge_range(row, first, row, last, "", self._book.style("text"))
        self._page.write_string(row, first, clean(text), self._book.style("text"))
        lines = math.ceil(len(text) / sum(self._widths[first : last + 1]))
        self._lines[row] = max(self._lines.get(row, 1), lines)

    def _fit(self, row: int, col: int, text: str, kind: str) -> None:
        """Remember how many lines a wrapped text takes: not every program makes room by itself."""
        if "text_wrap" in KINDS[kind] and col < len(self._widths):
            lines = sum(max(1, math.ceil(len(line) / self._widths[col])) for line in clean(text).split("\n"))
            self._lines[row] = max(self._lines.get(row, 1), lines)

    def finish(self) -> None:
        """Make room for wrapped texts; nothing is written after that."""
        for row, lines in self._lines.items():
            if lines > 1:
                self._page.set_row(row, LINE * min(lines, MOST_LINES))

    def value(self, row: int, col: int, value: Value | None, unit: str = "", kind: str = "value") -> None:
        """A plain number or text; an empty cell for None."""
        style = self._book.style(kind, unit)
        if value is None:
            self._page.write_blank(row, col, None, style)
        elif isinstance(value, str):
            self.text(row, col, value, "text" if kind == "value" else kind)
        else:
            self._page.write_number(row, col, float(value), style)

    def formula(self, row: int, col: int, formula: str, value: Value, unit: str = "", kind: str = "value") -> None:
        """A formula of ours with what it comes to. Raises ValueError for a value that is no number."""
        if not isinstance(value, str) and not math.isfinite(value):
            raise ValueError(f"{self.name} {xl_col_to_name(col)}{row + 1}: {value} cannot stand in a cell")
        shown = clean(value) if isinstance(value, str) else float(value)
        if isinstance(value, str):
            self._fit(row, col, value, kind)
        self._page.write_formula(row, col, f"={formula}", self._book.style(kind, unit), shown)

    def row(self, row: int, texts: Sequence[str], kind: str = "text", start: int = 0) -> None:
        """Texts side by side."""
        for shift, text in enumerate(texts):
            self.text(row, start + shift, text, kind)

    def freeze(self, rows: int, columns: int = 0) -> None:
        """Rows and columns that stay in sight; the rows are printed on each page too."""
        self._page.freeze_panes(rows, columns)
        self._page.repeat_rows(rows - 1)

    def pages(self, breaks: Sequence[int], columns: int, scale: int) -> None:
        """A wide sheet on several pages: a new one at each of these columns, the first ones repeated."""
        self._page.set_print_scale(scale)
        self._page.set_v_pagebreaks(list(breaks))
        self._page.repeat_columns(0, columns - 1)

    def printed(self, rows: int, columns: int) -> None:
        """Print only the first rows and columns."""
        self._page.print_area(0, 0, rows - 1, columns - 1)

    def width(self, first: int, last: int, width: float) -> None:
        """Width of a run of columns, in characters."""
        self._page.set_column(first, last, width)

    def height(self, row: int, height: float) -> None:
        """Height of a row, in points."""
        self._page.set_row(row, height)

    def allow(self, row: int, col: int, rule: dict[str, object]) -> None:
        """What may be typed into a cell."""
        self._page.data_validation(row, col, row, col, rule)

    def mark(self, rows: tuple[int, int], cols: tuple[int, int], condition: str) -> None:
        """Make cells bold where a condition (a formula for the first of them) holds."""
        style = self._book.file.add_format({"bold": True, "font_color": "#9C0006", "bg_color": "#FFD9D9"})
        self._page.conditional_format(rows[0], cols[0], rows[1], cols[1],
                                      {"type": "formula", "criteria": f"={condition}", "format": style})

    def ref(self, row: int, col: int) -> str:
        """The absolute address of a cell, with its sheet."""
        return f"'{self.name}'!${xl_col_to_name(col)}${row + 1}"


class Book:
    """A workbook in memory. Nothing in it is a link, a macro or an array formula."""

    def __init__(self, day: date, currency: str) -> None:
        self._currency = currency
        self._stream = BytesIO()
        self.file = Workbook(self._stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                            "strings_to_numbers": False})
        self.file.set_properties({"title": "Business case", "created": datetime(day.year, day.month, day.day)})
        self._sheets: list[Sheet] = []
        self._styles: dict[tuple[str, str], Format] = {}

    def sheet(self, name: str, widths: Sequence[float] = ()) -> Sheet:
        """A new sheet, after those that are there; widths of its first columns in characters."""
        self._sheets.append(Sheet(self, name, widths))
        return self._sheets[-1]

    def style(self, kind: str, unit: str = "") -> Format:
        """The look of a kind of cell (see KINDS) with the number format of a unit; money of all currencies looks alike."""
        unit = f"USD{unit.removeprefix(self._currency)}" if unit.startswith(self._currency) else unit
        if (kind, unit) not in self._styles:
            numbers = TYPED if kind in ("input", "exact") else NUMBERS
            look = KINDS[kind] | ({"num_format": numbers[unit]} if unit in numbers else {})
            self._styles[kind, unit] = self.file.add_format(look)
        return self._styles[kind, unit]

    def define(self, name: str, address: str) -> None:
        """Give a cell or a range a name of ours."""
        self.file.define_name(name, f"={address}")

    def close(self) -> bytes:
        """The file."""
        for sheet in self._sheets:
            sheet.finish()
        self.file.close()
        return self._stream.getvalue()


def column(address: str) -> int:
    """The number of a column by its letters, from 0."""
    return int(xl_cell_to_rowcol(f"{address}1")[1])
