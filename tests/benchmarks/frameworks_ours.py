"""This project's side of `frameworks`: python frameworks_ours.py FOLDER NAME ..."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification

from core.distill.methods import by_logits
from core.distill.training import Examples, Learner, train_together
from core.models.families import register
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
from core.spec import TrainingSpec


def main(folder: Path, names: list[str]) -> None:
    """Prints {"seconds", "accuracies"}."""
    register()
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    how = data["settings"]
    torch.set_num_threads(how["threads"])
    teacher, *students = (AutoModelForSequenceClassification.from_pretrained(folder / name) for name in ("teacher", *names))
    tokeniser = Tokeniser(folder / "teacher", how["max_length"])
    spec = TrainingSpec(max_length=how["max_length"], weight_decay=how["weight_decay"], warmup_share=how["warmup_share"])
    loss = by_logits(how["temperature"], how["soft_weight"])
    started = perf_counter()
    ids = tokeniser(data["train"]["texts"])
    soft = logits(teacher, ids, tokeniser.pad_id)
    learners = [Learner(student, loss, how["learning_rate"], logits_alone=True) for student in students]
    train_together(learners, Examples(ids, np.array(data["train"]["labels"]), tokeniser.pad_id, soft), spec, epochs=how["epochs"])
    seconds = perf_counter() - started
    ids, labels = tokeniser(data["validation"]["texts"]), np.array(data["validation"]["labels"])
    right = [float((logits(student, ids, tokeniser.pad_id).argmax(-1) == labels).mean()) for student in students]
    sys.stdout.write(json.dumps({"seconds": seconds, "accuracies": right}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
