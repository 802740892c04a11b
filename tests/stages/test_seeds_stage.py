"""Stage "seeds": students and controls learn again with further seeds; a killed or cancelled stage keeps what was done."""

import pytest

from core import settings, tasks
from core.case import CaseInputs
from core.errors import Cancelled
from core.figures import measured
from core.models.build import classifier
from core.models.tokens import Tokeniser
from core.spec import StudySpec, parse
from core.stages import seeds as stage
from core.stages.context import keep
from core.stages.distil import control, distil
from core.stages.seeds import seeds
from core.stages.transfer import label
from core.store import models, studies
from core.studies.seeds import gains, verdicts
from tests.stages.test_distil_stage import Watched

STUDENTS = [{"name": "shallow", "layers": 1}, {"name": "words", "family": "convolutional", "dimensions": 16},
            {"name": "bare", "layers": 2, "control": False}]


@pytest.fixture
def context(small_task, tiny_model):
    """A study of three students that have learnt with seed 4 and are to learn with 5 and 6 too."""
    spec = parse(StudySpec, {"task": small_task, "preset": "custom", "teacher": {"source": str(tiny_model)}, "students": STUDENTS,
                             "training": {"max_length": 32, "batch_tokens": 512, "seed": 4},
                             "distil": {"tokens": 2_000, "epochs": 2, "seeds": 3, "augmented": 1}})
    studies.create("one", spec, CaseInputs(), {"cpu": "Test CPU", "cores": 2}, "abc")
    folder = settings.folder("cache", "teachers") / "tiny"
    keep(classifier(tiny_model, ("good", "poor")), Tokeniser(tiny_model, 32), tasks.load(small_task), {}, folder)
    made = Watched(study=studies.get("one"), argument="shallow+words+bare", seen=[], points=[],
                   results={"adapt": {"artifact": "cache/teachers/tiny"}})
    made.results["label"] = label(made)
    distil(made)
    made.argument = "shallow+words"
    control(made)
    for model in studies.get("one").models:
        models.save_figures("one", model.name, model.role, {"accuracy": measured(0.5, "share", source="x", device="y", as_of="2026-11-28")})
    return again(made)


def again(context):
    return Watched(**{**vars(context), "study": studies.get("one"), "seen": []})


def found():
    return {(model.name, model.role): model.details.get("seeds", []) for model in studies.get("one").models}


def test_each_pair_has_an_accuracy_for_each_further_seed_and_joins_the_gains(context):
    before = {(model.name, model.role): model.details for model in context.study.models}
    before_files = sorted(settings.folder("models").rglob("*.safetensors"))
    assert seeds(context) == {"seeds": 3, "found": 0} and context.points == [point for point in context.points if "seed" not in point[0]]
    made = found()
    assert made[("bare", "student")] == [], "without a control there is no pair"
    for name in ("shallow", "words"):
        for role in ("student", "control"):
            assert [each["seed"] for each in made[name, role]] == [5, 6]
            assert all(0 <= each["accuracy"] <= 1 and each["texts"] == 36 and each["device"] for each in made[name, role])
            details = studies.get("one").model(name, role).details
            assert {key: details[key] for key in before[name, role]} == before[name, role], "what was known stays"
    assert sorted(settings.folder("models").rglob("*.safetensors")) == before_files, "no artefact is kept"
    study = studies.get("one")
    (gain, count) = gains(study, [study])["shallow"]
    both = zip(made["shallow", "student"], made["shallow", "control"], strict=True)
    pairs = [0.0, *(100 * (student["accuracy"] - other["accuracy"]) for student, other in both)]
    assert count == 3 and gain.value == pytest.approx(sum(pairs) / 3) and gain.low is None
    assert [(each.name, each.missing, each.word) for each in verdicts(study, [study])] == [
        ("shallow", 3, "inconclusive"), ("words", 3, "inconclusive")]
    shares = [share for share, _ in context.seen]
    assert shares == sorted(shares) and shares[-1] == 1 and "seed 6" in context.seen[-1][1]


def test_a_seed_gives_what_a_study_of_that_seed_would_have_given(context, small_task):
    seeds(context)
    other = context.study.spec.model_copy(update={"training": context.study.spec.training.model_copy(update={"seed": 5})})
    studies.create("two", other, CaseInputs(), {"cpu": "Test CPU", "cores": 2}, "abc")
    whole = Watched(**{**vars(context), "study": studies.get("two"), "argument": "shallow", "results": dict(context.results)})
    whole.results["label"] = label(whole)
    distil(whole)
    model = classifier(models.artifact_path("two", "shallow", "student"), ("good", "poor"))
    test = tasks.load(small_task).test
    tokeniser = Tokeniser(models.artifact_path("two", "shallow", "student"), 32)
    expected = stage._accuracy(model, tokeniser, test["text"].tolist(), test["label"].to_numpy())
    assert found()["shallow", "student"][0]["accuracy"] == expected["accuracy"]


def test_a_cancelled_stage_goes_on_where_it_stopped(context, monkeypatch):
    def stop(share, detail=""):
        if share > 0.55:
            raise Cancelled

    with monkeypatch.context() as patch, pytest.raises(Cancelled):
        patch.setattr(context, "progress", stop)
        seeds(context)
    half = found()
    assert len(half["shallow", "student"]) == 1 and len(half["shallow", "control"]) == 1
    trained = []
    real = stage.learnt
    monkeypatch.setattr(stage, "learnt", lambda made, task, group, role: trained.append(made.study.spec.training.seed) or real(
        made, task, group, role))
    seeds(again(context))
    assert set(trained) == {6} and found()["shallow", "student"][:1] == half["shallow", "student"]
    trained.clear()
    seeds(again(context))
    assert trained == []
