"""The shipped claims against studies: on the recorded example's models with figures made for each test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from core.case import CaseInputs
from core.claims import Assessment, Evidence
from core.claims import assess as assess_evidence
from core.claims.evidence import teacher_layers
from core.claims.money import running
from core.figures import Figure, assumed, measured
from core.records import CascadePoint, ModelRecord, StudyRecord
from core.roi.results import OptionResult
from core.settings import ROOT
from core.spec import StudySpec, parse
from core.studies import claims, read
from core.studies.decide import Decision, decide

DAY = date(2026, 11, 25)
DEVICE = "Test CPU, 2 cores"
IDS = [f"C{n}" for n in range(1, 15)]
API = {"status_quo": "api", "api_usd_per_call": 0.000056, "predictions_per_day": 1e6}


def seen(value: float | None, unit: str, low: float | None = None, high: float | None = None, device: str = DEVICE) -> Figure:
    made = measured(value or 0.0, unit, source="made for a test", device=device, as_of="2026-11-20", low=low, high=high)
    return replace(made, value=value)


RATES = {"teacher": 190.0, "depth-3": 400.0, "depth-2": 600.0, "depth-1": 1_270.0}


def base(model: ModelRecord) -> dict[str, Figure]:
    """Speeds of one device without intervals; depth-2 and its control lose a point, the others nine."""
    name = "teacher" if model.role == "teacher" else model.name
    ratio, loss = RATES[name] / RATES["teacher"], -1.0 if name == "depth-2" else -9.0
    found = {"throughput_per_s": seen(RATES[name], "1/s"), "throughput_speedup": seen(ratio, "ratio"), "latency_p99_ms": seen(20.0, "ms"),
             "latency_speedup": seen(ratio, "ratio"), "latency_mean_ms": seen(15.0 / ratio, "ms")}
    return found if name == "teacher" else {**found, "accuracy_difference": seen(loss, "points", loss - 0.5, loss + 0.5)}


def study(changes: Mapping[str, Mapping[str, Figure]] | None = None, **fields: object) -> StudyRecord:
    """The example's models with figures of base(), without cascades, variants and what was seen of bias; changes: figures of a
    student, or of the "teacher"."""
    changes, example = changes or {}, read.example()

    def made(model: ModelRecord) -> ModelRecord:
        key = "teacher" if model.role == "teacher" else model.name if model.role == "student" else ""
        kept = {name: figure for name, figure in model.figures.items() if not name.startswith(("repeated_errors", "gap_", "flips"))}
        return replace(model, figures={**kept, **base(model), **changes.get(key, {})}, cascade=())

    return replace(example, **{"models": tuple(made(model) for model in example.models), "variants": (), **fields})  # type: ignore[arg-type]


def about(record: StudyRecord, student: str | None = "depth-1", **more: object) -> dict[str, Assessment]:
    """Every claim by its id, with this student as the verdict's and no case."""
    chosen = record.model(student, "student") if student else None
    margin = assumed(2.0, "points", by="user")
    evidence = Evidence(study=record, margin=margin, student=chosen, bundled_layers=6, **more)  # type: ignore[arg-type]
    return {found.claim.id: found for found in assess_evidence(claims.published(), evidence)}


def decided(record: StudyRecord | None = None, draws: int = 0, **said: object) -> Decision:
    case = {"predictions_per_day": 300e6, "latency_limit_ms": 50.0, "accuracy_margin_points": 5.0, "engineering_hours": 80.0,
            "usd_per_hour": 0.1, "teacher_terms_allow": True, **said}
    return decide(record or study(), DAY, parse(CaseInputs, case), draws)


def claim_of(decision: Decision, key: str) -> Assessment:
    return next(found for found in claims.assess(decision) if found.claim.id == key)


def value(figure: Figure) -> float:
    assert figure.value is not None, figure.provenance.reason
    return figure.value


def test_there_are_fourteen_claims_each_with_who_says_it_where_and_since_when() -> None:
    listed = claims.published()
    assert [claim.id for claim in listed] == IDS
    assert {claim.said_by for claim in listed} == {"First article", "Second article"}
    assert all(claim.source and claim.compared and claim.hardware and claim.added == DAY for claim in listed)


def test_every_rule_stands_in_the_docs_in_one_line() -> None:
    text = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    for found in claims.assess(decided()):
        assert f"| {found.claim.id} | {found.rule} |" in text, found.claim.id


