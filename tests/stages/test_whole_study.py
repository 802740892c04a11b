"""A whole study, really trained, measured and decided, with real processes; and one that is killed on its way."""

from __future__ import annotations

import os
import signal
import time
from datetime import date

import numpy as np
import pytest

from core import settings, tasks
from core.case import CaseInputs
from core.jobs import api as jobs
from core.quality import calibration, cascade
from core.runtimes.eager import EagerRuntime, logits
from core.spec import StudySpec, parse
from core.store import jobs as queue
from core.store import models, steps, studies
from core.store.jobs import active
from core.studies import submit
from core.studies.decide import decide
from core.studies.document import from_document, to_document
from core.studies.seeds import siblings, verdicts

MEASURE = {"invocations": 2, "single_stream_queries": 70, "offline_seconds": 0.5, "server_seconds": 3}
WAYS = [{"runtime": "onnxruntime", "precision": "int8", "compression": ["trimmed", "pruned"]}, {"runtime": "openvino"},
        {"runtime": "tensorrt"}]
ENDED = ("done", "failed", "cancelled")


def small_spec(task, teacher, **changes):
    return parse(StudySpec, {
        "task": task, "preset": "custom", "device": "cpu", "teacher": {"source": str(teacher), "tokens": 40_000, "epochs": 12,
                                                                      "learning_rate": 2e-3},
        "students": [{"name": "depth-1", "layers": 1}], "training": {"max_length": 32, "batch_tokens": 512},
        "distil": {"tokens": 20_000, "epochs": 6, "learning_rate": 2e-3},
        "measure": {"invocations": 1, "single_stream_queries": 70, "offline_seconds": 0.5},
        "evaluate": {"resamples": 499}, **changes})


def wait(study_id, states=ENDED, seconds=480):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job = studies.get(study_id).job
        if job.state in states:
            return job
        time.sleep(0.2)
    raise AssertionError(f"{job}\n{jobs.log_tail(job.id)}")


