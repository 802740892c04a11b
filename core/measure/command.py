"""python -m core measure: runs on a target that has the artefact and this code, and neither a database nor a browser."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import UserError
from core.manifest import checked


def measure(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `artifact export` wrote.")],
    json_file: Annotated[Path, typer.Option("--json", help="Write the measurement to this file ('-' for standard output).")],
    texts: Annotated[Path | None, typer.Option(help="A UTF-8 file with one text a line, in place of the reference texts.")] = None,
    invocations: Annotated[int, typer.Option(min=1, max=20, help="Fresh processes; intervals need 5.")] = 5,
    queries: Annotated[int, typer.Option(min=1, max=100_000, help="Queries one after the other; p99 needs 662.")] = 662,
    offline_seconds: Annotated[float, typer.Option(min=0.5, max=600, help="Least time of the Offline scenario.")] = 5.0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, max=256, help="CPU threads; all physical cores if not given.")] = None,
    server_limit_ms: Annotated[float | None, typer.Option(
        min=0.01, max=100_000, help="Latency limit (p99) of the Server scenario; without it the scenario is left out.")] = None,
    server_seconds: Annotated[float, typer.Option(min=1, max=3_600, help="Most time of the Server scenario's search.")] = 120.0,
    runtime: Annotated[str | None, typer.Option(
        help="torch, torch.compile, onnxruntime, openvino or tensorrt; what the folder was exported for if not given.")] = None,
) -> None:
    """Measure an exported model on this machine and write a file that its study imports."""
    if device not in ("auto", "cpu", "cuda"):
        raise UserError(f"device: {device!r} is not known; choose auto, cpu or cuda.")
    _check_place(json_file)
    checked(folder)  # a wrong folder is refused before the seconds that a runtime takes to load
    from core.measure.portable import Asked, measure_folder, told

    asked = Asked(invocations, queries, offline_seconds, device, threads, runtime, server_limit_ms, server_seconds)
    found = measure_folder(folder, asked, texts, _note)
    _write(json_file, found)
    for line in told(found):
        _note(f"  {line}")
    _note(f"written: {json_file}")


def main() -> None:
    """The command alone; bad input ends with one sentence and exit code 2."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command("measure")(measure)
    app.callback()(lambda: None)
    try:
        app()
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


def _check_place(path: Path) -> None:
    """Raises UserError before minutes of measuring for a place where no file can stand."""
    if str(path) != "-" and (path.is_dir() or not path.parent.is_dir()):
        raise UserError(f"json: {path} is a folder, or its folder does not exist; name a file in a folder that does.")


def _write(path: Path, found: dict[str, Any]) -> None:
    """The file, whole or not at all."""
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if str(path) == "-":
        sys.stdout.write(text)
        return
    draft = path.with_name(f".{path.name[:200]}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise UserError(f"json: {path} cannot be written ({error.strerror}); choose another place.") from None
    finally:
        draft.unlink(missing_ok=True)


def _note(text: str) -> None:
    """A line for the person who waits; standard output is the file's where it was asked for."""
    typer.echo(text, err=True)
