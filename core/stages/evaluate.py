"""Every model's answers to the test texts, as they are and with terms swapped: their quality, and how sure of them each model is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core import tasks
from core.figures import Figure, not_measured
from core.models.tokens import Tokeniser, select
from core.quality import calibration
from core.records import ModelRecord, Role
from core.stages.cascade import Cascade, cascade, temperature_figure
from core.stages.context import Context, teacher_folder
from core.stages.judge import Judge
from core.stages.recorded import Recorded, positions, recorded
from core.stages.scrutiny import Answered, Examined, scrutinise
from core.stages.scrutiny_recorded import NO_DOUBT, SURE_NEEDED, scrutinise_recorded
from core.stages.swapping import swapped_texts
from core.stages.token_ids import token_ids
from core.stages.transfer import answers
from core.store import models as store
from core.tasks import Task
from core.tasks.slices import memberships

Answers = dict[tuple[Role, str, str], np.ndarray]
"""Logits (texts, labels) by role, name and split."""


def evaluate(context: Context) -> dict[str, Any]:
    """Stage "evaluate": {"texts", "swapped_texts"}; stores predictions, quality figures, cascades, slices and regressions of all models.

    All answer validation texts too: these alone set the temperature and the thresholds of cascades, and choose among them.
    """
    task = tasks.load(context.study.spec.task)
    rows = test_rows(context, task)
    splits = {"test": task.test.iloc[rows], "validation": validation_texts(context, task)}
    seen = _examined(context, task, rows)
    logits = _answer(context, task, splits | ({"swapped": seen.swaps} if len(seen.swaps) else {}))
    judge, checker = (_judge(context, texts, logits, split, texts_left(context, task, rows)) for split, texts in splits.items())
    given = recorded(context)
    for model in context.study.models:
        found, checked = (logits[model.role, model.name, split] for split in splits)
        behind = None if model.role == "teacher" else cascade(judge, checker, model, found, checked)
        scale = behind.temperature if behind else _temperature(checker, checked, given, splits["validation"])
        flipped = logits.get((model.role, model.name, "swapped"), np.empty((0, 1))).argmax(-1)
        _save(judge, model, behind)
        answered = Answered(found, scale.value or 1.0, flipped)
        more, record = scrutinise(judge, seen, model, answered) if behind or given is None else \
            scrutinise_recorded(judge, seen, model, answered, given)
        store.save_figures(context.study.id, model.name, model.role, more | {"confidence_temperature": scale})
        store.save_judged(context.study.id, record)
    return {"texts": len(rows), "swapped_texts": len(seen.swaps)}


def _examined(context: Context, task: Task, rows: np.ndarray) -> Examined:
    """The test texts that are read, their slices (thirds of the whole test split), and those in which terms can be swapped."""
    spec = context.study.spec
    texts = task.test["text"].iloc[rows].tolist()
    members = {name: inside[rows] for name, inside in memberships(task).items()}
    tokeniser = Tokeniser(teacher_folder(context), spec.training.max_length)
    return Examined(texts, task.info.labels, members, swapped_texts(texts, spec.evaluate.test_tokens, tokeniser, spec.training.seed))


def _temperature(checker: Judge, logits: np.ndarray, given: Recorded | None, texts: pd.DataFrame) -> Figure:
    sure = np.ones(len(texts), dtype=bool) if given is None else given.sure(texts["text"].tolist())
    if sure.sum() < min(SURE_NEEDED, len(texts)) or not sure.any():
        return not_measured("ratio", NO_DOUBT)
    return temperature_figure(checker, calibration.temperature(logits[sure], checker.labels[sure]), int(sure.sum()))


def _judge(context: Context, texts: pd.DataFrame, logits: Answers, split: str, left: int) -> Judge:
    predictions = {(role, name): found.argmax(-1) for (role, name, of), found in logits.items() if of == split}
    return Judge(context, texts["label"].to_numpy(), groups_of(texts), predictions, left, split)


def test_rows(context: Context, task: Task) -> np.ndarray:
    """Which test texts are read, in a seeded order: all that the teacher answers, or as many as the token budget holds."""
    return _rows(context, task.test, context.study.spec.evaluate.test_tokens)


def validation_texts(context: Context, task: Task) -> pd.DataFrame:
    """The validation texts of calibration: a third of the test texts' budget is plenty for one temperature and 19 quantiles."""
    return task.validation.iloc[_rows(context, task.validation, context.study.spec.evaluate.test_tokens // 3)]


def _rows(context: Context, texts: pd.DataFrame, tokens: int) -> np.ndarray:
    spec = context.study.spec
    tokeniser = Tokeniser(teacher_folder(context), spec.training.max_length)
    answered = positions(context, texts)
    lengths = [len(row) for row in token_ids(tokeniser, texts["text"].iloc[answered].tolist())]
    return answered[select(lengths, tokens, 1, spec.training.seed)]


def texts_left(context: Context, task: Task, rows: np.ndarray) -> int:
    """How many test texts that the teacher answers are not among the rows that are read."""
    return len(positions(context, task.test)) - len(rows)


def _answer(context: Context, task: Task, splits: dict[str, pd.DataFrame]) -> Answers:
    """Every model's logits on the test and the validation texts."""
    given = recorded(context)
    passes = [(model, split) for split in splits for model in context.study.models
              if given is None or model.role != "teacher" or split != "swapped"]
    found: Answers = {}
    for i, (model, split) in enumerate(passes):
        def report(share: float, done: int = i, words: str = f"{model.role} {model.name}, {split} texts") -> None:
            context.progress((done + share) / len(passes), words)

        report(0.0)
        texts = splits[split]["text"].tolist()
        if given is not None and model.role == "teacher":
            found[model.role, model.name, split] = given.logits(texts).values
            continue
        folder = store.artifact_path(context.study.id, model.name, model.role)
        found[model.role, model.name, split] = answers(context, folder, task.info.labels, texts, report).values
    return found


def _save(judge: Judge, model: ModelRecord, behind: Cascade | None) -> None:
    key = judge.context.study.id, model.name, model.role
    predictions = judge.predictions[model.role, model.name].tolist()
    groups = None if judge.groups is None else judge.groups.tolist()
    sure = behind.confidences.tolist() if behind else None
    store.save_evaluation(*key, "test", judge.labels.tolist(), predictions, groups, sure)
    if behind:
        store.save_cascade(*key, behind.points)
    store.save_figures(*key, judge.figures(model))


def groups_of(test: pd.DataFrame) -> np.ndarray | None:
    """Group numbers (texts,) that resampling keeps together, None where texts stand alone."""
    return test["group"].astype("category").cat.codes.to_numpy() if "group" in test else None
