"""The search, really run on tiny models: what it tries first, what it keeps, that it ends when it should and goes on where it was."""

from __future__ import annotations

import pytest

from core import settings, tasks
from core.case import CaseInputs
from core.models.build import cut
from core.records import ModelRecord
from core.spec import StudySpec, parse
from core.stages.context import keep
from core.stages.search import search
from core.store import models, studies, trials
from tests.conftest import sentences
from tests.stages.staged import Context, undecided


class Searching(Context):
    """A context that ends the search after so many trials, or as an exception of its own."""

    def point(self, *point):
        self.points.append(point)

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
        studies.create("one", spec, CaseInputs(**(case or {"accuracy_margin_points": 100})), {"cpu": "Test CPU", "cores": 2, "gpus": []}, "")
        home = settings.folder("models")
        teacher, tokeniser = undecided(tiny_model, 0, task.test["text"].tolist())
        for name, role, model in (("tiny", "teacher", teacher), ("depth-1", "student", cut(teacher, 1))):
            keep(model, tokeniser, task, {}, home / name)
            models.save_model("one", ModelRecord(name, role, "depth", "logits", role, "torch", "fp32", "cpu"), home / name)
        return Searching(study=studies.get("one"), argument="", most=most, points=[], seen=[], told=[],
                         results={"adapt": {"artifact": "models/tiny"}, "label": {"seconds": 1.0}})

    return made


def test_the_search_tries_the_studys_own_students_first_then_cheap_ones_and_keeps_the_best(context):
    given = context(trials=8, families=["static", "linear", "depth"], keep=2)
    result = search(given)
    study = studies.get("one")
    print(result, *given.told, sep="\n")
    assert result["trials"] == 8 == len(study.trials) and result["ended"] == "8 trials were made"
    assert [trial.origin for trial in study.trials] == ["study", "default", "default"] + ["proposed"] * 5
    assert [trial.student["family"] for trial in study.trials[:3]] == ["depth", "linear", "static"], "the cheapest first"
