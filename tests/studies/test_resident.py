"""Real processes that answer: they stay, are started anew when they die, and outlive nobody."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from core import settings
from core.errors import UserError
from core.studies.resident import Resident, Residents


@pytest.fixture
def request_of(tiny_artifact, tiny_onnx, own_home):
    """Makes a question to the tiny model, whose folder is linked into nothing: it is copied into the data folder."""
    here = {kind: settings.folder("models") / kind for kind in ("torch", "onnxruntime")}
    shutil.copytree(tiny_artifact, here["torch"])
    shutil.copytree(tiny_onnx, here["onnxruntime"])

    def made(text: str = "a warm film", *kinds: str, **changes) -> dict:
        wanted = [{"folder": str(here[kind]), "runtime": kind, "precision": "fp32", "device": "cpu", "threads": 1, "stamp": 1} | changes
                  for kind in kinds or ("torch",)]
        return {"text": text, "models": wanted}

    return made


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether the process ends within that time; a zombie has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.Error:
            return True
        time.sleep(0.02)
    return False


def over(resident: Resident, seconds: float = 10) -> bool:
    """Whether its process ends within that time and its exit is collected, which waits for the last of its threads."""
    end = time.monotonic() + seconds
    while resident.pid is not None and time.monotonic() < end:
        time.sleep(0.02)
    return resident.pid is None


def test_a_loaded_model_answers_again_within_two_seconds_by_the_same_process(request_of):
    resident = Resident()
    first = resident.ask(request_of("a warm film", "torch", "onnxruntime"))
    pid, started = resident.pid, time.monotonic()
    again = resident.ask(request_of("a warm film", "torch", "onnxruntime"))
    assert time.monotonic() - started < 2 and resident.pid == pid
    assert all(each["load_s"] > 0 for each in first) and all(each["load_s"] is None for each in again)
    assert [each["labels"] for each in again] == [["good", "poor"]] * 2
    for each in (first[0], again[1]):
        assert again[0]["logits"] == pytest.approx(each["logits"], abs=1e-4)
    assert again[0]["model_ms"] > 0 and again[0]["tokens"] == again[0]["whole"] == 5
    assert resident.resident_bytes() > 1e8
    assert psutil.Process(pid).nice() >= 5
    resident.end()
    assert gone(pid) and resident.pid is None


def test_new_files_under_the_same_name_are_loaded_and_a_long_text_is_cut(request_of):
    resident = Resident()
    resident.ask(request_of(stamp=1))
    (answer,) = resident.ask(request_of("warm " * 500, stamp=2))
    assert answer["load_s"] > 0
    assert (answer["tokens"], answer["whole"]) == (32, 502)
    resident.end()


@pytest.mark.parametrize("text", ["", " ", "\x00\x07", "😀 \U0001f9d1\u200d\U0001f680 مرحبا", "<b>x</b> $a$ =1+1", "\ud800", "x" * 5000])
def test_any_text_is_answered(request_of, text):
    resident = Resident()
    (answer,) = resident.ask(request_of(text.encode("utf-8", "replace").decode(), "onnxruntime"))
    assert len(answer["logits"]) == 2
    resident.end()


def test_what_is_outside_the_data_folder_or_gone_is_refused_and_the_process_stays(request_of, tiny_artifact):
    resident = Resident()
    for folder, why in ((str(tiny_artifact), "is not in the data folder"), (f"{settings.home()}/../x", "is not in the data folder"),
                        (str(settings.home() / "models" / "none"), "are gone; run the study again")):
        with pytest.raises(UserError, match=why):
            resident.ask(request_of(folder=folder))
    broken = settings.folder("models", "broken")
    for name in ("artifact.json", "config.json", "tokenizer.json"):
        shutil.copy(tiny_artifact / name, broken)
    with pytest.raises(UserError, match="'torch' cannot load this model in fp32"):
        resident.ask(request_of(folder=str(broken)))
    pid = resident.pid
    assert resident.ask(request_of()) and resident.pid == pid
    resident.end()


def test_a_crash_is_told_in_one_sentence_and_the_next_question_starts_anew(request_of):
    resident = Resident()
    resident.ask(request_of())
    pid = resident.pid
    os.kill(pid, signal.SIGSTOP)  # it cannot have ended when it is asked
    resident._patience_s = 0.5
    with pytest.raises(UserError, match=r"^playground: the process that answers was ended by signal 9, .*; ask again, which"):
        resident.ask(request_of())
    assert gone(pid)
    resident._patience_s = 60
    assert resident.ask(request_of()) and resident.pid not in (pid, None)
    os.kill(resident.pid, signal.SIGKILL)
    assert over(resident)
    assert resident.ask(request_of()), "one that was killed between two questions is nobody's loss"
    resident.end()


def test_a_mistake_of_our_own_ends_the_process_with_its_traceback_in_the_log():
    resident = Resident()
    with pytest.raises(UserError, match="the process that answers ended with code 1; ask again"):
        resident.ask({"models": [{}], "text": "a"})
    assert "KeyError: 'folder'" in (settings.home() / "runs" / "answering.log").read_text()


def test_an_idle_process_ends_itself_and_is_started_again_by_a_question(request_of):
    resident = Resident(idle_s=0.3)
    resident.ask(request_of("a", "onnxruntime"))
    pid = resident.pid
    assert over(resident) and gone(pid)
    assert resident.ask(request_of("a", "onnxruntime"))[0]["load_s"] > 0
    resident.end()


def test_a_forgotten_resident_takes_its_process_with_it(request_of):
    resident = Resident()
    resident.ask(request_of("a", "onnxruntime"))
    pid = resident.pid
    del resident
    gc.collect()
    assert gone(pid)


def test_the_process_ends_with_whoever_started_it_even_while_it_loads(request_of, own_home):
    code = ("import json, os, sys, time\nfrom core.studies.resident import Resident\nresident = Resident()\n"
            "import threading\nthreading.Thread(target=resident.ask, args=(json.loads(sys.argv[1]),), daemon=True).start()\n"
            "while resident.pid is None: time.sleep(0.01)\n"
            "print(resident.pid, flush=True)\ntime.sleep(60)\n")
    server = subprocess.Popen([sys.executable, "-c", code, json.dumps(request_of())], cwd=settings.ROOT, stdout=subprocess.PIPE, text=True)
    pid = int(server.stdout.readline())
    assert psutil.pid_exists(pid)
    server.kill()
    server.wait()
    assert gone(pid)


def test_two_studies_have_a_process_each_and_a_third_ends_the_one_asked_longest_ago(request_of):
    residents = Residents(limit=2)
    asked = request_of("a", "onnxruntime")
    pids = {}
    for study in ("a", "b"):
        residents.ask(study, asked)
        pids[study] = residents.pid(study)
    residents.ask("a", asked)
    residents.ask("c", asked)
    assert residents.pid("a") == pids["a"] and residents.pid("b") is None and gone(pids["b"])
    residents.close_all()
    assert gone(pids["a"]) and residents.resident_bytes("a") is None


def test_the_office_side_imports_no_torch():
    code = ("import sys, core.studies.playground, core.studies.playground_words\n"
            "print([name for name in sys.modules if name.partition('.')[0] in ('torch', 'transformers', 'onnxruntime', 'tokenizers')])")
    ran = subprocess.run([sys.executable, "-c", code], cwd=settings.ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
