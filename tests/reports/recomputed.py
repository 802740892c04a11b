"""Change inputs inside an XLSX file as a person would, and read what a program makes of it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from core.figures import Figure, assumed
from core.reports.dossier import Dossier
from core.reports.workbook.inputs import Inputs
from core.reports.workbook.results import COMPARED, OPTIONS
from core.roi.options import Activity, Case, Option

Cells = dict[str, dict[str, object]]
Found = dict[tuple[str, str], object]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
INPUTS = "xl/worksheets/sheet2.xml"


def soffice() -> str | None:
    """LibreOffice's command, if it is installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def typed(book: bytes, values: Mapping[str, float | None], weights: Mapping[int, float] | None = None,
          breaking: tuple[str, str] = ("", "")) -> bytes:
    """The file with other numbers in input cells (by defined name; weights of the day by hour) and without any cached result,
    so that all must be computed. breaking: a formula and what is written in its place."""
    names = addresses(book)
    cells = {names[key]: value for key, value in values.items()}
    if weights:
        column, first = re.match(r"([A-Z]+)(\d+)", names["day_weights"]).groups()
        cells |= {f"{column}{int(first) + hour}": value for hour, value in weights.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.startswith("xl/worksheets/"):
                text = re.sub(r"</f><v>[^<]*</v>|</f><v ?/>", "</f>", text)
            if breaking[0]:
                text = text.replace(escape(breaking[0]), escape(breaking[1]))
            if name == INPUTS:
                for cell, value in cells.items():
                    text = _set(text, cell, value)
            new.writestr(name, text)
    return made.getvalue()


def addresses(book: bytes) -> dict[str, str]:
    """The cells of all defined names, without their sheet."""
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        found = ElementTree.fromstring(file.read("xl/workbook.xml")).iter(f"{MAIN}definedName")
    return {name.get("name"): name.text.rpartition("!")[2].replace("$", "") for name in found}


def _set(sheet: str, cell: str, value: float | None) -> str:
    filled = "" if value is None else f"<v>{value!r}</v>"
    text, count = re.subn(rf'<c r="{cell}"( s="\d+")?(?:/>|><v>[^<]*</v></c>)', rf'<c r="{cell}"\1>{filled}</c>', sheet)
    assert count == 1, cell
    return text


def changed(case: Case, values: Mapping[str, float]) -> Case:
    """The case with other numbers for these inputs, by the defined names of their cells."""
    rows = Inputs(case)

    def new(name: str | None, figure: Figure) -> Figure:
        return assumed(values[name], figure.unit, by="user") if name in values else figure

    def option(number: int, old: Option) -> Option:
        parts = tuple(replace(part, figures={field: new(rows.part(number, k, field), figure) for field, figure in part.figures.items()})
                      for k, part in enumerate(old.parts))
        work = tuple(Activity(task.key, new(hours, task.hours), new(rate, task.usd_per_hour))
                     for task, (hours, rate) in zip(old.work, rows.work(number), strict=True))
        own = {field: new(rows.option(number, field), figure) for field, figure in old.figures.items()}
        return replace(old, parts=parts, work=work, figures=own)

    return replace(case, terms={name: new(name, figure) for name, figure in case.terms.items()},
                   options=tuple(option(i, old) for i, old in enumerate(case.options)))


def moved(case: Case) -> dict[str, float]:
    """Another number for every input of a case, also for those that are not known."""
    made = {}
    for name, row in Inputs(case).rows.items():
        if name == "peak_to_mean" and case.profile:
            continue
        value = row.figure.value
        if value is None:
            made[name] = 7.0 if name.endswith("months") else 731.0
        elif row.figure.unit in ("months", "count"):
            made[name] = value + 1.0
        elif name.endswith(("growth", "rate", "change")):
            made[name] = value + 0.013
        else:
            made[name] = value * (0.9 if row.figure.unit == "share" else 1.17)
    return made


def in_libreoffice(books: Mapping[str, bytes], folder: Path) -> dict[str, Cells]:
    """All cells of these files by sheet and address, as LibreOffice computes them."""
    source, target = folder / "in", folder / "out"
    source.mkdir()
    for name, book in books.items():
        (source / f"{name}.xlsx").write_bytes(book)
    files = [source / f"{name}.xlsx" for name in books]
    subprocess.run([soffice(), "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "xlsx",
                    "--outdir", target, *files], check=True, capture_output=True, timeout=300)
    return {name: cells((target / f"{name}.xlsx").read_bytes()) for name in books}


def in_formulas(book: bytes, folder: Path, changes: Sequence[Mapping[str, float]]) -> list[Cells]:
    """The same by the package `formulas`, once for each set of changes (by the defined names of input cells)."""
    import formulas

    path, names, found = folder / "book.xlsx", addresses(book), []
    path.write_bytes(book)
    model = formulas.ExcelModel().loads(str(path)).finish()
    for values in changes:
        solution = model.calculate(inputs={f"'[book.xlsx]INPUTS'!{names[name]}": value for name, value in values.items()})
        found.append({sheet: fixed | {cell: _plain(solution[f"'[book.xlsx]{sheet.upper()}'!{cell}"].value[0, 0])
                                      for cell in formulas_of(book)[sheet]} for sheet, fixed in cells(book).items()})
    return found


def _plain(value: object) -> object:
    return float(value) if isinstance(value, int | float) else "" if str(value) == "empty" else str(value)


def cells(book: bytes) -> Cells:
    """The values of all cells that hold one, by sheet and address."""
    return {sheet: {cell: value for cell, (value, _) in found.items() if value != ""} for sheet, found in _read(book).items()}


def formulas_of(book: bytes) -> dict[str, dict[str, str]]:
    """The formulas of a file by sheet and address."""
    return {sheet: {cell: formula for cell, (_, formula) in found.items() if formula} for sheet, found in _read(book).items()}


@lru_cache(maxsize=40)
def _read(book: bytes) -> dict[str, dict[str, tuple[object, str]]]:
    """Value and formula of each cell, straight from the file's XML: some ten times faster than openpyxl."""
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        strings = ["".join(part.text or "" for part in item.iter(f"{MAIN}t"))
                   for item in ElementTree.fromstring(file.read("xl/sharedStrings.xml"))]
        names = [sheet.get("name") for sheet in ElementTree.fromstring(file.read("xl/workbook.xml")).iter(f"{MAIN}sheet")]
        return {name: {cell.get("r"): (_value(cell, strings), cell.findtext(f"{MAIN}f") or "") for cell in
                       ElementTree.fromstring(file.read(f"xl/worksheets/sheet{i + 1}.xml")).iter(f"{MAIN}c")}
                for i, name in enumerate(names)}


def _value(cell: ElementTree.Element, strings: list[str]) -> object:
    text = cell.findtext(f"{MAIN}v") or ""
    if cell.get("t") == "s":
        return strings[int(text)]
    return text if not text or cell.get("t") in ("str", "e", "b") else float(text)


def results(sheet: Mapping[str, object], dossier: Dossier) -> Found:
    """The cells of the sheet of results by whose they are and the field."""
    top = next(row for row in range(1, 50) if sheet.get(f"A{row}") == "Each option") + 2
    found: Found = {(one.name, field): sheet.get(f"{'DEFGHIJK'[j]}{top + i}", "")
                    for i, one in enumerate(dossier.options) for j, field in enumerate(OPTIONS)}
    top += len(dossier.options) + 3
    return found | {(f"{one.option} against {one.against}", field): sheet.get(f"{'DEFGHIJKL'[j]}{top + i}", "")
                    for i, one in enumerate(dossier.comparisons) for j, field in enumerate(COMPARED)}


def expected(dossier: Dossier) -> dict[tuple[str, str], Figure]:
    """What the application answers, by the same keys."""
    found = {(one.name, field): getattr(one, field) for one in dossier.options for field in OPTIONS}
    return found | {(f"{one.option} against {one.against}", field): getattr(one, field)
                    for one in dossier.comparisons for field in COMPARED}


def is_same(shown: object, figure: Figure, currency: str) -> bool:
    """Whether a cell holds the application's figure: to the cent, to 1e-7 of it, or the reason why it has none."""
    if figure.value is None:
        return shown == figure.provenance.reason or (str(shown).startswith("not known: needs ") and "needs" in figure.provenance.reason)
    if not isinstance(shown, int | float):
        return False
    cent = 0.005 if figure.unit == currency else 1e-9
    return abs(shown - figure.value) <= max(cent, 1e-7 * abs(figure.value))
