"""Train one student on growing parts of the transfer set and judge each on all validation texts: how much data helps, and how much it may.

Every part lies within the next larger one; the passes over each are the same. The test texts are not touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from core import methods, tasks
from core.distill.training import Examples
from core.errors import UserError
from core.models.tokens import Tokeniser
from core.records import ModelRecord
from core.runtimes.eager import logits
from core.spec import CurveSpec, StudentSpec
from core.stages.again import Again
from core.stages.context import Context, device_words, now
from core.stages.distil import begin
from core.stages.learning import teach
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
    wanted = parts(len(chosen.texts), spec.curve, spec.training.seed, LEAST_TEXTS * len(task.info.labels))
    for i, part in enumerate(wanted):
        if not any((point["texts"], point["seed"]) == (part.texts, part.seed) for point in found["points"]):
            found["points"].append(_point(course, part, record, _again(context, wanted, i)))
            store.save_details(context.study.id, record.name, record.role, {"curve": found})
        point = next(point for point in found["points"] if (point["texts"], point["seed"]) == (part.texts, part.seed))
        context.point(f"accuracy, seed {part.seed}", part.texts, 100 * point["right"] / found["judged"])
    return {"student": student.name, "points": len(found["points"]), "seconds": sum(point["seconds"] for point in found["points"])}


def parts(texts: int, how: CurveSpec, seed: int, least: int) -> list[Part]:
    """The parts, smallest first: the whole set, and ever smaller shares of it of at least `least` texts, for the seeds from `seed` on."""
    sizes = [texts, *(size for i in range(1, how.points) if (size := round(texts * how.share**i)) >= least)]
    return [Part(size, seed + i) for size in reversed(sizes) for i in range(how.seeds)]


def rows_of(part: Part, texts: int) -> np.ndarray:
    """Row numbers of a part, drawn with its seed: parts of one seed lie within one another."""
    return np.random.default_rng(part.seed).permutation(texts)[: part.texts]


def _about(course: _Course) -> dict[str, Any]:
    """How the points were judged: the number of validation texts, and the share of the most frequent label among them."""
    labels = course.task.validation["label"].to_numpy()
    return {"judged": len(labels), "majority": float(np.bincount(labels).max() / len(labels)), "device": device_words(course.context),
            "date": now()}


def _point(course: _Course, part: Part, record: ModelRecord, again: Again) -> dict[str, Any]:
    """One point: {"texts", "seed", "right", "tokens", "seconds"}. The study's own student stands for its own seed and all texts."""
    spec, texts = course.context.study.spec, course.task.validation["text"].tolist()
    again.progress(0.0, f"{part.texts:,} texts")
    if part == Part(len(course.chosen.texts), spec.training.seed):
        folder = store.artifact_path(course.context.study.id, record.name, record.role)
        found, used = answers(course.context, folder, course.task.info.labels, texts, again.progress).values, record.details
    else:
        found, used = _trained(course, part, texts, again)
    right = int(np.sum(found.argmax(-1) == course.task.validation["label"].to_numpy()))
    course.context.log(f"{part.texts:,} texts, seed {part.seed}: {right:,} of {len(texts):,} validation texts right")
    return {"texts": part.texts, "seed": part.seed, "right": right, "tokens": used["tokens"], "seconds": used["seconds"]}


def _trained(course: _Course, part: Part, texts: list[str], again: Again) -> tuple[np.ndarray, dict[str, Any]]:
    """The logits on `texts` of a student that learnt from the part, which is not kept; the tokens and seconds that it took."""
    started, spec, student = perf_counter(), again.study.spec, course.student
    rows = rows_of(part, len(course.chosen.texts))
    chosen = TransferSet([course.chosen.texts[i] for i in rows], course.chosen.labels[rows])
    begun = begin(again, student, course.task, chosen)
    tokeniser = Tokeniser(begun.folder, spec.training.max_length)
    examples = Examples(tokeniser(chosen.texts), chosen.labels, tokeniser.pad_id, course.targets[rows])
    [taught] = teach(again, [(student, begun.model)], chosen.texts, examples, methods.passes(spec, student))
    seconds = perf_counter() - started
    return logits(begun.model, tokeniser(texts), tokeniser.pad_id), {"tokens": taught.used.tokens, "seconds": seconds}


def _again(context: Context, wanted: Sequence[Part], number: int) -> Again:
    """The context of one part's training, as the study would have it with the part's seed; progress counts by texts."""
    spec, whole = context.study.spec, sum(each.texts for each in wanted)
    begin, end = (sum(each.texts for each in wanted[:i]) / whole for i in (number, number + 1))
    other = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": wanted[number].seed})})
    return Again(replace(context.study, spec=other), context.argument, context, begin, end, context.results)
