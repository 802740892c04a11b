"""Distilling students of the snippets: this project's trainer against torchdistill 1.1.5, which runs in an environment of its own.

Both get the same teacher, the same students before they learn, the same 4,000 texts, epochs, learning rate, optimiser, schedule, loss and
number of texts in a step, and both begin with texts: tokenising counts, and so does the teacher. torchdistill works as its
example of text classification does: DistillationBox and KDLoss, padding to the longest text of a batch (DataCollatorWithPadding),
the teacher asked anew at each step, one student after the other, no module frozen; without the example's clipping of gradients, which
this trainer does not do either. A row with the word embeddings frozen there too says how much of the ratio they are. Both run
in processes of their own, with as many threads, one after the other; for one student twice, in mirrored order.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from core import machine, tasks
from core.models import families
from core.models.sources import locate
from core.models.tokens import Tokeniser
from core.settings import ROOT
from core.spec import StudentSpec
from tests.benchmarks.rows import Row
from tests.benchmarks.training import DISTIL, LEARNING_RATE, MAX_LENGTH, TEXTS, TRAINING, fine_tuned

HOME = ROOT / "build" / "torchdistill"
PINS = ("torchdistill==1.1.5", "torchvision==0.28.0")
OURS, THEIRS = (Path(__file__).with_name(f"frameworks_{side}.py") for side in ("ours", "theirs"))
EPOCHS, BATCH_TEXTS = 4, 32
ONE = ("depth-2",)
FIVE = ("depth-3", "depth-2", "depth-1", "width", "depth-2-again")
STUDENTS = (StudentSpec(name="depth-3", layers=3), StudentSpec(name="depth-2", layers=2), StudentSpec(name="depth-1", layers=1),
            StudentSpec(name="width", family="width", width=0.5, layers=2), StudentSpec(name="depth-2-again", layers=2))
ORDER = (("ours", "theirs"), ("theirs", "ours"))
ONE_NAME, FIVE_NAME = "speed-up over torchdistill, one student", "speed-up over torchdistill, five students"
NAMES = {ONE_NAME: 3.0, FIVE_NAME: 6.0}


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    try:
        python = environment(HOME)
    except subprocess.CalledProcessError as error:
        told = (error.stderr or "").strip().splitlines() or ["no reason given"]
        note = f"pip could not install it: {told[-1]}"
        return [Row(name, "ratio", target, None, note=note) for name, target in NAMES.items()]
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        prepared(folder, TEXTS)
        one = [_round(python, folder, ONE, order) for order in ORDER]
        five = [_round(python, folder, FIVE, ORDER[0])]
        frozen = run(python, THEIRS, folder, ONE, frozen=True)
    note = f"{EPOCHS} epochs, {TEXTS:,} texts"
    ours_s = statistics.median(each["ours"]["seconds"] for each in one)
    return [Row(ONE_NAME, "ratio", NAMES[ONE_NAME], statistics.median(_ratio(each) for each in one), note=note),
            Row(FIVE_NAME, "ratio", NAMES[FIVE_NAME], statistics.median(_ratio(each) for each in five), note=note),
            Row("the same with embeddings frozen there too, one student", "ratio", None, frozen["seconds"] / ours_s),
            Row("validation accuracy minus torchdistill's, one", "points", -1.0, statistics.mean(_leads(one))),
            Row("validation accuracy minus torchdistill's, mean of five", "points", -1.0, statistics.mean(_leads(five))),
            Row("validation accuracy minus torchdistill's, least of five", "points", None, min(_leads(five)))]


def environment(home: Path) -> Path:
    """Its Python, which sees this project's packages after its own. Made once for these pins; CalledProcessError where pip cannot."""
    python, made, wanted = home / "bin" / "python", home / "made.txt", "\n".join(PINS)
    if not made.is_file() or made.read_text(encoding="utf-8") != wanted:
        venv.create(home, clear=True, with_pip=True)
        beside = next(home.glob("lib/python*/site-packages")) / "beside.pth"
        beside.write_text(f"{Path(torch.__file__).parent.parent}\n", encoding="utf-8")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, *PINS], check=True, capture_output=True, text=True)
        made.write_text(wanted, encoding="utf-8")
    return python


def prepared(folder: Path, count: int) -> None:
    """Writes what both sides read: the teacher, the students before they learn, and texts with their labels."""
    task = tasks.load("snippets")
    teacher, tokeniser = fine_tuned(task), Tokeniser(locate("minilm"), MAX_LENGTH)
    teacher.save_pretrained(folder / "teacher")
    tokeniser.save(folder / "teacher")
    chosen = task.train.sample(count, random_state=0)
    data = {split: {"texts": rows["text"].tolist(), "labels": rows["label"].tolist()}
            for split, rows in (("train", chosen), ("validation", task.validation))}
    settings: dict[str, Any] = {
        "epochs": EPOCHS, "batch_texts": BATCH_TEXTS, "max_length": MAX_LENGTH, "learning_rate": LEARNING_RATE,
        "temperature": DISTIL.temperature, "soft_weight": DISTIL.soft_weight, "weight_decay": TRAINING.weight_decay,
        "warmup_share": TRAINING.warmup_share, "threads": machine.fingerprint()["cores"]}
    (folder / "data.json").write_text(json.dumps(data | {"settings": settings}), encoding="utf-8")
    for seed, student in enumerate(STUDENTS):
        begin = families.Beginning(folder / "teacher", task.info.labels, seed, data["train"]["texts"], data["train"]["labels"], MAX_LENGTH)
        families.start(student, begin)[0].save_pretrained(folder / student.name)


def run(python: Path | str, side: Path, folder: Path, names: Sequence[str], frozen: bool = False) -> dict[str, Any]:
    """{"seconds", "accuracies"} of one side, by a process of its own."""
    command = [python, side, folder, *names, *(["--frozen"] if frozen else [])]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=sys.stderr,
                          text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _round(python: Path, folder: Path, names: Sequence[str], order: Sequence[str]) -> dict[str, dict[str, Any]]:
    sides = {"ours": (sys.executable, OURS), "theirs": (python, THEIRS)}
    return {side: run(*sides[side], folder, names) for side in order}


def _ratio(found: dict[str, dict[str, Any]]) -> float:
    return float(found["theirs"]["seconds"] / found["ours"]["seconds"])


def _leads(rounds: Sequence[dict[str, dict[str, Any]]]) -> list[float]:
    """The lead of each student in each round, in points."""
    pairs = [pair for found in rounds for pair in zip(found["ours"]["accuracies"], found["theirs"]["accuracies"], strict=True)]
    return [100 * (ours - theirs) for ours, theirs in pairs]
