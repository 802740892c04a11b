"""Stage "evaluate" by itself, on untrained models that answer half and half: every figure against the models' own logits."""

from __future__ import annotations

import numpy as np
import pytest

from core import settings, tasks
from core.case import CaseInputs
from core.models.artifact import Card, save
from core.quality import swapped
from core.records import ModelRecord
from core.runtimes.eager import EagerRuntime, logits
from core.spec import StudySpec, parse
from core.stages.evaluate import evaluate, test_rows
from core.stages.judge import Judge
from core.stages.scrutiny import slices_of
from core.store import models, studies
from tests.conftest import sentences
from tests.stages.staged import Context, undecided

test_rows.__test__ = False  # it is a function of the stage, no test
MODELS = (("tiny", "teacher"), ("depth-1", "student"), ("depth-1", "control"))
LISTS = 'mood = [["splendid", "dull"], ["warm", "bleak"], ["funny", "tedious"]]\nthings = [["film", "movie"]]\nunused = [["x1", "x2"]]\n'


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory, tiny_model):
    """The stored study after the stage, its task, each model's logits on the test texts as they were read, and the context."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISTILL_ROI_HOME", str(tmp_path_factory.mktemp("evaluate-home")))
        settings.home().joinpath("identity_terms.toml").write_text(LISTS)
        texts, labels = sentences(800)
        rows = (f"{t}\t{lab}\t{('odd', 'even', '')[i % 3]}" for i, (t, lab) in enumerate(zip(texts, labels, strict=True)))
        task = tasks.load(tasks.import_file("\n".join(["text\tlabel\tslice", *rows]).encode(), "a.tsv", name="easy").id)
        spec = parse(StudySpec, {"task": "easy", "preset": "custom", "device": "cpu", "training": {"max_length": 32},
                                 "students": [{"name": "depth-1", "layers": 1}], "evaluate": {"resamples": 499}})
        studies.create("one", spec, CaseInputs(), {"cpu": "Test CPU", "cores": 2, "threads": 2, "gpus": []}, "abc")
        for seed, (name, role) in enumerate(MODELS):
            folder = settings.folder("models") / role
            model, tokeniser = undecided(tiny_model, seed, task.test["text"].tolist())
            save(model, tokeniser, Card(task.info.labels, 32, (), (), {}), folder)
            models.save_model("one", ModelRecord(name, role, "depth", "logits", "plain", "torch", "fp32", "cpu"), folder)
        context = Context(study=studies.get("one"), argument="", results={"adapt": {"artifact": "models/teacher"}}, seen=[])
        assert evaluate(context)["texts"] == len(task.test)
        order = task.test.iloc[test_rows(context, task)].reset_index(drop=True)
        home = settings.home()
        context.home = home
        found = {role: answered(home, role, order["text"].tolist()) for _, role in MODELS}
        yield studies.get("one"), task, order, found, context


def answered(home, role, texts):
    runtime = EagerRuntime(home / "models" / role, "cpu")
    return logits(runtime.model, runtime.tokeniser(texts), runtime.tokeniser.pad_id)


def model_of(study, role):
    return next(model for model in study.models if model.role == role)


def test_slices_are_those_of_the_texts_that_were_read(evaluated):
    study, _, order, found, _ = evaluated
    labels, teacher = order["label"].to_numpy(), found["teacher"].argmax(1)
    words = order["text"].str.split().str.len()
    assert words.nunique() == 1, "equally long texts have no thirds"
    inside = {"part: odd": order["slice"] == "odd", "part: even": order["slice"] == "even",
              "label: good": labels == 0, "label: poor": labels == 1}
    for _, role in MODELS:
        model, own = model_of(study, role), found[role].argmax(1)
        assert {name for name in model.slices if "swapped" not in name} == set(inside)
        for name, some in inside.items():
            figures = model.slices[name]
            assert figures["texts"].value == some.sum() and figures["accuracy"].value == pytest.approx(np.mean((own == labels)[some]))
            if role == "teacher":
                assert "accuracy_difference" not in figures
                continue
            lost = 100 * (np.mean((own == labels)[some]) - np.mean((teacher == labels)[some]))
            assert figures["accuracy_difference"].value == pytest.approx(lost) and 0 <= figures["mcnemar_p_slice"].value <= 1
        parts = [model.slices[f"part: {name}"]["accuracy"].value for name in ("odd", "even")]
        assert model.figures["gap_part"].value == pytest.approx(100 * abs(parts[0] - parts[1]))
        f1 = [model.slices[f"label: {name}"]["f1"].value for name in ("good", "poor")]
        assert model.figures["macro_f1"].value == pytest.approx(np.mean(f1))
        if role != "teacher":
            added = model.figures["gap_part"].value - model_of(study, "teacher").figures["gap_part"].value
            assert model.figures["gap_added_part"].value == pytest.approx(added)


def test_slices_of_a_variant_are_compared_with_the_teachers_own_answers(evaluated):
    study, _, order, found, context = evaluated
    labels, own = order["label"].to_numpy(), found["control"].argmax(1)
    judge = Judge(context, labels, None, {("teacher", ""): found["teacher"].argmax(1)}, 0)
    slices = slices_of(judge, own, {"label: good": labels == 0}, compared=True)
    expected = model_of(study, "control").slices["label: good"]
    for name in ("texts", "accuracy", "accuracy_difference"):
        assert (slices["label: good"][name].value, slices["label: good"][name].low) == (expected[name].value, expected[name].low)


def test_probabilities_are_those_of_the_models(evaluated):
    study, _, order, found, _ = evaluated
    labels = order["label"].to_numpy()
    for _, role in MODELS:
        model, p = model_of(study, role), np.exp(found[role]) / np.exp(found[role]).sum(axis=1, keepdims=True)
        assert model.figures["log_loss"].value == pytest.approx(-np.mean(np.log(p[np.arange(len(p)), labels])), rel=1e-4)
        assert model.figures["brier"].value == pytest.approx(np.mean(np.sum((p - np.eye(2)[labels]) ** 2, axis=1)), rel=1e-4)
        assert sum(each.texts for each in model.reliability) == len(p)
        assert sum(e.texts * e.confidence for e in model.reliability) / len(p) == pytest.approx(np.mean(p.max(axis=1)), rel=1e-4)
        error = sum(e.texts * abs(e.confidence - e.accuracy) for e in model.reliability) / len(p)
        assert model.figures["ece"].value == pytest.approx(error)
        assert model.figures["ece_scaled"].value < model.figures["ece"].value, "random answers, far too sure before scaling"
        assert model.figures["ece_by_chance"].low is not None and model.figures["confidence_temperature"].value > 1


def test_flips_are_those_of_the_swapped_texts(evaluated):
    study, _, order, found, context = evaluated
    lists = {"mood": [("splendid", "dull"), ("warm", "bleak"), ("funny", "tedious")], "things": [("film", "movie")]}
    for _, role in MODELS:
        model, flips, texts = model_of(study, role), 0, 0
        assert [name for name in model.slices if "swapped" in name] == ["swapped: mood", "swapped: things"]
        for kind, pairs in lists.items():
            new = [swapped(text, pairs) for text in order["text"]]
            some = np.array([text is not None for text in new])
            changed = answered(context.home, role, [text for text in new if text is not None]).argmax(1) != found[role].argmax(1)[some]
            share = model.slices[f"swapped: {kind}"]["flips"]
            assert share.value == pytest.approx(changed.mean()) and share.low <= share.value <= share.high
            assert model.slices[f"swapped: {kind}"]["texts"].value == some.sum()
            flips, texts = flips + changed.sum(), texts + some.sum()
        assert model.figures["flips"].value == pytest.approx(flips / texts)
    assert {detail.rpartition(", ")[2] for _, detail in context.seen} == {"test texts", "validation texts", "swapped texts"}
    shares = [share for share, _ in context.seen]
    first = next(share for share, detail in context.seen if "swapped" in detail)
    assert shares == sorted(shares) and 0.6 < first < 0.7, "swapped texts are a third of the passes"


def test_what_the_student_repeats_and_where_it_falls_behind(evaluated):
    study, task, order, found, _ = evaluated
    labels, answers = order["label"].to_numpy(), {role: found[role].argmax(1) for _, role in MODELS}
    erred = answers["teacher"] != labels
    same = {role: np.mean((answers[role] == answers["teacher"])[erred]) for role in ("student", "control")}
    figures = {role: model_of(study, role).figures for role in same}
    assert all(figures[role]["repeated_errors"].value == pytest.approx(same[role]) for role in same)
    assert figures["student"]["repeated_errors_over_control"].value == pytest.approx(100 * (same["student"] - same["control"]))
    assert "repeated_errors_over_control" not in figures["control"] and model_of(study, "teacher").regressions == ()
    for role in same:
        behind = (answers["teacher"] == labels) & (answers[role] != labels)
        kept = model_of(study, role).regressions
        assert len(kept) == min(20, behind.sum()) and kept
        assert [each.confidence for each in kept] == sorted((each.confidence for each in kept), reverse=True)
        where = {text: i for i, text in enumerate(order["text"])}
        for each in kept:
            i = where[each.text]
            assert behind[i] and each.truth == each.teacher == task.info.labels[labels[i]] != each.model
