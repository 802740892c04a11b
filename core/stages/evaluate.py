"""Every model's answers to the test texts, and what they say: accuracy, macro-F1, retention, differences, McNemar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core import quality, tasks
from core.figures import Figure, Interval, Provenance
from core.models.tokens import Tokeniser, select
from core.records import ModelRecord, Role
from core.stages.context import Context, device_words, now, teacher_folder
from core.stages.transfer import answers
from core.store import models as store
from core.tasks import Task


def evaluate(context: Context) -> dict[str, Any]:
    """Stage "evaluate": {"texts"}; stores predictions and quality figures of all models of the study."""
    task = tasks.load(context.study.spec.task)
    rows = test_rows(context, task)
    test = task.test.iloc[rows]
    models = context.study.models
    predictions = {}
    for i, model in enumerate(models):
        context.progress(i / len(models), f"{model.role} {model.name}")
        predictions[model.role, model.name] = _predict(context, task, model, test["text"].tolist(), i, len(models))
    judge = Judge(context, test["label"].to_numpy(), _groups(test), predictions, len(task.test) - len(test))
    for model in models:
        groups = None if judge.groups is None else judge.groups.tolist()
        store.save_evaluation(context.study.id, model.name, model.role, "test", judge.labels.tolist(),
                              predictions[model.role, model.name].tolist(), groups)
        store.save_figures(context.study.id, model.name, model.role, judge.figures(model))
    return {"texts": len(rows)}


def test_rows(context: Context, task: Task) -> np.ndarray:
    """Which test texts are read, in a seeded order: all, or as many as the token budget holds."""
    spec = context.study.spec
    tokeniser = Tokeniser(teacher_folder(context), spec.training.max_length)
    lengths = [len(row) for row in tokeniser(task.test["text"].tolist())]
    return select(lengths, spec.evaluate.test_tokens, 1, spec.training.seed)


def _predict(context: Context, task: Task, model: ModelRecord, texts: list[str], i: int, total: int) -> np.ndarray:
    folder = store.artifact_path(context.study.id, model.name, model.role)
    found = answers(context, folder, task.info.labels, texts,
                    lambda share: context.progress((i + share) / total, f"{model.role} {model.name}"))
    return found.values.argmax(-1)


def _groups(test: Any) -> np.ndarray | None:
    return test["group"].astype("category").cat.codes.to_numpy() if "group" in test else None


Pairs = Mapping[str, tuple[np.ndarray, np.ndarray]]


class Judge:
    """Quality figures over one set of test texts."""

    def __init__(self, context: Context, labels: np.ndarray, groups: np.ndarray | None,
                 predictions: Mapping[tuple[Role, str], np.ndarray], left: int) -> None:
        self.context, self.labels, self.groups, self.predictions, self.left = context, labels, groups, predictions, left
        self.options = {"resamples": context.study.spec.evaluate.resamples, "seed": context.study.spec.training.seed}
        self.teacher = next(found for (role, _), found in predictions.items() if role == "teacher")

    def figures(self, model: ModelRecord) -> dict[str, Figure]:
        """Accuracy and macro-F1; for students and controls what they keep of the teacher, for students their gain."""
        own = self.predictions[model.role, model.name]
        made = {"accuracy": self._figure(quality.accuracy(self.labels, own, self.groups, **self.options), "share"),
                "macro_f1": self._figure(quality.macro_f1(self.labels, own, self.groups, **self.options), "share"),
                "test_texts": self._figure(Interval(len(self.labels)), "count"),
                "test_texts_left": self._figure(Interval(self.left), "count", "test texts left unread")}
        if model.role != "teacher":
            made |= self._against_teacher(model, own)
        control = self.predictions.get(("control", model.name))
        if model.role == "student" and control is not None:
            made |= self._against_control(model, own, control)
        return made

    def _against_teacher(self, model: ModelRecord, own: np.ndarray) -> dict[str, Figure]:
        difference = quality.paired_difference(self.labels, own, self.teacher, self.groups, **self.options)
        agreement = quality.accuracy(self.teacher, own, self.groups, **self.options)  # the teacher's answers as the labels
        return {
            "retention": self._figure(quality.retention(self.labels, own, self.teacher, self.groups, **self.options), "share"),
            "accuracy_difference": self._figure(difference, "points"),
            "mcnemar_p_teacher": self._p(model, self._pairs_with_teacher(model.role)),
            "teacher_agreement": self._figure(agreement, "share"),
        }

    def _against_control(self, model: ModelRecord, own: np.ndarray, control: np.ndarray) -> dict[str, Figure]:
        gain = quality.paired_difference(self.labels, own, control, self.groups, **self.options)
        return {"gain_over_control": self._figure(gain, "points"),
                "mcnemar_p_control": self._p(model, self._pairs_with_control())}

    def _p(self, model: ModelRecord, pairs: Pairs) -> Figure:
        """McNemar's p value of one pair, adjusted by Holm over all: they are asked the same question."""
        raw = {name: quality.mcnemar_exact(self.labels, first, second) for name, (first, second) in pairs.items()}
        return self._figure(Interval(quality.holm(raw)[model.name]), "p", f"McNemar's exact test, Holm over {len(raw)}")

    def _pairs_with_teacher(self, role: Role) -> Pairs:
        return {name: (own, self.teacher) for (each, name), own in self.predictions.items() if each == role}

    def _pairs_with_control(self) -> Pairs:
        found = self.predictions
        return {name: (own, found["control", name]) for (role, name), own in found.items()
                if role == "student" and ("control", name) in found}

    def _figure(self, interval: Interval, unit: str, how: str = "") -> Figure:
        resampled = "films, users or other groups" if self.groups is not None else "texts"
        method = how or (f"95 % BCa bootstrap over {resampled}" if interval.low is not None else "count")
        source = f"study {self.context.study.id}, {len(self.labels):,} test texts; {interval.note or method}"
        return Figure(interval.value, unit, Provenance("measured", source, device_words(self.context), now()),
                      interval.low, interval.high)
