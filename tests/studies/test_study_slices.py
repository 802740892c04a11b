"""Slices in a decision: one that surely loses is a warning of item 3, others are not even shown; a cascade has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.case import CaseInputs
from core.figures import Figure, measured
from core.records import StudyRecord
from core.spec import parse
from core.studies import claims, read
from core.studies.decide import decide
from core.studies.slices import differences, losing


def seen(value: float, unit: str, low: float | None = None, high: float | None = None) -> Figure:
    return measured(value, unit, source="made for a test", device="Test CPU", as_of="2026-11-20", low=low, high=high)


def slice_of(value: float, high: float, p: float) -> dict[str, Figure]:
    return {"texts": seen(90, "count"), "accuracy_difference": seen(value, "points", value - 5, high), "mcnemar_p_slice": seen(p, "p")}


SLICES = {"length: long (over 22 words)": slice_of(-12.0, -4.0, 0.001), "label: fresh": slice_of(-20.0, -1.0, 0.2),
          "label: rotten": slice_of(-15.0, 0.5, 0.001), "part: web": slice_of(-14.0, -3.0, 0.05),
          "swapped: names": {"flips": seen(0.1, "share")}}


def sliced() -> StudyRecord:
    example = read.example()
    figures = {"accuracy_difference": seen(-1.0, "points", -2.0, 0.1), "latency_p99_ms": seen(25.0, "ms", 24.0, 26.0)}
    models = (replace(model, slices=SLICES, figures={**model.figures, **figures}) if model.role == "student" else model
              for model in example.models)
    return replace(example, models=tuple(models))


def test_only_slices_that_surely_lose_after_all_were_looked_at() -> None:
    student = next(model for model in sliced().models if model.role == "student")
    assert list(losing(student)) == ["part: web", "length: long (over 22 words)"]
    assert list(differences(student)) == [name for name in SLICES if "swapped" not in name]
    assert differences(read.example().models[0]) == {} == losing(read.example().models[0])


@pytest.mark.parametrize(("margin", "warned"), [(5.0, True), (8.0, False)])
def test_item_3_warns_of_a_slice_that_surely_loses_over_two_margins(margin: float, warned: bool) -> None:
    case = parse(CaseInputs, {"predictions_per_day": 300e6, "latency_limit_ms": 50.0, "accuracy_margin_points": margin,
                              "usd_per_error": 0.01, "engineering_hours": 80.0})
    decision = decide(sliced(), date(2026, 11, 25), case)
    item = decision.verdict.items[2]
    assert ("on the slice part: web" in item.reason) is warned and item.status == ("warn" if warned else "pass")
    shown = [name for name in item.figures if name.startswith("difference_points in ")]
    assert shown == ["difference_points in part: web", "difference_points in length: long (over 22 words)"]
    cascades = [found for found in decision.ruling.candidates if found.option.role == "cascade"]
    assert cascades and all(not found.accuracy.slices for found in cascades), "the teacher answers what a student is unsure of"
    assert set(claims.evidence(decision).slices) == set(differences(decision.best))
