"""Start a measuring process and wait for it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.measure.bench import Request, request_json
from core.settings import ROOT

TICK_S = 2.0  # seldom, as each tick takes time from what is measured
Tick = Callable[[float, str], None]


def invoke(request: Request, tick: Tick | None = None) -> dict[str, Any]:
    """Measure in a fresh process. Raises UserError.

    tick: called every TICK_S seconds with the share of the Server scenario's search that is done and its last sentence, 0 and ""
    before it; what it raises ends the process.
    """
    with tempfile.TemporaryDirectory() as folder:
        question, answer, said = (Path(folder) / name for name in ("request.json", "answer.json", "progress.json"))
        question.write_text(request_json(replace(request, progress=str(said))), encoding="utf-8")
        command = [sys.executable, "-m", "core.measure.bench", str(question), str(answer)]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
        try:
            _wait(process, said, tick)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise UserError(f"measure: the measuring process of {Path(request.artifact).name!r} ended with code "
                            f"{process.returncode}; see the log, then retry.")
        return dict(json.loads(answer.read_text(encoding="utf-8")))


def _wait(process: subprocess.Popen[bytes], said: Path, tick: Tick | None) -> None:
    while True:
        try:
            process.wait(TICK_S)
            return
        except subprocess.TimeoutExpired:
            if tick:
                tick(*(json.loads(said.read_text(encoding="utf-8")) if said.is_file() else (0.0, "")))