def worker_pid(study_id, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = [job.pid for job in active() if job.id == studies.get(study_id).job.id and job.pid]
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError("no worker started")


@pytest.fixture(scope="module")
def finished(tmp_path_factory, tiny_model):
    """One finished study, kept for all tests of this file."""
    home = tmp_path_factory.mktemp("study-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISTILL_ROI_HOME", str(home))
        from tests.conftest import sentences

        texts, labels = sentences(400)
        file = "\n".join(["text\tlabel", *(f"{t}\t{lab}" for t, lab in zip(texts, labels, strict=True))])
        task = tasks.import_file(file.encode(), "easy.tsv", name="easy").id
        case = CaseInputs(predictions_per_day=5e6, latency_limit_ms=200, accuracy_margin_points=5)
        study_id = submit.submit(small_spec(task, tiny_model, variants=WAYS, measure=MEASURE), case)
        job = wait(study_id)
        assert job.state == "done", jobs.log_tail(job.id)
        yield home, studies.get(study_id)


@pytest.fixture
def study(finished, monkeypatch):
    home, record = finished
    monkeypatch.setenv("DISTILL_ROI_HOME", str(home))
    return record


def test_all_stages_ran_once_in_order(study):
    assert [step.key for step in study.job.steps] == [
        "adapt", "label", "distil:depth-1", "control:depth-1", "evaluate", "variants", "measure:1", "measure:2"]
    assert {step.state for step in study.job.steps} == {"done"} and study.job.attempt == 1


def test_the_teacher_learnt_the_task_and_all_models_have_their_figures(study):
    by_role = {model.role: model for model in study.models}
    assert by_role["teacher"].figures["accuracy"].value > 0.9
    for role in ("student", "control"):
        figures = by_role[role].figures
        assert figures["accuracy"].low <= figures["accuracy"].value <= figures["accuracy"].high
        assert figures["retention"].value == pytest.approx(
            figures["accuracy"].value / by_role["teacher"].figures["accuracy"].value)
    assert by_role["student"].figures["gain_over_control"].unit == "points"
    assert by_role["student"].figures["parameters"].value < by_role["teacher"].figures["parameters"].value
    assert by_role["student"].figures["reload_agreement"].value == 1.0


def test_each_variant_is_checked_judged_and_measured_and_one_that_cannot_be_made_says_why(study):
    made = {(each.role, each.runtime): each for each in study.variants}
    assert len(made) == 9 and {(each.variant, each.precision) for each in study.variants} == {
        ("trimmed, pruned", "int8"), ("uncompressed", "fp32")}
    assert all("is not installed; run `pip install onnxruntime-gpu" in made[role, "tensorrt"].details["failed"]
               for role in ("teacher", "student", "control"))
    whole, small = made["student", "openvino"], made["student", "onnxruntime"]
    base = study.model("depth-1", "student")
    assert whole.figures["variant_agreement"].value == 1.0 and whole.figures["largest_logit_difference"].value < 1e-3
    assert whole.figures["accuracy"].value == base.figures["accuracy"].value
    assert small.figures["parameters"].value < base.figures["parameters"].value
    assert small.figures["artifact_bytes"].value < 0.6 * whole.figures["artifact_bytes"].value
    assert small.details["format"] == made["control", "onnxruntime"].details["format"]
    assert small.details["format"] and "validation texts answered as before" in small.details["check"]
    for each in (whole, small, made["teacher", "openvino"]):
        assert each.figures["throughput_per_s"].value > 0 and each.figures["reload_agreement"].value == 1.0
        assert each.figures["accuracy_difference"].low <= each.figures["accuracy_difference"].value
        assert each.figures["resident_bytes"].value > 1e6 and isinstance(each.details["noise"], list)
    shared = made["control", "openvino"].figures["throughput_per_s"]
    assert shared.value == whole.figures["throughput_per_s"].value and shared.provenance.kind == "derived"


def test_stages_are_timed_apart_and_the_server_rate_is_one_that_held(study):
    figures = study.model("depth-1", "student").figures
    parts = [figures[name].value for name in ("tokenise_ms", "model_ms", "after_ms")]
    assert min(parts) > 0 and figures["load_s"].value > 0 and figures["first_call_ms"].value > 0
    rate = figures["server_rate_per_s"]
    assert rate.value is None or (rate.value > 0 and figures["server_p99_ms"].value <= 200)
    assert rate.value is not None or rate.provenance.reason


def test_the_controls_speed_is_derived_from_its_sibling(study):
    student, control = study.model("depth-1", "student"), study.model("depth-1", "control")
    copied = control.figures["throughput_per_s"]
    assert copied.value == student.figures["throughput_per_s"].value
    assert (copied.provenance.kind, copied.provenance.weakest_input) == ("derived", "student depth-1")
    assert student.figures["throughput_per_s"].provenance.kind == "measured"
    assert "accuracy" in control.figures and control.figures["accuracy"].provenance.kind == "measured"


def test_what_was_not_measured_is_unknown_with_its_reason(study):
    figures = study.model("depth-1", "student").figures
    assert figures["latency_p99_ms"].value is None and "needs 662" in figures["latency_p99_ms"].provenance.reason
    assert figures["energy_j_per_prediction"].value is None and figures["energy_j_per_prediction"].provenance.reason
    throughput = figures["throughput_per_s"]
    assert throughput.low is None and throughput.high is None, "two processes are no interval"


def test_stored_predictions_give_the_stored_accuracy(study):
    for evaluation in models.evaluations(study.id):
        right = sum(a == b for a, b in zip(evaluation.labels, evaluation.predictions, strict=True)) / len(evaluation.labels)
        assert study.model(evaluation.name, evaluation.role).figures["accuracy"].value == pytest.approx(right)


def test_stored_confidences_and_answers_give_the_stored_cascade(study):
    stored = {e.role: e for e in models.evaluations(study.id)}
    assert stored["teacher"].confidences is None and study.model(stored["teacher"].name, "teacher").cascade == ()
    for role in ("student", "control"):
        points = study.model("depth-1", role).cascade
        sure, own = np.array(stored[role].confidences), np.array(stored[role].predictions)
        labels, teacher = np.array(stored["teacher"].labels), np.array(stored["teacher"].predictions)
        assert 0.5 <= sure.min() <= sure.max() <= 1, "two classes"
        assert [points[0].threshold, points[-1].threshold] == [0, 1] and len(points) > 10
        for point in points:
            sent = (sure <= point.threshold) | (point.threshold == 1)
            assert point.escalated.value == pytest.approx(sent.mean())
            assert point.accuracy.value == pytest.approx(np.mean(np.where(sent, teacher, own) == labels))
            assert "validation texts" in point.checked_difference.provenance.source, "what a threshold is chosen by"
            assert "validation texts" in point.checked_escalated.provenance.source
            for figure in (point.escalated, point.accuracy, point.difference, point.checked_escalated, point.checked_difference):
                assert figure.low <= figure.value <= figure.high and figure.provenance.kind == "measured"


def test_a_cascade_starts_as_the_student_and_ends_as_the_teacher(study):
    teacher = next(m for m in study.models if m.role == "teacher")
    student = study.model("depth-1", "student")
    first, last = student.cascade[0], student.cascade[-1]
    assert bounds(first.accuracy) == bounds(student.figures["accuracy"])
    assert bounds(first.difference) == bounds(student.figures["accuracy_difference"])
    assert bounds(last.accuracy) == bounds(teacher.figures["accuracy"]) and bounds(last.difference) == (0, 0, 0)


def bounds(figure):
    return figure.value, figure.low, figure.high


def test_temperature_and_thresholds_come_from_validation_texts(study):
    task = tasks.load(study.spec.task)
    student = study.model("depth-1", "student")
    model = EagerRuntime(models.artifact_path(study.id, "depth-1", "student"), "cpu")
    ids = model.tokeniser(task.validation["text"].tolist())
    answers = logits(model.model, ids, model.tokeniser.pad_id)
    scale = calibration.temperature(answers, task.validation["label"].to_numpy())
    assert student.figures["confidence_temperature"].value == pytest.approx(scale, rel=1e-3)
    offered = cascade.offered(calibration.confidence(answers, scale))
    assert [point.threshold for point in student.cascade] == pytest.approx(offered.tolist(), abs=1e-3)
    assert f"{len(ids)} validation texts" in student.cascade[3].accuracy.provenance.source


def test_the_loss_curve_falls(study):
    curve = [point.y for point in study.curves if point.step == "adapt"]
    assert len(curve) >= 3 and curve[-1] < curve[0]


def test_the_document_holds_the_study_and_comes_back(study):
    document = to_document(decide(study, date(2026, 11, 22)))
    assert document["task"] == "easy" and document["seconds"] > 0 and len(document["verdict"]["items"]) == 6
    for model in document["models"]:
        assert {"usd_per_million_bench", "usd_per_million_provisioned", "accuracy", "retention"} <= model["figures"].keys()
    again = to_document(decide(from_document(document, study.id), date(2026, 11, 22)))
    assert again == document
    assert from_document(document, study.id).model("depth-1", "student").cascade == study.model("depth-1", "student").cascade
    for model in document["models"]:
        del model["cascade"]  # as earlier versions wrote it
    assert from_document(document, study.id).model("depth-1", "student").cascade == ()


def test_the_same_study_again_takes_the_teacher_from_the_cache(study):
    models_alone = {"variants": (), "measure": study.spec.measure.model_copy(update={"invocations": 1, "server_seconds": 0})}
    again = submit.submit(study.spec.model_copy(update=models_alone), study.case)
    job = wait(again)
    assert job.state == "done", jobs.log_tail(job.id)
    results = steps.results(job.id)
    assert results["adapt"]["cached"] and results["label"]["cached"]
    first, second = studies.get(study.id), studies.get(again)
    for model in first.models:
        assert second.model(model.name, model.role).figures["accuracy"].value == model.figures["accuracy"].value


def test_a_killed_worker_resumes_after_its_last_finished_stage(small_task, tiny_model):
    study_id = submit.submit(small_spec(small_task, tiny_model), CaseInputs())
    pid = worker_pid(study_id)
    end = time.monotonic() + 120
    while studies.get(study_id).job.steps[1].state != "done" and time.monotonic() < end:
        time.sleep(0.05)
    before = {step.key: step.finished_at for step in studies.get(study_id).job.steps if step.state == "done"}
    os.kill(pid, signal.SIGKILL)
    assert {"adapt", "label"} <= before.keys()
    job = wait(study_id)
    assert job.state == "done", jobs.log_tail(job.id)
    assert job.attempt == 2
    assert {step.key: step.finished_at for step in job.steps if step.key in before} == before, "finished stages did not run again"
    assert jobs.log_tail(job.id, 1000).count("adapt: starts") == 1
    assert {model.role for model in studies.get(study_id).models} == {"teacher", "student", "control"}


def test_a_cancelled_study_leaves_no_process_and_can_be_retried(small_task, tiny_model):
    import psutil

    study_id = submit.submit(small_spec(small_task, tiny_model), CaseInputs())
    worker = psutil.Process(worker_pid(study_id))
    end = time.monotonic() + 120
    while not worker.children(recursive=True) and time.monotonic() < end:  # a measuring process
        time.sleep(0.1)
    family = [worker, *worker.children(recursive=True)]
    assert len(family) > 1
    submit.cancel(study_id)
    assert wait(study_id).state == "cancelled"
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)
    submit.retry(study_id)
    assert wait(study_id).state == "done"


