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
from core.stages.transfer import TransferSet, soft_targets, transfer_set
from core.store.models import save_model


@dataclass(frozen=True)
class Started:
    """A student before it learns, the folder of its tokenizer, and the seconds that its start took."""

    student: StudentSpec
    model: Any
    folder: Path
    seconds: float


def distil(context: Context) -> dict[str, Any]:
    """Stage "distil:A+B": {"artifacts"} by name; records these students."""
    return _learn(context, "student")


def control(context: Context) -> dict[str, Any]:
    """Stage "control:A+B": the same students and budget without soft targets; {"artifacts"} by name."""
    return _learn(context, "control")


def _learn(context: Context, role: Role) -> dict[str, Any]:
    spec = context.study.spec
    group = groups.members(spec, context.argument)
    task = tasks.load(spec.task)
    chosen = transfer_set(context, task, unlabelled=spec.distil.unlabelled and role == "student")
    made: dict[str, str] = {}
    for part in in_parts((_start(context, student, task, chosen) for student in group), _free_bytes(device(context))):
        if len(part) < len(group):
            context.log(f"a pass for {words.listed(each.student.name for each in part)}: all at once need more memory, or other token ids")
        start, end = (count / len(group) for count in (len(made), len(made) + len(part)))
        tokeniser = Tokeniser(part[0].folder, spec.training.max_length)
        examples = _examples(context, task, chosen, tokeniser, role)
        taught = teach(context, [(started.student, started.model) for started in part], chosen.texts, examples, start, end)
        made |= {started.student.name: _kept(context, task, started, tokeniser, role, each, len(chosen.texts))
                 for started, each in zip(part, taught, strict=True)}
    return {"artifacts": made}


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


def _start(context: Context, student: StudentSpec, task: tasks.Task, chosen: TransferSet) -> Started:
    """The student before training: the same for the student and its control, by content and by seed."""
    started = perf_counter()
    spec = context.study.spec
    known = chosen.labels >= 0
    texts = [text for text, is_known in zip(chosen.texts, known, strict=True) if is_known]
    model, folder = families.start(student, families.Beginning(
        teacher_folder(context), task.info.labels, spec.training.seed, texts, chosen.labels[known].tolist(), spec.training.max_length))
    return Started(student, placed(model, device(context)), folder, perf_counter() - started)


def _examples(context: Context, task: tasks.Task, chosen: TransferSet, tokeniser: Tokeniser, role: Role) -> Examples:
    if role == "student":
        targets = soft_targets(context, task, chosen.texts).values
        return Examples(tokeniser(chosen.texts), chosen.labels, tokeniser.pad_id, targets)
    return Examples(tokeniser(chosen.texts), chosen.labels, tokeniser.pad_id)


def _kept(
    context: Context, task: tasks.Task, started: Started, tokeniser: Tokeniser, role: Role, taught: Taught, texts: int
) -> str:
    """Saves and records what has learnt; the path of its artefact."""
    labelling = float(context.results["label"]["seconds"]) + taught.labelling_seconds if role == "student" else 0.0
    done = replace(taught.used, seconds=taught.used.seconds + started.seconds)
    details = asdict(done) | {"device": device_words(context), "date": now(), "texts": texts, "labelling_seconds": labelling}
    student = started.student
    folder = settings.folder("models", context.study.id) / f"{student.name}-{role}"
    keep(started.model, tokeniser, task, details, folder)
    method = methods.called(context.study.spec, student) if role == "student" else methods.HARD_LABELS
    save_model(context.study.id, record(context, student.name, role, student.family, method, details), folder)
    return relative(folder)
