"""How small: accuracy of a study's students over their size, and from which size on larger ones bring nothing that can be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from core import quality
from core.figures import Figure, Interval, Provenance, not_measured
from core.records import ModelRecord, StudyRecord
from core.store import models as store
from core.store.models import Evaluation

RESAMPLES = 1_999
FEW = 3


@dataclass(frozen=True)
class Step:
    """From one student to the next larger one: accuracy of the larger less that of the smaller, in points."""

    smaller: str
    larger: str
    difference: Figure


@dataclass(frozen=True)
class Absorbing:
    """students: those with size and accuracy, by rising parameters. enough: the smallest of them than which no larger one is better
    beyond the 95 % interval of their difference; None without students. steps: from each to the next larger one.

    to_teacher: the teacher's accuracy less that of `enough`, in points.
    """

    students: tuple[ModelRecord, ...]
    enough: ModelRecord | None
    steps: tuple[Step, ...]
    to_teacher: Figure

    @property
    def few(self) -> bool:
        """Whether there are too few sizes to speak of a curve."""
        return len(self.students) < FEW


def absorbing(study: StudyRecord) -> Absorbing:
    """What the students of a study absorb, by their size."""
    students = sorted((model for model in study.models if model.role == "student" and _known(model)), key=parameters)
    answers = {} if study.recorded else {each.name: each for each in store.evaluations(study.id)
                                         if each.role == "student" and each.split == "test"}
    enough = next((model for i, model in enumerate(students)
                   if not any(_is_better(larger, model, answers) for larger in students[i + 1:])), None)
    steps = tuple(Step(small.name, large.name, difference(large, small, answers)) for small, large in pairwise(students))
    return Absorbing(tuple(students), enough, steps, _to_teacher(enough))


def _known(model: ModelRecord) -> bool:
    return all(name in model.figures and model.figures[name].value is not None for name in ("parameters", "accuracy"))


def parameters(model: ModelRecord) -> float:
    """Its weights, embeddings included; 0 where nobody counted them."""
    figure = model.figures.get("parameters")
    return 0.0 if figure is None or figure.value is None else figure.value


def _is_better(larger: ModelRecord, smaller: ModelRecord, answers: Mapping[str, Evaluation]) -> bool:
    found = difference(larger, smaller, answers)
    return found.low is not None and found.low > 0


def difference(larger: ModelRecord, smaller: ModelRecord, answers: Mapping[str, Evaluation]) -> Figure:
    """Accuracy of the larger less that of the smaller, in points: on the same texts where their answers are stored."""
    first, second = answers.get(larger.name), answers.get(smaller.name)
    if first is not None and second is not None and list(first.labels) == list(second.labels):
        groups = None if first.groups is None else np.asarray(first.groups)
        found = quality.paired_difference(np.asarray(first.labels), np.asarray(first.predictions), np.asarray(second.predictions), groups,
                                          resamples=RESAMPLES)
        return _derived(found, "accuracy of the larger less that of the smaller on the same texts")
    return _unpaired(larger.figures["accuracy"], smaller.figures["accuracy"])


def _unpaired(larger: Figure, smaller: Figure) -> Figure:
    if larger.value is None or smaller.value is None or larger.low is None or smaller.high is None:
        return not_measured("points", "accuracy without an interval says nothing of a difference")
    value = 100 * (larger.value - smaller.value)
    down = 100 * float(np.hypot(larger.value - larger.low, smaller.high - smaller.value))
    up = 100 * float(np.hypot((larger.high or larger.value) - larger.value, smaller.value - (smaller.low or smaller.value)))
    found = Interval(value, value - down, value + up)
    return _derived(found, "difference of both accuracies, as if on different texts: their answers are not at hand")


def _derived(found: Interval, formula: str) -> Figure:
    origin = Provenance("derived", formula, inputs=(("accuracy", "measured"),))
    return Figure(found.value, "points", origin, found.low, found.high)


def _to_teacher(model: ModelRecord | None) -> Figure:
    found = model.figures.get("accuracy_difference") if model else None
    if found is None or found.value is None:
        return not_measured("points", "no student was held against the teacher")
    ends = (None if end is None else -end for end in (found.high, found.low))
    return Figure(-found.value, "points", found.provenance, *ends)


def to_json(found: Absorbing) -> dict[str, Any]:
    """As JSON values; every number is a figure object."""
    def row(model: ModelRecord) -> dict[str, Any]:
        return {"name": model.name, "family": model.family, "parameters": model.figures["parameters"].to_dict(),
                "accuracy": model.figures["accuracy"].to_dict()}

    return {"students": [row(model) for model in found.students], "enough": found.enough.name if found.enough else None,
            "steps": [{"smaller": step.smaller, "larger": step.larger, "difference": step.difference.to_dict()} for step in found.steps],
            "to_teacher": found.to_teacher.to_dict()}


def families(students: Sequence[ModelRecord]) -> list[str]:
    """Names of the families, in the order in which they come."""
    return list(dict.fromkeys(model.family for model in students))
