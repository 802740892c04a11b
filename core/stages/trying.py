"""One trial of a search: a student started, trained, served and timed, judged on validation texts."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from core import quality, settings, tasks
from core.distill.training import Report, train_together
from core.figures import Interval
from core.measure.bench import Request
from core.measure.invoke import invoke
from core.measure.protocol import sample, timed, warm_up
from core.models.artifact import read_card
from core.models.tokens import Tokeniser
from core.records import Role
from core.runtimes.base import Runtime
from core.runtimes.eager import logits
from core.runtimes.registry import RUNTIMES
from core.search.rules import Curve
from core.search.space import Tried
from core.spec import VariantSpec
from core.stages.context import REFERENCE_TEXTS, Context, device, device_words, digest, keep, now
from core.stages.distil import begin, examples_of
from core.stages.drafts import Source, draft, served
from core.stages.evaluate import groups_of, validation_texts
from core.stages.exports import Exports
from core.stages.learning import lessons
from core.stages.transfer import answers, learnt_from, passes, soft_targets
from core.units import BYTES_IN_MB

CHECKED = 384  # validation texts by which a student is judged while it learns
CHECKS = 8  # at most, while it learns
TIMED = 256  # texts of a round, Offline
TIMED_S = 2.0  # most seconds of such rounds
QUERIES, QUERIES_S = 662, 0.7  # texts one by one: that many, or for so long
LEAST_QUERIES = 32
RESAMPLES = 1_999  # for the difference to the teacher
MEMORY_S = 0.5  # of a process's Offline scenario when its memory is looked at
Checked = Callable[[float, float], None]
"""Told the share of training done and the accuracy then; may raise."""


@dataclass(frozen=True)
class Speed:
    """rate_per_s: texts a second, many at once. slow_ms: 99th percentile of so many `queries` one by one. Tokenisation included.

    memory_mb: what serving it takes, the largest of process and GPU; None where the case has no limit of it.
    """

    rate_per_s: float
    slow_ms: float
    queries: int
    memory_mb: float | None = None

    @property
    def ms(self) -> float:
        """What a text costs when many are answered at once, in ms."""
        return 1_000 / self.rate_per_s


@dataclass(frozen=True)
class Judged:
    """accuracy on the validation texts (0 to 1); difference: that less the teacher's on the same texts, in points; speed."""

    accuracy: Interval
    difference: Interval
    speed: Speed


