"""Where models come from, how students are cut, saved and loaded."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import UserError
from core.models import sources
from core.models.artifact import Card, agreement, bytes_on_disk, read_card, save
from core.models.build import classifier, cut, depth, is_adapted, kept_layers, parameters
from core.models.tokens import Tokeniser
from core.runtimes.eager import EagerRuntime, logits

LABELS = ("bad", "good")


def test_the_bundled_model_is_verified_and_has_its_published_size():
    folder = sources.locate("minilm")
    assert parameters(classifier(folder, LABELS)) == pytest.approx(22.7e6, rel=0.01)


def test_weights_with_another_hash_are_refused(monkeypatch):
    sources._bundled.cache_clear()
    monkeypatch.setattr(sources, "BUNDLED_SHA256", "0" * 64)
    with pytest.raises(UserError, match=r"sha256 53aa51172d14.*reinstall requirements-data.txt"):
        sources.locate("minilm")
    sources._bundled.cache_clear()


@pytest.mark.parametrize(("missing", "message"), [
    ("config.json", "no config.json"), ("model.safetensors", "no .safetensors file"), ("tokenizer.json", "no tokenizer")])
def test_a_folder_that_lacks_a_part_is_refused_by_name(tiny_model, tmp_path, missing, message):
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / missing).unlink()
    with pytest.raises(UserError, match=message):
        sources.locate(str(folder))


def test_pickled_weights_are_never_read(tiny_model, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UserError, match="other formats are not read"):
        sources.locate(str(folder))


def test_without_a_network_the_hub_id_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UserError, match=r"'some-org/some-model'.*local folder"):
        sources.locate("some-org/some-model")


@pytest.mark.parametrize(("total", "keep", "expected"), [
    (6, 3, [0, 2, 5]), (6, 2, [0, 5]), (6, 1, [5]), (12, 6, [0, 2, 4, 7, 9, 11])])
def test_kept_layers_are_spread(total, keep, expected):
    assert kept_layers(total, keep) == expected


@pytest.mark.parametrize("keep", [0, 6, 7])
def test_a_student_must_be_shallower_than_its_teacher(keep):
    with pytest.raises(UserError, match=r"layers: \d cannot be cut"):
        kept_layers(6, keep)


def test_a_depth_student_keeps_the_layers_that_are_named(tiny_model):
    teacher = classifier(tiny_model, ("a", "b"))
    first, last = teacher.bert.encoder.layer[0], teacher.bert.encoder.layer[2]
    kept = cut(teacher, 2, (0, 2)).bert.encoder.layer
    assert torch.equal(kept[0].output.dense.weight, first.output.dense.weight)
    assert torch.equal(kept[1].output.dense.weight, last.output.dense.weight) and len(kept) == 2
    assert torch.equal(cut(teacher, 1, (0,)).bert.encoder.layer[0].output.dense.weight, first.output.dense.weight)
    with pytest.raises(UserError, match="keep_layers: 3 is none of a teacher's layers 0 to 2"):
        cut(teacher, 1, (3,))


def test_a_depth_student_has_the_teachers_weights_and_leaves_the_teacher_alone(tiny_model):
    teacher = classifier(tiny_model, LABELS)
    student = cut(teacher, 2)
    assert (depth(teacher), depth(student), student.config.num_hidden_layers) == (3, 2, 2)
    mine, theirs = student.base_model.encoder.layer, teacher.base_model.encoder.layer
    for own, source in zip(mine, (theirs[0], theirs[2]), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(own.parameters(), source.parameters(), strict=True))
    assert mine[0] is not theirs[0]


def test_a_fine_tuned_model_answers_in_the_tasks_order(tiny_model, tmp_path):
    model = classifier(tiny_model, ("good", "bad"))
    model.save_pretrained(tmp_path)
    Tokeniser(tiny_model, 32).save(tmp_path)
    ids = Tokeniser(tiny_model, 32)(["one text", "another"])
    assert is_adapted(tmp_path, LABELS) and not is_adapted(tmp_path, ("bad", "great"))
    turned = logits(classifier(tmp_path, LABELS), ids, 0)
    assert np.allclose(turned, logits(model, ids, 0)[:, ::-1], atol=1e-6)


def test_an_artefact_answers_as_before_it_was_saved(tiny_model, tmp_path):
    texts = ["a fine film", "a dull film", "what a waste of two whole hours of everybody's evening"]
    model, tokeniser = classifier(tiny_model, LABELS), Tokeniser(tiny_model, 16)
    answers = logits(model, tokeniser(texts), tokeniser.pad_id).argmax(-1).tolist()
    folder = save(model, tokeniser, Card(LABELS, 16, tuple(texts), tuple(answers), {"seconds": 1.5}), tmp_path / "artefact")
    card = read_card(folder)
    assert card == Card(LABELS, 16, tuple(texts), tuple(answers), {"seconds": 1.5})
    served = EagerRuntime(folder, "cpu").answer(texts).tolist()
    assert agreement(card, served) == 3 and agreement(card, [1 - a for a in served]) == 0
    assert bytes_on_disk(folder) > (folder / "model.safetensors").stat().st_size
    assert [p.name for p in tmp_path.iterdir()] == ["artefact"], "no draft is left"


def test_a_failed_save_leaves_the_older_artefact(tiny_model, tmp_path):
    folder = tmp_path / "artefact"
    folder.mkdir()
    (folder / "old").write_text("kept")
    unwritable = Card(LABELS, 16, (), (), {"bad": object()})
    with pytest.raises(TypeError):
        save(classifier(tiny_model, LABELS), Tokeniser(tiny_model, 16), unwritable, folder)
    assert (folder / "old").read_text() == "kept" and len(list(tmp_path.iterdir())) == 1


def test_weights_digest_follows_the_content(tiny_model, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(tiny_model, folder)
    assert sources.weights_digest(folder) == sources.weights_digest(tiny_model)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    assert sources.weights_digest(folder) != sources.weights_digest(Path(tiny_model))


def test_a_draft_left_by_a_killed_process_is_swept(tiny_model, tmp_path):
    (tmp_path / ".draft-artefact").mkdir()
    (tmp_path / ".draft-artefact" / "model.safetensors").write_text("half")
    save(classifier(tiny_model, LABELS), Tokeniser(tiny_model, 16), Card(LABELS, 16, (), (), {}), tmp_path / "artefact")
    assert [p.name for p in tmp_path.iterdir()] == ["artefact"]
