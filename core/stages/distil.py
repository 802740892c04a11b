"""Train students from the soft targets, or their controls from the true labels alone: those of a group in one pass of the texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import psutil
import torch

from core import groups, methods, settings, tasks, words
from core.distill.training import Examples, fit_together
from core.models import families
from core.models.build import parameters, placed
from core.models.tokens import Tokeniser
from core.records import Role
from core.spec import StudentSpec
from core.stages.context import Context, device, device_words, keep, now, record, relative, teacher_folder
from core.stages.learning import Taught, teach
from core.stages.token_ids import token_ids
from core.stages.transfer import TransferSet, learnt_from, passes, soft_targets
from core.store.models import save_model


@dataclass(frozen=True)
class Started:
    """A student before it learns, the folder of its tokenizer, and the seconds that its start took."""

    student: StudentSpec
    model: Any
    folder: Path
    seconds: float


@dataclass(frozen=True)
class Learnt:
    """A student after it has learnt: what it was, its tokenizer, what its training used (its start included), and its texts."""

    started: Started
    tokeniser: Tokeniser
    taught: Taught
    chosen: TransferSet


def distil(context: Context) -> dict[str, Any]:
    """Stage "distil:A+B": {"artifacts"} by name; records these students."""
    return _learn(context, "student")


def control(context: Context) -> dict[str, Any]:
    """Stage "control:A+B": the same students and budget without soft targets; {"artifacts"} by name."""
    return _learn(context, "control")


def _learn(context: Context, role: Role) -> dict[str, Any]:
    task = tasks.load(context.study.spec.task)
    group = groups.members(context.study.spec, context.argument)
    return {"artifacts": {each.started.student.name: _kept(context, task, each, role) for each in learnt(context, task, group, role)}}


def learnt(context: Context, task: tasks.Task, group: groups.Group, role: Role) -> Iterator[Learnt]:
    """The students of a group, or their controls, once they have learnt."""
    spec = context.study.spec
    chosen = learnt_from(context, task, role)
    count = 0
    for part in in_parts((begin(context, student, task, chosen) for student in group), _free_bytes(device(context))):
        if len(part) < len(group):
            context.log(f"a pass for {words.listed(each.student.name for each in part)}: all at once need more memory, or other token ids")
        start, end = (number / len(group) for number in (count, count + len(part)))
        tokeniser = Tokeniser(part[0].folder, spec.training.max_length)
        taught = teach(context, [(started.student, started.model) for started in part], chosen.texts,
                       examples_of(context, task, chosen, tokeniser, role),
                       passes(context, chosen, role, methods.passes(spec, group[0])), start, end)
        count += len(part)
        for started, each in zip(part, taught, strict=True):
            yield Learnt(started, tokeniser, replace(each, used=replace(each.used, seconds=each.used.seconds + started.seconds)), chosen)


def in_parts(begun: Iterable[Started], free_bytes: float) -> Iterator[list[Started]]:
    """Those that learn together: as many, in their order, as fit into memory and read by the same tokenizer."""
    part: list[Started] = []
    for started in begun:
        weights = [parameters(each.model) for each in (*part, started)]
        if part and (part[0].folder != started.folder or not fit_together(weights, free_bytes)):
            yield part
            part = []
        part.append(started)
    yield part


def _free_bytes(device: str) -> float:
    return float(psutil.virtual_memory().available if device == "cpu" else torch.cuda.mem_get_info(device)[0])


def begin(context: Context, student: StudentSpec, task: tasks.Task, chosen: TransferSet) -> Started:
    """The student before training: the same for the student and its control, by content and by seed."""
    started = perf_counter()
    spec = context.study.spec
    known = chosen.labels >= 0
    texts = [text for text, is_known in zip(chosen.texts, known, strict=True) if is_known]
    model, folder = families.start(student, families.Beginning(
        teacher_folder(context), task.info.labels, spec.training.seed, texts, chosen.labels[known].tolist(), spec.training.max_length))
    return Started(student, placed(model, device(context)), folder, perf_counter() - started)


def examples_of(context: Context, task: tasks.Task, chosen: TransferSet, tokeniser: Tokeniser, role: Role) -> Examples:
    """The texts as a student or its control learns from them: a control has no soft targets."""
    if role == "student":
        targets = soft_targets(context, task, chosen.texts).values
        return Examples(token_ids(tokeniser, chosen.texts), chosen.labels, tokeniser.pad_id, targets)
    return Examples(token_ids(tokeniser, chosen.texts), chosen.labels, tokeniser.pad_id)


def _kept(context: Context, task: tasks.Task, made: Learnt, role: Role) -> str:
    """Saves and records what has learnt; the path of its artefact."""
    labelling = float(context.results["label"]["seconds"]) + made.taught.labelling_seconds if role == "student" else 0.0
    details = asdict(made.taught.used) | {"device": device_words(context), "date": now(), "labelling_seconds": labelling}
    details |= made.chosen.counts
    student = made.started.student
    folder = settings.folder("models", context.study.id) / f"{student.name}-{role}"
    keep(made.started.model, made.tokeniser, task, details, folder)
    method = methods.called(context.study.spec, student) if role == "student" else methods.HARD_LABELS
    save_model(context.study.id, record(context, student.name, role, student.family, method, details), folder)
    return relative(folder)
