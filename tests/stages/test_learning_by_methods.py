"""Stages "distil" and "control" by every method, on a small teacher."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from core import settings, tasks
from core.case import CaseInputs
from core.distill import inner
from core.errors import UserError
from core.models.build import classifier
from core.models.tokens import Tokeniser
from core.spec import StudySpec, parse
from core.stages.context import keep
from core.stages.distil import control, distil
from core.stages.transfer import label
from core.store import studies
from tests.stages.staged import Context

DISTIL = {"tokens": 3_000, "epochs": 2, "learning_rate": 1e-3}


class Watched(Context):
    """A context that keeps curves and log."""

    def point(self, *point):
        self.points.append(point)

    def log(self, text):
        self.lines.append(text)


@pytest.fixture
def begin(small_task, tiny_model):
    """A context of a study with these students, whose teacher is the tiny model."""
    folder = settings.folder("cache", "teachers") / "tiny"
    keep(classifier(tiny_model, ("good", "poor")), Tokeniser(tiny_model, 32), tasks.load(small_task), {}, folder)

    def made(*students, **distil):
        spec = parse(StudySpec, {"task": small_task, "preset": "custom", "teacher": {"source": str(tiny_model)}, "students": students,
                                 "training": {"max_length": 32, "batch_tokens": 512}, "distil": {**DISTIL, **distil}})
        name = studies.new_id()
        studies.create(name, spec, CaseInputs(), {"cpu": "Test CPU", "cores": 2}, "abc")
        found = Watched(study=studies.get(name), argument="", results={"adapt": {"artifact": "cache/teachers/tiny"}}, seen=[], points=[],
                        lines=[])
        found.results["label"] = label(found)
        return found

    return made


def run(context, argument, stage=distil):
    """The weights by student, and the records by name and role."""
    context.argument = argument
    made = stage(context)["artifacts"]
    weights = {name: load_file(settings.home() / path / "model.safetensors") for name, path in made.items()}
    return weights, {(model.name, model.role): model for model in studies.get(context.study.id).models}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def test_students_of_all_methods_learn_in_one_pass_as_each_would_alone_and_the_teacher_runs_once(begin, monkeypatch):
    context = begin({"name": "a", "layers": 2}, {"name": "b", "layers": 2, "method": "hidden states"},
                    {"name": "c", "family": "width", "width": 0.5, "method": "hidden states"},
                    {"name": "d", "layers": 1, "method": "relations"}, {"name": "e", "layers": 2, "method": "black box"})
    together, records = run(context, "a+b+c+d+e")
    assert [records[name, "student"].method for name in "abcde"] == ["logits", "hidden states", "hidden states", "relations", "black box"]
    assert not any(same(together["a"], together[name]) for name in "be")
    assert len([line for line in context.lines if "GB on disk" in line]) == 1
    labelling = {name: records[name, "student"].details["labelling_seconds"] for name in "abcde"}
    assert labelling["a"] == labelling["e"] == context.results["label"]["seconds"]
    assert labelling["b"] == labelling["c"] == labelling["d"] > labelling["a"]
    monkeypatch.setattr(inner, "_write", lambda *_: pytest.fail("the teacher ran again"))
    for name in "bcd":
        assert same(run(context, name)[0][name], together[name]), name
    files = {file.stem for file in settings.folder("cache", "inner").glob("*/*.npy")}
    assert files == {*(f"hidden-{n}" for n in range(4)), *(f"{part}-{n}" for part in ("query", "key") for n in (1, 2, 3)), "value-3"}
    controls, records = run(context, "a+b+e", control)
    assert same(controls["a"], controls["b"]) and same(controls["a"], controls["e"]), "a control knows no method"
    assert records["b", "control"].method == "hard labels" and records["b", "control"].details["labelling_seconds"] == 0


def test_beyond_the_cap_the_teacher_runs_for_each_batch_and_the_log_says_so(begin, monkeypatch):
    context = begin({"name": "b", "layers": 2, "method": "hidden states"})
    first, _ = run(context, "b")
    monkeypatch.setattr(inner, "CAP_BYTES", 1_000)
    monkeypatch.setattr(inner, "kept", lambda *_: pytest.fail("kept"))
    second, _ = run(context, "b")
    assert "runs again for each batch" in context.lines[-1]
    assert all(torch.allclose(first["b"][key], second["b"][key], atol=5e-3) for key in first["b"]), "but for half precision"


def test_generations_learn_from_one_another_and_the_control_makes_as_many_passes(begin):
    context = begin({"name": "a", "layers": 1}, {"name": "s", "layers": 1, "method": "self"}, generations=3)
    plain, _ = run(context, "a")
    born, records = run(context, "s")
    run(context, "s", control)
    model, other = records["s", "student"], {(m.name, m.role): m for m in studies.get(context.study.id).models}["s", "control"]
    assert model.method == "self, 3 generations" and other.method == "hard labels"
    once = records["a", "student"].details
    assert model.details["tokens"] == other.details["tokens"] == 3 * once["tokens"] and model.details["steps"] == 3 * once["steps"]
    assert not same(plain["a"], born["s"])
    series = list(dict.fromkeys(name for name, _, _ in context.points))
    assert series[1:4] == [f"training loss of s, generation {n}" for n in (1, 2, 3)] and series[4] == "training loss of control of s"
    shares = [share for share, _ in context.seen]
    assert shares[-1] == 1.0
    first = begin({"name": "s", "layers": 1, "method": "self"}, generations=1)
    only, records = run(first, "s")
    assert same(only["s"], plain["a"]) and records["s", "student"].method == "self, 1 generation"


def test_a_pretrained_student_is_compared_where_its_tokens_are_the_teachers(begin, tiny_model, tmp_path):
    from transformers import AutoTokenizer, BertConfig, BertModel

    config = BertConfig(hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48)
    for name in ("alike", "other"):
        BertModel(config).save_pretrained(tmp_path / name)
        tokenizer = AutoTokenizer.from_pretrained(tiny_model)
        if name == "other":
            tokenizer = tokenizer.train_new_from_iterator(["a splendid film", "a dull film"] * 9, 300)
        tokenizer.save_pretrained(tmp_path / name)
    context = begin(*({"name": name, "family": "pretrained", "source": str(tmp_path / name), "method": "hidden states"}
                      for name in ("alike", "other")))
    weights, _ = run(context, "alike")
    assert all(np.isfinite(value.numpy()).all() for value in weights["alike"].values())
    assert not any("project" in key for key in weights["alike"]), "what only training needs is not kept"
    with pytest.raises(UserError, match="'other' divides texts into other tokens than the teacher"):
        run(context, "other")


def test_a_control_never_asks_for_the_teachers_layers(begin):
    context = begin({"name": "b", "layers": 2, "method": "hidden states"})
    run(context, "b", control)
    assert not list(settings.folder("cache", "inner").iterdir())
