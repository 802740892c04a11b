"""A teacher without weights: its answers are looked up in those that were imported from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import answers, tasks
from core.distill.soft_targets import Logits
from core.errors import UserError
from core.stages.context import Context

LEAST = 1e-6  # the least probability of a label, whose logarithm is then finite


@dataclass(frozen=True)
class Recorded:
    """Imported answers in the place of a teacher."""

    answers: answers.Answers

    def answered(self, texts: pd.DataFrame) -> np.ndarray:
        """Which rows of a split (column text) have an answer, by position."""
        return np.flatnonzero(self.answers.rows(texts["text"].tolist()) >= 0)

    def beyond(self, task: tasks.Task) -> list[str]:
        """Answered texts that belong to no split of the task: unlabelled ones, and those that it does not know."""
        return self.answers.others([text for split in (task.train, task.validation, task.test) for text in split["text"]])

    def sure(self, texts: Sequence[str]) -> np.ndarray:
        """Which texts (n,) have a probability of each label."""
        rows = self.answers.rows(texts)
        return (rows >= 0) & ~np.isnan(self.answers.probabilities[rows, 0])

    def logits(self, texts: Sequence[str]) -> Logits:
        """Logarithms of the probabilities (texts, labels); where a text has none, its answer has nearly all. Raises UserError for a
        text without an answer."""
        rows = self.answers.rows(texts)
        if (rows < 0).any():
            raise UserError(f"answers: {self.answers.info.id!r} has no answer to {int((rows < 0).sum()):,} of {len(rows):,} texts; "
                            "import the whole file again.")
        labels = len(self.answers.info.labels)
        alone = np.where(np.arange(labels) == self.answers.labels[rows][:, None], 1.0, LEAST)
        found = self.answers.probabilities[rows]
        shares = np.where(np.isnan(found), alone, np.clip(found, LEAST, 1.0))
        return Logits(np.log(shares / shares.sum(axis=1, keepdims=True)).astype(np.float32), 0.0, True)


def recorded(context: Context) -> Recorded | None:
    """The study's imported answers, None where its teacher has weights. Raises UserError where they are gone or changed."""
    answers_id = context.study.spec.teacher.answers
    return Recorded(answers.load(answers_id)) if answers_id else None


def positions(context: Context, texts: pd.DataFrame) -> np.ndarray:
    """The rows of a split that the teacher answers, by position: all where it has weights."""
    given = recorded(context)
    return np.arange(len(texts)) if given is None else given.answered(texts)
