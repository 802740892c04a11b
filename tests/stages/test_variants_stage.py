"""Stage "variants" by itself: one export for all variants that begin with it, what cannot be made, and mistakes of our own."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from core import settings, tasks
from core.case import CaseInputs
from core.compress import export
from core.models.artifact import Card, save
from core.records import ModelRecord
from core.runtimes.eager import EagerRuntime
from core.runtimes.openvino import OpenVinoRuntime
from core.spec import StudySpec, parse
from core.stages.variants import variants
from core.store import models, studies
from tests.conftest import sentences
from tests.stages.staged import Context, undecided


@pytest.fixture
def context(tiny_model):
    """A study of one teacher, untrained, with variants to be named."""
    def made(*ways):
        texts, labels = sentences(400)
        rows = (f"{text}\t{label}" for text, label in zip(texts, labels, strict=True))
        task = tasks.load(tasks.import_file("\n".join(["text\tlabel", *rows]).encode(), "a.tsv", name="easy").id)
        spec = parse(StudySpec, {"task": "easy", "preset": "custom", "device": "cpu", "training": {"max_length": 32},
                                 "evaluate": {"resamples": 199}, "variants": ways, "measure": {"threads": 1}})
        studies.create("one", spec, CaseInputs(), {"cpu": "Test CPU", "cores": 2, "threads": 2, "gpus": []}, "abc")
        folder = settings.folder("models") / "teacher"
        model, tokeniser = undecided(tiny_model, 0, task.test["text"].tolist())
        known = task.validation["text"].tolist()[:48]
        save(model, tokeniser, Card(task.info.labels, 32, tuple(known), (0,) * len(known), {}), folder)
        models.save_model("one", ModelRecord("tiny", "teacher", "depth", "logits", "plain", "torch", "fp32", "cpu"), folder)
        return Context(study=studies.get("one"), argument="", results={"adapt": {"artifact": "models/teacher"}}, seen=[])

    return made


def test_a_model_is_exported_once_for_each_compression(context):
    given = context({"runtime": "onnxruntime"}, {"runtime": "openvino"}, {"runtime": "onnxruntime", "precision": "int8"},
                    {"runtime": "openvino", "compression": ["pruned", "trimmed"]}, {"compression": ["trimmed", "pruned"]})
    with patch.object(export, "write_onnx", wraps=export.write_onnx) as exporter:
        assert variants(given) == {"made": 5, "failed": 0}
    assert exporter.call_count == 2
    found = {(one.runtime, one.precision, one.variant): one for one in studies.get("one").variants}
    assert len(found) == 5
    whole, small = found["openvino", "fp32", "uncompressed"], found["openvino", "fp32", "trimmed, pruned"]
    assert small.figures["parameters"].value < whole.figures["parameters"].value
    assert whole.figures["variant_agreement"].value == 1 and whole.figures["largest_logit_difference"].value < 1e-3
    assert all(one.details["seconds"] > 0 for one in found.values())
    assert {path.name for path in (settings.home() / "models" / "one").iterdir()} == {
        f"teacher-{name}" for name in ("onnxruntime-fp32-uncompressed", "openvino-fp32-uncompressed", "onnxruntime-int8-uncompressed",
                                       "openvino-fp32-trimmed-pruned", "onnxruntime-fp32-trimmed-pruned")}
    folder = models.artifact_path("one", "tiny", "teacher", whole)
    again = OpenVinoRuntime(folder, threads=1)
    base = EagerRuntime(settings.home() / "models" / "teacher", threads=1)
    texts = sentences(9, 5)[0]
    assert np.allclose(again.logits(again.tokenise(texts)), base.logits(base.tokenise(texts)), atol=1e-3)


def test_a_library_that_refuses_costs_one_variant(context):
    given = context({"runtime": "torch", "precision": "bf16"})
    with patch.object(EagerRuntime, "open", side_effect=RuntimeError("no kernel for BFloat16\nat src/x.cpp")):
        assert variants(given) == {"made": 0, "failed": 1}
    (failed,) = studies.get("one").variants
    assert failed.details["failed"] == ("runtime: 'torch' cannot load this model in bf16 (no kernel for BFloat16); "
                                        "choose another runtime or precision.")


@pytest.mark.parametrize("mistake", [KeyError("text"), AttributeError("rows"), TypeError("rows"), AssertionError(), RuntimeError()])
def test_a_mistake_of_our_own_is_no_failed_variant(context, mistake):
    given = context({"runtime": "torch", "precision": "bf16"})
    with patch("core.stages.drafts.check", side_effect=mistake), pytest.raises(type(mistake)):
        variants(given)
    assert not studies.get("one").variants
