"""Measuring an exported folder where nothing but the artefact is: no database, no Streamlit, no study."""

import json
import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from core import machine, manifest
from core.cli.root import app
from core.errors import UserError
from core.measure import portable
from core.models.artifact import Card, save
from core.models.build import classifier
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
from core.sealed import seal, unseal
from core.settings import ROOT
from core.units import unit_of
from tests.conftest import sentences

ALLOWED = ("core.measure", "core.models", "core.runtimes", "core.compress", "core.machine", "core.hardware", "core.errors", "core.families",
           "core.settings", "core.manifest", "core.sealed",
           "core.units", "core.words", "core.figures", "core.__main__")  # the last but one are words and dataclasses alone
BLOCKED = ("streamlit", "sqlalchemy", "alembic", "plotly", "core.store", "core.studies", "core.cli", "core.jobs",
           "core.tasks", "core.records", "core.stages", "core.quality", "pages")
SPY = f"""
import atexit, json, os, sys

class Wall:
    def find_spec(self, name, path=None, target=None):
        if any(name == b or name.startswith(b + ".") for b in {BLOCKED!r}):
            raise ImportError(name + " is not on the target")

sys.meta_path.insert(0, Wall())
atexit.register(lambda: open(os.environ["SPY"] + "/" + str(os.getpid()), "w").write(json.dumps(
    [n for n in sys.modules if n == "core" or n.startswith(("core.", "streamlit", "sqlalchemy"))])))
"""
QUICK = ("--queries", "70", "--offline-seconds", "0.5", "--invocations", "2", "--threads", "1", "--device", "cpu")


@pytest.fixture
def folder(tiny_model, tmp_path):
    texts, _ = sentences(100)
    model, tokeniser = classifier(tiny_model, ("good", "poor")), Tokeniser(tiny_model, 32)
    answers = logits(model, tokeniser(texts), tokeniser.pad_id).argmax(-1).tolist()
    made = save(model, tokeniser, Card(("good", "poor"), 32, tuple(texts), tuple(answers), {}), tmp_path / "exported")
    manifest.write_manifest(made, {"study": "mine", "model": "depth-1", "runtime": "torch", "precision": "fp32"})
    return made


def measure(folder, *rest, ok=True, **environment):
    done = subprocess.run([sys.executable, "-m", "core", "measure", str(folder), *map(str, rest)], cwd=ROOT, capture_output=True,
                          text=True, env={**os.environ, **environment})
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done


def test_it_runs_without_database_browser_and_study_and_loads_nothing_of_them(folder, tmp_path):
    spy, site = tmp_path / "spy", tmp_path / "site"
    spy.mkdir()
    site.mkdir()
    (site / "sitecustomize.py").write_text(SPY)
    target = tmp_path / "measurement.json"
    done = measure(folder, "--json", target, *QUICK, SPY=str(spy), PYTHONPATH=str(site),
                   DISTILL_ROI_DATABASE="nonsense://nowhere", DISTILL_ROI_HOME="/proc/no-such-place")
    processes = [json.loads(path.read_text()) for path in spy.iterdir()]
    measuring = [names for names in processes if "core.measure.loadgen" in names]
    assert len(measuring) == 3, "the command and its two measuring processes"
    for names in processes:
        assert not [name for name in names if name not in ("core",) and not name.startswith(ALLOWED)], names
    assert "process 2 of 2" in done.stderr and "latency_p50_ms" in done.stderr and done.stdout == ""
    found = unseal(target.read_bytes(), 10**6)
    assert found["weights_sha256"] == manifest.weights_digest(folder) and found["study"] == "mine" and found["model"] == "depth-1"
    assert found["manifest_sha256"] == manifest.sha256(folder / "manifest.json")
    assert found["machine"] == machine.fingerprint() and found["device"] == "cpu"
    row = found["figures"]["latency_p50_ms"]
    assert row["unit"] == "ms" and len(row["values"]) == 2 and min(row["values"]) > 0
    assert found["figures"]["reload_agreement"] == {"unit": "share", "values": [1.0, 1.0]}
    assert found["figures"]["latency_p99_ms"]["values"] == [None, None], "70 queries are too few for p99"
    assert found["settings"]["texts"] == 100 and "film" not in target.read_text(), "no text leaves the target"
    assert machine.fingerprint()["cpu"] in target.read_text()


