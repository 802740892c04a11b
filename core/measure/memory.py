"""Memory of this process, read from outside by a small process of its own (watch.py)."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.measure.board import Board
from core.settings import ROOT

INTERVAL_MS = 250
WAIT_S = 10.0
NAMES = ("resident_bytes", "proportional_bytes", "peak_memory_bytes", "device_bytes", "board_bytes")


class Watcher:
    """The process that watches this one."""

    def __init__(self, process: subprocess.Popen[bytes], out: Path) -> None:
        self.process, self.out = process, out

    def serving(self) -> None:
        """From here on counts as serving: resident figures are of what comes now, peaks keep what came before."""
        self._say("serving")

    def figures(self) -> dict[str, float | None]:
        """Ends the watch. Bytes by name (NAMES); None for what could not be read."""
        self._say("stop")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(WAIT_S)
        try:
            return dict(json.loads(self.out.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return dict.fromkeys(NAMES)

    def _say(self, word: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended
            assert self.process.stdin is not None
            self.process.stdin.write(f"{word}\n".encode())
            self.process.stdin.flush()


@contextmanager
def watched(board: Board, interval_ms: int = INTERVAL_MS) -> Iterator[Watcher]:
    """This process watched from now on, its memory on the board too; ask for `figures()` inside. The watcher ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "memory.json"
        command = [sys.executable, "-m", "core.measure.watch", str(os.getpid()), str(interval_ms), str(out)]
        process = subprocess.Popen([*command, *([board.uuid] if board.uuid else [])], cwd=ROOT, stdin=subprocess.PIPE)
        try:
            yield Watcher(process, out)
        finally:
            process.kill()
            process.communicate()
