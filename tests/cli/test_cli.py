"""The command line as a person calls it: real processes, real files; what is refused before anything runs, in this process."""

import json
import os
import pty
import subprocess
import sys

import pytest

from core import machine, tasks
from core.case import CaseInputs
from core.cli import main
from core.records import StepPlan
from core.settings import ROOT
from core.spec import preset
from core.store import jobs, studies
from tests.conftest import sentences

FIGURES = {"accuracy", "macro_f1", "retention", "latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "throughput_per_s",
           "parameters", "artifact_bytes", "peak_memory_bytes", "energy_j_per_prediction", "usd_per_million_bench",
           "usd_per_million_provisioned"}


def core(*arguments, ok=True, **environment):
    done = subprocess.run([sys.executable, "-m", "core", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, **environment})
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done.stdout if ok else done.stderr


def test_tasks_models_prices_and_machine_are_told():
    told = core("tasks")
    assert all(name in told for name in ("snippets", "r8", "r52", "newsgroups"))
    assert "hash verified" in core("models")
    told = core("prices")
    assert "aws/g4dn.xlarge" in told and "2026-07-20" in told
    assert "device" in core("machine")


@pytest.mark.parametrize(("arguments", "message"), [
    (["study", "run", "--preset", "tiny"], "preset: 'tiny' is not known; choose one of quick, search, standard, full."),
    (["study", "run", "--task", "nothing"], "'nothing'"),
    (["study", "run", "--set", "distil.heat=1"], "'distil.heat' is not a setting"),
    (["study", "run", "--margin", "-1"], "accuracy_margin_points: -1.0 is not accepted"),
    (["study", "show", "nobody"], "'nobody' is not known"),
    (["study", "delete", "nobody"], "'nobody' is not known"),
    (["study", "delete", "example"], "'example' is recorded and cannot be deleted"),
    (["study", "case", "example", "--set", "latency_limit_ms=20"], "'example' is recorded and stays as it is"),
    (["study", "case", "example", "--set", "speed=20"], "speed"),
    (["tasks", "delete", "snippets"], "'snippets' is bundled and cannot be deleted"),
    (["tasks", "delete", "nothing"], "'nothing' is not known"),
    (["tasks", "hub", "acme/films", "--name", "snippets"], "there is a task 'snippets' already"),
    (["tasks", "import", "no-such-file.csv", "--name", "x"], "no-such-file.csv")])
def test_bad_input_is_one_sentence_and_nothing_is_queued(arguments, message, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["core", *arguments])
    with pytest.raises(SystemExit, match=r"^2$"):
        main()
    told, shown = capsys.readouterr()[::-1]
    assert message in told and not shown and len(told.strip().splitlines()) == 1
    assert studies.summaries() == []


def test_the_example_can_be_shown_and_written(tmp_path):
    assert "Verdict:" in core("study", "show", "example", "--json", tmp_path / "example.json")
    assert json.loads((tmp_path / "example.json").read_text())["id"] == "example"


def test_groups_stay_together_on_import_and_a_task_can_be_deleted(tmp_path):
    rows = [f"text number {i} of kind {i % 2},{'good' if i % 2 else 'bad'},film {i % 30}" for i in range(240)]
    (tmp_path / "mine.csv").write_text("\n".join(["text,label,film", *rows]))
    assert "task mine:" in core("tasks", "import", tmp_path / "mine.csv", "--name", "mine", "--group-column", "film")
    task = tasks.load("mine")
    assert task.info.groups == "film" and not set(task.train["group"]) & set(task.test["group"])
    assert "task mine is deleted" in core("tasks", "delete", "mine")
    assert "mine" not in [info.id for info in tasks.list_tasks()]


def test_the_hub_is_asked_for_the_named_revision_of_the_named_data_set():
    told = core("tasks", "hub", "acme/films", "--config", "plain", "--revision", "abc", "--text-column", "review",
                "--label-column", "stars", ok=False, HF_ENDPOINT="http://127.0.0.1:9")
    assert told.startswith("dataset_id: 'acme/films' could not be fetched") and len(told.strip().splitlines()) == 1


def ended(state):
    """A study whose only stage was not reached, stored as a worker would leave it."""
    study_id = studies.new_id()
    studies.create(study_id, preset("quick", "snippets"), CaseInputs(), machine.fingerprint(), "")
    job_id = jobs.enqueue(study_id, "cpu", [StepPlan("adapt", "Adapt the teacher", 1.0)])
    jobs.claim("cpu")
    jobs.finish(job_id, state, "The disk is full; free some space & retry.")
    return study_id


def test_a_failed_study_leaves_an_earlier_json_as_it_was_and_can_be_deleted(tmp_path):
    study_id, file = ended("failed"), tmp_path / "study.json"
    file.write_text("the last good one")
    told = core("study", "show", study_id, "--json", file, ok=False)
    assert told.strip() == f"study {study_id} failed: The disk is full; free some space & retry."
    assert file.read_text() == "the last good one"
    assert f"study {study_id} is deleted" in core("study", "delete", study_id)
    assert studies.summaries() == []


def test_the_business_inputs_of_a_study_can_be_changed():
    study_id = ended("done")
    told = core("study", "case", study_id, "--set", "latency_limit_ms=20", "--set", "case.redistil_owner=Ops")
    assert "No verdict yet" in told
    case = studies.get(study_id).case
    assert (case.latency_limit_ms, case.redistil_owner) == (20, "Ops")
    assert "nowhere/none" in core("study", "case", study_id, "--set", "instance=nowhere/none", ok=False)
    assert studies.get(study_id).case == case
    core("study", "case", study_id, "--set", "latency_limit_ms=null")
    assert studies.get(study_id).case.latency_limit_ms is None


def test_a_study_from_the_command_line_gives_the_promised_json(tiny_model, tmp_path):
    texts, labels = sentences(240)
    file = tmp_path / "mine.csv"
    file.write_text("text,label\n" + "".join(f"{t},{lab}\n" for t, lab in zip(texts, labels, strict=True)))
    assert "task mine" in core("tasks", "import", file, "--name", "mine")
    settings = {"teacher.source": tiny_model, "teacher.tokens": 20_000, "teacher.epochs": 6, "teacher.learning_rate": 2e-3,
                "students": '[{"name": "depth-1", "layers": 1}]', "distil.tokens": 5_000, "device": "cpu", "variants": "[]",
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
    told = core("study", "case", study["id"], "--set", "predictions_per_day=100")
    assert "Verdict: do not invest" in told and "At 100 predictions a day" in told
    assert study["id"] in core("study", "list") and "adapt: starts" in core("study", "log", study["id"])


def test_a_person_at_a_terminal_is_asked_for_the_three_numbers_first():
    here, there = pty.openpty()
    command = [sys.executable, "-m", "core", "study", "run", "--task", "nothing", "--p99-ms", "50"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=there, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    os.write(here, b"2000000\n-5\n")
    told = process.communicate(timeout=120)[0]
    os.close(here)
    os.close(there)
    assert "Predictions a day" in told and "Accuracy points" in told and "p99 latency" not in told
    assert "accuracy_margin_points: -5 is not accepted" in told
