"""The transfer set: which texts the teacher labels for the students, and stage "label" that does it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from core import settings, tasks
from core.distill.augment import made
from core.distill.soft_targets import Logits, cached_logits, key
from core.models.build import classifier, placed
from core.models.neighbours import mask_word, neighbours
from core.models.sources import weights_digest
from core.models.tokens import Tokeniser, select
from core.records import Role
from core.stages.context import Context, device, device_words, digest, teacher_folder
from core.stages.recorded import positions, recorded
from core.stages.token_ids import token_ids

MADE_VERSION = 1  # raise it when the same inputs would make other texts


@dataclass(frozen=True)
class TransferSet:
    """texts, and their label numbers (-1 where nobody labelled them). tokens: of one pass, as the teacher counts them. made: how many
    texts, the last ones, were made from the others; seconds: what making them took."""

    texts: list[str]
    labels: np.ndarray
    tokens: int = 0
    made: int = 0
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """How many texts there are, and how many of them are labelled, unlabelled and made."""
        labelled = int((self.labels >= 0).sum())
        return {"texts": len(self.texts), "labelled": labelled, "unlabelled": len(self.texts) - labelled - self.made, "made": self.made}


def learnt_from(context: Context, task: tasks.Task, role: Role) -> TransferSet:
    """What students or their controls learn from. Students: texts of the budget and those made from them, which come on top. A control,
    which has no teacher to label texts, spends the budget on labelled ones; `passes` gives it as many tokens as its student."""
    if role != "student":
        return transfer_set(context, task, unlabelled=False)
    spec = context.study.spec
    chosen = transfer_set(context, task, spec.distil.unlabelled)
    return augmented(context, task, chosen) if spec.distil.augmented else chosen


def passes(context: Context, chosen: TransferSet, role: Role, epochs: int) -> int:
    """Epochs of a student, or as many of its control as give it at least the student's tokens."""
    tokens = context.results["label"].get("tokens", chosen.tokens)  # of the student; unknown to runs that an older version began
    return math.ceil(epochs * tokens / chosen.tokens) if role == "control" and tokens > chosen.tokens else epochs


def transfer_set(context: Context, task: tasks.Task, unlabelled: bool) -> TransferSet:
    """The task's texts that the teacher answers, within the students' token budget, in a seeded order: the same for every student."""
    spec, given = context.study.spec, recorded(context)
    train = task.train.iloc[positions(context, task.train)]
    texts, labels = train["text"].tolist(), train["label"].to_numpy()
    if unlabelled:
        more = task.unlabelled if given is None else given.beyond(task)
        texts = [*texts, *more]
        labels = np.concatenate([labels, np.full(len(more), -1)])
    lengths = [len(row) for row in token_ids(Tokeniser(teacher_folder(context), spec.training.max_length), texts)]
    rows = select(lengths, spec.distil.tokens, spec.distil.epochs, spec.training.seed)
    return TransferSet([texts[i] for i in rows], labels[rows], sum(lengths[i] for i in rows))


def augmented(context: Context, task: tasks.Task, chosen: TransferSet) -> TransferSet:
    """`chosen` and the texts made from it by the teacher's vocabulary, without a label; made once and kept by content."""
    spec, folder = context.study.spec, teacher_folder(context)
    name = digest({"version": MADE_VERSION, "weights": weights_digest(folder), "task": task.fingerprint, "texts": chosen.texts,
                   "times": spec.distil.augmented, "seed": spec.training.seed, "device": device_words(context)})
    path = settings.folder("cache", "made") / f"{name}.json"
    kept = json.loads(path.read_text("utf-8")) if path.exists() else _make(context, task, chosen, path)
    tokens = sum(map(len, Tokeniser(folder, spec.training.max_length)(kept["texts"])))
    labels = np.concatenate([chosen.labels, np.full(len(kept["texts"]), -1)])
    return TransferSet([*chosen.texts, *kept["texts"]], labels, chosen.tokens + tokens, len(kept["texts"]), kept["seconds"])


def _make(context: Context, task: tasks.Task, chosen: TransferSet, path: Path) -> dict[str, Any]:
    started, spec, folder = perf_counter(), context.study.spec, teacher_folder(context)
    words = {word for text in chosen.texts for word in text.split()}
    near = neighbours(classifier(folder, task.info.labels), folder, words)
    taken = [*task.train["text"], *task.validation["text"], *task.test["text"], *task.unlabelled]
    found = made(chosen.texts, spec.distil.augmented, near, mask_word(folder), spec.training.seed, taken)
    kept = {"texts": found, "seconds": round(perf_counter() - started, 3)}
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(kept), "utf-8")
    draft.replace(path)
    return kept


def answers(
    context: Context, folder: Path, labels: Sequence[str], texts: Sequence[str], progress: Callable[[float], None] | None = None
) -> Logits:
    """An artefact's logits on texts, computed once for each text."""
    tokeniser = Tokeniser(folder, context.study.spec.training.max_length)
    name = key(weights_digest(folder), tokeniser.max_length, device_words(context))
    path = settings.folder("cache", "logits") / f"{name}.safetensors"
    return cached_logits(path, lambda: placed(classifier(folder, labels), device(context)), tokeniser, texts, progress)


def soft_targets(
    context: Context, task: tasks.Task, texts: Sequence[str], progress: Callable[[float], None] | None = None
) -> Logits:
    """The teacher's logits on the transfer set."""
    if (given := recorded(context)) is not None:
        return given.logits(texts)
    return answers(context, teacher_folder(context), task.info.labels, texts, progress)


def label(context: Context) -> dict[str, Any]:
    """Stage "label": {"texts" and how many are labelled, unlabelled and made, "tokens" of one pass, "seconds" of making and labelling,
    "cached"}; the soft targets are then in the cache."""
    task = tasks.load(context.study.spec.task)
    chosen = learnt_from(context, task, "student")
    found = soft_targets(context, task, chosen.texts, lambda share: context.progress(share, f"{len(chosen.texts):,} texts"))
    context.log(f"{len(chosen.texts):,} soft targets " + ("found in the cache" if found.cached else f"in {found.seconds:.1f} s"))
    return {**chosen.counts, "tokens": chosen.tokens, "seconds": found.seconds + chosen.seconds, "cached": found.cached}
