"""Export, int8, pruning and trimming on a real small model: what comes out is loaded back and answers."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from transformers import BertForSequenceClassification

from core.compress import quantise, trim
from core.compress.beside import add_onnx
from core.compress.check import check
from core.compress.export import inputs_of, write_beside, write_onnx
from core.errors import UserError
from core.models import prune
from core.models.artifact import read_card, write_card
from core.models.build import classifier, parameters
from core.models.served import ServedTokeniser
from core.runtimes.eager import logits
from core.runtimes.registry import opened


@pytest.fixture
def made(tiny_artifact):
    card = read_card(tiny_artifact)
    ids = ServedTokeniser(tiny_artifact, card.max_length)(card.reference_texts)
    model = classifier(tiny_artifact, card.labels)
    return card, ids, model, logits(model, ids, 0)


@pytest.mark.parametrize("chosen", quantise.formats(()))
@pytest.mark.parametrize("how", ["dynamic", "static"])
def test_int8_answers_nearly_as_before_in_a_smaller_file(how, chosen, tiny_onnx, made, tmp_path):
    _, ids, _, reference = made
    write_beside(tiny_onnx, tmp_path)
    if how == "dynamic":
        quantise.dynamic(tiny_onnx / "model.onnx", tmp_path / "model.onnx", chosen)
        assert (tmp_path / "model.onnx").stat().st_size < 0.4 * (tiny_onnx / "model.onnx").stat().st_size
    else:
        quantise.static(tiny_onnx / "model.onnx", tmp_path / "model.onnx", chosen, inputs_of(ids[:16], 0))
    for runtime in ("onnxruntime", "openvino"):
        found = check(reference, opened(runtime, tmp_path, threads=1).logits(ids))
        assert len(found.before) == 64 and found.agreement >= 0.9 and 0 < found.largest < 0.6, (runtime, found)


def test_the_format_follows_the_processor():
    assert str(quantise.formats(["avx2"])[0]) == "uint8" and str(quantise.formats(["avx2"])[1]) == "int8, per channel, 7 bits"
    assert str(quantise.formats(["avx512_vnni"])[0]) == "int8, per channel"


def test_a_trimmed_vocabulary_answers_the_same_where_no_word_is_missed(tiny_artifact, made, tmp_path):
    card, ids, model, reference = made
    before = json.loads((tiny_artifact / "tokenizer.json").read_text())
    keep = trim.kept_tokens(before, {number for row in ids for number in row})
    assert len(keep) < 0.2 * len(before["model"]["vocab"])
    smaller = trim.trimmed(model, keep)
    trim.write_tokenizer(tiny_artifact, tmp_path, keep)
    write_beside(tiny_artifact, tmp_path, len(keep))
    tokeniser = ServedTokeniser(tmp_path, card.max_length)
    found = logits(smaller, tokeniser(card.reference_texts), 0)
    assert np.allclose(found, reference, atol=1e-5) and parameters(smaller) < parameters(model)
    assert tokeniser(["unheard-of quixotic words"])[0] != [tokeniser.tokenizer.token_to_id("[UNK]")]
    assert json.loads((tmp_path / "config.json").read_text())["vocab_size"] == len(keep)


def test_only_wordpiece_is_trimmed():
    with pytest.raises(UserError, match="only WordPiece vocabularies"):
        trim.kept_tokens({"model": {"type": "BPE", "vocab": {}}}, [])


def test_pruning_takes_the_least_important_heads_and_neurons(made, tmp_path, tiny_artifact):
    _, ids, model, reference = made
    labels = reference.argmax(-1).tolist()
    smaller = prune.pruned(model, ids, labels, 0, heads=0.25, neurons=0.5)
    layer = smaller.get_submodule("bert.encoder.layer.0")
    assert layer.attention.self.query.out_features == 36 and layer.intermediate.dense.out_features == 48
    assert model.get_submodule("bert.encoder.layer.0").intermediate.dense.out_features == 96, "the model itself stays"
    write_beside(tiny_artifact, tmp_path)
    write_onnx(smaller, ids[:4], 0, tmp_path / "model.onnx")
    found = opened("onnxruntime", tmp_path, threads=1).logits(ids)
    assert np.allclose(found, logits(smaller, ids, 0), atol=1e-4)
    assert check(reference, found).agreement >= 0.8


def test_nothing_is_lost_where_what_goes_does_nothing(made):
    _, ids, model, reference = made
    for layer in model.bert.encoder.layer:
        layer.output.dense.weight.data[:, :48] = 0.0  # half of the neurons are never listened to
    reference = logits(model, ids, 0)
    smaller = prune.pruned(model, ids, reference.argmax(-1).tolist(), 0, heads=0.0, neurons=0.5)
    assert np.allclose(logits(smaller, ids, 0), reference, atol=1e-5)


def test_another_architecture_is_refused(made):
    _, ids, model, _ = made
    model.bert.encoder.layer[0].intermediate = None
    with pytest.raises(UserError, match="is not built as BERT's layers are"):
        prune.pruned(model, ids, [0] * len(ids), 0)


def test_a_check_counts_equal_answers_and_the_largest_difference():
    found = check(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.5, 0.0], [2.0, 1.0]]))
    assert (found.equal, found.largest, found.agreement) == (1, 2.0, 0.5)


def test_files_beside_are_copied_once(tiny_artifact, tmp_path):
    shutil.copyfile(tiny_artifact / "config.json", tmp_path / "config.json")
    write_beside(tiny_artifact, tmp_path)
    assert {"config.json", "tokenizer.json", "artifact.json"} <= {file.name for file in tmp_path.iterdir()}


def test_an_exported_artefact_gets_a_file_that_answers_as_it_did(tiny_artifact, tmp_path):
    folder = shutil.copytree(tiny_artifact, tmp_path / "copy")
    ((name, said),) = add_onnx(folder)
    assert (folder / name).is_file() and "same answers to all 64 reference texts" in said
    card = read_card(folder)
    other = tuple(1 - answer for answer in card.reference_answers[:3]) + card.reference_answers[3:]
    write_card(replace(card, reference_answers=other), folder)
    with pytest.raises(UserError, match="3 of 64 reference texts are answered otherwise"):
        add_onnx(folder)


class Unwritten(BertForSequenceClassification):
    """Asks for a value that is only known when it runs, which no exporter can follow."""

    def forward(self, input_ids, attention_mask):
        return super().forward(input_ids[:, : int(input_ids.sum()) % 7 + 1], attention_mask)


def test_what_a_library_cannot_make_is_refused_in_a_sentence(tiny_artifact, made, tmp_path):
    _, ids, _, _ = made
    with pytest.raises(UserError, match=r"^onnx: Unwritten cannot be exported \([^\n]+\); serve it in PyTorch, or export it with --no"):
        write_onnx(Unwritten.from_pretrained(tiny_artifact), ids[:4], 0, tmp_path / "model.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    for how, texts in ((quantise.dynamic, ()), (quantise.static, (inputs_of(ids[:4], 0),))):
        with pytest.raises(UserError, match=r"^precision: this model cannot be had as uint8 \([^\n]+\); leave it in fp32\.$"):
            how(tmp_path / "bad.onnx", tmp_path / "int8.onnx", quantise.Format("uint8", False, False), *texts)