def test_without_a_study_only_arithmetic_is_decided_and_the_rest_says_what_it_waits_for() -> None:
    empty = study()
    found = claims.assess(decide(replace(empty, models=()), DAY, None, 0))
    assert [each.claim.id for each in found] == IDS
    assert {each.claim.id for each in found if each.verdict != "waiting"} == {"C2"}
    assert claims.tally_in_words(found) == "1 holds and 13 wait."
    for each in found:
        assert each.need or each.claim.id == "C2", each.claim.id
        assert (each.page == "") == (each.claim.id == "C2"), each.claim.id
        assert each.figure.value is not None or each.figure.provenance.reason
    assert next(each for each in found if each.claim.id == "C1").page == "pages/new_study.py"


def test_while_a_study_runs_its_own_page_is_named() -> None:
    running_job = SimpleNamespace(state="running", device="cpu")
    found = claims.assess(decide(replace(study(), models=(), job=running_job), DAY, None, 0))  # type: ignore[arg-type]
    assert found[0].page == "pages/study.py"
    undecided = about(study(job=running_job))["C1"]
    assert (undecided.verdict, undecided.page) == ("undecided", "pages/new_study.py"), "this run cannot settle it any more"


@pytest.mark.parametrize(("low", "high", "verdict"), [(2.0, 3.0, "holds"), (1.9, 3.0, "undecided"), (1.2, 1.9, "does not hold"),
                                                      (6.0, 7.0, "holds"), (None, None, "undecided")])
def test_c1_rests_on_the_throughput_of_the_verdicts_student(low: float | None, high: float | None, verdict: str) -> None:
    found = about(study({"depth-1": {"throughput_speedup": seen(2.5, "ratio", low, high)}}))["C1"]
    assert found.verdict == verdict and "depth-1" in found.findings[0].label
    assert found.hardware == f"{DEVICE}, student and teacher alike, both in torch"
    assert (found.need, found.page) == ("", "") if verdict != "undecided" else "5 processes" in found.need
    assert any("depth-3" in label for label in found.beside), "other students are shown, not chosen from"


def test_different_hardware_and_different_runtimes_are_said_to_be() -> None:
    apart = study({"teacher": {"throughput_per_s": seen(900.0, "1/s", device="Big GPU")}})
    assert about(apart)["C1"].hardware == f"different hardware: student on {DEVICE}, teacher on Big GPU, both in torch"
    other = replace(apart, models=tuple(replace(m, runtime="onnxruntime") if m.role == "student" else m for m in apart.models))
    assert about(other)["C1"].hardware.endswith("student in onnxruntime, teacher in torch")


def test_c2_is_the_arithmetic_of_the_claim_and_shows_the_price_list_beside_it() -> None:
    found = claim_of(decided(), "C2")
    assert found.verdict == "holds" and value(found.figure) == pytest.approx(0.125)
    assert value(found.beside["Rate that the claim implies"]) == pytest.approx(0.75 / 3600 / 0.5e-6)
    listed = found.beside["Nearest G4dn of the price list"]
    assert value(listed) == 0.752 and listed.provenance.kind == "catalogue"
    assert "nothing was measured on a G4dn" in found.remark and found.figure.provenance.evidence == "published"


@pytest.mark.parametrize(("ratio", "low", "high", "verdict"), [
    (1.6, 1.54, 1.7, "holds"), (1.55, 1.53, 1.7, "undecided"), (1.5, 1.4, 1.53, "does not hold"), (3.0, None, None, "undecided")])
def test_c3_turns_the_ratio_of_mean_latencies_into_the_share_saved(ratio: float, low: float | None, high: float | None, verdict: str
                                                                  ) -> None:
    found = about(study({"depth-1": {"latency_speedup": seen(ratio, "ratio", low, high)}}))["C3"]
    assert found.verdict == verdict and value(found.figure) == pytest.approx(1 - 1 / ratio)
    assert {"Mean latency of the teacher", "Mean latency of depth-1"} <= set(found.beside)
    if low is not None and high is not None:
        assert (found.figure.low, found.figure.high) == (pytest.approx(1 - 1 / low), pytest.approx(1 - 1 / high))


