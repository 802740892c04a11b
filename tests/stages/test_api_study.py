"""A black-box study, really run: its teacher is a file of answers, as an API leaves them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from core import answers, settings, tasks
from core.answers import Answers, storage
from core.case import CaseInputs
from core.errors import UserError
from core.jobs import api as jobs
from core.spec import PRESETS, StudySpec, parse, preset
from core.stages.adapt import adapt
from core.stages.recorded import Recorded
from core.store import models, studies
from core.studies import api_teacher, submit
from core.studies.decide import decide
from tests.conftest import sentences
from tests.stages.staged import Context
from tests.stages.test_whole_study import small_spec, wait

TODAY = date(2026, 11, 28)


def api_spec(task_id, base, **changes):
    """A small study of the task, changed; its teacher's training is of no account."""
    plain = small_spec(task_id, base).model_dump(mode="json")
    return parse(StudySpec, {**plain, "teacher": {"source": "answers:a", "base": str(base)}, **changes})


def as_a_file(texts, labels, seed=0, probabilities=True):
    """Answers that are right nine times of ten, with a probability of each label, latencies and tokens."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(texts)) < 0.1
    given = [{"good": "poor", "poor": "good"}[label] if bad else label for label, bad in zip(labels, wrong, strict=True)]
    sure = rng.uniform(0.6, 0.99, len(texts))
    frame = pd.DataFrame({"text": texts, "label": given, "latency_ms": rng.lognormal(6, 0.3, len(texts)).round(1),
                          "input_tokens": rng.integers(40, 60, len(texts)), "output_tokens": 3, "reasoning_tokens": 1})
    if probabilities:
        frame["p_good"] = np.where(frame["label"] == "good", sure, 1 - sure)
        frame["p_poor"] = 1 - frame["p_good"]
    file = io.StringIO()
    frame.to_csv(file, index=False)
    return file.getvalue().encode()


@pytest.fixture(scope="module")
def finished(tmp_path_factory, tiny_model):
    """One finished study whose API answered four of five labelled texts, and some that the task does not hold."""
    home = tmp_path_factory.mktemp("api-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISTILL_ROI_HOME", str(home))
        texts, labels = sentences(900)
        task = tasks.import_file("\n".join(["text\tlabel", *(f"{t}\t{w}" for t, w in zip(texts, labels, strict=True))]).encode(),
                                 "easy.tsv", name="easy").id
        more, their_labels = sentences(60, seed=7)
        asked = [i for i in range(900) if i % 5]
        data = as_a_file([texts[i] for i in asked] + [f"new {text}" for text in more], [labels[i] for i in asked] + their_labels)
        info = answers.import_answers(data, "calls.csv", task=task, name="calls", provider="openai", model="gpt-4o-mini", day="2026-11-20")
        spec = api_spec(task, tiny_model, teacher={"source": info.source, "base": str(tiny_model)},
                          distil={"tokens": 40_000, "epochs": 4, "learning_rate": 2e-3, "unlabelled": True},
                          measure={"invocations": 1, "single_stream_queries": 700, "offline_seconds": 0.5},
                          variants=[{"runtime": "onnxruntime", "precision": "int8"}])
        study_id = submit.submit(spec, CaseInputs(predictions_per_day=5e6, latency_limit_ms=2_000, accuracy_margin_points=8))
        with pytest.raises(UserError, match="answers: 'calls' are the teacher of study"):
            submit.delete_answers("calls")
        job = wait(study_id)
        assert job.state == "done", jobs.log_tail(job.id)
        answers.delete("calls")  # what is shown afterwards needs no file
        yield home, studies.get(study_id), info


@pytest.fixture
def study(finished, monkeypatch):
    home, record, _ = finished
    monkeypatch.setenv("DISTILL_ROI_HOME", str(home))
    return record


def test_the_teacher_is_its_answers(study, finished):
    info = finished[2]
    teacher = study.models[0]
    assert (teacher.name, teacher.role, teacher.family, teacher.method, teacher.runtime) == (
        "gpt-4o-mini", "teacher", "api", "answers from a file", "api")
    figures = teacher.figures
    assert figures["test_texts"].value == info.splits["test"] and figures["accuracy"].value == pytest.approx(0.9, abs=0.06)
    latency = figures["latency_p99_ms"]
    assert (latency.value, latency.low, latency.high) == (info.calls["latency_p99_ms"].value, info.calls["latency_p99_ms"].low,
                                                          info.calls["latency_p99_ms"].high)
    assert latency.provenance.kind == "measured" and latency.provenance.as_of == "2026-11-20"
    assert "calls.csv" in latency.provenance.source and "network included" in latency.provenance.source
    assert latency.provenance.device == "API: gpt-4o-mini of openai"
    assert figures["throughput_per_s"].value is None and "an API" in figures["throughput_per_s"].provenance.reason
    assert figures["flips"].value is None and figures["log_loss"].value > 0 and teacher.reliability
    with pytest.raises(UserError, match="has no files"):
        models.artifact_path(study.id, teacher.name, "teacher")


def test_students_learn_from_answered_texts_and_from_those_the_task_does_not_hold(study, finished):
    info = finished[2]
    student, control = study.model("depth-1", "student"), study.model("depth-1", "control")
    assert student.details["texts"] == info.splits["train"] + info.splits["other"] and control.details["texts"] == info.splits["train"]
    assert student.details["labelling_seconds"] == 0.0
    assert student.figures["accuracy"].value > 0.8 and student.figures["test_texts"].value == info.splits["test"]
    assert student.figures["throughput_per_s"].value > 0
    assert student.figures["throughput_speedup"].value is None
    ratio = student.figures["latency_speedup"]
    assert ratio.provenance.kind == "derived"
    assert ratio.value == pytest.approx(info.calls["latency_mean_ms"].value / student.figures["latency_mean_ms"].value)
    assert len(student.cascade) > 2
    assert {(each.role, each.runtime) for each in study.variants} == {("student", "onnxruntime"), ("control", "onnxruntime")}
    assert all("failed" not in each.details and each.figures["retention"].value for each in study.variants)


def test_the_decision_sets_the_api_against_students_and_cascades(study, finished):
    info = finished[2]
    assert (study.case.status_quo, study.case.api_provider, study.case.api_model) == ("api", "openai", "gpt-4o-mini")
    decision = decide(study, TODAY)
    names = {option.name: option.role for option in decision.roi.options}
    assert names["API teacher"] == "status_quo" and "teacher" not in names and "optimised_teacher" not in names.values()
    assert "depth-1" in names and "cascade of depth-1" in names and "depth-1, ONNX Runtime int8" in names
    tokens = decision.inputs["api_input_tokens"]
    assert tokens.value == info.calls["input_tokens"].value and tokens.provenance.kind == "measured"
    assert decision.inputs["api_output_tokens"].value == 2 and decision.inputs["api_reasoning_tokens"].value == 1
    price = decision.roi.option("API teacher").parts[0].figures["usd_per_call"]
    assert price.value == pytest.approx((tokens.value * 0.15 + 3 * 0.6) / 1e6) and "calls.csv" in price.provenance.source
    known = {candidate.name: candidate for candidate in decision.ruling.candidates}
    assert known["API teacher"].latency.p99.value == info.calls["latency_p99_ms"].value
    assert known["API teacher"].accuracy.difference.value == 0.0
    assert known["depth-1"].accuracy.difference == study.model("depth-1", "student").figures["accuracy_difference"]
    assert decision.against.npv_usd.value is not None
    student = decision.roi.option("depth-1")
    texts = study.model("depth-1", "student").details["texts"]
    control = decision.roi.option("control of depth-1").figures["upfront_usd"].value
    assert student.figures["upfront_usd"].value > texts * price.value > 0 and control < student.figures["upfront_usd"].value
    cascade = decision.roi.option("cascade of depth-1")
    assert [part.basis for part in cascade.parts] == ["provisioned", "api"]
    assert decision.verdict is not None and decision.verdict.overall != "not enough evidence"


def test_what_the_user_says_of_the_api_wins_over_the_file(study):
    typed = decide(study, TODAY, study.case.model_copy(update={"api_input_tokens": 500}), draws=0)
    assert typed.inputs["api_input_tokens"].value == 500 and typed.inputs["api_input_tokens"].provenance.by == "user"
    price = decide(study, TODAY, study.case.model_copy(update={"api_usd_per_call": 0.01}), draws=0)
    assert price.roi.option("API teacher").parts[0].figures["usd_per_call"].value == 0.01
    billed = decide(study, TODAY, study.case.model_copy(update={
        "status_quo": "bill", "monthly_bill_usd": 9_000.0, "bill_predictions_per_month": 1e8}), draws=0)
    assert {option.name: option.role for option in billed.roi.options}["API teacher"] == "api"
    on_machines = decide(study, TODAY, study.case.model_copy(update={"status_quo": "teacher"}), draws=0)
    assert on_machines.roi.status_quo.name == "API teacher"
    unknown = decide(study, TODAY, study.case.model_copy(update={"api_model": None}), draws=0)
    assert unknown.roi.option("API teacher").parts[0].figures["usd_per_call"].value is None
    assert unknown.verdict.overall == "not enough evidence"


def test_a_task_that_was_changed_stops_the_run(small_task, tiny_model):
    texts, labels = sentences(240)
    info = answers.import_answers(as_a_file(texts, labels), "a.csv", task=small_task, name="a")
    folder = settings.folder("answers") / "a"
    kept = answers.load("a")
    answers.delete("a")
    storage.save(replace(info, task_fingerprint="another"), kept.table, folder)
    spec = api_spec(small_task, tiny_model)
    context = Context(study=SimpleNamespace(spec=spec, id="s", job=None, machine={}), results={}, seen=[])
    with pytest.raises(UserError, match="matched to other texts of task"):
        adapt(context)


@pytest.mark.parametrize(("changes", "said"), [
    ({"distil": {"method": "hidden states"}}, "'hidden states' needs the teacher's inner values.*choose 'black box'\\."),
    ({"distil": {"method": "logits"}}, "'logits' needs the teacher's probabilities, and a.csv has none; choose 'black box'"),
    ({"distil": {"method": "black box", "augmented": 1.0}}, "asks the teacher for new answers"),
    ({"task": "snippets", "distil": {"method": "black box"}}, "are to task 'small', not 'snippets'"),
])
def test_what_a_file_cannot_give_is_refused_at_submission(small_task, tiny_model, monkeypatch, changes, said):
    monkeypatch.setattr("core.studies.api_teacher.LEAST_TEST", 20)
    monkeypatch.setattr("core.studies.api_teacher.LEAST_TRAIN", 20)
    texts, labels = sentences(240)
    answers.import_answers(as_a_file(texts, labels, probabilities=False), "a.csv", task=small_task, name="a")
    spec = api_spec(small_task, tiny_model, **changes)
    with pytest.raises(UserError, match=said):
        submit.preview(spec)


@pytest.mark.parametrize(("probabilities", "methods"), [(False, ("black box",)), (True, ("logits",))])
def test_every_preset_can_have_answers_as_its_teacher(small_task, monkeypatch, probabilities, methods):
    monkeypatch.setattr(api_teacher, "LEAST_TEST", 20)
    monkeypatch.setattr(api_teacher, "LEAST_TRAIN", 20)
    texts, labels = sentences(240)
    info = answers.import_answers(as_a_file(texts, labels, probabilities=probabilities), "a.csv", task=small_task, name="a")
    for name in PRESETS:
        spec = api_teacher.with_teacher(preset(name, small_task), info)
        api_teacher.check(spec)
        assert (spec.distil.method,) == methods == spec.search.methods and spec.preset == name
        assert spec.distil.tokens == preset(name, small_task).distil.tokens


def test_too_few_answers_are_refused_with_the_number(small_task, tiny_model):
    texts, labels = sentences(240)
    answers.import_answers(as_a_file(texts, labels), "a.csv", task=small_task, name="a")
    with pytest.raises(UserError, match="cover 36 test texts of task 'small'; at least 100 are needed"):
        submit.preview(api_spec(small_task, tiny_model))


def test_answers_alone_are_logits_that_give_nearly_all_to_one_label(small_task):
    answers.import_answers(b"text,label,p_good,p_poor\na b,good,,\nc d,poor,0.25,0.75\n", "a.csv", task=small_task, name="a")
    given = Recorded(answers.load("a"))
    assert isinstance(given.answers, Answers)
    shares = np.exp(given.logits(["A  b", "c d"]).values)
    assert shares == pytest.approx(np.array([[1, 0], [0.25, 0.75]]), abs=2e-6) and given.sure(["a b", "c d", "e"]).tolist() == [
        False, True, False]
    with pytest.raises(UserError, match="no answer to 1 of 2 texts"):
        given.logits(["a b", "unknown"])