def test_texts_of_a_file_and_standard_output(folder, tmp_path):
    (tmp_path / "texts.txt").write_text("\n".join(["", *sentences(80)[0], "  "]))
    done = measure(folder, "--json", "-", "--texts", tmp_path / "texts.txt", *QUICK, "--invocations", "1")
    found = unseal(done.stdout.encode(), 10**6)
    assert found["settings"]["texts"] == 80 and found["settings"]["texts_from"] == "file"


@pytest.mark.parametrize(("change", "arguments", "message"), [
    (lambda f: (f / "manifest.json").unlink(), (), "has no manifest.json"),
    (lambda f: (f / "config.json").write_text("{}"), (), "'config.json' in .* is not what was exported"),
    (lambda f: None, ("--device", "tpu"), "'tpu' is not known"),
    (lambda f: None, ("--texts", "no-such-file"), "cannot be read as UTF-8"),
    (lambda f: None, ("--json", "/no/such/folder/x.json"), "its folder does not exist"),
])
def test_what_cannot_be_measured_is_refused(folder, tmp_path, change, arguments, message):
    change(folder)
    done = CliRunner().invoke(app, ["measure", str(folder), "--json", str(tmp_path / "m.json"), *arguments])
    assert isinstance(done.exception, UserError) and re.search(message, str(done.exception))
    assert not (tmp_path / "m.json").exists()


def test_a_refusal_is_one_sentence_on_standard_error(tmp_path):
    told = measure(tmp_path, "--json", tmp_path / "m.json", ok=False).stderr
    assert "has no manifest.json" in told and len(told.strip().splitlines()) == 1


def test_without_reference_texts_others_are_needed(folder):
    card = json.loads((folder / "artifact.json").read_text()) | {"reference_texts": [], "reference_answers": []}
    (folder / "artifact.json").write_text(json.dumps(card))
    manifest.write_manifest(folder, {"study": "mine", "model": "depth-1"})
    with pytest.raises(UserError, match="give some with --texts FILE"):
        portable.measure_folder(folder, portable.Asked(invocations=1))


def test_names_carry_their_units():
    names = {"latency_p50_ms": "ms", "throughput_per_s": "1/s", "peak_memory_bytes": "bytes", "energy_j_per_prediction": "J",
             "load_s": "s", "parameters": "count", "reload_agreement": "share", "something": ""}
    assert {name: unit_of(name) for name in names} == names


def test_what_is_no_number_stays_out_and_missing_values_are_none():
    found = portable.figures([portable._tidied({"queries": 70, "noisy": ["x"], "flag": True, "load_s": 1.0}),
                              portable._tidied({"queries": 70, "reload_equal": 3, "reload_texts": 4})])
    assert found == {"latency_queries": {"unit": "count", "values": [70, 70]}, "load_s": {"unit": "s", "values": [1.0, None]},
                     "reload_agreement": {"unit": "share", "values": [None, 0.75]}}


def test_a_seal_shows_what_was_cut_or_changed():
    data = json.dumps(seal({"a": 1.5, "b": ["ü"]}), indent=1, ensure_ascii=False).encode()
    assert unseal(data, 1000) == {"a": 1.5, "b": ["ü"]}
    for broken, message in ((data[:-5], "cut short"), (data.replace(b"1.5", b"1.6"), "does not fit its content"),
                            (b"[1]", "has no checksum"), (b"{}", "has no checksum"), (b"\xff", "cut short"), (b'{"a": NaN}', "cut short"),
                            (b'{"a": 1e999, "checksum": ""}', "does not fit"),
                            (b"[" * 100_000, "cut short")):
        with pytest.raises(UserError, match=message):
            unseal(broken, 10**6)
    with pytest.raises(UserError, match="are more than the 10 that are read"):
        unseal(data, 10)