def test_a_bad_teacher_fails_with_one_sentence(small_task, tmp_path):
    study_id = submit.submit(small_spec(small_task, tmp_path / "nowhere"), CaseInputs())
    job = wait(study_id)
    assert job.state == "failed" and "does not exist" in job.error and "\n" not in job.error
    assert queue.get(job.id).steps[0].state == "failed"
    assert not list(settings.folder("cache", "teachers").iterdir())


def test_families_that_transformers_does_not_know_run_through_every_stage(tiny_model, small_task):
    students = [{"name": "words", "family": "static", "dimensions": 16, "control": False, "epochs": 8},
                {"name": "pairs", "family": "linear", "dimensions": 2048, "control": False},
                {"name": "narrow", "family": "width", "width": 0.5, "layers": 1}]
    ways = [{"runtime": "onnxruntime", "precision": "int8"}, {"runtime": "onnxruntime", "compression": ["trimmed"]}]
    measure = {"invocations": 1, "single_stream_queries": 70, "offline_seconds": 0.5}
    study_id = submit.submit(small_spec(small_task, tiny_model, students=students, variants=ways, measure=measure), CaseInputs())
    job = wait(study_id)
    assert job.state == "done", jobs.log_tail(job.id)
    assert [step.key for step in job.steps[2:5]] == ["distil:words", "distil:pairs+narrow", "control:narrow"], "words read more often"
    found = studies.get(study_id)
    assert {point.series for point in found.curves if point.step == "distil:pairs+narrow"} == {
        "training loss of pairs", "training loss of narrow"}
    for name in ("words", "pairs", "narrow"):
        model = found.model(name, "student")
        assert model.figures["throughput_per_s"].value > 0 and (name == "narrow" or model.figures["accuracy"].value > 0.8), name
        assert model.figures["reload_agreement"].value == 1.0
    made = {(each.name, each.role, each.variant): each for each in found.variants}
    whole = [made[name, "student", "uncompressed"] for name in ("words", "pairs", "narrow")]
    assert all(each.figures["throughput_per_s"].value > 0 for each in whole)
    assert all(each.figures["variant_agreement"].value > 0.9 for each in whole[:2]), "the third has hardly learnt"
    assert made["words", "student", "trimmed"].figures["artifact_bytes"].value < 0.5 * whole[0].figures["artifact_bytes"].value
    assert "no row for each token" in made["pairs", "student", "trimmed"].details["failed"]


