"""What every command shares: the options of its output, and how it writes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

Json = Annotated[Path | None, typer.Option("--json", help="Write the result as JSON to this file ('-' for standard output).")]


def write(path: Path | None, data: Any) -> None:
    """JSON to a file, whole or not at all; '-' is standard output, None writes nothing."""
    if path is None:
        return
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    if str(path) == "-":
        sys.stdout.write(text)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def say(text: str) -> None:
    """A line on standard output."""
    typer.echo(text)
