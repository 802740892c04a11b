"""What every command shares: the options of its output, and how it writes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
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
    write_files({path: text.encode()})


def write_files(files: Mapping[Path, bytes]) -> None:
    """All files whole, or none of them: each is written beside its place and takes it once all are. Raises UserError."""
    for path in files:
        _check(path)
    drafts = {path: path.with_name(f".{path.name[:200]}.{os.getpid()}") for path in files}
    path = next(iter(files), Path())
    try:
        for path, content in files.items():
            drafts[path].write_bytes(content)
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise UserError(f"file: {path} cannot be written ({error.strerror}); choose another place.") from None
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def _check(path: Path) -> None:
    """Raises UserError for a place where no file can stand."""
    if not path.name or path.is_dir():
        raise UserError(f"file: {path} cannot be written, as it is a folder; add the name of a file.")
    if not path.parent.is_dir():
        raise UserError(f"file: {path} cannot be written, as there is no folder {path.parent}; create it or choose another place.")


def is_standard_output(path: Path | None) -> bool:
    """Whether a file option says '-': then nothing but that file's text belongs on standard output."""
    return str(path) == "-"


def say(text: str) -> None:
    """A line on standard output."""
    typer.echo(text)
