"""Students of a group learn in one pass, each as it would alone."""

from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from core import settings, tasks
from core.case import CaseInputs
from core.models.build import classifier
from core.models.tokens import Tokeniser
from core.spec import StudySpec, parse
from core.stages.context import keep
from core.stages.distil import Started, control, distil, in_parts
from core.stages.transfer import label
from core.store import studies
from tests.stages.staged import Context

STUDENTS = [{"name": "deep", "layers": 2}, {"name": "shallow", "layers": 1}, {"name": "words", "family": "convolutional", "dimensions": 16}]


class Watched(Context):
    """A context that keeps the curves."""

    def point(self, *point):
        self.points.append(point)


@pytest.fixture
def context(small_task, tiny_model):
    spec = parse(StudySpec, {"task": small_task, "preset": "custom", "teacher": {"source": str(tiny_model)}, "students": STUDENTS,
                             "training": {"max_length": 32, "batch_tokens": 512}, "distil": {"tokens": 4_000, "epochs": 2}})
    studies.create("one", spec, CaseInputs(), {"cpu": "Test CPU", "cores": 2}, "abc")
    folder = settings.folder("cache", "teachers") / "tiny"
    keep(classifier(tiny_model, ("good", "poor")), Tokeniser(tiny_model, 32), tasks.load(small_task), {}, folder)
    made = Watched(study=studies.get("one"), argument="", results={"adapt": {"artifact": "cache/teachers/tiny"}}, seen=[], points=[])
    made.results["label"] = label(made)
    return made


def weights(made, name):
    return load_file(settings.home() / made["artifacts"][name] / "model.safetensors")


@pytest.mark.parametrize("stage", [distil, control])
def test_together_each_becomes_what_it_would_have_become_alone(context, stage):
    alone = {}
    for name in ("deep", "shallow", "words"):
        context.argument = name
        alone[name] = weights(stage(context), name)
    context.argument = "words+deep+shallow"
    together = stage(context)
    assert list(together["artifacts"]) == ["words", "deep", "shallow"]
    for name, expected in alone.items():
        found = weights(together, name)
        assert found.keys() == expected.keys() and all(torch.equal(found[key], expected[key]) for key in found), name


def test_each_has_its_own_seconds_losses_and_curve(context):
    context.argument = "deep+shallow"
    distil(context)
    control(context)
    found = {(model.name, model.role): model.details for model in studies.get("one").models}
    assert found["deep", "student"]["loss"] != found["shallow", "student"]["loss"] != found["shallow", "control"]["loss"]
    assert all(details["seconds"] > 0 for details in found.values()) and found["deep", "student"]["texts"] > 50
    assert {series for series, _, _ in context.points} == {"training loss of deep", "training loss of shallow",
                                                           "training loss of control of deep", "training loss of control of shallow"}
    assert context.seen[-1][0] == 1.0


def started(name, count, folder="teacher"):
    return Started(SimpleNamespace(name=name), torch.nn.Linear(count, 1, bias=False), folder, 0.0)


def test_only_those_learn_together_that_fit_into_half_of_the_free_memory_and_read_alike():
    begun = [started("a", 100), started("b", 100), started("c", 150), started("d", 500), started("e", 1), started("f", 1, "own")]
    parts = in_parts(begun, free_bytes=16 * 2 * 250)
    assert [[each.student.name for each in part] for part in parts] == [["a", "b"], ["c"], ["d"], ["e"], ["f"]]
