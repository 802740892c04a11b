"""What a stage is given, and what several stages look up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from core import settings, words
from core.distill.training import Report, Reports
from core.machine import device_name
from core.models.artifact import Card, save
from core.models.tokens import Tokeniser
from core.records import ModelRecord, Role, StudyRecord
from core.runtimes.eager import logits
from core.runtimes.registry import device_of
from core.tasks import Task

VERSION = 2  # raise it when the same inputs would train another model: cached teachers are then made anew
REFERENCE_TEXTS = 256
CURVE_POINTS = 200


class Context(Protocol):
    """One stage of one run; the job executor provides it."""

    study: StudyRecord
    argument: str
    results: Mapping[str, Mapping[str, Any]]

    def progress(self, share: float, detail: str = "") -> None:
        """Report progress (0 to 1); raises Cancelled when the run is to stop."""

    def stopping(self) -> bool:
        """Whether somebody asked a search to end with what it has."""

    def point(self, series: str, x: float, y: float) -> None:
        """Add one point to a live curve."""

    def log(self, text: str) -> None:
        """Add a line to the run's log."""


Handler = Callable[[Context], dict[str, Any]]


def device(context: Context, runtime: str = "torch") -> str:
    """"cpu" or "cuda:N", as the run was queued for; the CPU for a runtime that serves on nothing else."""
    return device_of(runtime, context.study.job.device if context.study.job else "cpu")


def device_words(context: Context, runtime: str = "torch") -> str:
    """The device's name as it stands in a figure's provenance."""
    return device_name(context.study.machine, device(context, runtime))


def now() -> str:
    """UTC time, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def digest(parts: Mapping[str, Any]) -> str:
    """A short content key over JSON values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:24]


def teacher_folder(context: Context) -> Path:
    """The adapted teacher's artefact."""
    return settings.home() / context.results["adapt"]["artifact"]


def relative(path: Path) -> str:
    """A path as it is stored: relative to the data folder."""
    return str(path.relative_to(settings.home()))


def reporter(context: Context) -> Report:
    """Training's report as progress and as a live loss curve of at most CURVE_POINTS points."""
    told = reporters(context, [""])
    return lambda share, tokens, loss: told(share, tokens, [loss])


def reporters(context: Context, names: Sequence[str], start: float = 0.0, end: float = 1.0) -> Reports:
    """The same for several models, a curve for each: "training loss of NAME". start, end: what this training is of the stage, in shares."""
    drawn = -1.0

    def report(share: float, tokens: float, losses: Sequence[float]) -> None:
        nonlocal drawn
        if share >= min(1.0, drawn + 1 / CURVE_POINTS):
            drawn = share
            for name, loss in zip(names, losses, strict=True):
                context.point(words.loss_of(name), tokens, loss)
        context.progress(start + (end - start) * share, f"{tokens:,.0f} tokens, loss {words.span(losses)}")

    return report


def keep(model: Any, tokeniser: Tokeniser, task: Task, training: dict[str, Any], folder: Path) -> None:
    """Save a model as an artefact, with its answers to the first validation texts as the reference of a reload."""
    texts = task.validation["text"].head(REFERENCE_TEXTS).tolist()
    answers = logits(model, tokeniser(texts), tokeniser.pad_id).argmax(-1).tolist()
    card = Card(task.info.labels, tokeniser.max_length, tuple(texts), tuple(answers), training)
    save(model.cpu(), tokeniser, card, folder)


def record(context: Context, name: str, role: Role, family: str, method: str, details: Mapping[str, Any]) -> ModelRecord:
    """A model's row before anything of it is measured."""
    return ModelRecord(name=name, role=role, family=family, method=method, variant=f"{role} uncompressed", runtime="torch",
                       precision="fp32", device=device(context), details=details)
