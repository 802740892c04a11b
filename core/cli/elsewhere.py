"""python -m core study import-measurement and study measurements: what was measured on other machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import Json, is_standard_output, say, write
from core.errors import UserError
from core.studies import elsewhere, read
from core.studies.measurement_file import MAX_BYTES


def study_import_measurement(
    study_id: Annotated[str, typer.Argument(metavar="STUDY", help="The study that the model is of.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `measure` wrote.")],
    json_file: Json = None,
) -> None:
    """Bring a measurement from another machine into its study; it stands beside the study's own figures."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"file: {file} cannot be read ({error.strerror}); name a file that `python -m core measure` wrote.") from None
    kept = elsewhere.bring(study_id, data)
    if not is_standard_output(json_file):
        say(elsewhere.line(kept))
        say(kept.match)
    write(json_file, elsewhere.to_json(kept))


def study_measurements(
    study_id: Annotated[str, typer.Argument(metavar="STUDY", help="Id of the study.")],
    delete: Annotated[int | None, typer.Option(help="Delete the measurement of this id.")] = None,
    json_file: Json = None,
) -> None:
    """List the measurements of a study's models on other machines, or delete one."""
    read.get(study_id)
    if delete is not None:
        elsewhere.remove(study_id, delete)
        say(f"measurement {delete} is deleted")
        return
    found = elsewhere.listed(study_id)
    if not is_standard_output(json_file):
        for row in found:
            say(elsewhere.line(row))
    write(json_file, [elsewhere.to_json(row) for row in found])