class Bench:
    """What all trials of a search share: the task, its validation texts, the folder for what is trained, and what was exported last."""

    def __init__(self, context: Context) -> None:
        self.context, self.spec = context, context.study.spec
        self.task = tasks.load(self.spec.task)
        checked = validation_texts(context, self.task)
        self.texts, self.labels, self.groups = checked["text"].tolist(), checked["label"].to_numpy(), groups_of(checked)
        self.home = settings.folder("models", context.study.id, ".search")
        self._exports: tuple[Path, Exports] | None = None

    @cached_property
    def teacher(self) -> np.ndarray:
        """The teacher's answers to the validation texts."""
        return soft_targets(self.context, self.task, self.texts).values.argmax(-1)

    def trained(self, tried: Tried, report: Report, checked: Checked) -> Path:
        """The artefact of what is tried: trained now, unless it was before. What report and checked raise stops the training."""
        folder = self.folder(tried)
        if not folder.exists():
            curve: list[tuple[float, float]] = []

            def seen(share: float, right: float) -> None:
                curve.append((share, right))
                checked(share, right)

            model, tokeniser, details = self.learn(tried, "student", report, seen)
            keep(model, tokeniser, self.task, details | {"curve": curve}, folder)
        return folder

    def folder(self, tried: Tried) -> Path:
        """Where its artefact lies once it is trained."""
        return self.home / digest(tried.learning)

    def learn(self, tried: Tried, role: Role, report: Report, checked: Checked | None = None) -> tuple[Any, Tokeniser, dict[str, Any]]:
        """A trained student or its control, its tokenizer, and how it was made (seconds, tokens, texts, ...)."""
        student, how = tried.student, self.spec.distil
        chosen = learnt_from(self.context, self.task, role)
        begun = begin(self.context, student, self.task, chosen)
        model, tokeniser, epochs = begun.model, Tokeniser(begun.folder, self.spec.training.max_length), student.epochs or how.epochs
        epochs = passes(self.context, chosen, role, epochs)
        examples = examples_of(self.context, self.task, chosen, tokeniser, role)
        (lesson,) = lessons(self.context, [(student, model)], chosen.texts, examples)
        rate = lesson.learner.learning_rate * tried.rate
        watch = self._watch(model, tokeniser, epochs, report, checked) if checked else report
        (done,) = train_together([replace(lesson.learner, learning_rate=rate)], examples, self.spec.training, epochs=epochs,
                                 report=lambda share, tokens, losses: watch(share, tokens, losses[0]))
        labelling = float(self.context.results["label"]["seconds"]) + lesson.labelling_seconds if role == "student" else 0.0
        made = {"seconds": done.seconds + begun.seconds, "device": device_words(self.context), "date": now(), **chosen.counts,
                "labelling_seconds": labelling, "epochs": epochs, "learning_rate": rate}
        return model, tokeniser, asdict(done) | made

    def _watch(self, model: Any, tokeniser: Tokeniser, epochs: int, report: Report, checked: Checked) -> Report:
        """Training's report that judges the student after its passes, CHECKS of them at most; the end is judged otherwise."""
        ids, labels = tokeniser(self.texts[:CHECKED]), self.labels[:CHECKED]
        count = min(epochs, CHECKS)
        due = [k / count for k in range(1, count)]

        def watch(share: float, tokens: float, loss: float) -> None:
            report(share, tokens, loss)
            if due and share >= due[0] - 1e-9:
                due.pop(0)
                right = float((logits(model, ids, tokeniser.pad_id).argmax(-1) == labels).mean())
                model.train()
                checked(share, right)

        return watch

    def judged(self, folder: Path, way: VariantSpec) -> Judged:
        """How well and how fast an artefact answers in a way to serve it. Raises UserError where it cannot be made."""
        served_from = self._made(folder, way)
        runtime = served(self.context, served_from, way)
        found = runtime.logits(runtime.tokenise(self.texts)).argmax(-1)
        difference = quality.paired_difference(self.labels, found, self.teacher, self.groups, resamples=RESAMPLES)
        return Judged(quality.agreement(self.labels, found), difference, self._speed(runtime, served_from, way))

    def speed(self, tried: Tried) -> Speed:
        """How fast it will be: the same before it has learnt anything."""
        chosen = learnt_from(self.context, self.task, "control")
        begun = begin(self.context, tried.student, self.task, chosen)
        folder = self.home / "untrained"
        keep(begun.model, Tokeniser(begun.folder, self.spec.training.max_length), self.task, {}, folder)
        served_from = self._made(folder, tried.way)
        return self._speed(served(self.context, served_from, tried.way), served_from, tried.way)

    def _made(self, folder: Path, way: VariantSpec) -> Path:
        """The folder of the artefact as it is served: exported and quantised where the way asks for it."""
        if RUNTIMES[way.runtime].form == "safetensors":
            return folder
        checked = self.task.validation.head(min(REFERENCE_TEXTS, len(read_card(folder).reference_texts)))
        own = answers(self.context, folder, self.task.info.labels, checked["text"].tolist()).values
        return draft(self.context, Source(folder, checked, own, self._exported(folder, checked)), way, "", self.home / ".draft").folder

    def _exported(self, folder: Path, checked: Any) -> Exports:
        """What is exported of an artefact, kept until another one's turn: its ways come one after the other."""
        if self._exports is None or self._exports[0] != folder or folder.name == "untrained":
            self._exports = folder, Exports(folder, checked, self.task.train["text"].tolist(), self.home / ".exports")
        return self._exports[1]

    def _speed(self, runtime: Runtime, folder: Path, way: VariantSpec) -> Speed:
        rate = warm_up(runtime.answer, self.texts, count=TIMED, batch=TIMED, most_s=TIMED_S).rate_per_s
        taken: list[float] = []
        started = perf_counter()
        for text in sample(self.texts * (QUERIES // len(self.texts) + 1), QUERIES):
            taken.append(timed(runtime.answer, [text])[1])
            if len(taken) >= LEAST_QUERIES and perf_counter() - started > QUERIES_S:
                break
        return Speed(rate, float(np.percentile(taken, 99)) * 1_000, len(taken), self._memory_mb(folder, way))

    def _memory_mb(self, folder: Path, way: VariantSpec) -> float | None:
        """What a process of its own takes that serves it, where that is limited."""
        if self.context.study.case.memory_limit_mb is None:
            return None
        with tempfile.TemporaryDirectory() as home:
            texts = Path(home) / "texts.json"
            texts.write_text(json.dumps(self.texts), encoding="utf-8")
            threads = self.spec.measure.threads or int(self.context.study.machine.get("cores", 1))
            found = invoke(Request(str(folder), str(texts), device(self.context, way.runtime), threads, LEAST_QUERIES, MEMORY_S,
                                   way.runtime, way.precision))
        return max(found["peak_memory_bytes"], found.get("device_bytes") or 0) / BYTES_IN_MB

    def tidy(self, wanted: Collection[str]) -> None:
        """Removes what was trained but for these names, and what was exported."""
        for folder in self.home.iterdir():
            if folder.is_dir() and folder.name not in wanted and not folder.name.startswith("."):
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Removes all but the trials."""
        self.tidy(())
        for name in (".exports", ".draft"):
            shutil.rmtree(self.home / name, ignore_errors=True)


def curve_of(folder: Path) -> Curve:
    """How its accuracy grew while it learnt; empty for a student that was not trained by a search."""
    return tuple((float(share), float(right)) for share, right in read_card(folder).training.get("curve", ()))
