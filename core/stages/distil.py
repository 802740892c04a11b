"""Train one student from the soft targets, or its control from the true labels alone."""

from __future__ import annotations

from dataclasses import asdict, replace
from time import perf_counter
from typing import Any

import torch

from core import settings, tasks
from core.distill.methods import by_logits
from core.distill.training import Examples, train
from core.models import families
from core.models.build import placed
from core.models.tokens import Tokeniser
from core.records import Role
from core.spec import StudentSpec
from core.stages.context import Context, device, device_words, keep, now, record, relative, reporter, teacher_folder
from core.stages.transfer import TransferSet, soft_targets, transfer_set
from core.store.models import save_model


def distil(context: Context) -> dict[str, Any]:
    """Stage "distil:NAME": {"artifact"}; records the student."""
    return _learn(context, "student")


def control(context: Context) -> dict[str, Any]:
    """Stage "control:NAME": the same student and budget without soft targets; {"artifact"}."""
    return _learn(context, "control")


def _learn(context: Context, role: Role) -> dict[str, Any]:
    spec = context.study.spec
    student = next(s for s in spec.students if s.name == context.argument)
    task = tasks.load(spec.task)
    chosen = transfer_set(context, task, unlabelled=spec.distil.unlabelled and role == "student")
    started = perf_counter()
    model, tokeniser = _start(context, student, task, chosen)
    starting = perf_counter() - started
    done = train(model, _examples(context, task, chosen, tokeniser, role),
                 by_logits(spec.distil.temperature, spec.distil.soft_weight), spec.training,
                 epochs=student.epochs or spec.distil.epochs, learning_rate=student.learning_rate or spec.distil.learning_rate
                 * getattr(model, "rate_factor", 1.0), report=reporter(context))
    done = replace(done, seconds=done.seconds + starting)
    labelling = float(context.results["label"]["seconds"]) if role == "student" else 0.0
    details = asdict(done) | {"device": device_words(context), "date": now(), "texts": len(chosen.texts),
                              "labelling_seconds": labelling}
    folder = settings.folder("models", context.study.id) / f"{student.name}-{role}"
    keep(model, tokeniser, task, details, folder)
    method = "logits" if role == "student" else "hard labels"
    save_model(context.study.id, record(context, student.name, role, student.family, method, details), folder)
    return {"artifact": relative(folder)}


def _start(context: Context, student: StudentSpec, task: tasks.Task, chosen: TransferSet) -> tuple[Any, Tokeniser]:
    """The student before training: the same for the student and its control, by content and by seed."""
    spec = context.study.spec
    known = chosen.labels >= 0
    texts = [text for text, is_known in zip(chosen.texts, known, strict=True) if is_known]
    model, folder = families.start(student, families.Beginning(
        teacher_folder(context), task.info.labels, spec.training.seed, texts, chosen.labels[known].tolist(), spec.training.max_length))
    torch.manual_seed(spec.training.seed)
    return placed(model, device(context)), Tokeniser(folder, spec.training.max_length)


def _examples(context: Context, task: tasks.Task, chosen: TransferSet, tokeniser: Tokeniser, role: Role) -> Examples:
    if role == "student":
        targets = soft_targets(context, task, chosen.texts).values
        return Examples(tokeniser(chosen.texts), chosen.labels, tokeniser.pad_id, targets)
    return Examples(tokeniser(chosen.texts), chosen.labels, tokeniser.pad_id)