def test_a_study_with_made_texts_a_search_and_further_seeds_runs_to_its_end(tiny_model, small_task):
    search = {"minutes": 1, "trials": 3, "families": ["linear"], "keep": 1, "seeds": 1}
    distil = {"tokens": 20_000, "epochs": 6, "learning_rate": 2e-3, "seeds": 3, "augmented": 0.5}
    spec = small_spec(small_task, tiny_model, search=search, distil=distil)
    study_id = submit.submit(spec, CaseInputs(accuracy_margin_points=100))
    job = wait(study_id)
    assert job.state == "done", jobs.log_tail(job.id)
    assert [step.key for step in job.steps] == ["adapt", "label", "distil:depth-1", "control:depth-1", "search", "evaluate", "seeds",
                                                "measure:1"]
    found = studies.get(study_id)
    (name,) = steps.results(job.id)["search"]["kept"]
    for each, seeds in (("depth-1", [1, 2]), (name, [1])):
        for role in ("student", "control"):
            assert [one["seed"] for one in found.model(each, role).details["seeds"]] == seeds
    assert found.model("depth-1", "student").details["made"] > 0 == found.model("depth-1", "control").details["made"]
    assert {verdict.name: verdict.seeds for verdict in verdicts(found, siblings(found))} == {"depth-1": 3, name: 0}
