"""The measuring process: load one artefact in one runtime, run the scenarios, check the reload, write one JSON object to a file.

python -m core.measure.bench REQUEST.json ANSWER.json, with nothing else in the process.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.measure import board, energy, memory, noise, protocol
from core.measure.loadgen import offline, single_stream
from core.models.artifact import agreement, bytes_on_disk
from core.runtimes.base import Runtime
from core.runtimes.registry import RUNTIMES, opened

STAGED = 64  # texts of which each stage is timed by itself
LEAST_WARM_S = 3.0


@dataclass(frozen=True)
class Request:
    """What to measure: the artefact's folder, a JSON file with raw texts, the device, how it is served, and how long.

    server_limit_ms: latency limit of the Server scenario (p99), None: it is left out. server_seconds: at most, for its search.
    progress: a file that is told after each run of that search how far it is; "" for none.
    """

    artifact: str
    texts: str
    device: str
    threads: int
    queries: int
    offline_seconds: float
    runtime: str = "torch"
    precision: str = "fp32"
    server_limit_ms: float | None = None
    server_seconds: float = 0.0
    progress: str = ""


def measure(request: Request) -> dict[str, Any]:
    """Figures by name (ms, s, 1/s, bytes, J per prediction, counts; None: not known here); noise: why it is noisy, sentences;
    energy_reason, server_reason: why there is none, or what limits it."""
    texts: list[str] = json.loads(Path(request.texts).read_text(encoding="utf-8"))
    card = board.of_device(request.device)
    RUNTIMES[request.runtime].opener()  # imported before the load is timed
    with memory.watched(card) as watcher:
        runtime, found = _loaded(request, texts)
        warm = protocol.warm_up(runtime.answer, texts, most_s=max(LEAST_WARM_S, 2 * request.offline_seconds))
        watcher.serving()
        counter = energy.counter(card)
        quiet, before = energy.idle(counter), noise.snapshot(card)
        found |= protocol.stage_times(runtime.tokenise, runtime.logits, lambda logits: logits.argmax(-1), protocol.sample(texts, STAGED))
        found |= single_stream(runtime.answer, texts, request.queries)
        found |= _offline(runtime, texts, request, warm.rate_per_s, counter, quiet)
        found |= _server(runtime, texts, request, float(found["throughput_per_s"]))
        found["noise"] = list(noise.reasons(before, noise.snapshot(card), warm.round_s, warm.stable))
        found |= _reload(runtime) | {"artifact_bytes": bytes_on_disk(Path(request.artifact))} | watcher.figures()
    return found


def _loaded(request: Request, texts: Sequence[str]) -> tuple[Runtime, dict[str, Any]]:
    def load() -> Runtime:
        return opened(request.runtime, Path(request.artifact), request.device, request.threads, request.precision)

    runtime, found = protocol.load_times(load, lambda loaded: loaded.answer(texts[:1]))
    return runtime, {**found, "parameters": _parameters(runtime)}


def _parameters(runtime: Runtime) -> int | None:
    """Weights of a torch model; an ONNX file does not tell them apart from constants."""
    if RUNTIMES[runtime.name].form != "safetensors":
        return None
    from core.models.build import parameters

    return parameters(runtime.model)  # type: ignore[attr-defined]


def _offline(runtime: Runtime, texts: list[str], request: Request, rate: float, counter: energy.Counter, quiet: energy.Idle
             ) -> dict[str, Any]:
    answered = 0

    def answer(batch: Sequence[str]) -> None:
        nonlocal answered
        runtime.answer(batch)
        answered += len(batch)

    seconds = max(request.offline_seconds, quiet.least_s) if counter.joules() is not None else request.offline_seconds
    with energy.window(counter, quiet) as spent:
        found: dict[str, Any] = dict(offline(answer, texts, seconds, rate))
    return found | spent.figures(answered) | {"energy_reason": spent.why_not(answered)}


def _server(runtime: Runtime, texts: list[str], request: Request, rate: float) -> dict[str, Any]:
    if request.server_limit_ms is None:
        return {}
    from core.measure.server import server_rate

    found = server_rate(runtime.answer, texts, request.server_limit_ms, offline_per_s=rate, seconds=request.server_seconds,
                        progress=_teller(request.progress))
    return {**found.figures(), "server_limit_ms": request.server_limit_ms, "server_reason": found.reason,
            "server_probes": [list(probe) for probe in found.probes]}


def _teller(file: str) -> Callable[[float, str], None] | None:
    """Writes (share, sentence) to the file, whole or not at all."""
    if not file:
        return None

    def tell(share: float, sentence: str) -> None:
        draft = Path(f"{file}.draft")
        draft.write_text(json.dumps([share, sentence]), encoding="utf-8")
        draft.replace(file)

    return tell


def _reload(runtime: Runtime) -> dict[str, Any]:
    card = runtime.card
    return {"reload_equal": agreement(card, runtime.answer(card.reference_texts).tolist()), "reload_texts": len(card.reference_texts)}


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