@pytest.mark.parametrize(("low", "high", "verdict"), [(0.90, 0.97, "holds"), (0.89, 0.97, "undecided"), (0.8, 0.89, "does not hold"),
                                                      (0.985, 0.999, "holds"), (0.95, 1.01, "holds")])
def test_c4_holds_from_ninety_percent_on_and_keeping_more_is_no_failure(low: float, high: float, verdict: str) -> None:
    found = about(study({"depth-1": {"retention": seen((low + high) / 2, "share", low, high)}}))["C4"]
    assert found.verdict == verdict and "not on GLUE or SQuAD" in found.remark and "snippets" in found.remark


def sized(layers: float, teacher: float, students: Mapping[str, float]) -> dict[str, dict[str, Figure]]:
    return {name: {"parameters": seen(size, "count"), "artifact_bytes": seen(4 * size, "bytes")}
            for name, size in {"teacher": teacher, **students}.items()}


@pytest.mark.parametrize(("student", "verdict"), [(60e6, "holds"), (60.1e6, "does not hold"), (50e6, "holds")])
def test_c6_counts_parameters_and_bytes_of_the_student_of_half_the_layers(student: float, verdict: str) -> None:
    found = about(study(sized(6, 100e6, {"depth-3": student})))["C6"]
    assert found.verdict == verdict and [value(each.figure) for each in found.findings] == [pytest.approx(1 - student / 100e6)] * 2
    assert "depth-3" in found.findings[0].label, "the student of half the layers, whichever the verdict is about"


def test_c6_does_not_hold_where_bytes_alone_fall_short() -> None:
    changes = sized(6, 100e6, {"depth-3": 50e6})
    changes["depth-3"]["artifact_bytes"] = seen(300e6, "bytes")
    assert [each.verdict for each in about(study(changes))["C6"].findings] == ["holds", "does not hold"]
    assert about(study(changes))["C6"].verdict == "does not hold"


@pytest.mark.parametrize(("low", "high", "verdict"), [(1.6, 1.8, "holds"), (1.5, 1.8, "undecided"), (1.4, 1.59, "does not hold")])
def test_c7_reads_sixty_percent_faster_as_1_6_times_the_throughput(low: float, high: float, verdict: str) -> None:
    assert about(study({"depth-3": {"throughput_speedup": seen(1.6, "ratio", low, high)}}))["C7"].verdict == verdict


@pytest.mark.parametrize(("kept", "faster", "verdict"), [
    ((0.97, 0.99), (2.0, 2.2), "holds"), ((0.96, 0.99), (2.0, 2.2), "undecided"), ((0.97, 0.99), (1.9, 2.2), "undecided"),
    ((0.97, 0.99), (1.5, 1.9), "does not hold"), ((0.9, 0.96), (2.0, 2.2), "does not hold"), ((0.97, 0.99), (None, None), "undecided")])
def test_c8_needs_both_retention_and_speed(kept: tuple[float, float], faster: tuple[float | None, float | None], verdict: str) -> None:
    changes = {"depth-3": {"retention": seen(0.975, "share", *kept), "throughput_speedup": seen(2.1, "ratio", *faster)}}
    assert about(study(changes))["C8"].verdict == verdict


def spec_with(record: StudyRecord, **changes: object) -> StudySpec:
    return parse(StudySpec, {**record.spec.model_dump(), **changes})


def test_without_a_student_of_half_the_layers_three_claims_wait() -> None:
    record = study()
    spec = spec_with(record, students=[s.model_dump() for s in record.spec.students if s.layers != 3])
    found = about(replace(record, spec=spec, models=tuple(m for m in record.models if m.name != "depth-3")))
    for key in ("C6", "C7", "C8"):
        assert found[key].verdict == "waiting" and found[key].page == "pages/new_study.py" and "half" in found[key].need


def test_the_layers_of_another_teacher_are_counted_by_its_parameters() -> None:
    record = study(sized(0, 30e6 + 12 * 7e6, {"depth-3": 30e6 + 3 * 7e6, "depth-2": 30e6 + 2 * 7e6, "depth-1": 30e6 + 7e6}))
    hub = replace(record, spec=spec_with(record, teacher={"source": "someone/a-teacher"}))
    margin = assumed(2.0, "points", by="user")
    assert teacher_layers(Evidence(hub, margin, bundled_layers=6)) == 12
    assert teacher_layers(Evidence(record, margin, bundled_layers=6)) == 6, "the bundled one is known"
    few = replace(hub, models=tuple(m for m in hub.models if m.name in (record.models[0].name, "depth-1")))
    assert teacher_layers(Evidence(few, margin, bundled_layers=6)) is None
    assert about(hub)["C6"].verdict == "waiting", "of twelve layers no student keeps six"


