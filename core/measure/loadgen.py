"""MLPerf's own load generator: SingleStream and Offline, with the numbers that it reports itself; what Server shares with them."""

from __future__ import annotations

import json
import math
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import mlperf_loadgen as lg

from core.measure.batching import Answer, Batcher
from core.measure.rate_search import OutOfTime

# Least number of queries for LoadGen's early stopping to guarantee a percentile with 99 % confidence.
QUERIES_NEEDED = {"latency_p50_ms": 11, "latency_p90_ms": 64, "latency_p99_ms": 662}
LATENCY_KEYS = {
    "latency_p50_ms": "result_50.00_percentile_latency_ns", "latency_p90_ms": "result_90.00_percentile_latency_ns",
    "latency_p99_ms": "result_99.00_percentile_latency_ns", "latency_mean_ms": "result_mean_latency_ns",
}


def single_stream(answer: Answer, texts: Sequence[str], queries: int, logs: Path | None = None) -> dict[str, float | None]:
    """Latencies in ms of one text at a time; a percentile with too few queries for its guarantee is None.

    `logs` is a folder that keeps LoadGen's own files.
    """
    settings = settings_for(lg.TestScenario.SingleStream)
    settings.min_query_count = settings.max_query_count = queries
    settings.min_duration_ms = 0
    result = run(answer, texts, settings, logs=logs)
    return {"queries": float(queries), **latencies(result, queries)}


def offline(answer: Answer, texts: Sequence[str], seconds: float, expected_per_s: float, logs: Path | None = None) -> dict[str, float]:
    """Throughput in samples per second of one large query that is sized to last at least `seconds`; `logs` as in single_stream."""
    settings = settings_for(lg.TestScenario.Offline)
    settings.offline_expected_qps = max(expected_per_s, 1.0)
    settings.min_duration_ms = round(seconds * 1000)
    settings.min_query_count = 1
    result = run(answer, texts, settings, logs=logs)
    return {"throughput_per_s": float(result["result_samples_per_second"])}


def latencies(result: Mapping[str, Any], queries: int) -> dict[str, float | None]:
    """p50, p90, p99 and mean in ms, as LoadGen logged them; None where `queries` are too few for the percentile's guarantee."""
    found = {name: float(result[key]) / 1e6 for name, key in LATENCY_KEYS.items()}
    return {name: ms if queries >= QUERIES_NEEDED.get(name, 1) else None for name, ms in found.items()}


def settings_for(scenario: Any) -> Any:
    """LoadGen's settings for a scenario, in performance mode."""
    settings = lg.TestSettings()
    settings.scenario = scenario
    settings.mode = lg.TestMode.PerformanceOnly
    return settings


def run(answer: Answer, texts: Sequence[str], settings: Any, batcher: Batcher[Any] | None = None, deadline: float = math.inf,
        logs: Path | None = None) -> dict[str, Any]:
    """What LoadGen logged of one run, by key. Raises what `answer` raised, and OutOfTime after `deadline` (of perf_counter, in s).

    Without a batcher, each query is answered as it comes. After a failure LoadGen's schedule runs out, but no more is answered.
    """
    work = _Work(answer, texts, batcher or Batcher(1, 0.0), deadline)
    with _folder(logs) as folder, _system(work) as sut:
        library = lg.ConstructQSL(len(texts), len(texts), lambda _: None, lambda _: None)
        try:
            lg.StartTestWithLogSettings(sut, library, settings, _logging(folder), "")
        finally:
            lg.DestroyQSL(library)
        if work.failure:
            raise work.failure
        return _reported(folder / "mlperf_log_detail.txt")


class _Work:
    """What the one worker thread does: tokenise and infer, batch by batch; the first failure is kept."""

    def __init__(self, answer: Answer, texts: Sequence[str], batcher: Batcher[Any], deadline: float) -> None:
        self.answer, self.texts, self.batcher, self.deadline = answer, texts, batcher, deadline
        self.failure: BaseException | None = None

    def __call__(self) -> None:
        for samples in self.batcher:
            if self.failure is None:
                self._try([self.texts[sample.index] for sample in samples])
            lg.QuerySamplesComplete([lg.QuerySampleResponse(sample.id, 0, 0) for sample in samples])

    def _try(self, texts: Sequence[str]) -> None:
        try:
            if perf_counter() > self.deadline:
                raise OutOfTime("the time for this run is over")
            self.answer(texts)
        except BaseException as error:
            self.failure = error


@contextmanager
def _system(work: _Work) -> Iterator[int]:
    """A system under test whose issue_query only enqueues."""
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    sut = lg.ConstructSUT(work.batcher.put, lambda: None)
    try:
        yield sut
    finally:
        work.batcher.close()
        worker.join()
        lg.DestroySUT(sut)


@contextmanager
def _folder(logs: Path | None) -> Iterator[Path]:
    if logs is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    else:
        logs.mkdir(parents=True, exist_ok=True)
        yield logs


def _logging(folder: Path) -> Any:
    output = lg.LogOutputSettings()
    output.outdir = str(folder)
    output.copy_summary_to_stdout = False
    settings = lg.LogSettings()
    settings.log_output = output
    settings.enable_trace = False
    return settings


def _reported(path: Path) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line.removeprefix(":::MLLOG ")) for line in lines if line.startswith(":::MLLOG "))
    return {row["key"]: row["value"] for row in rows}
