"""Start a measuring process and wait for it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.measure.bench import Request, request_json
from core.settings import ROOT

TICK_S = 2.0  # seldom, as each tick takes time from what is measured


def invoke(request: Request, tick: Callable[[], None] | None = None) -> dict[str, Any]:
    """Measure in a fresh process. `tick` is called every TICK_S seconds; what it raises ends the process. Raises UserError."""
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "request.json", Path(folder) / "answer.json"
        question.write_text(request_json(request), encoding="utf-8")
        command = [sys.executable, "-m", "core.measure.bench", str(question), str(answer)]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
        try:
            _wait(process, tick)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise UserError(f"measure: the measuring process of {Path(request.artifact).name!r} ended with code "
                            f"{process.returncode}; see the log, then retry.")
        return dict(json.loads(answer.read_text(encoding="utf-8")))


def _wait(process: subprocess.Popen[bytes], tick: Callable[[], None] | None) -> None:
    while True:
        try:
            process.wait(TICK_S)
            return
        except subprocess.TimeoutExpired:
            if tick:
                tick()