def cascade_point(threshold: float, sent: float, low: float, *, checked: bool = True, checked_low: float | None = None) -> CascadePoint:
    share, points = seen(sent, "share", sent - 0.02, sent + 0.02), seen(low + 1, "points", low, low + 2)
    on_validation = seen(low + 1, "points", low if checked_low is None else checked_low, low + 2)
    return CascadePoint(threshold, share, seen(0.78, "share"), points, share if checked else None, on_validation if checked else None)


def with_cascade(*points: CascadePoint, student: str = "depth-1") -> StudyRecord:
    record = study()
    chosen = record.model(student, "student")
    return replace(record, models=tuple(replace(m, cascade=points) if m is chosen else m for m in record.models))


@pytest.mark.parametrize(("sent", "verdict"), [(0.08, "holds"), (0.1, "undecided"), (0.12, "undecided"), (0.13, "does not hold")])
def test_c10_judges_the_share_that_the_student_answers_at_the_threshold_chosen_on_validation_texts(sent: float, verdict: str) -> None:
    found = about(with_cascade(cascade_point(0.5, 0.0, -6.0), cascade_point(0.6, sent, -1.0), cascade_point(1.0, 0.9, 0.0)))["C10"]
    assert found.verdict == verdict and value(found.figure) == pytest.approx(1 - sent)
    assert (found.figure.low, found.figure.high) == (pytest.approx(1 - sent - 0.02), pytest.approx(1 - sent + 0.02))


def test_c10_is_undecided_where_the_margin_is_kept_on_validation_texts_alone() -> None:
    found = about(with_cascade(cascade_point(0.6, 0.02, -3.0, checked_low=-1.0)))["C10"]
    assert [each.verdict for each in found.findings] == ["holds", "undecided"] and found.verdict == "undecided"
    assert "more test texts" in found.need.lower()


def test_c10_waits_for_cascades_that_were_chosen_on_validation_texts() -> None:
    assert about(study())["C10"].verdict == "waiting"
    assert about(with_cascade(cascade_point(0.6, 0.05, -1.0, checked=False)))["C10"].verdict == "waiting"


@pytest.mark.parametrize(("low", "high"), [(0.5, 2.0), (-3.0, -1.0), (-1.0, 1.0)])
def test_c11_is_never_decided_by_one_seed_however_clear_it_looks(low: float, high: float) -> None:
    gains = {name: {"gain_over_control": seen((low + high) / 2, "points", low, high)} for name in ("depth-1", "depth-2", "depth-3")}
    found = about(study(gains))["C11"]
    assert found.verdict == "undecided" and len(found.findings) == 3 and "6 seeds" in found.remark


def test_c11_waits_where_no_student_has_a_control() -> None:
    record = study()
    models = tuple(replace(m, figures={k: f for k, f in m.figures.items() if k != "gain_over_control"}) for m in record.models)
    assert about(replace(record, models=models))["C11"].verdict == "waiting"


def test_c14_waits_for_both_methods_and_then_for_several_sizes_of_the_transfer_set() -> None:
    record = study()
    found = about(record)["C14"]
    assert found.verdict == "waiting" and "method black box" in found.need and found.page == "pages/new_study.py" and not found.beside
    students = [model for model in record.models if model.role == "student"]
    models = tuple(replace(model, method="black box") if model is students[0] else model for model in record.models)
    both = about(replace(record, models=models))["C14"]
    assert both.verdict == "waiting" and "several sizes" in both.need
    assert f"Accuracy of {students[0].name}, by black box" in both.beside and f"Accuracy of {students[1].name}, by logits" in both.beside


def otherwise(record: StudyRecord, precision: str, variant: str, difference: Figure, speedup: Figure) -> ModelRecord:
    return replace(record.models[0], runtime="onnxruntime", precision=precision, variant=variant,
                   figures={"accuracy_difference": difference, "throughput_speedup": speedup})


