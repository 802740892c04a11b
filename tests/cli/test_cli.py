"""The command line as a person calls it: real processes, real files."""

import json
import os
import subprocess
import sys

import pytest

from core.settings import ROOT
from core.store import studies
from tests.conftest import sentences

pytestmark = pytest.mark.xdist_group("study")

FIGURES = {"accuracy", "macro_f1", "retention", "latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "throughput_per_s",
           "parameters", "artifact_bytes", "peak_memory_bytes", "energy_j_per_prediction", "usd_per_million_bench",
           "usd_per_million_provisioned"}


def core(*arguments, ok=True, **environment):
    done = subprocess.run([sys.executable, "-m", "core", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, **environment})
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done.stdout if ok else done.stderr


def test_tasks_models_prices_and_machine_are_told():
    assert all(name in core("tasks") for name in ("snippets", "r8", "r52", "newsgroups"))
    assert "hash verified" in core("models")
    assert "aws/g4dn.xlarge" in core("prices") and "2026-07-20" in core("prices")
    assert "device" in core("machine")


@pytest.mark.parametrize(("arguments", "message"), [
    (["study", "run", "--preset", "tiny"], "preset: 'tiny' is not known; choose one of quick, standard, full."),
    (["study", "run", "--task", "nothing"], "'nothing'"),
    (["study", "run", "--set", "distil.heat=1"], "'distil.heat' is not a setting"),
    (["study", "run", "--margin", "-1"], "accuracy_margin_points: -1.0 is not accepted"),
    (["study", "show", "nobody"], "'nobody' is not known"),
    (["tasks", "import", "no-such-file.csv", "--name", "x"], "no-such-file.csv")])
def test_bad_input_is_one_sentence_and_nothing_is_queued(arguments, message):
    told = core(*arguments, ok=False)
    assert message in told and "Traceback" not in told and len(told.strip().splitlines()) == 1
    assert studies.summaries() == []


def test_the_example_can_be_shown_and_written(tmp_path):
    assert "Verdict:" in core("study", "show", "example", "--json", tmp_path / "example.json")
    assert json.loads((tmp_path / "example.json").read_text())["id"] == "example"


def test_a_study_from_the_command_line_gives_the_promised_json(tiny_model, tmp_path):
    texts, labels = sentences(240)
    file = tmp_path / "mine.csv"
    file.write_text("text,label\n" + "".join(f"{t},{lab}\n" for t, lab in zip(texts, labels, strict=True)))
    assert "task mine" in core("tasks", "import", file, "--name", "mine")
    settings = {"teacher.source": tiny_model, "teacher.tokens": 20_000, "teacher.epochs": 6, "teacher.learning_rate": 2e-3,
                "students": '[{"name": "depth-1", "layers": 1}]', "distil.tokens": 5_000, "device": "cpu",
                "measure.single_stream_queries": 64, "measure.offline_seconds": 0.5, "case.engineering_hours": 40}
    told = core("study", "run", "--task", "mine", "--volume-per-day", 5e6, "--p99-ms", 100, "--margin", 5,
                "--json", tmp_path / "study.json", *(f"--set={key}={value}" for key, value in settings.items()))
    assert "Verdict:" in told and "Adapt the teacher" in told
    study = json.loads((tmp_path / "study.json").read_text())
    assert study["task"] == "mine" and study["seconds"] > 0 and study["state"] == "done"
    assert [item["item"] for item in study["verdict"]["items"]] == [1, 2, 3, 4, 5, 6]
    assert sorted(model["role"] for model in study["models"]) == ["control", "student", "teacher"]
    for model in study["models"]:
        assert model["figures"].keys() >= FIGURES
        for figure in model["figures"].values():
            assert figure.keys() == {"value", "low", "high", "unit", "provenance"}
            assert (figure["value"] is None) == (figure["provenance"]["kind"] == "not_measured")
    assert study["id"] in core("study", "list") and "adapt: starts" in core("study", "log", study["id"])
