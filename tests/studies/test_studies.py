"""The use cases without a run: planning, settings, prices, and decisions over given figures."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from core import tasks
from core.case import CaseInputs
from core.errors import UserError
from core.figures import measured
from core.records import ModelRecord, StudyRecord
from core.spec import StudySpec, preset
from core.store import tables
from core.store.engine import write
from core.studies import plan, prices, read, submit
from core.studies.decide import decide
from core.studies.document import to_document
from core.studies.overrides import apply

TODAY = date(2026, 8, 1)
MACHINE = {"cpu": "CPU", "cores": 2, "memory_bytes": 8 * 2**30, "gpus": []}
ASKED = CaseInputs(predictions_per_day=5e8, latency_limit_ms=50, accuracy_margin_points=3, engineering_hours=10)


def figure(value, unit, low=None, high=None):
    return measured(value, unit, source="test", device="CPU", as_of="2026-08-01", low=low, high=high)


def model(name, role, accuracy, p99, rate, difference=(-1.0, -2.0, 0.0)):
    figures = {"accuracy": figure(accuracy, "share", accuracy - 0.02, accuracy + 0.02), "throughput_per_s": figure(rate, "1/s"),
               "latency_p99_ms": figure(p99, "ms"), "latency_queries": figure(662, "count"), "test_texts": figure(2_000, "count"),
               "reload_agreement": figure(1.0, "share")}
    if role != "teacher":
        figures["accuracy_difference"] = figure(difference[0], "points", difference[1], difference[2])
    details = {"seconds": 60.0, "labelling_seconds": 10.0, "device": "CPU", "date": "2026-08-01"}
    return ModelRecord(name, role, "depth", "logits", role, "torch", "fp32", "cpu", figures, details if role != "teacher" else {})


def study(*models, case=ASKED):
    return StudyRecord("s1", datetime(2026, 8, 1, tzinfo=UTC), StudySpec(task="snippets"), case, MACHINE, "abc", models)


TEACHER = model("minilm", "teacher", 0.80, 20, 200)
GOOD = model("depth-3", "student", 0.79, 12, 400)
FAST = model("depth-1", "student", 0.70, 4, 1200, (-10.0, -12.0, -8.0))
WEAK_CONTROL = model("depth-3", "control", 0.74, 12, 400, (-6.0, -8.0, -4.0))


def test_the_best_student_is_the_cheapest_that_meets_latency_and_accuracy():
    decision = decide(study(TEACHER, FAST, GOOD, WEAK_CONTROL), TODAY)
    assert decision.best.name == "depth-3" and decision.qualifies
    statuses = [item.status for item in decision.verdict.items]
    assert statuses[1] == statuses[2] == "warn"  # without load; errors not priced
    assert decision.comparisons[-1].against == "teacher"


def test_a_control_that_qualifies_takes_the_credit_away():
    twin = model("depth-3", "control", 0.79, 12, 400)
    decision = decide(study(TEACHER, GOOD, twin), TODAY)
    assert decision.comparisons[-1].against == "control of depth-3"
    assert decision.verdict.overall == "do not invest" and decision.verdict.items[0].status == "fail"


def test_without_a_passing_student_the_least_loss_is_shown_and_the_verdict_says_so():
    decision = decide(study(TEACHER, FAST), TODAY)
    assert decision.best.name == "depth-1" and not decision.qualifies
    assert decision.verdict.overall == "do not invest" and decision.verdict.items[2].status == "fail"


def test_nothing_said_is_not_enough_evidence():
    decision = decide(study(TEACHER, GOOD, case=CaseInputs()), TODAY)
    assert decision.verdict.overall in ("not enough evidence", "do not invest")
    assert [decision.verdict.items[i].status for i in (0, 1, 3, 5)] == ["not enough evidence"] * 4


def test_before_anything_is_measured_there_is_no_verdict_and_no_number():
    bare = ModelRecord("minilm", "teacher", "pretrained", "fine-tuned", "teacher", "torch", "fp32", "cpu")
    assert decide(study(), TODAY).verdict is None
    decision = decide(study(bare), TODAY)
    assert decision.verdict is None and decision.options[0].usd_per_million.value is None


def test_bench_and_provisioned_cost_are_different_figures():
    case = CaseInputs(usd_per_hour=0.75, predictions_per_day=1e6)
    option = decide(study(TEACHER, GOOD, case=case), TODAY).option(TEACHER)
    assert option.usd_per_million_bench.value == pytest.approx(0.75 / (200 * 3600) * 1e6)
    assert option.usd_per_million.value == pytest.approx(2 * 0.75 * 24 / 1e6 * 1e6)  # two machines at least, 24 h a day


def test_a_typed_price_wins_over_an_instance_and_the_instance_over_the_match():
    found = [prices.machine_price(case, MACHINE, "cpu") for case in (
        CaseInputs(usd_per_hour=1.5, instance="aws/g4dn.xlarge"), CaseInputs(instance="aws/g4dn.xlarge"), CaseInputs())]
    assert [figure.value for figure in found[:2]] == [1.5, 0.526]
    assert [figure.provenance.evidence for figure in found] == ["assumed", "catalogue", "default"]


@pytest.mark.parametrize(("as_of", "stale"), [(date(2026, 10, 18), False), (date(2026, 10, 19), True)])
def test_a_price_goes_stale_after_90_days(as_of, stale):
    price = prices.machine_price(CaseInputs(instance="aws/g4dn.xlarge"), MACHINE, "cpu")
    assert price.provenance.as_of == "2026-07-20" and prices.is_stale(price, as_of) == stale


def test_an_unknown_instance_is_refused_by_name():
    with pytest.raises(UserError, match=r"'aws/nothing' is not in the price list"):
        prices.check_instance("aws/nothing")


def test_every_stage_of_the_plan_takes_time_and_pace_scales_it():
    spec, info = preset("quick", "snippets"), tasks.info("snippets")
    planned = plan.steps(spec, info, MACHINE, "cpu")
    assert [step.key for step in planned] == [
        "adapt", "label", "distil:depth-3+depth-2+depth-1", "control:depth-3+depth-2+depth-1", "evaluate", "variants", "measure:1"]
    slower = plan.steps(spec, info, MACHINE, "cpu", pace=3.0)
    assert all(0 < step.expected_s < more.expected_s for step, more in zip(planned, slower, strict=True))
    assert sum(step.expected_s for step in planned) < 480, "quick is a matter of minutes"


def test_further_texts_and_seeds_take_their_time_in_the_plan():
    def planned(**distil):
        found = plan.steps(preset("quick", "snippets", distil=distil), tasks.info("snippets"), MACHINE, "cpu")
        return {step.key.partition(":")[0]: step for step in found}

    plain, more = planned(), planned(augmented=4, seeds=6)
    assert "seeds" not in plain and list(more)[list(more).index("evaluate") + 1] == "seeds"
    assert more["seeds"].title == "Train students and controls with 5 more seeds"
    assert planned(seeds=2)["seeds"].title == "Train students and controls with 1 more seed"
    for key in ("label", "distil", "control"):
        assert more[key].expected_s > 2 * plain[key].expected_s, key
    once = more["label"].expected_s + more["distil"].expected_s + more["control"].expected_s
    assert 5 * once < more["seeds"].expected_s < 7 * once
    rich = tasks.info("snippets")
    assert planned(unlabelled=True, tokens=10_000_000)["label"].expected_s > planned(tokens=10_000_000)["label"].expected_s, rich.texts


def test_students_that_learn_apart_have_stages_of_their_own():
    students = [{"name": "a", "layers": 2}, {"name": "b", "layers": 1, "epochs": 7}, {"name": "c", "layers": 1, "control": False}]
    planned = plan.steps(preset("quick", "snippets", students=students), tasks.info("snippets"), MACHINE, "cpu")
    assert [(step.key, step.title) for step in planned[2:6]] == [
        ("distil:a+c", "Distil a and c together"), ("control:a", "Train the control of a"),
        ("distil:b", "Distil b"), ("control:b", "Train the control of b")]
    alone = plan.steps(preset("quick", "snippets", students=students[:1]), tasks.info("snippets"), MACHINE, "cpu")
    assert planned[2].expected_s > alone[2].expected_s == planned[3].expected_s


def test_a_learning_curve_is_a_stage_that_costs_less_than_the_sum_of_its_parts_and_none_without_points():
    info = tasks.info("snippets")
    spec = preset("quick", "snippets", curve={"points": 5, "seeds": 2, "student": "depth-1"})
    planned = {step.key: step.expected_s for step in plan.steps(spec, info, MACHINE, "cpu")}
    keys = list(planned)
    assert keys.index("curve") == keys.index("evaluate") - 1
    one = planned["distil:depth-3+depth-2+depth-1"] / 6
    assert 2 * one < planned["curve"] < 8 * one
    assert "curve" not in [step.key for step in plan.steps(preset("quick", "snippets"), info, MACHINE, "cpu")]


def test_settings_reach_the_study_and_the_case():
    settings = ["distil.temperature=4", "case.instance=aws/g4dn.xlarge"]
    spec, case = apply(preset("quick", "r8", name="mine"), CaseInputs(), settings)
    assert (spec.distil.temperature, spec.name, case.instance) == (4.0, "mine", "aws/g4dn.xlarge")


@pytest.mark.parametrize(("setting", "message"), [
    ("distil.temperature", "has no '='"), ("distil.heat=4", "'distil.heat' is not a setting"),
    ("distil.temperature=-4", r"distil.temperature: -4 is not accepted; write a number from 0.1 to 20 \("),
    ("case.volume=1", "'volume' is not a setting"), ("distil.temperature=" + "9" * 5_000, "distil.temperature"),
    ("distil.temperature=" + "[" * 100_000, "distil.temperature"), ("teacher.source=answers:", "names no answers"),
    ("students=[]", "students: .*at least 1 item")])
def test_bad_settings_are_one_sentence(setting, message):
    with pytest.raises(UserError, match=message):
        apply(preset("quick", "r8"), CaseInputs(), [setting])


@pytest.mark.shipped
def test_the_recorded_example_is_real_and_stays_as_it_was_recorded():
    example = read.example()
    assert example.recorded and example.commit and example.job.state == "done"
    assert {m.role for m in example.models} == {"teacher", "student", "control"}
    assert read.EXAMPLE not in [row.id for row in read.summaries()]
    document = to_document(decide(example, example.created_at.date()))
    assert len(document["verdict"]["items"]) == 6
    with pytest.raises(UserError, match="recorded"):
        read.update_case(read.EXAMPLE, CaseInputs())


@pytest.mark.parametrize(("students", "message"), [
    ([{"name": "a", "layers": 2}, {"name": "a", "layers": 1}], "the name 'a' is given twice"),
    ([{"name": "teacher", "layers": 2}], "means another model"),
    ([{"name": "a"}], "needs a number of layers"),
    ([{"name": "a", "family": "pretrained"}], "needs a source"),
    ([{"name": "a", "layers": 6}], "a teacher with 6; choose 1 to 5"),
    ([{"name": "a", "layers": 2, "keep_layers": [1, 6]}], "keeps layer 6 of a teacher with layers 0 to 5"),
    ([{"name": "a", "layers": 2, "keep_layers": [1]}], "names as many layers"),
    ([{"name": "a", "layers": 2, "keep_layers": [1, 1]}], "names as many layers"),
    ([{"name": "a", "family": "static", "keep_layers": [1]}], "names as many layers")])
def test_students_that_cannot_be_made_are_refused_before_anything_is_kept(students, message):
    with pytest.raises(UserError, match=message):
        submit.submit(preset("quick", "snippets", students=students), CaseInputs())
    assert read.summaries() == []


@pytest.mark.parametrize(("search", "message"), [
    ({"families": ["pretrained"]}, "search.families: none of pretrained can be made smaller"),
    ({"families": ["static", "linear"], "methods": ["relations"]}, "search.methods: relations needs layers, and static, linear students")])
def test_a_search_that_has_nothing_to_try_is_refused_before_anything_is_kept(search, message):
    with pytest.raises(UserError, match=message):
        submit.submit(preset("quick", "snippets", search={"minutes": 1, **search}), CaseInputs())
    assert read.summaries() == []


@pytest.mark.parametrize("content", ["{broken", "[1]", '{"num_hidden_layers": "many"}', '{"num_hidden_layers": null}'])
def test_a_folder_whose_configuration_cannot_be_read_is_refused_in_one_sentence(content, tmp_path):
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(UserError, match="is no model's configuration"):
        submit.preview(preset("quick", "snippets", teacher={"source": str(tmp_path)}))


def test_capacity_on_an_instance_that_is_visibly_another_machine_is_derived():
    for instance, kind in (("aws/m6i.large", "measured"), ("aws/c6i.2xlarge", "derived"), ("aws/g4dn.xlarge", "derived")):
        case = CaseInputs(**ASKED.model_dump(exclude={"instance"}), instance=instance)
        verdict = decide(study(TEACHER, GOOD, case=case), TODAY).verdict
        assert verdict.items[0].figures["throughput_per_s"].provenance.kind == kind
        assert verdict.items[0].status == ("pass" if kind == "measured" else "warn")


def test_a_changed_preset_is_custom():
    assert apply(preset("quick", "r8"), CaseInputs(), ["distil.tokens=5000"])[0].preset == "custom"
    assert apply(preset("quick", "r8"), CaseInputs(), ["case.engineering_hours=5", "name=x"])[0].preset == "quick"


def finished_study(study_id, seconds_over_expected, planned):
    from core.store import jobs, steps, studies

    studies.create(study_id, preset("quick", "snippets"), CaseInputs(), MACHINE, "abc")
    job_id = jobs.enqueue(study_id, "cpu", planned)
    jobs.claim()
    start = datetime(2026, 8, 1, tzinfo=UTC)
    for step in planned:
        steps.start(job_id, step.key)
        steps.finish(job_id, step.key, {})
    with write() as connection:
        for step in planned:
            took = timedelta(seconds=seconds_over_expected * step.expected_s)
            connection.execute(update(tables.steps).where(tables.steps.c.job_id == job_id, tables.steps.c.key == step.key)
                               .values(started_at=start, finished_at=start + took))
    jobs.finish(job_id, "done")


def test_the_pace_settles_on_the_machines_own():
    spec, info = preset("quick", "snippets"), tasks.info("snippets")
    assert plan.measured_pace("cpu", MACHINE) == 1.0
    finished_study("first", 2.0, plan.steps(spec, info, MACHINE, "cpu"))
    assert plan.measured_pace("cpu", MACHINE) == pytest.approx(2.0)
    finished_study("second", 1.0, plan.steps(spec, info, MACHINE, "cpu", pace=2.0))
    assert plan.measured_pace("cpu", MACHINE) == pytest.approx(2.0, rel=0.2)
    assert plan.measured_pace("cuda:0", MACHINE) == 1.0


def test_slices_bins_and_regressions_are_in_the_document_and_come_back():
    from dataclasses import replace

    from core.records import Bin, Regression
    from core.studies.document import from_document, to_record

    figure = TEACHER.figures["accuracy"]
    judged = replace(GOOD, slices={"label: good": {"accuracy": figure}}, reliability=(Bin(0.9, 0.8, 0.7, 0.9, 40),),
                     regressions=(Regression("a text", "good", "good", "poor", 0.97),))
    record = study(TEACHER, judged)
    for document in (to_document(decide(record, TODAY)), to_record(record)):
        again = from_document(document, record.id).models[1]
        assert (again.slices, again.reliability, again.regressions) == (judged.slices, judged.reliability, judged.regressions)
        for name in ("slices", "reliability", "regressions"):
            del document["models"][1][name]  # as earlier versions wrote it
        older = from_document(document, record.id).models[1]
        assert (older.slices, older.reliability, older.regressions) == ({}, (), ())
