"""What every command shares: the options of its output, and how it writes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import UserError

Json = Annotated[Path | None, typer.Option("--json", help="Write the result as JSON to this file ('-' for standard output).")]


def write(path: Path | None, data: Any) -> None:
    """JSON to a file, whole or not at all; '-' is standard output, None writes nothing. Raises UserError."""
    if path is not None:
        write_text(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Text to a file, whole or not at all; '-' is standard output. UserError where the file cannot be written."""
    if is_standard_output(path):
        sys.stdout.write(text)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise UserError(f"file: {path} cannot be written ({error.strerror}); choose another place.") from None


def is_standard_output(path: Path | None) -> bool:
    """Whether a file option says '-': then nothing but that file's text belongs on standard output."""
    return str(path) == "-"


def say(text: str) -> None:
    """A line on standard output."""
    typer.echo(text)
