"""What a searched study reaches from a cold cache: how much of the teacher's accuracy its variants keep, and at what part of its cost.

Cost is that of the bench basis (Offline, tokenisation included). What joins a study was chosen on validation texts; which of its variants
is named here follows from their accuracy on test texts, so a row's note says among how many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from core.settings import ROOT
from tests.benchmarks.rows import Row

MINUTES, ANSWERED_S = 30.0, 2.0
DISTILS = ("student", "cascade")


@dataclass(frozen=True)
class Want:
    """A variant that keeps at least `kept` of the teacher's accuracy is to be `target` times as cheap; aim: what would be better still."""

    kept: float
    target: float
    aim: float | None = None


WANTED: Mapping[str, Sequence[Want]] = {"snippets": (Want(0.97, 8, 10), Want(0.90, 60, 100)), "r8": (Want(0.98, 50),)}


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    return [row for task, wants in WANTED.items() for row in _of_task(task, wants)]


def _of_task(task: str, wants: Sequence[Want]) -> list[Row]:
    started = perf_counter()
    points, asked_s = searched(task)
    minutes = (perf_counter() - started) / 60
    rows = [Row(f"{task}: search from a cold cache", "min", MINUTES, minutes, at_least=False),
            Row(f"{task}: playground, teacher and student answer a second text", "s", ANSWERED_S, asked_s, at_least=False)]
    for want in wants:
        best, among = cheapest(points, want.kept, DISTILS), sum(point["role"] in DISTILS for point in points)
        anything = cheapest(points, want.kept, (*DISTILS, "control"))
        name = f"{task}: cheaper than the teacher, keeps {want.kept:.0%}"
        note = f"{_told(best)}; of {among} with a student" + (f"; without the teacher {_told(anything)}" if anything is not best else "")
        rows.append(Row(name, "times", want.target, _times(best), note=note))
        if want.aim is not None:
            rows.append(Row(name, "times", want.aim, _times(best), aim=True))
        rows.append(Row(f"{task}: the same over the optimised teacher", "times", None, _times(best, "cost_to_optimised_teacher")))
    return rows


def searched(task: str) -> tuple[list[dict[str, Any]], float]:
    """The points of the frontier of a study with the preset search, run in a data folder of its own; seconds of the playground there."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "frontier.json"
        environment = {**os.environ, "DISTILL_ROI_HOME": home}

        def ask(*arguments: str, module: str = "core") -> str:
            return subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, check=True,
                                  capture_output=True, text=True).stdout

        made = Path(home) / "study.json"
        ask("study", "run", "--task", task, "--preset", "search", "--p99-ms", "50", "--margin", "5", "--json", str(made))
        study = json.loads(made.read_text(encoding="utf-8"))["id"]
        ask("study", "frontier", study, "--json", str(file))
        points: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["points"]
        return points, float(ask(study, module="tests.benchmarks.playground"))


def cheapest(points: Sequence[Mapping[str, Any]], kept: float, roles: Sequence[str]) -> Mapping[str, Any] | None:
    """The cheapest point of these roles that keeps so much, None where none does."""
    able = [point for point in points if point["role"] in roles and (_value(point, "retention") or 0.0) >= kept]
    return min(able, key=lambda point: _value(point, "usd_per_million_bench") or float("inf"), default=None)


def _value(point: Mapping[str, Any], name: str) -> float | None:
    value: float | None = point["figures"][name]["value"]
    return value


def _times(point: Mapping[str, Any] | None, over: str = "cost_to_teacher") -> float | None:
    ratio = None if point is None else _value(point, over)
    return 1 / ratio if ratio else None


def _told(point: Mapping[str, Any] | None) -> str:
    return "none keeps as much" if point is None else f"{point['name']}, {_value(point, 'retention'):.1%}"
