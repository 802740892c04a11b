"""Machines are counted by the rate that was measured under load, where there is one that keeps the case's limit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.figures import Figure, measured, not_measured
from core.records import StudyRecord
from core.roi.fleet import bench_usd_per_million, instances
from core.store import models
from core.studies import read
from core.studies.decide import Decision, decide
from core.studies.ruling import Candidate
from tests.pages.made import SAID, make_study

DAY = date(2026, 11, 25)
PEAK = 40_000_000 * 2.5 / 86_400


def seen(value: float, unit: str) -> Figure:
    return measured(value, unit, source="Server scenario of a test", device="Test CPU, 2 cores", as_of="2026-11-20")


def under_load(study: StudyRecord, name: str, role: str, rate: float | None, limit: float = 40.0) -> None:
    found = {"server_rate_per_s": not_measured("1/s", "too few queries") if rate is None else seen(rate, "1/s"),
             "server_limit_ms": seen(limit, "ms"), "server_p99_ms": seen(31.0, "ms"), "server_queries": seen(2074.0, "count")}
    models.save_figures(study.id, name, role, found)


@pytest.fixture
def study(own_home: Path) -> StudyRecord:
    made = read.get(make_study("mine"))
    under_load(made, "depth-1", "student", 700.0)
    return read.get(made.id)


def decided(study: StudyRecord, **case: Any) -> Decision:
    return decide(study, DAY, SAID.model_copy(update={"usd_per_hour": 0.4, **case}), draws=0)


def candidate(study: StudyRecord, name: str, **case: Any) -> Candidate:
    return decided(study, **case).ruling.candidate(name)


def figures(study: StudyRecord, name: str, **case: Any) -> Any:
    return candidate(study, name, **case).option.parts[0].figures


def test_a_rate_under_load_counts_machines_and_offline_is_left_to_the_bench_cost(study: StudyRecord) -> None:
    mine, other = figures(study, "depth-1"), figures(study, "depth-3")
    assert (mine["rate_per_s"].value, mine["target_utilisation"].value, mine["offline_rate_per_s"].value) == (700.0, 0.8, 1026.0)
    assert (other["rate_per_s"].value, other["target_utilisation"].value, "offline_rate_per_s" in other) == (342.0, 0.6, False)
    result = decided(study).ruling.result("depth-1")
    assert result.instances.value == instances(PEAK, 700.0, 0.8, 2) == 3
    assert result.usd_per_million_bench.value == pytest.approx(bench_usd_per_million(0.4, 1026.0))
    assert "offline_rate_per_s of depth-1" not in dict(result.monthly_cost_usd.provenance.inputs)


@pytest.mark.parametrize("case", [{"basis": "batch"}, {"basis": "bench"}, {"latency_limit_ms": 39.0}, {"latency_limit_ms": None}])
def test_it_counts_for_nothing_in_batches_or_beyond_the_limit_that_was_measured(study: StudyRecord, case: dict[str, Any]) -> None:
    assert figures(study, "depth-1", **case)["rate_per_s"].value == 1026.0
    assert not candidate(study, "depth-1", **case).latency.under_load


def test_a_looser_limit_and_a_stated_utilisation_hold(study: StudyRecord) -> None:
    found = figures(study, "depth-1", latency_limit_ms=60.0, target_utilisation=0.7)
    assert (found["rate_per_s"].value, found["target_utilisation"].value) == (700.0, 0.7)


def test_a_search_without_a_valid_rate_leaves_the_offline_rate(study: StudyRecord) -> None:
    under_load(study, "depth-1", "student", None)
    found = figures(read.get(study.id), "depth-1")
    assert (found["rate_per_s"].value, found["target_utilisation"].value) == (1026.0, 0.6)


def test_item_2_passes_by_early_stopping_under_load(study: StudyRecord) -> None:
    verdict = decided(study).ruling.verdict
    assert decided(study).ruling.best == "depth-1"
    item = verdict.items[1]
    assert item.status == "pass" and "31 ms under load" in item.reason and "guarantees 40 ms" in item.reason
    verdict = decided(study, latency_limit_ms=39.0).ruling.verdict
    assert verdict.items[1].status == "warn"


def test_the_assumed_optimised_teacher_is_as_much_faster_under_load_and_offline(study: StudyRecord) -> None:
    under_load(study, "minilm", "teacher", 120.0)
    found = figures(read.get(study.id), "optimised teacher", optimised_teacher_speedup=2.0)
    assert (found["rate_per_s"].value, found["offline_rate_per_s"].value) == (240.0, 342.0)
