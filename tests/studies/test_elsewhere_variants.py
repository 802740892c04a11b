"""A study's variants elsewhere: exported in the form that serves them, measured in their runtime, and brought back to their own row."""

import json
import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from core import manifest, settings
from core.cli.root import app
from core.errors import UserError
from core.sealed import unseal
from core.settings import ROOT
from core.store import studies
from core.studies import elsewhere, export
from tests.studies.brought import content, written
from tests.studies.exported import add_variants, onnx_variants, study_with_files

INT8 = "ONNX Runtime int8"
QUICK = ("--queries", "70", "--offline-seconds", "0.5", "--invocations", "1", "--threads", "1", "--device", "cpu")
WALL = """
import sys

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers", "openvino"):
            raise ImportError(name + " is not on the target")

sys.meta_path.insert(0, Wall())
"""


@pytest.fixture(scope="module")
def made(tiny_model, tmp_path_factory):
    return onnx_variants(tiny_model, tmp_path_factory.mktemp("variants"))


@pytest.fixture
def study(tiny_model, made):
    add_variants(study_with_files("mine", tiny_model), made)
    return "mine"


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def served(study, precision):
    return settings.folder("models", study) / f"depth-1-student-onnxruntime-{precision}-uncompressed"


def test_a_variant_is_exported_as_it_serves_and_its_card_says_how_to_use_it(study, tmp_path):
    done = run("artifact", "export", study, "depth-1", tmp_path / "out", "--variant", "onnx runtime INT8")
    assert done.exit_code == 0, done.exception
    kept = manifest.checked(tmp_path / "out")
    assert (kept["model"], kept["variant"]) == (f"depth-1, {INT8}", "uncompressed")
    assert (kept["runtime"], kept["precision"]) == ("onnxruntime", "int8")
    assert kept["weights_sha256"] == manifest.weights_digest(served(study, "int8")) != manifest.weights_digest(served(study, "fp32"))
    assert {"model.onnx", "config.json", "tokenizer.json", "artifact.json", "README.md"} <= set(kept["files"])
    assert "model.safetensors" not in kept["files"]
    text = (tmp_path / "out" / "README.md").read_text()
    assert text.startswith("---\nlibrary_name: onnx\n") and "Served by ONNX Runtime int8: 40 of 40 validation texts" in text
    assert "9.0 s" not in text, "what exporting took is no training"
    code = re.search(r"```python\n(.*?)```", text, re.S)[1].replace("PATH OF THIS FOLDER", str(tmp_path / "out"))
    told = subprocess.run([sys.executable, "-c", WALL + code], capture_output=True, text=True, check=True).stdout.strip()
    assert told in json.loads((tmp_path / "out" / "config.json").read_text())["id2label"].values()


def test_a_compiled_variant_has_the_models_own_files(study, tmp_path):
    folder = export.export(studies.get(study), "depth-1", tmp_path / "out", way="PyTorch, compiled fp32")
    assert manifest.checked(folder)["runtime"] == "torch.compile" and not (folder / "model.onnx").exists()
    assert "classify.model.compile(dynamic=True)" in (folder / "README.md").read_text()


@pytest.mark.parametrize(("model", "way", "message"), [
    ("depth-1", "ONNX Runtime int4", f"has no 'ONNX Runtime int4' of 'depth-1'; it has ONNX Runtime fp32; {INT8}; PyTorch, compiled fp32"),
    ("depth-1", "TensorRT, through ONNX Runtime fp32", "could not make .* of 'depth-1'; it has ONNX Runtime fp32"),
    ("teacher", INT8, "has no 'ONNX Runtime int8' of 'teacher'; it has none; add some"),
])
def test_a_way_that_is_not_there_is_refused_with_those_that_are(study, tmp_path, model, way, message):
    done = run("artifact", "export", study, model, tmp_path / "out", "--variant", way)
    assert isinstance(done.exception, UserError) and re.search(message, str(done.exception)), done.exception
    assert not (tmp_path / "out").exists()


def test_study_show_names_the_ways(study):
    assert f"also served by: ONNX Runtime fp32; {INT8}; PyTorch, compiled fp32" in run("study", "show", study).stdout