def test_c12_waits_for_all_three_methods_and_then_judges_each_of_them() -> None:
    record = study()
    int8 = otherwise(record, "int8", "uncompressed", seen(-0.2, "points", -0.6, 0.2), seen(2.5, "ratio", 2.3, 2.7))
    cut = otherwise(record, "fp32", "trimmed, pruned", seen(-2.0, "points", -3.0, -1.0), seen(1.3, "ratio", 1.2, 1.4))
    found = about(replace(record, variants=(int8,)))["C12"]
    assert found.verdict == "waiting" and "pruning is missing" in found.remark and found.page == "pages/new_study.py"
    found = about(replace(record, variants=(int8, cut)))["C12"]
    assert len(found.findings) == 6 and {each.verdict for each in found.findings[2:]} == {"holds"}
    lossy = replace(int8, figures={**int8.figures, "accuracy_difference": seen(-3.0, "points", -3.6, -2.4)})
    worse = about(replace(record, variants=(lossy, cut)))["C12"]
    assert worse.verdict == "does not hold" and worse.findings[2].verdict == "does not hold"


REPEATS = {"repeated_errors": seen(0.6, "share", 0.5, 0.7), "repeated_errors_by_chance": seen(0.2, "share", 0.15, 0.25),
           "repeated_errors_excess": seen(40.0, "points", 30.0, 50.0), "accuracy_difference": seen(-4.0, "points", -6.0, -2.0)}


def inheriting(**more: Figure) -> StudyRecord:
    return study({"depth-1": {**REPEATS, **more}})


@pytest.mark.parametrize(("high", "verdict"), [(-6.1, "holds"), (-6.0, "undecided"), (2.0, "undecided")])
def test_c13_needs_a_slice_that_surely_loses_more_than_all_texts(high: float, verdict: str) -> None:
    slices = {"long texts": seen(-8.0, "points", -12.0, high), "short texts": seen(-1.0, "points", -2.0, 0.0)}
    found = about(inheriting(), slices=slices)["C13"]
    assert found.verdict == verdict
    assert [each.label for each in found.findings if each.verdict == "holds"][1:] == (
        ["Difference to the teacher on long texts"] if verdict == "holds" else [])
    assert "Difference to the teacher on short texts" in found.beside


@pytest.mark.parametrize(("low", "verdict"), [(0.1, "holds"), (0.0, "undecided"), (-3.0, "undecided")])
def test_c13_or_a_gap_between_slices_that_the_student_surely_widens(low: float, verdict: str) -> None:
    found = about(inheriting(gap_added_length=seen(4.0, "points", low, 9.0), gap_added_label=seen(1.0, "points", -3.0, 5.0)))["C13"]
    assert found.verdict == verdict and found.findings[1].label == "Gap between lengths, less the teacher's"
    assert ("Gap between classes, less the teacher's" in found.beside) and found.findings[1].label not in found.beside


@pytest.mark.parametrize(("name", "low", "verdict"), [
    ("repeated_errors_excess", 0.1, "holds"), ("repeated_errors_excess", -0.1, "undecided"),
    ("repeated_errors_over_control", 0.1, "holds"), ("repeated_errors_over_control", -0.1, "undecided")])
def test_c13_needs_errors_that_are_surely_repeated_beyond_the_control_or_chance(name: str, low: float, verdict: str) -> None:
    wider = {"gap_added_label": seen(4.0, "points", 1.0, 9.0)}
    found = about(inheriting(**wider, **{name: seen(5.0, "points", low, 9.0)}))["C13"]
    assert found.verdict == verdict
    assert ("its control repeats" in found.findings[0].label) == (name == "repeated_errors_over_control")


def test_c13_waits_where_the_teacher_never_errs_or_nothing_was_compared() -> None:
    unknown = replace(seen(None, "share"), value=None)
    without = {name: figure for name, figure in REPEATS.items() if name == "accuracy_difference"}
    assert about(study({"depth-1": {**without, "repeated_errors": unknown}}))["C13"].verdict == "waiting"
    older = about(study())["C13"]
    assert older.verdict == "waiting" and older.page == "pages/new_study.py" and "run it again" in older.need


