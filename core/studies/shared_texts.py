"""Test texts that two studies of a task both read, and what their models answered to them.

A study reads the first texts of a seeded order (core.stages.evaluate), so the seed, the number of texts that the split has
and the number that was read say which ones they were; the stored labels then prove it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import tasks
from core.errors import UserError
from core.records import ModelRecord, StudyRecord
from core.store import models as store
from core.store.models import Evaluation
from core.tasks import Task

CARD = "artifact.json"


@dataclass(frozen=True)
class Side:
    """A model's answers in one study. rows (n,): which texts of the test split they are, in the order of the answers."""

    answers: Evaluation
    rows: np.ndarray


@dataclass(frozen=True)
class Shared:
    """Texts that both read, by row of the test split: rows, labels, before and after are arrays (n,) of one order.

    groups: clusters that resampling keeps together, or None. sure: the later model's confidence (0 to 1), or None.
    why: why there are none, "" where there are some.
    """

    rows: np.ndarray
    labels: np.ndarray
    before: np.ndarray
    after: np.ndarray
    groups: np.ndarray | None = None
    sure: np.ndarray | None = None
    why: str = ""


def side(study: StudyRecord, model: ModelRecord, answers: Evaluation | None, task: Task | None) -> Side | None:
    """The model's stored answers with the rows that they are about; None where it has none or its rows cannot be known."""
    if answers is None:
        return None
    read, left = len(answers.labels), model.figures.get("test_texts_left")
    total = read + int(left.value) if left is not None and left.value is not None else len(task.test) if task else read
    if study.spec.teacher.answers and (task is None or total != len(task.test)):
        return None  # only the texts that the API answered were in the order
    return Side(answers, rows_read(read, total, study.spec.training.seed)) if total >= read else None


def rows_read(read: int, total: int, seed: int) -> np.ndarray:
    """Rows of a split of `total` texts that a study with this seed read, when it read `read` of them."""
    return np.random.default_rng(seed).permutation(total)[:read]


def shared(before: Side | None, after: Side | None) -> Shared:
    """The texts of both, with labels and answers; none where an answer is missing or the labels say that the task was changed."""
    if before is None or after is None:
        return _none("the answers to the test texts are not stored in both studies")
    rows, old, new = np.intersect1d(before.rows, after.rows, return_indices=True)
    if not len(rows):
        return _none("no test text was read in both studies")
    labels = np.asarray(after.answers.labels)[new]
    if not np.array_equal(np.asarray(before.answers.labels)[old], labels):
        return _none("the test texts of the task were changed between the two studies")
    groups, sure = after.answers.groups, after.answers.confidences
    return Shared(rows, labels, np.asarray(before.answers.predictions)[old], np.asarray(after.answers.predictions)[new],
                  None if groups is None else np.asarray(groups)[new], None if sure is None else np.asarray(sure)[new])


def stored_answers(study: StudyRecord) -> dict[tuple[str, str], Evaluation]:
    """By role and name: the answers to test texts, of a model's first variant."""
    found: dict[tuple[str, str], Evaluation] = {}
    for answers in [] if study.recorded else store.evaluations(study.id):
        if answers.split == "test":
            found.setdefault((answers.role, answers.name), answers)
    return found


def task_of(study: StudyRecord) -> Task | None:
    """The study's task, or None where it is gone, damaged or not installed here."""
    try:
        return tasks.load(study.spec.task)
    except UserError:
        return None


def is_same_version(task: Task | None, study: StudyRecord, sides: Sequence[Side]) -> bool:
    """Whether the task still has the texts that the study read: by all stored labels and, where the teacher's files are at hand,
    by the validation texts in them."""
    if task is None or not sides:
        return False
    labels = task.test["label"].to_numpy()
    for one in sides:
        if one.rows.max(initial=0) >= len(labels) or not np.array_equal(labels[one.rows], np.asarray(one.answers.labels)):
            return False
    reference = _reference(study)
    return reference is None or task.validation["text"].head(len(reference)).tolist() == reference


def _reference(study: StudyRecord) -> list[str] | None:
    """The validation texts that lie beside the teacher's weights; None where its files are gone."""
    teacher = next((model for model in study.models if model.role == "teacher"), None)
    try:
        folder: Path = store.artifact_path(study.id, teacher.name, "teacher") if teacher else Path()
        return list(json.loads((folder / CARD).read_text(encoding="utf-8"))["reference_texts"])
    except (UserError, OSError, ValueError, KeyError, TypeError):
        return None


def _none(why: str) -> Shared:
    empty = np.array([], dtype=int)
    return Shared(empty, empty, empty, empty, why=why)
