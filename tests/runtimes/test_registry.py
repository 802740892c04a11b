"""Every runtime answers real texts as the eager one does; one that is missing says how to get it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from unittest.mock import patch

import numpy as np
import pytest

from core.errors import UserError
from core.models.served import ServedTokeniser
from core.models.tokens import Tokeniser
from core.runtimes import registry
from core.settings import ROOT
from tests.conftest import sentences

TEXTS = [*sentences(30, seed=4)[0], "short", "a longer text than the others, with marks: (yes), and Ümläute " * 2, ""]


@pytest.fixture(scope="module")
def reference(tiny_artifact):
    runtime = registry.opened("torch", tiny_artifact, threads=1)
    return runtime.logits(runtime.tokenise(TEXTS))


@pytest.mark.parametrize("kind", ["torch.compile", "onnxruntime", "openvino"])
def test_a_runtime_gives_the_logits_of_the_eager_one(kind, tiny_artifact, tiny_onnx, reference):
    folder = tiny_onnx if registry.RUNTIMES[kind].form == "onnx" else tiny_artifact
    runtime = registry.opened(kind, folder, threads=1)
    assert runtime.name == kind
    found = runtime.logits(runtime.tokenise(TEXTS))
    assert found.dtype == np.float32 and np.allclose(found, reference, atol=1e-4)
    assert runtime.answer(TEXTS).tolist() == reference.argmax(-1).tolist()


def test_the_served_tokenizer_gives_the_ids_of_the_training(tiny_artifact, tmp_path):
    assert ServedTokeniser(tiny_artifact, 16)(TEXTS) == Tokeniser(tiny_artifact, 16)(TEXTS)
    with pytest.raises(UserError, match=r"has no tokenizer\.json"):
        ServedTokeniser(tmp_path, 16)


def test_onnx_runtime_serves_without_torch_in_the_process(tiny_onnx):
    code = (f"import sys\nfrom pathlib import Path\nfrom core.runtimes.registry import opened\n"
            f"found = opened('onnxruntime', Path({str(tiny_onnx)!r})).answer(['a warm film'])\n"
            "print(len(found), [name for name in ('torch', 'transformers') if name in sys.modules])")
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.strip() == "1 []"


def test_openvino_serves_on_the_cpu_wherever_the_models_are():
    assert {kind: registry.device_of(kind, "cuda:0") for kind in ("torch", "onnxruntime", "openvino")} == {
        "torch": "cuda:0", "onnxruntime": "cuda:0", "openvino": "cpu"}
    assert registry.device_of("torch", "cpu") == "cpu"


def test_a_runtime_that_cannot_be_had_says_why(tiny_onnx):
    with pytest.raises(UserError, match="'tflite' is not known; choose one of torch, "):
        registry.opened("tflite", tiny_onnx)
    with patch.object(registry, "find_spec", return_value=None), \
            pytest.raises(UserError, match="OpenVINO is not installed; run `pip install openvino`"):
        registry.opened("openvino", tiny_onnx)
    with pytest.raises(UserError, match="needs CUDAExecutionProvider, which this build"):
        registry.opened("onnxruntime", tiny_onnx, device="cuda:0")


@pytest.mark.parametrize("kind", ["onnxruntime", "openvino"])
def test_a_file_that_a_library_cannot_load_is_refused_in_a_sentence(kind, tiny_onnx, tmp_path):
    folder = shutil.copytree(tiny_onnx, tmp_path / "cut")
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(UserError, match=rf"^runtime: '{kind}' cannot load this model in fp32 \([^\n]+\); choose another runtime or pre"):
        registry.opened(kind, folder, threads=1)


@pytest.mark.parametrize("kind", ["torch", "onnxruntime"])
def test_what_a_library_cannot_run_is_refused_in_a_sentence(kind, tiny_artifact, tiny_onnx):
    runtime = registry.opened(kind, tiny_onnx if kind == "onnxruntime" else tiny_artifact, threads=1)
    with pytest.raises(UserError, match=rf"^runtime: '{kind}' cannot run this model in fp32 \([^\n]+\); "):
        runtime.logits([[1, 99_999_999]])  # there is no such token
    with pytest.raises(TypeError):
        runtime.logits([None])  # a mistake of the caller's
