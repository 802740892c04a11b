"""Every model in every further way to serve it: exported, loaded back, checked against itself on real texts, and judged again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core import quality, settings, tasks
from core.compress.check import Check
from core.errors import UserError
from core.figures import Figure, Interval, Provenance
from core.measure.protocol import timed
from core.models.artifact import read_card, write_card
from core.quality.slices import Members
from core.records import ModelRecord
from core.runtimes.registry import RUNTIMES, installed
from core.spec import VariantSpec
from core.stages.context import Context, device, device_words, now
from core.stages.drafts import Source, agreement_of, draft, served
from core.stages.evaluate import groups_of, test_rows, texts_left
from core.stages.exports import Exports
from core.stages.judge import Judge
from core.stages.recorded import recorded
from core.stages.scrutiny import Slices, slices_of
from core.stages.transfer import answers
from core.store import models as store
from core.tasks import Task
from core.tasks.slices import memberships


@dataclass(frozen=True)
class _Model:
    """A model with what its variants are made of."""

    record: ModelRecord
    source: Source


@dataclass(frozen=True)
class _Exam:
    """What every variant is judged by: the test texts, and which slices they belong to."""

    judge: Judge
    texts: list[str]
    members: Members


def variants(context: Context) -> dict[str, Any]:
    """Stage "variants": {"made", "failed"}; records each variant with its check and its quality, or why there is none."""
    task = tasks.load(context.study.spec.task)
    rows = test_rows(context, task)
    test, left = task.test.iloc[rows], texts_left(context, task, rows)
    teacher, given = next(model for model in context.study.models if model.role == "teacher"), recorded(context)
    reference = (_logits(context, teacher, test, task) if given is None else given.logits(test["text"].tolist()).values).argmax(-1)
    models = [model for model in context.study.models if given is None or model.role != "teacher"]
    judge = Judge(context, test["label"].to_numpy(), groups_of(test), {("teacher", teacher.name): reference}, left)
    exam = _Exam(judge, test["text"].tolist(), {name: inside[rows] for name, inside in memberships(task).items()})
    ways = context.study.spec.variants
    made, passes = 0, len(models) * len(ways)
    formats: dict[tuple[str, int], str] = {}  # a control has its student's, as it has its speed
    for i, record in enumerate(sorted(models, key=lambda model: model.role == "control")):
        with _model(context, record, task) as model:
            for j, way in enumerate(ways):
                row = _one(context, model, way, formats.get((record.name, j), ""), exam, (i * len(ways) + j) / passes)
                made += "failed" not in row.details
                if record.role == "student":
                    formats[record.name, j] = str(row.details.get("format", ""))
    return {"made": made, "failed": passes - made}


def _one(context: Context, model: _Model, way: VariantSpec, wanted: str, exam: _Exam, share: float) -> ModelRecord:
    """The variant's row, told in the run's progress and log. wanted: its int8 format, "" to choose."""
    title = f"{model.record.role} {model.record.name}: {RUNTIMES[way.runtime].title}, {way.precision}, {way.made}"
    context.progress(share, title)
    found = _tried(context, model, way, wanted, exam)
    context.log(f"{title}: {found.details.get('failed') or found.details['check']}")
    return found


def _tried(context: Context, model: _Model, way: VariantSpec, wanted: str, exam: _Exam) -> ModelRecord:
    """The variant's row, saved; one that cannot be made says why in its details. Only UserError says that: all else is a mistake here."""
    row = replace(model.record, variant=way.made, runtime=way.runtime, precision=way.precision,
                  device=device(context, way.runtime), figures={}, cascade=(), details={}, slices={}, reliability=(), regressions=())
    try:
        if not installed(way.runtime):
            raise UserError(f"{RUNTIMES[way.runtime].title} is not installed; run `{RUNTIMES[way.runtime].install}`.")
        folder, details, figures = _make(context, model, way, wanted)
        judged, slices = _judged(context, folder, way, exam)
        row = replace(row, details=details, figures=figures | judged, slices=slices)
        store.save_model(context.study.id, row, folder)
    except UserError as error:
        row = replace(row, details={"failed": str(error)[:300], "date": now()})
        store.save_model(context.study.id, row)
    return row