def test_the_whole_way_of_a_variant_on_a_target_without_torch(study, tmp_path):
    export.export(studies.get(study), "depth-1", tmp_path / "out", way=INT8)
    (tmp_path / "sitecustomize.py").write_text(WALL)
    command = [sys.executable, "-m", "core", "measure", tmp_path / "out", "--json", tmp_path / "m.json", *QUICK]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(tmp_path), "DISTILL_ROI_HOME": "/proc/no"})
    found = unseal((tmp_path / "m.json").read_bytes(), 10**6)
    assert (found["version"], found["runtime"], found["precision"]) == (2, "onnxruntime", "int8")
    kept = elsewhere.bring(study, (tmp_path / "m.json").read_bytes())
    assert kept.model == f"depth-1, {INT8}" and kept.figures["reload_agreement"].value == 1.0
    assert f"{kept.id}  " in run("study", "measurements", study).stdout and f"depth-1, {INT8} on " in elsewhere.line(kept)


def test_the_onnx_file_of_a_plain_export_is_measured_when_asked(study, tmp_path):
    assert run("artifact", "export", study, "depth-1", tmp_path / "out").exit_code == 0
    done = run("measure", tmp_path / "out", "--json", tmp_path / "m.json", "--runtime", "onnxruntime", *QUICK)
    assert done.exit_code == 0, done.exception
    assert elsewhere.bring(study, (tmp_path / "m.json").read_bytes()).model == "depth-1, ONNX Runtime fp32"


def test_a_changed_onnx_file_is_not_measured(study, tmp_path):
    folder = export.export(studies.get(study), "depth-1", tmp_path / "out", way=INT8)
    (folder / "model.onnx").write_bytes((served(study, "fp32") / "model.onnx").read_bytes())
    done = run("measure", folder, "--json", tmp_path / "m.json", *QUICK)
    assert isinstance(done.exception, UserError) and "'model.onnx' in" in str(done.exception)
    manifest.write_manifest(folder, {"study": study, "model": f"depth-1, {INT8}", "runtime": "onnxruntime", "precision": "int8"})
    shown = manifest.checked(folder)["weights_sha256"]
    assert shown == manifest.weights_digest(served(study, "fp32")), "with a manifest of its own it is another variant's file, by its digest"


@pytest.mark.parametrize(("arguments", "message"), [
    (("--runtime", "torch"), "'torch' loads a file in safetensors, and .* without one; choose one of onnxruntime, openvino, tensorrt"),
    (("--runtime", "word2vec"), "'word2vec' is not known; choose one of onnxruntime"),
    (("--runtime", "tensorrt"), "TensorRT, through ONNX Runtime is not installed"),
    (("--runtime", "openvino", "--device", "cuda"), "'cuda' is nothing that OpenVINO serves on"),
])
def test_a_runtime_that_cannot_serve_the_folder_is_refused(study, tmp_path, arguments, message):
    folder = export.export(studies.get(study), "depth-1", tmp_path / "out", way=INT8)
    done = run("measure", folder, "--json", tmp_path / "m.json", *arguments)
    assert isinstance(done.exception, UserError) and re.search(message, str(done.exception)), done.exception


def test_of_variants_that_share_their_files_the_one_that_is_served_so_is_found(study):
    plain = elsewhere.bring(study, written(content(study)))
    compiled = elsewhere.bring(study, written(content(study, version=2, runtime="torch.compile")))
    assert (plain.model, compiled.model) == ("depth-1", "depth-1, PyTorch, compiled fp32")
    digest = manifest.weights_digest(served(study, "int8"))
    other = elsewhere.bring(study, written(content(study, version=2, runtime="openvino", precision="int8", weights_sha256=digest)))
    assert other.model == "depth-1, OpenVINO int8", "the same file in another runtime"


@pytest.mark.parametrize(("said", "precision"), [
    ({"runtime": "onnxruntime", "precision": "fp32"}, "int8"), ({"runtime": "torch", "precision": "int8"}, "int8"),
    ({"runtime": "torch", "precision": "fp32"}, "fp32")])
def test_a_file_that_says_what_these_weights_cannot_be_is_refused(study, said, precision):
    digest = manifest.weights_digest(served(study, precision))
    with pytest.raises(UserError, match=r"its weights are those of 'depth-1, .*', which cannot be served so"):
        elsewhere.bring(study, written(content(study, version=2, weights_sha256=digest, **said)))
    with pytest.raises(UserError, match="precision: 'int2' is not accepted"):
        elsewhere.bring(study, written(content(study, version=2, precision="int2")))
