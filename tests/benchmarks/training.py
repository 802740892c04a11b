"""Distilling the 3-layer student on 4,000 snippets for two epochs: this project's loop against a plain transformers Trainer.

The opponent runs the teacher in the loop and pads to max_length=64, with the same texts in a batch, threads and learning rate.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import DataCollatorWithPadding, PreTrainedModel, Trainer, TrainingArguments

from core import tasks
from core.distill.losses import composite_loss, true_label_loss
from core.distill.methods import by_logits
from core.distill.training import Examples, train
from core.models.build import classifier, cut
from core.models.sources import locate
from core.models.tokens import Tokeniser, select
from core.runtimes.eager import logits
from core.spec import DistilSpec, TrainingSpec
from tests.benchmarks.rows import Row

TEXTS, EPOCHS, MAX_LENGTH, BATCH_TEXTS, LEARNING_RATE = 4_000, 2, 64, 32, 3e-4
DISTIL, TRAINING = DistilSpec(), TrainingSpec(max_length=MAX_LENGTH)
LOSS = partial(composite_loss, temperature=DISTIL.temperature, soft_weight=DISTIL.soft_weight)


@dataclass(frozen=True)
class Material:
    """A fine-tuned teacher, tokenised training and validation texts, and their labels."""

    teacher: PreTrainedModel
    tokeniser: Tokeniser
    ids: list[list[int]]
    labels: np.ndarray
    validation_ids: list[list[int]]
    validation_labels: np.ndarray


def fine_tuned(task: tasks.Task) -> PreTrainedModel:
    """A teacher fine-tuned on some of the task's texts."""
    folder = locate("minilm")
    tokeniser = Tokeniser(folder, MAX_LENGTH)
    ids, labels = tokeniser(task.train["text"].tolist()), task.train["label"].to_numpy()
    teacher = classifier(folder, task.info.labels)
    rows = select([len(row) for row in ids], 90_000, 2, 0)
    train(teacher, Examples([ids[i] for i in rows], labels[rows], tokeniser.pad_id),
          lambda given, batch: true_label_loss(given.logits, batch.labels), TRAINING, epochs=2, learning_rate=1e-4)
    return teacher


def material() -> Material:
    """The snippets, and a teacher fine-tuned on some of them."""
    task = tasks.load("snippets")
    tokeniser = Tokeniser(locate("minilm"), MAX_LENGTH)
    ids, labels = tokeniser(task.train["text"].tolist()), task.train["label"].to_numpy()
    order = np.random.default_rng(0).permutation(len(ids))[:TEXTS]
    return Material(fine_tuned(task), tokeniser, [ids[i] for i in order], labels[order],
                    tokeniser(task.validation["text"].tolist()), task.validation["label"].to_numpy())


def accuracy(data: Material, model: PreTrainedModel) -> float:
    """Share of validation texts that `model` answers as labelled."""
    return float((logits(model, data.validation_ids, data.tokeniser.pad_id).argmax(-1) == data.validation_labels).mean())


def ours(data: Material) -> tuple[float, PreTrainedModel]:
    """Seconds, the teacher's labelling included, and the student."""
    student = cut(data.teacher, 3)
    started = perf_counter()
    soft = logits(data.teacher, data.ids, data.tokeniser.pad_id)
    train(student, Examples(data.ids, data.labels, data.tokeniser.pad_id, soft), by_logits(DISTIL.temperature, DISTIL.soft_weight),
          TRAINING, epochs=EPOCHS, learning_rate=LEARNING_RATE)
    return perf_counter() - started, student


class Rows(Dataset[dict[str, Any]]):
    """The training texts as the Trainer reads them."""

    def __init__(self, data: Material, padded: bool) -> None:
        self.data, self.padded = data, padded
        self.length = [len(row) for row in data.ids]

    def __len__(self) -> int:
        return len(self.data.ids)

    def __getitem__(self, i: int) -> dict[str, Any]:
        ids = self.data.ids[i]
        fill = MAX_LENGTH - len(ids) if self.padded else 0
        return {"input_ids": ids + [0] * fill, "attention_mask": [1] * len(ids) + [0] * fill, "labels": int(self.data.labels[i])}


class TeacherInTheLoop(Trainer):
    """Asks the teacher anew for each batch."""

    teacher: PreTrainedModel

    def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, **_: Any) -> Any:
        labels = inputs.pop("labels")
        with torch.no_grad():
            soft = self.teacher(**inputs).logits
        answer = model(**inputs)
        loss = LOSS(answer.logits, soft, labels)
        return (loss, answer) if return_outputs else loss


def plain_trainer(data: Material, group_by_length: bool) -> tuple[float, PreTrainedModel]:
    """Seconds and the student of transformers' Trainer."""
    student = cut(data.teacher, 3)
    for weight in student.parameters():
        weight.requires_grad_(True)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder, num_train_epochs=EPOCHS, per_device_train_batch_size=BATCH_TEXTS, learning_rate=LEARNING_RATE,
            warmup_steps=TRAINING.warmup_share, weight_decay=TRAINING.weight_decay, lr_scheduler_type="linear", seed=0,
            use_cpu=True, report_to=[], save_strategy="no", logging_strategy="no", disable_tqdm=True, remove_unused_columns=False,
            dataloader_pin_memory=False, train_sampling_strategy="group_by_length" if group_by_length else "random",
            length_column_name="length")
        trainer = TeacherInTheLoop(model=student, args=arguments, train_dataset=Rows(data, padded=not group_by_length),
                                   data_collator=DataCollatorWithPadding(data.tokeniser.tokenizer))
        trainer.teacher = data.teacher.eval()
        started = perf_counter()
        trainer.train()
        return perf_counter() - started, student


def arithmetic_rate(data: Material) -> float:
    """The rate of the training loop's matrix products over the rate of one large fp32 product, in the same run."""
    student = cut(data.teacher, 3)
    rows = select([len(row) for row in data.ids], 40_000, 1, 0)
    done = train(student, Examples([data.ids[i] for i in rows], data.labels[rows], data.tokeniser.pad_id),
                 lambda given, batch: true_label_loss(given.logits, batch.labels), TRAINING, epochs=1, learning_rate=1e-4)
    layer = next(m for m in student.modules() if isinstance(m, torch.nn.ModuleList))[0]
    per_token = 3 * 2 * 3 * sum(weight.numel() for weight in layer.parameters() if weight.ndim > 1)
    return done.tokens * per_token / done.seconds / _product_rate()


def _product_rate(size: int = 3_072, repeats: int = 6) -> float:
    a, b = torch.randn(size, size), torch.randn(size, size)
    a @ b
    started = perf_counter()
    for _ in range(repeats):
        a @ b
    return 2 * size**3 * repeats / (perf_counter() - started)


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    data = material()
    our_s, our_student = ours(data)
    plain_s, plain_student = plain_trainer(data, group_by_length=False)
    grouped_s, _ = plain_trainer(data, group_by_length=True)
    lead = 100 * (accuracy(data, our_student) - accuracy(data, plain_student))
    return [
        Row("training speed-up over a plain Trainer", "ratio", 3.0, plain_s / our_s),
        Row("validation accuracy minus the plain Trainer's", "points", -1.0, lead),
        Row("training speed-up over group_by_length", "ratio", None, grouped_s / our_s),
        Row("arithmetic rate of training over a large product", "ratio", 0.6, arithmetic_rate(data), aim=True),
    ]
