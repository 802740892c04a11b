"""The measuring process: load one artefact, run both scenarios, check the reload, print one JSON object to a file.

python -m core.measure.bench REQUEST.json ANSWER.json, with nothing else in the process.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from core.measure import board, energy
from core.measure.loadgen import offline, single_stream
from core.measure.resources import peak_memory_bytes
from core.models.artifact import agreement, bytes_on_disk
from core.models.build import parameters
from core.runtimes.eager import EagerRuntime

WARM_UP = 64


@dataclass(frozen=True)
class Request:
    """What to measure: the artefact's folder, a JSON file with raw texts, the device, and how long."""

    artifact: str
    texts: str
    device: str
    threads: int
    queries: int
    offline_seconds: float


def measure(request: Request) -> dict[str, float | None]:
    """Figures by name: ms, 1/s, bytes, J per prediction, counts."""
    runtime = EagerRuntime(Path(request.artifact), request.device, request.threads)
    texts: list[str] = json.loads(Path(request.texts).read_text(encoding="utf-8"))
    rate = _warm_rate(runtime, texts)
    found: dict[str, float | None] = dict(single_stream(runtime.answer, texts, request.queries))
    found |= _offline_with_energy(runtime, texts, request, rate)
    card = runtime.card
    equal = agreement(card, runtime.answer(card.reference_texts).tolist())
    return found | {
        "parameters": parameters(runtime.model), "artifact_bytes": bytes_on_disk(Path(request.artifact)),
        "peak_memory_bytes": peak_memory_bytes(request.device),
        "reload_equal": equal, "reload_texts": len(card.reference_texts),
    }


def _warm_rate(runtime: EagerRuntime, texts: list[str]) -> float:
    runtime.answer(texts[:WARM_UP])
    started = perf_counter()
    runtime.answer(texts[: 4 * WARM_UP])
    return min(len(texts), 4 * WARM_UP) / (perf_counter() - started)


def _offline_with_energy(runtime: EagerRuntime, texts: list[str], request: Request, rate: float) -> dict[str, float | None]:
    answered = 0

    def answer(batch: Sequence[str]) -> None:
        nonlocal answered
        runtime.answer(batch)
        answered += len(batch)

    counter = energy.counter(board.of_device(request.device))
    before = counter.joules()
    found: dict[str, float | None] = dict(offline(answer, texts, request.offline_seconds, rate))
    after = counter.joules()
    used = None if before is None or after is None or not answered else (after - before) / answered
    return found | {"energy_j_per_prediction": used}


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() == 1:
            raise SystemExit(1)


def request_json(request: Request) -> str:
    """The request as the process reads it."""
    return json.dumps(asdict(request))


if __name__ == "__main__":
    _die_with_parent()
    asked = Request(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    Path(sys.argv[2]).write_text(json.dumps(measure(asked)), encoding="utf-8")
