"""The transfer set: which texts the teacher labels for the students, and stage "label" that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core import settings, tasks
from core.distill.soft_targets import Logits, cached_logits, key
from core.models.build import classifier, placed
from core.models.sources import weights_digest
from core.models.tokens import Tokeniser, select
from core.stages.context import Context, device, device_words, teacher_folder


@dataclass(frozen=True)
class TransferSet:
    """texts, and their label numbers (-1 where nobody labelled them)."""

    texts: list[str]
    labels: np.ndarray


def transfer_set(context: Context, task: tasks.Task, unlabelled: bool) -> TransferSet:
    """The texts within the students' token budget, in a seeded order: the same for every student.

    A control, which cannot learn from unlabelled texts, spends the whole budget on labelled ones.
    """
    spec = context.study.spec
    texts = task.train["text"].tolist()
    labels = task.train["label"].to_numpy()
    if unlabelled:
        texts = [*texts, *task.unlabelled]
        labels = np.concatenate([labels, np.full(len(task.unlabelled), -1)])
    lengths = [len(row) for row in Tokeniser(teacher_folder(context), spec.training.max_length)(texts)]
    rows = select(lengths, spec.distil.tokens, spec.distil.epochs, spec.training.seed)
    return TransferSet([texts[i] for i in rows], labels[rows])


def answers(
    context: Context, folder: Path, labels: Sequence[str], texts: Sequence[str], progress: Callable[[float], None] | None = None
) -> Logits:
    """An artefact's logits on texts, cached by the content of both."""
    tokeniser = Tokeniser(folder, context.study.spec.training.max_length)
    name = key(weights_digest(folder), texts, tokeniser.max_length, device_words(context))
    path = settings.folder("cache", "logits") / f"{name}.safetensors"
    return cached_logits(path, lambda: placed(classifier(folder, labels), device(context)), tokeniser, texts, progress)


def soft_targets(
    context: Context, task: tasks.Task, texts: Sequence[str], progress: Callable[[float], None] | None = None
) -> Logits:
    """The teacher's logits on the transfer set."""
    return answers(context, teacher_folder(context), task.info.labels, texts, progress)


def label(context: Context) -> dict[str, Any]:
    """Stage "label": {"texts", "seconds", "cached"}; the soft targets are then in the cache."""
    task = tasks.load(context.study.spec.task)
    chosen = transfer_set(context, task, context.study.spec.distil.unlabelled)
    found = soft_targets(context, task, chosen.texts, lambda share: context.progress(share, f"{len(chosen.texts):,} texts"))
    context.log(f"{len(chosen.texts):,} soft targets " + ("found in the cache" if found.cached else f"in {found.seconds:.1f} s"))
    return {"texts": len(chosen.texts), "seconds": found.seconds, "cached": found.cached}