@contextmanager
def _model(context: Context, record: ModelRecord, task: Task) -> Iterator[_Model]:
    """The model; what was exported of it is removed when all its variants are made."""
    folder = store.artifact_path(context.study.id, record.name, record.role)
    texts = task.validation.head(len(read_card(folder).reference_texts))
    with closing(Exports(folder, texts, task.train["text"].tolist(), _home(context) / ".exports")) as exports:
        yield _Model(record, Source(folder, texts, _logits(context, record, texts, task), exports))


def _logits(context: Context, record: ModelRecord, texts: pd.DataFrame, task: Task) -> np.ndarray:
    folder = store.artifact_path(context.study.id, record.name, record.role)
    found: np.ndarray = answers(context, folder, task.info.labels, texts["text"].tolist()).values
    return found


def _make(context: Context, model: _Model, way: VariantSpec, wanted: str) -> tuple[Path, dict[str, Any], dict[str, Figure]]:
    """The variant's folder, how it was made, and its check as figures."""
    if RUNTIMES[way.runtime].form == "safetensors":
        seen, seconds = timed(agreement_of, context, model.source, model.source.folder, way)
        return model.source.folder, _details(context, way, seconds, seen, ""), _figures(context, way, seen, None)
    made = draft(context, model.source, way, wanted, _home(context) / ".draft-variant")
    write_card(replace(read_card(made.folder), reference_answers=tuple(made.seen.after.tolist())), made.folder)  # for a reload
    folder = _home(context) / f"{_base(model)}-{way.runtime}-{way.precision}-{way.made.replace(', ', '-')}"
    shutil.rmtree(folder, ignore_errors=True)
    made.folder.replace(folder)
    return folder, _details(context, way, made.seconds, made.seen, made.format), _figures(context, way, made.seen, made.weights)


def _home(context: Context) -> Path:
    return settings.folder("models", context.study.id)


def _base(model: _Model) -> str:
    return "teacher" if model.record.role == "teacher" else f"{model.record.name}-{model.record.role}"


def _details(context: Context, way: VariantSpec, seconds: float, seen: Check, chosen: str) -> dict[str, Any]:
    said = f"{seen.equal} of {len(seen.before)} validation texts answered as before, logits at most {seen.largest:.2g} apart"
    return {"seconds": seconds, "check": said, "date": now(), "device": device_words(context, way.runtime)} | (
        {"format": chosen} if chosen else {})


def _figures(context: Context, way: VariantSpec, seen: Check, weights: int | None) -> dict[str, Figure]:
    equal = quality.agreement(seen.before, seen.after)
    source = f"study {context.study.id}, {len(seen.before)} validation texts, against the same model in PyTorch, eager, fp32"
    origin = Provenance("measured", source, device_words(context, way.runtime), now())
    found = {"variant_agreement": Figure(equal.value, "share", origin, equal.low, equal.high),
             "largest_logit_difference": Figure(seen.largest, "logit", origin)}
    if weights is not None:
        found["parameters"] = Figure(float(weights), "count", Provenance("measured", f"study {context.study.id}, counted", "", now()))
    return found


def _judged(context: Context, folder: Path, way: VariantSpec, exam: _Exam) -> tuple[dict[str, Figure], Slices]:
    """Quality on the test texts, what is kept of the teacher in eager fp32, and the same by slice."""
    runtime, judge = served(context, folder, way), exam.judge
    own = runtime.logits(runtime.tokenise(exam.texts)).argmax(-1)
    labels, teacher, groups, options = judge.labels, judge.teacher, judge.groups, judge.options
    measured: dict[str, tuple[Interval, str]] = {
        "accuracy": (quality.accuracy(labels, own, groups, **options), "share"),
        "macro_f1": (quality.macro_f1(labels, own, groups, **options), "share"),
        "retention": (quality.retention(labels, own, teacher, groups, **options), "share"),
        "accuracy_difference": (quality.paired_difference(labels, own, teacher, groups, **options), "points"),
        "test_texts": (Interval(len(labels)), "count"), "test_texts_left": (Interval(judge.left), "count"),
    }
    return {name: judge.figure(*found) for name, found in measured.items()}, slices_of(judge, own, exam.members, True)
