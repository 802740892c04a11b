"""Watches another process's memory from outside: python -m core.measure.watch PID INTERVAL_MS OUT.json [GPU_UUID].

It ends with the watched process, or when it reads "stop" on standard input; "serving" there starts the resident figures anew. Then
it writes its figures in bytes to OUT.json. It imports neither torch nor NumPy, and reads a few times a second.
"""

from __future__ import annotations

import json
import os
import select
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil

from core.measure import board

PROPORTIONAL_EVERY = 8  # readings, where nobody will say "stop"


@dataclass
class Seen:
    """What was read so far, in bytes; peaks since the beginning, resident since serving began."""

    resident: list[int] = field(default_factory=list)
    proportional: int | None = None
    peak: int | None = None
    device: int | None = None
    board: int | None = None
    readings: int = 0

    def figures(self) -> dict[str, float | None]:
        """resident_bytes (median), proportional_bytes (last; shared pages divided among those that share them),
        peak_memory_bytes (of the process), device_bytes and board_bytes (peak of the process and of all on the board)."""
        return {
            "resident_bytes": _median(self.resident), "proportional_bytes": self.proportional,
            "peak_memory_bytes": self.peak, "device_bytes": self.device, "board_bytes": self.board,
        }


def read(process: psutil.Process, card: board.Board, seen: Seen, proportional: bool = False) -> bool:
    """Reads once; False once the process has ended.

    proportional: the kernel walks all pages for it (15 ms for 450 MB) while the process cannot map memory, so not during a measurement.
    """
    try:
        resident = process.memory_info().rss if process.is_running() else 0
    except psutil.Error:
        return False
    if not resident:  # ended, and not yet waited for
        return False
    seen.resident.append(resident)
    if proportional:
        seen.proportional = _kilobytes(process.pid, "smaps_rollup", "Pss:") or seen.proportional
    seen.peak = _larger(seen.peak, _kilobytes(process.pid, "status", "VmHWM:") or resident)
    seen.device = _larger(seen.device, card.process_bytes(process.pid))
    seen.board = _larger(seen.board, card.memory_bytes())
    seen.readings += 1
    return True


def watch(pid: int, interval_s: float, card: board.Board, commands: int | None) -> Seen:
    """Reads until the process ends or "stop" comes from the file descriptor `commands` (None: nobody tells it anything)."""
    seen = Seen()
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return seen
    while read(process, card, seen, commands is None and seen.readings % PROPORTIONAL_EVERY == 0):
        told, commands = _told(commands, interval_s)
        if "serving" in told:
            seen.resident, seen.readings = [], 0
        if "stop" in told:
            read(process, card, seen, proportional=True)
            break
    return seen


def _told(commands: int | None, interval_s: float) -> tuple[list[str], int | None]:
    """What was said within the interval, and where to go on listening: nowhere once the other end is closed."""
    ready, _, _ = select.select([commands] if commands is not None else [], [], [], interval_s)
    if commands is None or not ready:
        return [], commands
    said = os.read(commands, 4096)
    return said.decode("ascii", "replace").split(), commands if said else None


def _kilobytes(pid: int, file: str, key: str) -> int | None:
    """One of the kernel's numbers on a process, in bytes; None where it cannot be read."""
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(key)), None)


def _larger(known: int | None, found: int | None) -> int | None:
    return known if found is None else max(found, known or 0)


def _median(found: list[int]) -> int | None:
    return round(median(found)) if found else None


def main(arguments: list[str]) -> None:
    """Watches as the command line says."""
    pid, interval_ms, out = int(arguments[0]), float(arguments[1]), Path(arguments[2])
    card = board.of_uuid(arguments[3]) if len(arguments) > 3 else board.Board("no GPU was named")
    seen = watch(pid, interval_ms / 1000, card, sys.stdin.fileno())
    if out.parent.is_dir():  # gone together with the process that asked
        out.write_text(json.dumps(seen.figures()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
