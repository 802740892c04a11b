"""Reports as files: the HTML report and the workbook of a dossier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import say, write_files
from core.errors import UserError
from core.reports.dossier import Dossier

Html = Annotated[Path | None, typer.Option("--html", help="Write the report to this file: one HTML file that needs nothing else.")]
Xlsx = Annotated[Path | None, typer.Option("--xlsx", help="Write the workbook with live formulas to this file.")]


def check_places(html: Path | None, xlsx: Path | None, *kept: Path) -> None:
    """Raises UserError unless at least one file is asked for, each at its own place, none over a file of `kept`."""
    asked = {name: path for name, path in (("html", html), ("xlsx", xlsx)) if path is not None}
    if not asked:
        raise UserError("export: no file is asked for; add --html FILE, --xlsx FILE or both.")
    for name, path in asked.items():
        if str(path) == "-":
            raise UserError(f"{name}: '-' is not accepted, as a report is a file; name one.")
        if path.resolve() in [each.resolve() for each in kept]:
            raise UserError(f"{name}: {path} is the case itself; name another file.")
    if html is not None and xlsx is not None and html.resolve() == xlsx.resolve():
        raise UserError(f"xlsx: {xlsx} is the file of the HTML report as well; name another one.")


def export(dossier: Dossier, html: Path | None, xlsx: Path | None) -> None:
    """Write what is asked for, all or nothing, and say where it is. Raises UserError where it cannot be written."""
    files: dict[Path, bytes] = {}
    if html is not None:
        from core.reports.html import report

        files[html] = report(dossier).encode()
    if xlsx is not None:
        from core.reports.workbook import workbook

        files[xlsx] = workbook(dossier)
    write_files(files)
    for path in files:
        say(f"written: {path}")
