"""A job's folder and log. Worker and supervisor append to the same file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core import settings

TAIL_BYTES = 400_000


def folder(job_id: int) -> Path:
    """Where the job keeps its log."""
    return settings.folder("runs", str(job_id))


def path(job_id: int) -> Path:
    """The log file; it may not exist yet."""
    return folder(job_id) / "log.txt"


def write(job_id: int, text: str) -> None:
    """Appends text with the local time before it."""
    with path(job_id).open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now():%H:%M:%S} {text}\n")


def tail(job_id: int, lines: int = 200) -> str:
    """The last lines of the log, empty before the first."""
    file = path(job_id)
    if not file.exists():
        return ""
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - TAIL_BYTES))
        text = log.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
