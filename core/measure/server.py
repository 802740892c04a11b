"""MLPerf's Server scenario: the highest rate of Poisson arrivals at which a latency limit holds, with dynamic batching."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import mlperf_loadgen as lg

from core.measure.batching import Batcher, Batching, preselect
from core.measure.loadgen import Answer, latencies, run, settings_for
from core.measure.rate_search import Plan, Run, Search

SEED = 20_260_701  # of arrivals and texts, the same in all runs
SECONDS = 300.0  # at most, for all runs of one model; a fast one needs less
FIRST_SHARE = 0.5  # of what it can answer at most
NOTE = "not MLPerf-compliant (shortened)"

Progress = Callable[[float, str], None]


class Probe(NamedTuple):
    """One run of the search: the rate asked for (1/s), LoadGen's verdict, and p99 in ms (None with fewer than 662 queries)."""

    rate_per_s: float
    valid: bool
    p99_ms: float | None


@dataclass(frozen=True)
class ServerResult:
    """The highest rate that LoadGen called valid (1/s), or None with the reason; how texts were batched; that run's own latencies in ms.

    `reason` beside a rate says what limits it: the time for the search ended before a rate shortly above was tried.
    """

    rate_per_s: float | None
    reason: str
    batch_size: int
    wait_ms: float
    queries: int | None
    latency_p50_ms: float | None
    latency_p90_ms: float | None
    latency_p99_ms: float | None
    probes: tuple[Probe, ...]
    note: str = NOTE

    def figures(self) -> dict[str, float | None]:
        """By name with unit, for the measuring process."""
        return {
            "server_rate_per_s": self.rate_per_s, "server_p99_ms": self.latency_p99_ms, "server_batch_size": float(self.batch_size),
            "server_wait_ms": self.wait_ms, "server_queries": None if self.queries is None else float(self.queries),
        }


def server_rate(
    answer: Answer, texts: Sequence[str], limit_ms: float, percentile: float = 0.99, *, offline_per_s: float, seconds: float = SECONDS,
    progress: Progress | None = None, logs: Path | None = None,
) -> ServerResult:
    """The highest rate at which `percentile` of the queries are answered within `limit_ms`, with early stopping's guarantee.

    `answer` tokenises and infers a list of texts; what it raises is raised. `offline_per_s` is the Offline throughput. `seconds` bound
    all runs together. `progress` hears the share of that time and a sentence after each run, never during one. `logs` is a folder
    that keeps LoadGen's own files, one folder a run.
    """
    started = perf_counter()
    batching = preselect(answer, texts, limit_ms, SEED)
    if batching.one_ms > limit_ms:
        reason = f"even one text at a time takes {batching.one_ms:.3g} ms, and the limit is {limit_ms:g} ms"
        return _result(batching, None, reason, [])
    service = _Service(answer, texts, _settings(limit_ms, percentile), batching, logs)
    low, high = sorted((batching.per_s, offline_per_s))
    plan = Plan(FIRST_SHARE * low, high, percentile, limit_ms, seconds - (perf_counter() - started))

    def at_rate(rate: float, queries: int, ends: float) -> Run:
        tried = service.run(rate, queries, ends)
        if progress:
            progress(min((perf_counter() - started) / seconds, 1.0), _sentence(tried))
        return tried

    search = Search(at_rate, plan)
    found = search.highest()
    return _result(batching, found, search.reason, search.runs)


def _settings(limit_ms: float, percentile: float) -> Any:
    settings = settings_for(lg.TestScenario.Server)
    settings.server_target_latency_ns = round(limit_ms * 1e6)
    settings.server_target_latency_percentile = percentile
    settings.min_duration_ms = 0
    settings.qsl_rng_seed, settings.sample_index_rng_seed, settings.schedule_rng_seed = SEED, SEED + 1, SEED + 2
    return settings


@dataclass
class _Service:
    """What is asked at several rates, one run after the other."""

    answer: Answer
    texts: Sequence[str]
    settings: Any
    batching: Batching
    logs: Path | None
    runs: int = 0

    def run(self, rate: float, queries: int, ends: float) -> Run:
        self.runs += 1
        self.settings.server_target_qps, self.settings.min_query_count = rate, queries
        batcher: Batcher[Any] = Batcher(self.batching.size, self.batching.wait_ms / 1000)
        logs = self.logs / f"{self.runs:02d}" if self.logs else None
        return _read(rate, run(self.answer, self.texts, self.settings, batcher, ends, logs))


def _read(rate: float, result: dict[str, Any]) -> Run:
    queries = int(result["result_query_count"])
    found = latencies(result, queries)
    return Run(rate, queries, result["result_validity"] == "VALID", bool(result["result_perf_constraints_met"]),
               int(result["result_overlatency_query_count"]), float(result["result_completed_samples_per_sec"]), found["latency_p50_ms"],
               found["latency_p90_ms"], found["latency_p99_ms"])


def _sentence(tried: Run) -> str:
    return f"{tried.asked_per_s:.3g} a second: {tried.late} of {tried.queries} queries late"


def _result(batching: Batching, found: Run | None, reason: str, runs: Sequence[Run]) -> ServerResult:
    probes = tuple(Probe(tried.asked_per_s, tried.valid, tried.p99_ms) for tried in runs)
    if found is None:
        return ServerResult(None, reason, batching.size, batching.wait_ms, None, None, None, None, probes)
    return ServerResult(found.completed_per_s, reason, batching.size, batching.wait_ms, found.queries, found.p50_ms, found.p90_ms,
                        found.p99_ms, probes)
