"""Train one student on growing parts of the transfer set and judge each on all validation texts: how much data helps, and how much it may.

Every part holds half of the texts of the next one and is contained in it; the passes over it stay the same. The test texts are not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from core import tasks
from core.distill.training import Examples, train_together
from core.errors import UserError
from core.models.tokens import Tokeniser
from core.records import ModelRecord, StudyRecord
from core.runtimes.eager import logits
from core.spec import StudentSpec
from core.stages.context import Context, device_words, now
from core.stages.distil import begin
from core.stages.learning import lessons
from core.stages.transfer import TransferSet, answers, learnt_from, soft_targets
from core.store import models as store
from core.tasks import Task

LEAST_TEXTS = 2  # texts for each label below which a part is not tried


@dataclass(frozen=True)
class Part:
    """The first `texts` texts of the transfer set in the order of this seed."""

    texts: int
    seed: int


@dataclass(frozen=True)
class _Course:
    """What every training of the curve shares. targets: the teacher's logits on the transfer set (texts, labels)."""

    context: Context
    task: Task
    student: StudentSpec
    chosen: TransferSet
    targets: np.ndarray


def curve(context: Context) -> dict[str, Any]:
    """Stage "curve": {"student", "points", "seconds"}; keeps the points in the student's details under "curve", each as it is known."""
    spec, task = context.study.spec, tasks.load(context.study.spec.task)
    student = spec.curve_student
    record = context.study.model(student.name, "student")
    if record is None:
        raise UserError(f"curve.student: {student.name!r} has not been trained yet; retry the study.")
    chosen = learnt_from(context, task, "student")
    course = _Course(context, task, student, chosen, soft_targets(context, task, chosen.texts).values)
    found = _about(course) | {"points": []} | dict(record.details.get("curve", {}))
    wanted = parts(len(chosen.texts), spec.curve.points, spec.curve.seeds, spec.training.seed, LEAST_TEXTS * len(task.info.labels))
    for i, part in enumerate(wanted):
        if not any((point["texts"], point["seed"]) == (part.texts, part.seed) for point in found["points"]):
            found["points"].append(_point(course, part, record, _reporter(context, part, wanted, i)))
            store.save_model(context.study.id, replace(record, details={**record.details, "curve": found}))
        point = next(point for point in found["points"] if (point["texts"], point["seed"]) == (part.texts, part.seed))
        context.point(f"accuracy, seed {part.seed}", part.texts, 100 * point["right"] / found["judged"])
    return {"student": student.name, "points": len(found["points"]), "seconds": sum(point["seconds"] for point in found["points"])}


def parts(texts: int, points: int, seeds: int, seed: int, least: int) -> list[Part]:
    """The parts, smallest first: the whole set and each half of the one before, for `seeds` seeds from `seed` on."""
    sizes = [texts >> i for i in range(points) if texts >> i >= least] or [texts]
    return [Part(size, seed + i) for size in reversed(sizes) for i in range(seeds)]


def rows_of(part: Part, texts: int) -> np.ndarray:
    """Row numbers of a part, drawn with its seed: parts of one seed lie within one another."""
    return np.random.default_rng(part.seed).permutation(texts)[: part.texts]


def _about(course: _Course) -> dict[str, Any]:
    """How the points were judged: the number of validation texts, and the share of the most frequent label among them."""
    labels = course.task.validation["label"].to_numpy()
    return {"judged": len(labels), "majority": float(np.bincount(labels).max() / len(labels)), "device": device_words(course.context),
            "date": now()}


def _reporter(context: Context, part: Part, wanted: Sequence[Part], done: int) -> Callable[[float], None]:
    """Progress by the texts that are learnt from; it may raise to stop."""
    before, whole = sum(each.texts for each in wanted[:done]), sum(each.texts for each in wanted)

    def report(share: float) -> None:
        context.progress((before + share * part.texts) / whole, f"{part.texts:,} texts, seed {part.seed}")

    report(0.0)
    return report


def _point(course: _Course, part: Part, record: ModelRecord, report: Callable[[float], None]) -> dict[str, Any]:
    """One point: {"texts", "seed", "right", "tokens", "seconds"}. The study's own student stands for its own seed and all texts."""
    spec, texts = course.context.study.spec, course.task.validation["text"].tolist()
    if part == Part(len(course.chosen.texts), spec.training.seed):
        folder = store.artifact_path(course.context.study.id, record.name, record.role)
        found, used = answers(course.context, folder, course.task.info.labels, texts, report).values, record.details
    else:
        found, used = _trained(course, part, texts, report)
    right = int(np.sum(found.argmax(-1) == course.task.validation["label"].to_numpy()))
    course.context.log(f"{part.texts:,} texts, seed {part.seed}: {right:,} of {len(texts):,} validation texts right")
    return {"texts": part.texts, "seed": part.seed, "right": right, "tokens": used["tokens"], "seconds": used["seconds"]}


def _trained(course: _Course, part: Part, texts: list[str], report: Callable[[float], None]) -> tuple[np.ndarray, dict[str, Any]]:
    """The logits on `texts` of a student that learnt from the part, which is not kept; the tokens and seconds that it took."""
    again, started = _again(course.context, part, report), perf_counter()
    spec = again.study.spec
    rows = rows_of(part, len(course.chosen.texts))
    chosen = TransferSet([course.chosen.texts[i] for i in rows], course.chosen.labels[rows])
    begun = begin(again, course.student, course.task, chosen)
    tokeniser = Tokeniser(begun.folder, spec.training.max_length)
    examples = Examples(tokeniser(chosen.texts), chosen.labels, tokeniser.pad_id, course.targets[rows])
    [lesson] = lessons(again, [(course.student, begun.model)], chosen.texts, examples)
    [done] = train_together([lesson.learner], examples, spec.training,
                            epochs=course.student.epochs or spec.distil.epochs, report=lambda share, tokens, losses: report(share))
    seconds = perf_counter() - started
    return logits(begun.model, tokeniser(texts), tokeniser.pad_id), {"tokens": done.tokens, "seconds": seconds}


@dataclass
class _Again:
    """The stage's context as the study would have it with another seed."""

    study: StudyRecord
    argument: str
    results: Mapping[str, Mapping[str, Any]]
    base: Context
    report: Callable[[float], None]

    def progress(self, share: float, detail: str = "") -> None:
        """Progress of this training; raises Cancelled when the run is to stop."""
        self.report(share)

    def point(self, series: str, x: float, y: float) -> None:
        """No curve of the loss: there are many trainings."""

    def stopping(self) -> bool:
        """Whether a search is to end."""
        return self.base.stopping()

    def log(self, text: str) -> None:
        """A line of the stage."""
        self.base.log(text)


def _again(context: Context, part: Part, report: Callable[[float], None]) -> _Again:
    spec = context.study.spec
    other = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": part.seed})})
    return _Again(replace(context.study, spec=other), context.argument, context.results, context, report)