def test_c5_holds_where_a_dear_api_is_replaced_and_not_where_a_control_does_as_well() -> None:
    paying = claim_of(decided(draws=128, **API), "C5")
    assert paying.verdict == "holds" and value(paying.figure) == 1.0 and "Break-even volume" in [f.label for f in paying.findings]
    same = decided(draws=128, usd_per_hour=100.0)
    assert (same.best_option, same.other) == ("depth-2", "control of depth-2"), "labels alone do as well: distillation is not credited"
    found = claim_of(same, "C5")
    assert found.verdict == "does not hold" and value(found.figure) == 0.0 and "No break-even volume" in found.remark
    (over_today,) = (share for label, share in found.beside.items() if "than teacher at 10 M" in label)
    assert value(over_today) > 0.5, "over today's system it would mostly pay, and that stands beside it"


def test_c5_is_undecided_while_the_draws_disagree_or_are_missing() -> None:
    dear = decided(draws=128, **{**API, "api_usd_per_call": 0.0000025, "ranges": {"engineering_hours": "40 to 400"}})
    share = value(claim_of(dear, "C5").figure)
    assert 0.025 < share < 0.975 and claim_of(dear, "C5").verdict == "undecided"
    assert claim_of(dear, "C5").page == "pages/decision.py"
    plain = claim_of(decided(**API), "C5")
    assert plain.verdict == "undecided" and plain.need


def test_c5_waits_where_a_cost_is_unknown() -> None:
    found = claim_of(decided(draws=16, status_quo="api", api_provider="openai", api_model="gpt-4o"), "C5")
    assert found.verdict == "waiting" and found.page == "pages/checklist.py"
    assert found.remark.startswith("The net present value is not known: it needs the price of a call of API teacher")


@pytest.mark.parametrize(("call", "verdict"), [(0.000056, "holds"), (0.000002, "does not hold"), (0.0000235, "undecided")])
def test_c9_compares_the_unit_costs_of_api_and_student_over_the_draws(call: float, verdict: str) -> None:
    decision = decided(draws=128, **{**API, "api_usd_per_call": call})
    found, student = claim_of(decision, "C9"), decision.best.name
    costs = {option.name: value(option.usd_per_million) for option in decision.options}
    assert found.verdict == verdict and value(found.figure) == pytest.approx(costs["API teacher"] / costs[student])
    assert found.figure.low is not None and found.figure.low <= value(found.figure) <= (found.figure.high or 0)
    assert found.hardware.startswith("different hardware: API teacher on its provider's machines")


def test_c9_needs_an_api_and_its_price_and_draws() -> None:
    assert claim_of(decided(), "C9").verdict == "waiting" and "API" in claim_of(decided(), "C9").need
    assert claim_of(decided(**API), "C9").verdict == "undecided"
    unpriced = claim_of(decided(status_quo="api", api_provider="openai", api_model="gpt-4o", draws=16), "C9")
    assert unpriced.verdict == "waiting" and "The cost of API teacher is not known" in unpriced.remark


def test_draws_of_running_costs_start_from_the_costs_that_the_options_show() -> None:
    decision = decided(monitoring_usd_per_month=70.0, months_to_go_live=4, monthly_growth=0.05, **API)
    case = replace(decision.roi, spreads={}, follows={})
    flows = running(case).flows
    shown: dict[str, OptionResult] = {option.name: option for option in decision.options}
    for name in ("API teacher", "teacher", "depth-1", "control of depth-2"):
        assert flows[name][0, -1] == pytest.approx(value(shown[name].monthly_cost_usd)), name


def test_the_tally_is_a_sentence_in_the_right_number() -> None:
    found = claims.assess(decided())
    counts = claims.tally(found)
    assert sum(counts.values()) == 14 and list(counts) == ["holds", "does not hold", "undecided", "waiting"]
    only = [replace(found[0], verdict=verdict) for verdict in ("holds", "does not hold", "undecided", "waiting")]
    assert claims.tally_in_words(only) == "1 holds, 1 does not, 1 is undecided and 1 waits."
    assert claims.tally_in_words([*only, *only]) == "2 hold, 2 do not, 2 are undecided and 2 wait."
    assert claims.tally_in_words(only[1:2]) == "1 does not." and claims.tally_in_words([]) == "There is no claim."


def test_a_reason_tells_figure_interval_and_number_in_sentences() -> None:
    found = about(study({"depth-1": {"retention": seen(0.95, "share", 0.93, 0.97)}}))["C4"]
    assert found.reason == ("Retention of depth-1: 95 % (93.0 to 97.0 %), at or above the claimed 90 %. On the task snippets, "
                            "not on GLUE or SQuAD.")
