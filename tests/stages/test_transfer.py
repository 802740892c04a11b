"""The transfer set of a study: labelled, unlabelled and made texts, what their labels cost, and the control's equal budget."""

from types import SimpleNamespace

import numpy as np
import pytest

from core import settings, tasks
from core.models.artifact import Card, save
from core.models.build import classifier
from core.models.tokens import Tokeniser
from core.spec import StudySpec, parse
from core.stages.transfer import label, learnt_from, passes
from core.tasks.splits import normalised
from tests.stages.staged import Context


@pytest.fixture
def run(small_task, tiny_model):
    """A context in which the tiny model is the adapted teacher; distil's settings as given."""
    def context(seed=0, **distil):
        spec = parse(StudySpec, {"task": small_task, "training": {"max_length": 32, "seed": seed},
                                 "distil": {"tokens": 1_000, "epochs": 1, **distil}})
        folder = settings.folder("models") / "teacher"
        if not folder.exists():
            model = classifier(tiny_model, ("good", "poor"))
            save(model, Tokeniser(tiny_model, 32), Card(("good", "poor"), 32, ("a",), (0,), {}), folder)
        study = SimpleNamespace(spec=spec, job=None, machine={"cpu": "Test CPU", "cores": 2})
        return Context(study=study, argument="", results={"adapt": {"artifact": "models/teacher"}}, seen=[])
    return context


def test_made_texts_come_on_top_without_labels_and_none_is_known(run, small_task):
    task = tasks.load(small_task)
    base, more = (learnt_from(run(augmented=times), task, "student") for times in (0, 3))
    count = len(base.texts)
    assert more.texts[:count] == base.texts and (more.labels[:count] == base.labels).all()
    assert more.counts == {"texts": count + more.made, "labelled": count, "unlabelled": 0, "made": more.made}
    assert 2.5 * count < more.made <= 3 * count and (more.labels[count:] == -1).all() and more.seconds > 0
    keys = normalised(more.texts)
    held = normalised([*task.validation["text"], *task.test["text"]])
    assert not keys.duplicated().any() and not keys.isin(set(held)).any()
    again = learnt_from(run(augmented=3), task, "student")
    assert again.texts == more.texts and again.seconds == more.seconds, "made once, and counted again"
    assert learnt_from(run(augmented=3, seed=1), task, "student").texts[:count] != base.texts


def test_a_control_sees_labelled_texts_alone_and_at_least_as_many_tokens(run, small_task):
    tasks.add_texts(small_task, "\n".join(f"a text {i} that nobody labelled" for i in range(200)).encode(), "more.txt")
    task, context = tasks.load(small_task), run(augmented=2, unlabelled=True, tokens=2_000)
    student = learnt_from(context, task, "student")
    assert min(student.counts.values()) > 10
    context.results["label"] = label(context)
    control = learnt_from(context, task, "control")
    assert control.counts["labelled"] == len(control.texts) and control.tokens < student.tokens
    epochs = passes(context, control, "control", 4)
    assert 4 * student.tokens <= epochs * control.tokens < 4 * student.tokens + control.tokens
    assert passes(context, student, "student", 4) == 4


def test_without_further_texts_the_control_has_the_students_epochs(run, small_task):
    context, task = run(), tasks.load(small_task)
    context.results["label"] = label(context)
    assert passes(context, learnt_from(context, task, "control"), "control", 3) == 3
    del context.results["label"]["tokens"]  # of a run that an earlier version began
    assert passes(context, learnt_from(context, task, "control"), "control", 3) == 3


def test_all_texts_are_labelled_and_making_them_counts(run, small_task):
    context = run(augmented=2)
    found = label(context)
    chosen = learnt_from(context, tasks.load(small_task), "student")
    assert {name: found[name] for name in chosen.counts} == chosen.counts and found["made"] > 0
    assert found["seconds"] >= chosen.seconds > 0 and found["tokens"] == chosen.tokens == sum(
        map(len, Tokeniser(settings.home() / "models" / "teacher", 32)(chosen.texts)))
    again = label(context)
    assert again["cached"] and again["seconds"] == pytest.approx(found["seconds"], abs=0.002) and np.isfinite(found["seconds"])
