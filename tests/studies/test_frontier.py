"""The frontier: which points there are, what they cost, which pass, and the answer; on the recorded example's real figures."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.case import CaseInputs
from core.checklist import qualifies
from core.records import StudyRecord, TrialRecord
from core.roi.options import value
from core.studies import read
from core.studies.decide import Decision, decide, option_name
from core.studies.frontier import Frontier, frontier, ratios
from core.studies.frontier_trials import tried
from core.studies.frontier_words import about, answer, because, fraction, to_json
from tests.studies.test_choice import SLOWER, with_slower
from tests.studies.test_options import DAY, decided, seen


def found(study: StudyRecord | None = None, **said: object) -> Frontier:
    return frontier(decided(study, **said), DAY)


def of(decision: Decision) -> dict[str, float]:
    return {option.name: value(option.usd_per_million_bench) for option in decision.options}


def test_every_model_and_variant_is_a_point_with_the_bench_cost_of_its_option() -> None:
    made, costs = found(), of(decided())
    everything = {option_name(model) for model in (*read.example().models, *read.example().variants)}
    assert {point.name for point in made.points} == everything | {f"cascade of depth-{n}" for n in (1, 2, 3)} == set(costs)
    assert {point.name: value(point.cost) for point in made.points} == pytest.approx(costs)
    assert [value(p.cost) for p in made.points] == sorted(value(p.cost) for p in made.points)


def test_variants_that_are_not_the_fastest_are_points_too_unless_their_answers_differ() -> None:
    assert found(with_slower()).point(SLOWER) is not None
    assert found(with_slower(agreement=0.9)).point(SLOWER) is None


def test_points_pass_by_the_rules_of_the_verdict() -> None:
    decision = decided(latency_limit_ms=10.0)
    made = frontier(decision, DAY)
    for point in made.points:
        candidate = decision.ruling.candidate(point.name)
        assert point.passes == qualifies(candidate.latency, candidate.accuracy, candidate.tooling)
        assert point.too_slow_or_large == (value(candidate.latency.p99) > 10.0)
    assert made.cheapest.name == "depth-2, ONNX Runtime int8"


def test_the_answer_is_the_cheapest_that_passes_with_the_next_cheaper_one_that_does_not() -> None:
    made = found()
    assert (made.cheapest.name, made.cheaper.name) == ("depth-2, ONNX Runtime int8", "depth-1, ONNX Runtime int8")
    told = answer(made)
    assert told.startswith("The cheapest variant that passes is depth-2, ONNX Runtime int8: its accuracy differs from the teacher's by ")
    assert "by −2.8 points (−4.6 to −1.1 points), at $0.0177 per million, 1/6.18 of the teacher's cost as it was trained and 1/3.38" in told
    lower, rival = because(made)
    assert lower.startswith("The next cheaper one, depth-1, ONNX Runtime int8 ($0.00933 per million), does not pass: the difference to")
    assert rival.startswith("The control of depth-2, ONNX Runtime int8, trained on the labels alone, passes too")


def test_a_teacher_without_training_that_is_cheaper_is_named() -> None:
    fast = [replace(v, figures={**v.figures, "throughput_per_s": seen(9e4, "1/s")}) if v.role == "teacher" else v
            for v in read.example().variants]
    made = found(replace(read.example(), variants=tuple(fast)))
    assert made.rival.name == "teacher, ONNX Runtime int8" and "which needs no student, passes too" in because(made)[1]
    assert value(made.cheapest.to_optimised) > 1 and fraction(made.cheapest.to_optimised).endswith("×")


def test_where_none_passes_the_nearest_is_told_with_what_it_lacks() -> None:
    made = found(accuracy_margin_points=0.5)
    assert made.cheapest is None and made.nearest.name == decided(accuracy_margin_points=0.5).ruling.best
    assert answer(made).startswith(f"No variant is known to pass; the nearest is {made.nearest.name}, at $")
    assert because(made) == (made.nearest.why_not,)


def test_nothing_measured_says_what_to_do_next() -> None:
    bare = replace(read.example(), models=(), variants=())
    assert answer(frontier(decide(bare, DAY, CaseInputs(), 0), DAY)).endswith("wait until its run has come to it.")
    owned = found(hardware_usd=2000.0, watts=100.0, usd_per_kwh=0.2)
    assert not owned.points and answer(owned).startswith("Nothing can be drawn yet: an owned machine has no price of an hour.")
    teacher = replace(read.example(), models=read.example().models[:1], variants=())
    assert answer(found(teacher)).startswith("No student is measured yet")


def test_cost_has_the_interval_of_the_throughput_turned_round() -> None:
    models = [replace(m, figures={**m.figures, "throughput_per_s": seen(500.0, "1/s", 400.0, 1000.0)}) if m.name == "depth-3" else m
              for m in read.example().models]
    cost = found(replace(read.example(), models=tuple(models))).point("depth-3").cost
    assert (cost.low, cost.high) == pytest.approx((value(cost) * 0.5, value(cost) * 1.25))
    cascade = found().point("cascade of depth-1").cost
    assert cascade.low < value(cascade) < cascade.high, "by the share that it escalates"


def test_ratios_are_what_a_benchmark_asks_for() -> None:
    made = ratios(found())
    mine, costs = made["depth-2, ONNX Runtime int8"], of(decided())
    assert value(mine["to_teacher"]) == pytest.approx(costs["depth-2, ONNX Runtime int8"] / costs["teacher"])
    assert value(mine["to_optimised"]) == pytest.approx(costs["depth-2, ONNX Runtime int8"] / costs["teacher, ONNX Runtime int8"])
    assert 0.9 < value(mine["retention"]) < 1 and value(made["teacher"]["retention"]) == 1.0
    known = [replace(m, figures={**m.figures, "throughput_speedup": seen(2.0, "ratio", 1.0, 4.0)}) if m.name == "depth-3" else m
             for m in read.example().models]
    ratio = ratios(found(replace(read.example(), models=tuple(known))))["depth-3"]["to_teacher"]
    assert (ratio.low, ratio.high) == pytest.approx((value(ratio) / 2, value(ratio) * 2))


def test_what_serves_today_and_the_teacher_less_the_margin_are_limits() -> None:
    made = found()
    assert value(made.today) == value(made.teacher.cost)
    assert made.least_accuracy == pytest.approx(value(made.teacher.accuracy) - 0.05)
    assert value(found(status_quo="api", api_usd_per_call=0.0004).today) == pytest.approx(400.0)


def test_the_case_may_be_about_another_one_and_that_is_said() -> None:
    assert about(found()) == ""
    mine = found(variant="depth-3")
    assert mine.chosen and about(mine) == "The case is about depth-3, which somebody chose."


def test_its_json_holds_every_point_with_figures() -> None:
    data = json.loads(json.dumps(to_json(found())))
    assert data["cheapest"] == "depth-2, ONNX Runtime int8" and len(data["points"]) == 17
    row = next(row for row in data["points"] if row["name"] == "depth-1")
    assert not row["passes"] and "straddles" in row["why_not"] and row["figures"]["usd_per_million_bench"]["unit"] == "USD/1e6"


def test_what_a_search_tried_is_beside_the_points_and_what_it_took_is_among_them() -> None:
    def trial(number: int, **other: object) -> TrialRecord:
        figures = {"accuracy": seen(0.7, "share"), "throughput_per_s": seen(2000.0, "1/s")}
        return TrialRecord(number, "done", "proposed", {"family": "width"}, "onnxruntime", "int8", "uncompressed", figures, **other)

    half = replace(trial(3), state="pruned", figures={"accuracy": seen(0.5, "share")})
    study = replace(read.example(), trials=(trial(1), trial(2, model="depth-1"), half))
    (one,) = tried(decided(study, usd_per_hour=0.72))
    assert (one.name, value(one.accuracy)) == ("trial 1: width, ONNX Runtime int8", 0.7)
    assert value(one.cost) == pytest.approx(0.72 / 3600 / 2000 * 1e6)
    assert found(study).points == found().points and tried(decided()) == ()
