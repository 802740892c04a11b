"""What the load generator says of real artefacts: SingleStream against a plain loop, and how long the Server scenario takes.

Models have the bundled weights and an untrained head: speed does not depend on what they answer.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from core import tasks
from core.measure.loadgen import offline, single_stream
from core.measure.server import ServerResult, server_rate
from core.models.artifact import Card, save
from core.models.build import classifier, cut, depth
from core.models.sources import locate
from core.models.tokens import Tokeniser
from core.runtimes.eager import EagerRuntime
from tests.benchmarks.rows import Row

TEXTS, MAX_LENGTH, QUERIES, PAIRS = 500, 64, 30, 40
THREADS = 1  # several wait for one another by spinning, which a busy machine punishes at random
LIMIT_MS = 50.0
SECONDS = {6: 300.0, 3: 150.0, 2: 150.0, 1: 150.0}  # by layers: the teacher, then three students


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    task = tasks.load("snippets")
    texts = task.test["text"].tolist()[:TEXTS]
    with tempfile.TemporaryDirectory() as home:
        folders = artefacts(Path(home), task.info.labels)
        off = alone(loop_against_single_stream, folders[2], texts)
        started = perf_counter()
        found = {layers: alone(highest_rate, folder, texts, SECONDS[layers]) for layers, folder in folders.items()}
        minutes = (perf_counter() - started) / 60
    return [Row("SingleStream p50 off a plain loop's, two layers", "%", 5.0, off, at_least=False),
            Row("Server, teacher and three students", "min", 15.0, minutes, at_least=False),
            *(Row(f"Server within {LIMIT_MS:g} ms, {layers} layers", "1/s", None, result.rate_per_s)
              for layers, result in found.items() if result.rate_per_s is not None)]


def artefacts(home: Path, labels: Sequence[str]) -> dict[int, Path]:
    """Folders by number of layers."""
    source = locate("minilm")
    teacher, tokeniser = classifier(source, labels), Tokeniser(source, MAX_LENGTH)
    card = Card(tuple(labels), MAX_LENGTH, (), (), {})
    models = {layers: cut(teacher, layers) if layers < depth(teacher) else teacher for layers in SECONDS}
    return {layers: save(model, tokeniser, card, home / f"layers-{layers}") for layers, model in models.items()}


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """`work` in a fresh process with nothing else in it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def loop_against_single_stream(folder: Path, texts: Sequence[str]) -> float:
    """Difference in p50 in per cent, median of pairs in mirrored order; the loop asks the very texts that LoadGen asked, in its order."""
    answer = EagerRuntime(folder, threads=THREADS).answer
    asked: list[str] = []

    def kept(batch: Sequence[str]) -> None:
        asked.extend(batch)
        answer(batch)

    single_stream(kept, texts, QUERIES)  # warms up; LoadGen's seed makes the next runs ask the same
    ratios = []
    for pair in range(PAIRS):
        sides = [lambda: single_stream(answer, texts, QUERIES)["latency_p50_ms"], lambda: _loop(answer, asked)]
        first, second = (side() for side in (sides if pair % 2 else reversed(sides)))
        ratios.append(first / second if pair % 2 else second / first)
    return 100 * abs(statistics.median(ratios) - 1)


def _loop(answer: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    """p50 in ms."""
    times = []
    for text in texts:
        started = perf_counter()
        answer([text])
        times.append(perf_counter() - started)
    return 1000 * statistics.median(times)


def highest_rate(folder: Path, texts: Sequence[str], seconds: float) -> ServerResult:
    """The Server scenario, with Offline before it."""
    answer = EagerRuntime(folder, threads=THREADS).answer
    answer(texts[:64])
    rate = offline(answer, texts, 5.0, 64.0)["throughput_per_s"]
    return server_rate(answer, texts, LIMIT_MS, offline_per_s=rate, seconds=seconds)
