"""Student families: each starts, learns, loads again like any artefact and leaves for ONNX; a new one is one file."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core import families as descriptions
from core.compress.export import inputs_of, write_onnx
from core.distill.methods import by_logits
from core.distill.training import Examples, train
from core.errors import UserError
from core.models import families, prune
from core.models.artifact import Card, save
from core.models.build import classifier, parameters
from core.models.tokens import Tokeniser
from core.models.vectors import reduced, token_vectors
from core.runtimes.eager import EagerRuntime, logits
from core.spec import StudentSpec, TrainingSpec, parse
from tests.conftest import sentences

LABELS = ("good", "poor")
SIZES = {"convolutional": {"dimensions": 16}, "depth": {"layers": 1}, "linear": {"dimensions": 4096}, "pretrained": {}, "static": {},
         "width": {"width": 0.5, "layers": 2}}
SPEC = TrainingSpec(batch_tokens=256, max_length=32)


def texts_and_answers(count: int = 32) -> tuple[list[str], np.ndarray]:
    texts, labels = sentences(count)
    return texts, np.array([LABELS.index(label) for label in labels])


def begin(teacher: Path, family: str, **more: object) -> tuple[object, Tokeniser]:
    texts, answers = texts_and_answers()
    source = {"source": str(teacher)} if family == "pretrained" else {}
    student = parse(StudentSpec, {"name": "small", "family": family, **SIZES.get(family, {}), **source, **more})
    model, folder = families.start(student, families.Beginning(teacher, LABELS, 0, texts, answers.tolist(), 32))
    return model, Tokeniser(folder, 32)


def test_every_family_is_tried_here():
    assert set(descriptions.known()) == set(SIZES)


@pytest.mark.parametrize("family", sorted(SIZES))
def test_a_student_overfits_32_texts_and_is_an_artefact_like_any_other(tiny_model: Path, tmp_path: Path, family: str) -> None:
    texts, answers = texts_and_answers()
    model, tokeniser = begin(tiny_model, family)
    loss = by_logits(temperature=1.0, soft_weight=0.0)
    done = train(model, Examples(tokeniser(texts), answers, tokeniser.pad_id), loss, SPEC, epochs=60,
                 learning_rate=1e-3 * getattr(model, "rate_factor", 3.0))
    found = logits(model, tokeniser(texts), tokeniser.pad_id)
    assert (found.argmax(-1) == answers).all(), f"loss {done.loss:.3f}"
    folder = save(model, tokeniser, Card(LABELS, 32, tuple(texts), tuple(found.argmax(-1).tolist()), {}), tmp_path / "made")
    assert np.allclose(logits(classifier(folder, LABELS), tokeniser(texts), tokeniser.pad_id), found, atol=1e-6)
    assert EagerRuntime(folder, threads=1).answer(texts).tolist() == found.argmax(-1).tolist()


@pytest.mark.parametrize("family", sorted({*SIZES} - {"pretrained"}))
def test_its_onnx_file_gives_the_same_logits_for_texts_of_any_length(tiny_model: Path, tmp_path: Path, family: str) -> None:
    import onnxruntime

    model, tokeniser = begin(tiny_model, family)
    texts = [*texts_and_answers(4)[0], "short", " ".join(["a long one"] * 9)]
    ids = tokeniser(texts)
    write_onnx(model, ids[:4], tokeniser.pad_id, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    found = np.concatenate([session.run(None, row)[0] for row in inputs_of(ids, tokeniser.pad_id)])
    assert np.allclose(found, logits(model, ids, tokeniser.pad_id), atol=1e-4)


@pytest.mark.parametrize("family", sorted(SIZES))
def test_padding_changes_no_answer_and_seed_and_texts_fix_the_start(tiny_model: Path, family: str) -> None:
    model, tokeniser = begin(tiny_model, family)
    texts = [*texts_and_answers(5)[0], "short", " ".join(["a long one"] * 9)]
    alone = np.concatenate([logits(model, tokeniser([text]), tokeniser.pad_id) for text in texts])
    assert np.allclose(alone, logits(model, tokeniser(texts), tokeniser.pad_id), atol=1e-5)
    again, _ = begin(tiny_model, family)
    assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.state_dict().values(), strict=True))


def test_a_narrow_student_has_the_teachers_most_important_half(tiny_model: Path) -> None:
    model, _ = begin(tiny_model, "width")
    assert prune.shape(model) == (2, 48) and len(model.bert.encoder.layer) == 2
    assert parameters(model) < parameters(classifier(tiny_model, LABELS))


def test_token_vectors_are_what_the_teacher_makes_of_a_token_alone(tiny_model: Path) -> None:
    teacher, tokeniser = classifier(tiny_model, LABELS), Tokeniser(tiny_model, 32)
    vectors = token_vectors(teacher, tiny_model)
    (row,) = tokeniser(["film"])
    assert len(row) == 3
    with torch.inference_mode():
        hidden = teacher.base_model(input_ids=torch.tensor([row])).last_hidden_state[0, 1]
    assert torch.allclose(vectors[row[1]], hidden, atol=1e-5)
    assert not vectors[[row[0], row[2], 0]].any(), "special tokens say nothing"
    few = reduced(vectors, 8)
    assert few.shape == (len(vectors), 8) and not few[row[0]].any()
    assert float(few[few.abs().sum(1) > 0].norm(dim=1).mean()) == pytest.approx(1, abs=0.35)


def test_only_rows_that_were_read_are_updated(tiny_model: Path) -> None:
    texts, answers = texts_and_answers()
    model, tokeniser = begin(tiny_model, "static")
    before = model.get_input_embeddings().weight.detach().clone()
    ids = tokeniser(texts)
    train(model, Examples(ids, answers, tokeniser.pad_id), by_logits(temperature=1.0, soft_weight=0.0), SPEC, epochs=2,
          learning_rate=1e-2)
    moved = (model.get_input_embeddings().weight.detach() != before).any(1).nonzero().flatten().tolist()
    assert moved == sorted({token for row in ids for token in row})


@pytest.mark.parametrize(("said", "told"), [
    ({"family": "tree"}, "the family 'tree' is not known; choose one of convolutional, depth, linear, pretrained, static, width"),
    ({"family": "depth"}, "a depth student needs a number of layers"),
    ({"family": "static", "layers": 2}, "a static student takes no layers; remove it"),
    ({"family": "pretrained"}, "a pretrained student needs a source: a Hub id")])
def test_a_size_that_does_not_go_with_the_family_is_refused(said: dict[str, object], told: str) -> None:
    with pytest.raises(UserError, match=told):
        parse(StudentSpec, {"name": "small", **said})


def test_a_teacher_that_is_no_bert_has_no_narrow_students(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    student = StudentSpec(name="small", family="width", width=0.5)
    with pytest.raises(UserError, match="by what matters on labelled texts, and there are none"):
        families.start(student, families.Beginning(tiny_model, LABELS, 0, [], [], 32))


NEW = '''"""The majority class, whatever the text says."""

from core.models.families.linear import LinearConfig, LinearForSequenceClassification
from core.models.families import named

TAKES = ()
NEEDS = ()
COST = 0.001


def start(student, beginning):
    return LinearForSequenceClassification(LinearConfig(8, **named(beginning.labels))), beginning.teacher
'''


def test_a_family_is_one_file(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "majority.py").write_text(NEW, encoding="utf-8")
    here = descriptions.FOLDER
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    monkeypatch.setattr(descriptions, "FOLDERS", (here, tmp_path))
    descriptions.known.cache_clear()
    try:
        assert descriptions.known()["majority"].told == "The majority class, whatever the text says."
        model, tokeniser = begin(tiny_model, "majority")
        assert logits(model, tokeniser(["any"]), tokeniser.pad_id).shape == (1, 2)
    finally:
        sys.modules.pop("core.models.families.majority", None)
        importlib.invalidate_caches()
        monkeypatch.undo()
        descriptions.known.cache_clear()
