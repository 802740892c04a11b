"""Texts to try: some of a task's test texts, and those that a student gets wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core import tasks
from core.records import Regression

OF_EACH_LABEL, MOST, TITLE = 2, 12, 70
SEED = 0


@dataclass(frozen=True)
class Sample:
    """A text with its true label. title: how it is offered. key: tells it from the others."""

    key: str
    title: str
    text: str
    truth: str


def of_task(task_id: str) -> tuple[Sample, ...]:
    """The same few test texts each time, some of each label. Raises UserError for a task that is unknown."""
    task = tasks.load(task_id)
    mixed = task.test.sample(frac=1.0, random_state=SEED)
    rows = mixed.groupby("label", sort=True).head(OF_EACH_LABEL).head(MOST)
    return tuple(_sample(f"test-{i}", "test text", text, task.info.labels[label])
                 for i, (text, label) in enumerate(zip(rows["text"], rows["label"], strict=True)))


def regressions(found: Sequence[Regression]) -> tuple[Sample, ...]:
    """Texts that the teacher answers rightly and the model wrongly; long ones were cut when they were stored."""
    return tuple(_sample(f"wrong-{i}", "gets wrong", each.text, each.truth) for i, each in enumerate(found[:MOST]))


def _sample(key: str, kind: str, text: str, truth: str) -> Sample:
    flat = " ".join(text.split())
    short = flat if len(flat) <= TITLE else f"{flat[:TITLE]}…"
    return Sample(key, f"{kind}, {truth}: {short}", text, truth)
