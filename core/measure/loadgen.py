"""MLPerf's own load generator: SingleStream and Offline, with the numbers that it reports itself."""

from __future__ import annotations

import json
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlperf_loadgen as lg

Answer = Callable[[Sequence[str]], Any]

# Least number of queries for LoadGen's early stopping to guarantee a percentile with 99 % confidence.
QUERIES_NEEDED = {"latency_p50_ms": 11, "latency_p90_ms": 64, "latency_p99_ms": 662}
LATENCY_KEYS = {
    "latency_p50_ms": "result_50.00_percentile_latency_ns", "latency_p90_ms": "result_90.00_percentile_latency_ns",
    "latency_p99_ms": "result_99.00_percentile_latency_ns", "latency_mean_ms": "result_mean_latency_ns",
}


def single_stream(answer: Answer, texts: Sequence[str], queries: int) -> dict[str, float | None]:
    """Latencies in ms of one text at a time; a percentile with too few queries for its guarantee is None."""
    settings = _settings(lg.TestScenario.SingleStream)
    settings.min_query_count = settings.max_query_count = queries
    settings.min_duration_ms = 0
    result = _run(answer, texts, settings)
    found = {name: float(result[key]) / 1e6 for name, key in LATENCY_KEYS.items()}
    return {"queries": float(queries), **{n: v if queries >= QUERIES_NEEDED.get(n, 1) else None for n, v in found.items()}}


def offline(answer: Answer, texts: Sequence[str], seconds: float, expected_per_s: float) -> dict[str, float]:
    """Throughput in samples per second of one large query that is sized to last at least `seconds`."""
    settings = _settings(lg.TestScenario.Offline)
    settings.offline_expected_qps = max(expected_per_s, 1.0)
    settings.min_duration_ms = round(seconds * 1000)
    settings.min_query_count = 1
    result = _run(answer, texts, settings)
    return {"throughput_per_s": float(result["result_samples_per_second"])}


def _settings(scenario: Any) -> Any:
    settings = lg.TestSettings()
    settings.scenario = scenario
    settings.mode = lg.TestMode.PerformanceOnly
    return settings


def _run(answer: Answer, texts: Sequence[str], settings: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, _system(answer, texts) as (sut, failures):
        library = lg.ConstructQSL(len(texts), len(texts), lambda _: None, lambda _: None)
        try:
            lg.StartTestWithLogSettings(sut, library, settings, _logging(folder), "")
        finally:
            lg.DestroyQSL(library)
        if failures:
            raise failures[0]
        return _reported(Path(folder) / "mlperf_log_detail.txt")


@contextmanager
def _system(answer: Answer, texts: Sequence[str]) -> Iterator[tuple[int, list[BaseException]]]:
    """A system under test whose issue_query only enqueues; one worker thread tokenises and infers."""
    waiting: queue.SimpleQueue[list[Any] | None] = queue.SimpleQueue()
    failures: list[BaseException] = []

    def work() -> None:
        while (samples := waiting.get()) is not None:
            try:
                if not failures:
                    answer([texts[sample.index] for sample in samples])
            except BaseException as error:
                failures.append(error)
            lg.QuerySamplesComplete([lg.QuerySampleResponse(sample.id, 0, 0) for sample in samples])

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    sut = lg.ConstructSUT(waiting.put, lambda: None)
    try:
        yield sut, failures
    finally:
        waiting.put(None)
        worker.join()
        lg.DestroySUT(sut)


def _logging(folder: str) -> Any:
    output = lg.LogOutputSettings()
    output.outdir = folder
    output.copy_summary_to_stdout = False
    settings = lg.LogSettings()
    settings.log_output = output
    settings.enable_trace = False
    return settings


def _reported(path: Path) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line.removeprefix(":::MLLOG ")) for line in lines if line.startswith(":::MLLOG "))
    return {row["key"]: row["value"] for row in rows}
