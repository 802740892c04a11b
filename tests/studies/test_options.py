"""Options of a study's case: what serves today, what else could, and what each costs; on the recorded example's real figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.case import CaseInputs
from core.errors import UserError
from core.figures import Figure, measured, not_measured
from core.records import CascadePoint, ModelRecord, StudyRecord
from core.roi.options import value
from core.roi.simulate import simulate
from core.spec import parse
from core.studies import narrative, read
from core.studies.cascades import Choice
from core.studies.decide import Decision, decide, option_name

DAY = date(2026, 11, 25)
BUSY = {"predictions_per_day": 300e6, "latency_limit_ms": 50.0, "accuracy_margin_points": 5.0, "engineering_hours": 80.0,
        "teacher_terms_allow": True, "target_is_this_machine": True}


def decided(study: StudyRecord | None = None, draws: int = 0, **said: object) -> Decision:
    return decide(study or read.example(), DAY, parse(CaseInputs, {**BUSY, **said}), draws)


def npv_over_today(decision: Decision, name: str) -> float:
    found = next(c for c in decision.comparisons if c.option == name and c.against == decision.roi.status_quo.name)
    return value(found.npv_usd)


def seen(amount: float, unit: str, low: float | None = None, high: float | None = None) -> Figure:
    return measured(amount, unit, source="test", device="cpu", as_of="2026-11-20", low=low, high=high)


def test_the_share_that_a_cascade_escalates_is_drawn_for_it_alone() -> None:
    case = decided().roi
    first, second = [option for option in case.options if option.role == "cascade"][:2]
    key, figure = f"share of {first.name}", first.parts[1].figures["share"]
    drawn = simulate(replace(case, spreads={key: case.spreads[key]}), 256)
    assert figure.low < drawn.inputs[key].mean() < figure.high and drawn.inputs[key].max() <= 1
    assert np.corrcoef(drawn.inputs[key], drawn.pv_usd[first.name])[0, 1] > 0.6, "a larger share costs more"
    assert np.ptp(drawn.pv_usd[second.name]) == 0, "the other cascade has a share of its own"


def test_a_fast_teacher_without_training_is_what_distillation_must_beat() -> None:
    plain, fast = decided(), decided(optimised_teacher_speedup=5.0, optimised_teacher_hours=8.0)
    assert plain.other != "optimised teacher" and fast.other == "optimised teacher"
    assert value(fast.against.npv_usd) < value(plain.ruling.over_status_quo.npv_usd)
    rate = fast.roi.option("optimised teacher").parts[0].figures["rate_per_s"]
    assert value(rate) == pytest.approx(5 * value(plain.roi.option("teacher").parts[0].figures["rate_per_s"]))
    assert rate.provenance.kind == "derived" and "assumed" in rate.provenance.evidence


def test_an_api_that_serves_today_is_priced_by_call_and_labels_the_transfer_set() -> None:
    decision = decided(status_quo="api", api_usd_per_call=0.0004, predictions_per_day=1e6)
    today = decision.roi.status_quo
    assert (today.name, today.basis) == ("API teacher", "api")
    monthly = next(o for o in decision.options if o.name == "API teacher").monthly_cost_usd
    assert value(monthly) == pytest.approx(1e6 * 365 / 12 * 0.0004)
    texts = next(m for m in decision.study.models if m.name == "depth-3" and m.role == "student").details["texts"]
    spent = {name: value(decision.roi.option(name).figures["upfront_usd"]) for name in ("depth-3", "control of depth-3")}
    assert spent["depth-3"] - texts * 0.0004 == pytest.approx(spent["control of depth-3"], abs=0.001), "only a student is labelled for"
    assert decision.roi.option("teacher").role == "optimised_teacher", "a teacher of one's own needs no student"


def test_an_api_without_tokens_is_unknown_and_says_what_is_missing() -> None:
    decision = decided(status_quo="api", api_provider="openai", api_model="gpt-4o")
    cost = next(o for o in decision.options if o.name == "API teacher").monthly_cost_usd
    assert cost.value is None and decision.verdict.overall != "invest"
    price = decision.roi.status_quo.parts[0].figures["usd_per_call"]
    assert "api_input_tokens" in price.provenance.reason


def test_an_api_model_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UserError, match="gpt-none"):
        decided(status_quo="api", api_provider="openai", api_model="gpt-none", api_input_tokens=100, api_output_tokens=5)


def test_a_known_bill_follows_the_volume_by_its_variable_share() -> None:
    decision = decided(status_quo="bill", monthly_bill_usd=10_000, bill_predictions_per_month=300e6 * 365 / 12, bill_variable_share=0.4)
    assert value(next(o for o in decision.options if o.name == "today's system").monthly_cost_usd) == pytest.approx(10_000)
    double = decided(status_quo="bill", monthly_bill_usd=10_000, bill_predictions_per_month=150e6 * 365 / 12, bill_variable_share=0.4)
    assert value(next(o for o in double.options if o.name == "today's system").monthly_cost_usd) == pytest.approx(14_000)


def test_students_on_a_machine_of_their_own_have_its_price() -> None:
    dear = decided(student_usd_per_hour=0.5, usd_per_hour=0.1)
    prices = {name: value(dear.roi.option(name).parts[0].figures["usd_per_hour"]) for name in ("teacher", "depth-1", "control of depth-1")}
    assert prices == {"teacher": 0.1, "depth-1": 0.5, "control of depth-1": 0.5}


def test_owned_machines_need_their_power_and_its_price() -> None:
    assert next(o for o in decided(hardware_usd=2_000.0).options if o.name == "teacher").monthly_cost_usd.value is None
    owned = decided(hardware_usd=2_000.0, watts=100.0, usd_per_kwh=0.2)
    teacher = next(o for o in owned.options if o.name == "teacher")
    assert value(teacher.monthly_cost_usd) == pytest.approx(value(teacher.instances) * 0.1 * 730 * 0.2)


def test_errors_are_a_cost_only_where_they_are_priced() -> None:
    free, priced = decided(), decided(usd_per_error=0.00001)
    loss = -value(next(m for m in free.study.models if m.name == "depth-1" and m.role == "student").figures["accuracy_difference"])
    months = 22  # 24 less two until go-live, at 10 % a year
    dearer = npv_over_today(free, "depth-1") - npv_over_today(priced, "depth-1")
    undiscounted = 300e6 * 365 / 12 * loss / 100 * 0.00001 * months
    assert 0.85 * undiscounted < dearer < undiscounted
    assert not free.ruling.candidate("depth-1").accuracy.errors_are_priced
    assert priced.ruling.candidate("depth-1").accuracy.errors_are_priced


def with_cascade(differences: list[tuple[float, float]]) -> StudyRecord:
    """The example with a cascade of depth-1 whose points escalate rising shares: (share, lower bound of the difference)."""
    points = tuple(CascadePoint(share, seen(share, "share", share, share), seen(0.78, "share"), seen(low + 1, "points", low, low + 2),
                                seen(share, "share", share, share), seen(low + 1, "points", low, low + 2)) for share, low in differences)
    study = read.example()
    models = tuple(replace(m, cascade=points) if m.name == "depth-1" and m.role == "student" else m for m in study.models)
    return replace(study, models=models)


def test_the_cheapest_threshold_that_keeps_the_margin_is_chosen() -> None:
    study = with_cascade([(0.0, -7.0), (0.1, -6.0), (0.3, -4.0), (0.6, -2.0), (1.0, 0.0)])
    choice = next(c for c in decided(study).cascades if c.model.name == "depth-1")
    assert value(choice.point.escalated) == 0.3 and choice.wins == "cascade"
    assert list(choice.total_usd[1:]) == sorted(choice.total_usd[1:]), "more escalated costs more"
    cascade = decided(study).roi.option("cascade of depth-1")
    assert [part.model for part in cascade.parts] == ["depth-1", "teacher"] and value(cascade.parts[1].figures["share"]) == 0.3
    p99 = {m.role + m.name: value(m.figures["latency_p99_ms"]) for m in study.models}
    assert p99["studentdepth-1"] < value(choice.p99) < p99["studentdepth-1"] + p99["teacherminilm"]


def depth_1(study: StudyRecord) -> Choice:
    return next(c for c in decided(study).cascades if c.model.name == "depth-1")


def test_it_is_said_when_the_student_alone_or_the_teacher_alone_wins() -> None:
    alone = with_cascade([(0.0, -1.0), (0.3, -0.5), (1.0, 0.0)])
    assert depth_1(alone).wins == "student"
    needed = with_cascade([(0.0, -9.0), (0.3, -8.0), (0.9, -7.0), (1.0, 0.0)])
    assert depth_1(needed).wins == "teacher"


def test_draws_give_the_same_verdict_twice_and_say_what_it_rests_on() -> None:
    first, second = decided(draws=512), decided(draws=512)
    assert first.outlook.expected_npv_usd == second.outlook.expected_npv_usd
    assert first.verdict == second.verdict
    low, middle, high = (value(first.outlook.npv_usd[q]) for q in ("p10", "p50", "p90"))
    assert low <= middle <= high
    sentence = narrative.answer(first.ruling)
    assert sentence.startswith(first.verdict.overall.capitalize()) and "Rests on" in sentence and "assumed" in sentence


def test_speeds_move_together_and_twins_cost_the_same_in_every_draw() -> None:
    found = decided(draws=256).ruling.simulated
    assert found.case.follows["rate_per_s of depth-2"] == "rate_per_s of teacher"
    gap = found.pv_usd["depth-2"] - found.pv_usd["control of depth-2"]
    assert abs(gap).max() < 1.0, "a student and its control differ by the labelling and the kept teacher alone"


def test_a_stated_value_is_exact_and_a_default_is_not() -> None:
    said, left = decided(), decided(engineering_hours=None)
    assert "engineering_hours" not in said.roi.spreads and "engineering_hours" in left.roi.spreads
    ranged = decided(ranges={"engineering_hours": "40 to 160"})
    assert ranged.roi.spreads["engineering_hours"].median == pytest.approx(80.0)


def test_bringing_in_a_tool_is_work_upfront_of_what_it_serves() -> None:
    student = next(m for m in read.example().models if m.name == "depth-1" and m.role == "student")
    faster = {"variant_agreement": seen(0.99, "share"), "throughput_per_s": seen(4000.0, "1/s")}
    variant = replace(student, runtime="onnxruntime", precision="int8", figures={**student.figures, **faster})
    study = replace(read.example(), variants=(variant, replace(variant, role="teacher", name="minilm")))
    way, teacher = option_name(variant), option_name(study.variants[1])
    names = ("depth-1", way, "control of depth-1", "teacher", teacher)

    def upfront(**said: object) -> dict[str, float]:
        decision = decided(study, **said)
        return {name: value(decision.ruling.result(name).upfront_usd) for name in names}

    none, onnx = upfront(), upfront(tools={"onnxruntime": {"integration_hours": 16}})
    assert {name: round(onnx[name] - none[name]) for name in names} == {
        "depth-1": 0, way: 1600, "control of depth-1": 0, "teacher": 0, teacher: 1600}
    torch = upfront(tools={"torch": {"integration_hours": 8}, "onnxruntime": {"support": "vendor"}})
    assert {name: round(torch[name] - none[name]) for name in names} == {
        "depth-1": 800, way: 0, "control of depth-1": 800, "teacher": 0, teacher: 0}
    listed = decided(study, tools={"torch": {"integration_hours": 8}}, activities=[{"activity": "labels", "hours": 10}])
    assert [task.key for task in listed.roi.option("depth-1").work] == [
        "hours for labels", "hours for integration of PyTorch and Hugging Face Transformers"]
    tools = listed.ruling.candidate(way).tooling
    assert (tools.tool, tools.support, tools.integration.value) == ("ONNX Runtime", None, None)


def test_a_tool_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UserError, match="tools: 'tenserrt' is not a tool that is known here; name one of torch, "):
        parse(CaseInputs, {"tools": {"tenserrt": {"support": "none"}}})
    with pytest.raises(UserError, match=r"tools.tensorrt.support: 'lots' is not accepted; write 'none', 'community'"):
        parse(CaseInputs, {"tools": {"tensorrt": {"support": "lots"}}})


def heavy(study: StudyRecord, peaks: dict[str, float | None]) -> StudyRecord:
    """The study with these peaks of memory, in MB, by option of its models; None: not measured."""
    def made(model: ModelRecord) -> ModelRecord:
        peak = peaks.get(option_name(model), 100.0)
        figure = not_measured("bytes", "it cannot be read here") if peak is None else seen(peak * 1e6, "bytes")
        return replace(model, figures={**model.figures, "peak_memory_bytes": figure})
    return replace(study, models=tuple(map(made, study.models)), variants=tuple(map(made, study.variants)))


def test_an_option_that_does_not_fit_into_the_memory_is_not_taken_while_another_fits() -> None:
    free = decided()
    best, other = free.best_option, free.other
    assert decided(heavy(read.example(), {best: 900.0})).best_option == best, "without a limit memory changes nothing"
    tight = decided(heavy(read.example(), {best: 900.0}), memory_limit_mb=500.0)
    assert tight.best_option != best and tight.verdict.items[4].figures["memory_limit_mb"].value == 500.0
    unknown = decided(heavy(read.example(), {best: None}), memory_limit_mb=500.0)
    assert unknown.best_option != best
    rival = decided(heavy(read.example(), {other: 900.0}), memory_limit_mb=500.0)
    assert other != free.roi.status_quo.name and rival.best_option == best and rival.other != other


def test_of_the_variants_the_fastest_that_fits_is_an_option() -> None:
    student = next(m for m in read.example().models if m.name == "depth-1" and m.role == "student")

    def served(runtime: str, rate: float, peak: float) -> ModelRecord:
        faster = {"variant_agreement": seen(0.99, "share"), "throughput_per_s": seen(rate, "1/s")}
        return replace(student, runtime=runtime, figures={**student.figures, **faster, "peak_memory_bytes": seen(peak, "bytes")})

    fast, light = served("openvino", 4000.0, 8e8), served("onnxruntime", 3000.0, 2e8)
    study = replace(read.example(), variants=(light, fast))
    names = {limit: {option.name for option in decided(study, memory_limit_mb=limit).roi.options} for limit in (None, 500.0, 100.0)}
    assert option_name(fast) in names[None] and option_name(light) not in names[None]
    assert option_name(light) in names[500.0] and option_name(fast) not in names[500.0]
    assert option_name(fast) in names[100.0], "where none fits the fastest is shown"


def test_where_no_student_fits_the_verdict_says_so() -> None:
    example = read.example()
    study = heavy(example, dict.fromkeys((option_name(m) for m in (*example.models, *example.variants) if m.role == "student"), 900.0))
    decision = decided(study, memory_limit_mb=500.0)
    item = decision.verdict.items[4]
    assert (item.status, decision.verdict.overall, decision.qualifies) == ("fail", "do not invest", False)
    assert item.reason == "Peak memory is 900 MB, above the limit of 500 MB."


def test_of_a_cascade_the_student_counts_and_an_api_holds_no_model() -> None:
    study = heavy(with_cascade([(0.0, -7.0), (0.1, -6.0), (0.3, -4.0), (1.0, 0.0)]), {"teacher": 900.0, "depth-1": 200.0})
    decision = decided(study, memory_limit_mb=500.0, status_quo="api", api_usd_per_call=0.0004)
    memory = {name: decision.ruling.candidate(name).tooling.memory for name in ("cascade of depth-1", "teacher", "API teacher")}
    assert memory["cascade of depth-1"]["peak_memory_bytes"].value == 2e8 and memory["API teacher"] == {}
    assert memory["teacher"]["peak_memory_bytes"].value == 9e8


def test_named_activities_are_the_stated_hours_and_keep_their_own_rate() -> None:
    work = [{"activity": "integration", "hours": 10.0, "usd_per_hour": 200.0}, {"activity": "review", "hours": 5.0}]
    decision = decided(engineering_hours=None, activities=work, ranges={"engineering_usd_per_hour": "50 to 150"}, draws=64)
    item = decision.verdict.items[3]
    assert item.status != "not enough evidence" and value(item.figures["engineering_hours"]) == 15.0
    tasks = decision.roi.option("depth-1").work
    assert [task.own_rate for task in tasks] == [True, False]
    spent = decision.ruling.simulated.upfront_usd["depth-1"] - value(decision.roi.option("depth-1").figures["upfront_usd"])
    assert np.allclose(spent, 2000.0 + 5.0 * decision.ruling.simulated.inputs["engineering_usd_per_hour"])


def test_the_search_that_found_a_student_is_paid_upfront_and_not_again_when_it_is_distilled_anew() -> None:
    study = read.example()
    found = [replace(model, details={**model.details, "search_seconds": 3_600.0}) if model.role != "teacher" else model
             for model in study.models]
    plain, searched = (decided(each, engineering_hours=0).roi.option("depth-1") for each in (study, replace(study, models=tuple(found))))
    price = value(plain.parts[0].figures["usd_per_hour"])
    assert value(searched.figures["upfront_usd"]) == pytest.approx(value(plain.figures["upfront_usd"]) + price)
    assert value(searched.figures["redistil_usd"]) == value(plain.figures["redistil_usd"])
