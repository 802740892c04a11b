"""The search, really run on tiny models: what it tries first, what it keeps, that it ends when it should and goes on where it was."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from time import monotonic, sleep

import pytest

from core import settings, tasks
from core.case import CaseInputs
from core.figures import measured
from core.models.build import cut
from core.records import ModelRecord
from core.runtimes.eager import EagerRuntime, logits
from core.search.space import AS_TRAINED, Tried
from core.spec import StudentSpec, StudySpec, parse
from core.stages.context import keep
from core.stages.search import search
from core.stages.seeds import seeds
from core.stages.trying import Bench
from core.store import models, studies, trials
from core.studies.seeds import verdicts
from tests.conftest import sentences
from tests.stages.staged import Context, undecided


class Searching(Context):
    """A context in which somebody asks the search to end after so many trials."""

    def stopping(self):
        return len(trials.trials("one")) >= self.most

    def log(self, text):
        self.told.append(text)


@pytest.fixture
def context(tiny_model):
    """A study of an untrained teacher with one student, whose search is to be named."""
    def made(most=10**6, case=None, variants=(), **search):
        texts, labels = sentences(400)
        rows = (f"{text}\t{label}" for text, label in zip(texts, labels, strict=True))
        task = tasks.load(tasks.import_file("\n".join(["text\tlabel", *rows]).encode(), "a.tsv", name="easy").id)
        spec = parse(StudySpec, {
            "task": "easy", "preset": "custom", "device": "cpu", "training": {"max_length": 32, "batch_tokens": 512},
            "students": [{"name": "depth-1", "layers": 1}], "distil": {"tokens": 6_000, "learning_rate": 1e-3}, "variants": variants,
            "evaluate": {"resamples": 199}, "measure": {"threads": 1}, "search": {"minutes": 5, **search}})
        limits = CaseInputs(**(case or {"accuracy_margin_points": 100}))
        studies.create("one", spec, limits, {"cpu": "Test CPU", "cores": 2, "gpus": []}, "")
        home = settings.folder("models")
        teacher, tokeniser = undecided(tiny_model, 0, task.test["text"].tolist())
        for name, role, model in (("tiny", "teacher", teacher), ("depth-1", "student", cut(teacher, 1))):
            keep(model, tokeniser, task, {}, home / name)
            models.save_model("one", ModelRecord(name, role, "depth", "logits", role, "torch", "fp32", "cpu"), home / name)
        return Searching(study=studies.get("one"), argument="", most=most, seen=[], told=[],
                         results={"adapt": {"artifact": "models/tiny"}, "label": {"seconds": 1.0}})

    return made


def test_the_search_tries_the_studys_own_students_first_then_cheap_ones_and_keeps_the_best(context):
    given = context(trials=8, families=["static", "linear", "depth"], keep=2)
    result = search(given)
    study = studies.get("one")
    assert result["trials"] == 8 == len(study.trials) and result["ended"] == "8 trials were made"
    assert [trial.origin for trial in study.trials] == ["study", "default", "default"] + ["proposed"] * 5
    assert [trial.student["family"] for trial in study.trials[:3]] == ["depth", "linear", "static"], "the cheapest first"
    assert all(trial.value("accuracy") is not None for trial in study.trials if trial.state == "done")
    assert len({(str(trial.student), trial.way) for trial in study.trials}) == 8, "nothing is tried twice"


def test_a_student_that_is_kept_is_one_of_the_study_with_its_control_and_what_the_search_took(context):
    given = context(trials=3, families=["static", "linear"], keep=1)
    (name,) = search(given)["kept"]
    study = studies.get("one")
    student, control = study.model(name, "student"), study.model(name, "control")
    trial = next(trial for trial in study.trials if trial.model == name)
    assert student.family == control.family == trial.student["family"] and control.method == "hard labels"
    assert student.details["trial"] == trial.number and student.details["search_seconds"] == control.details["search_seconds"] > 0
    assert student.details["labelling_seconds"] == 1.0 and control.details["labelling_seconds"] == 0.0
    assert student.details["epochs"] == control.details["epochs"] == trial.student["epochs"]
    runtime = EagerRuntime(models.artifact_path("one", name, "student"), threads=1)
    validation = tasks.load("easy").validation
    right = (runtime.answer(validation["text"].tolist()) == validation["label"].to_numpy()).mean()
    assert trial.value("accuracy") == pytest.approx(right), "it is the model that was tried"
    assert {path.name for path in (settings.home() / "models" / "one" / ".search").iterdir() if "trials.db" not in path.name} == set()


def test_what_the_search_found_learns_with_further_seeds_as_its_trial_did(context):
    given = context(trials=3, families=["static", "linear"], keep=1, seeds=2)
    (name,) = search(given)["kept"]
    for role in ("student", "control"):
        models.save_figures("one", name, role, {"accuracy": measured(0.5, "share", source="x", device="y", as_of="2026-11-29")})
    given.study = studies.get("one")
    assert seeds(given) == {"seeds": 1, "found": 2}
    study = studies.get("one")
    made = {role: study.model(name, role).details["seeds"] for role in ("student", "control")}
    assert [[one["seed"] for one in each] for each in made.values()] == [[1, 2], [1, 2]]
    assert "seeds" not in study.model("depth-1", "student").details, "distil.seeds is 1"
    (verdict,) = verdicts(study, [study])
    pairs = [100 * (one["accuracy"] - other["accuracy"]) for one, other in zip(*made.values(), strict=True)]
    assert (verdict.name, verdict.seeds, verdict.missing, verdict.setting) == (name, 2, 4, "search.seeds")
    assert verdict.gain.value == pytest.approx(sum(pairs) / 2), "the seed by which it was chosen is left out"
    first = study.spec.model_copy(update={"training": study.spec.training.model_copy(update={"seed": 1})})
    trial = next(trial for trial in study.trials if trial.model == name)
    tried = Tried(StudentSpec(**{key: value for key, value in trial.student.items() if key != "rate"}), trial.student["rate"], AS_TRAINED)
    given.study = replace(study, spec=first)
    model, tokeniser, _ = Bench(given).learn(tried, "control", lambda *_: None)
    test = tasks.load("easy").test
    right = (logits(model, tokeniser(test["text"].tolist()), tokeniser.pad_id).argmax(-1) == test["label"].to_numpy()).mean()
    assert made["control"][0]["accuracy"] == pytest.approx(right) and made["control"][0]["texts"] == len(test)


def test_what_needs_more_memory_than_the_case_allows_does_not_pass_and_is_not_trained(context):
    given = context(trials=3, families=["static", "depth"], keep=1, case={"accuracy_margin_points": 100, "memory_limit_mb": 1})
    search(given)
    found = studies.get("one").trials
    assert all("and 1 MB is the limit" in trial.why and not trial.passes for trial in found)
    needed = [trial.value("peak_memory_bytes") for trial in found if trial.state == "done"]
    assert needed and min(needed) > 5e7, "a process with its libraries"


def test_the_search_is_never_worse_than_the_studys_own_students(context):
    given = context(trials=6, families=["static", "linear"], case={"accuracy_margin_points": 100, "latency_limit_ms": 10_000})
    search(given)
    found = [trial for trial in trials.trials("one") if trial.passes]
    (own,) = [trial for trial in found if trial.origin == "study"]
    cheapest = max(found, key=lambda trial: trial.value("throughput_per_s"))
    assert own.model == "depth-1" and cheapest.model in {model.name for model in studies.get("one").models}
    assert cheapest.value("throughput_per_s") >= own.value("throughput_per_s")


def test_a_search_ends_within_its_time_also_in_the_middle_of_a_training(context):
    given = context(minutes=0.1, families=["depth"], keep=1)
    given.study = replace(given.study, spec=given.study.spec.model_copy(update={
        "distil": given.study.spec.distil.model_copy(update={"epochs": 50, "tokens": 10**6})}))
    began = monotonic()
    result = search(given)
    assert monotonic() - began < 60 and result["seconds"] < 30, result
    assert "minutes are over" in result["ended"] or "it would need" in " ".join(given.told)


def test_a_search_that_is_asked_to_end_goes_on_with_what_it_has_found(context):
    given = context(most=2, families=["static", "linear"])
    result = search(given)
    assert result["ended"] == "somebody asked it to end" and result["trials"] == 2 and result["kept"]
    assert given.seen[-1][0] == 1.0


def test_a_way_that_cannot_be_made_costs_one_trial(context):
    given = context(trials=2, families=["linear"], variants=[{"runtime": "onnxruntime", "compression": ["trimmed"]}])
    given.study = replace(given.study, spec=given.study.spec.model_copy(update={"students": ()}))
    search(given)
    whole, trimmed = trials.trials("one")
    assert whole.state == "done" and trimmed.state == "failed" and "no row for each token" in trimmed.why and trimmed.figures == {}


KILLED = """
from tests.stages.test_search_stage import Searching
from core.stages.search import search
from core.stages.seeds import seeds
from core.stages.trying import Bench
from core.store import studies
search(Searching(study=studies.get("one"), argument="", most=10**6, seen=[], told=[],
                 results={"adapt": {"artifact": "models/tiny"}, "label": {"seconds": 1.0}}))
"""


def test_a_killed_search_resumes_after_its_last_finished_trial_with_the_time_that_is_left(context):
    given = context(trials=4, families=["linear"], keep=1)
    process = subprocess.Popen([sys.executable, "-c", KILLED], cwd=settings.ROOT)
    end = monotonic() + 400  # a busy machine is no failure
    while len(trials.trials("one")) < 2:
        assert process.poll() is None and monotonic() < end
        sleep(0.02)
    process.kill()
    process.wait()
    before = trials.trials("one")[:-1]  # the last one may have been cut short after all
    result = search(given)
    after = trials.trials("one")
    same = [[replace(trial, model=None) for trial in some] for some in (before, after[:len(before)])]
    assert same[0] == same[1], "finished trials are not made again"
    assert result["trials"] == len(after) == 4 and result["kept"]
    assert result["seconds"] > sum(trial.seconds for trial in before), "its time counts"
