"""python -m core artifact: a model of a study as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.output import say
from core.studies import read
from core.studies.export import export

app = typer.Typer(help="Models of a study as files to deploy.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Models of a study as files to deploy."""


@app.command("export")
def artifact_export(
    study_id: Annotated[str, typer.Argument(metavar="STUDY", help="Id of the study.")],
    model: Annotated[str, typer.Argument(metavar="MODEL", help="teacher, the name of a student, or \"control of NAME\".")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder, anywhere.")],
    onnx: Annotated[bool, typer.Option(help="With the model as ONNX too, checked on the reference texts.")] = True,
    texts: Annotated[bool, typer.Option(help="With its reference texts, which are validation texts of the task.")] = True,
    variant: Annotated[str, typer.Option(
        metavar="WAY", help="As the study serves it otherwise, e.g. \"ONNX Runtime int8\"; `study show` names the ways.")] = "",
) -> None:
    """Write a model as a Hugging Face folder and as ONNX, or one of its variants, with card, reference answers and a manifest."""
    add = _onnx if onnx and not variant else None  # a variant is measured and deployed as it is
    written = export(read.get(study_id), model, folder, add, texts, variant)
    for file in sorted(path for path in written.rglob("*") if path.is_file()):
        say(f"{file.stat().st_size:>12,} bytes  {file.relative_to(written)}")
    say(f"written: {written}")


def _onnx(folder: Path) -> tuple[tuple[str, str], ...]:
    from core.compress.beside import add_onnx  # torch, which only this needs

    return add_onnx(folder)
