"""Every model in every further way to serve it: exported, loaded back, checked against itself on real texts, and judged again."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd

from core import machine, quality, settings, tasks
from core.compress import export, prune, quantise, trim
from core.compress.check import Check, check
from core.errors import Cancelled, UserError
from core.figures import Figure, Interval, Provenance
from core.models.artifact import read_card, write_card
from core.models.build import classifier, parameters
from core.models.served import ServedTokeniser
from core.quality.slices import Members
from core.records import ModelRecord
from core.runtimes.onnx import FILE
from core.runtimes.registry import RUNTIMES, installed, opened
from core.spec import VariantSpec
from core.stages.context import Context, device, device_words, now
from core.stages.evaluate import groups_of, test_rows
from core.stages.judge import Judge
from core.stages.scrutiny import Slices, slices_of
from core.stages.transfer import answers
from core.store import models as store
from core.tasks import Task
from core.tasks.slices import memberships

CALIBRATION, IMPORTANCE = 64, 128  # texts for the ranges of activations, and for what heads and neurons matter
GOOD_AGREEMENT = 0.98  # the first int8 format that reaches it is taken
# What exporters and runtimes raise for a model that they cannot serve; the study goes on without that variant.
CANNOT = (UserError, RuntimeError, ValueError, TypeError, OSError, AssertionError, KeyError, AttributeError)


@dataclass(frozen=True)
class _Model:
    """A model with what its variants are made of and checked against: validation texts with its own logits on them."""

    record: ModelRecord
    folder: Path
    checked: pd.DataFrame
    logits: np.ndarray


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
    test, left = task.test.iloc[rows], len(task.test) - len(rows)
    teacher = next(model for model in context.study.models if model.role == "teacher")
    reference = _logits(context, teacher, test, task).argmax(-1)
    judge = Judge(context, test["label"].to_numpy(), groups_of(test), {("teacher", teacher.name): reference}, left)
    exam = _Exam(judge, test["text"].tolist(), {name: inside[rows] for name, inside in memberships(task).items()})
    passes = [(model, way) for model in context.study.models for way in context.study.spec.variants]
    made = 0
    for i, (record, way) in enumerate(passes):
        title = f"{record.role} {record.name}: {RUNTIMES[way.runtime].title}, {way.precision}, {way.made}"
        context.progress(i / len(passes), title)
        found = _tried(context, record, way, task, exam)
        made += "failed" not in found.details
        context.log(f"{title}: {found.details.get('failed') or found.details['check']}")
    return {"made": made, "failed": len(passes) - made}


def _tried(context: Context, record: ModelRecord, way: VariantSpec, task: Task, exam: _Exam) -> ModelRecord:
    """The variant's row, saved; one that cannot be made says why in its details."""
    row = replace(record, variant=way.made, runtime=way.runtime, precision=way.precision, figures={}, cascade=(), details={}, slices={},
                  reliability=(), regressions=())
    try:
        if not installed(way.runtime):
            raise UserError(f"{RUNTIMES[way.runtime].title} is not installed; run `{RUNTIMES[way.runtime].install}`.")
        model = _model(context, record, task)
        folder, details, figures = _make(context, model, way, task)
        judged, slices = _judged(context, folder, way, exam)
        row = replace(row, details=details, figures=figures | judged, slices=slices)
        store.save_model(context.study.id, row, folder)
    except Cancelled:
        raise
    except CANNOT as error:
        told = str(error).strip().splitlines() or [type(error).__name__]
        row = replace(row, details={"failed": told[0][:300], "date": now()})
        store.save_model(context.study.id, row)
    return row


def _model(context: Context, record: ModelRecord, task: Task) -> _Model:
    folder = store.artifact_path(context.study.id, record.name, record.role)
    texts = task.validation.head(len(read_card(folder).reference_texts))
    return _Model(record, folder, texts, _logits(context, record, texts, task))


def _logits(context: Context, record: ModelRecord, texts: pd.DataFrame, task: Task) -> np.ndarray:
    folder = store.artifact_path(context.study.id, record.name, record.role)
    found: np.ndarray = answers(context, folder, task.info.labels, texts["text"].tolist()).values
    return found


def _make(context: Context, model: _Model, way: VariantSpec, task: Task) -> tuple[Path, dict[str, Any], dict[str, Figure]]:
    """The variant's folder, how it was made, and its check as figures."""
    started = perf_counter()
    if RUNTIMES[way.runtime].form == "safetensors":
        seen = _seen(context, model, model.folder, way)
        return model.folder, _details(context, started, seen, ""), _figures(context, seen, None)
    draft, weights = _exported(context, model, way, task)
    chosen = ""
    if way.precision.startswith("int8"):
        chosen = _quantised(context, model, draft, way)
    seen = _seen(context, model, draft, way)
    write_card(replace(read_card(draft), reference_answers=tuple(seen.after.tolist())), draft)  # what a reload is compared with
    folder = _home(context) / f"{_base(model)}-{way.runtime}-{way.precision}-{way.made.replace(', ', '-')}"
    shutil.rmtree(folder, ignore_errors=True)
    draft.replace(folder)
    return folder, _details(context, started, seen, chosen), _figures(context, seen, weights)


def _home(context: Context) -> Path:
    return settings.folder("models", context.study.id)


def _base(model: _Model) -> str:
    return "teacher" if model.record.role == "teacher" else f"{model.record.name}-{model.record.role}"


def _exported(context: Context, model: _Model, way: VariantSpec, task: Task) -> tuple[Path, int]:
    """A draft folder with the model in fp32 as ONNX, trimmed and pruned where that is wanted; and how many weights it has."""
    draft = _home(context) / ".draft-variant"
    shutil.rmtree(draft, ignore_errors=True)  # left by a process that was killed on its way
    draft.mkdir(parents=True)
    card = read_card(model.folder)
    network = classifier(model.folder, card.labels)
    tokeniser = ServedTokeniser(model.folder, card.max_length)
    ids, vocabulary = tokeniser(model.checked["text"].tolist()), None
    if "pruned" in way.compression:
        chosen = ids[:IMPORTANCE]
        network = prune.pruned(network, chosen, model.checked["label"].tolist()[:IMPORTANCE], tokeniser.pad_id)
    if "trimmed" in way.compression:
        used = {number for row in tokeniser(task.train["text"].tolist()) for number in row}
        keep = trim.kept_tokens(json.loads((model.folder / "tokenizer.json").read_text(encoding="utf-8")), used)
        network, vocabulary = trim.trimmed(network, keep), len(keep)
        trim.write_tokenizer(model.folder, draft, keep)
    export.write_beside(model.folder, draft, vocabulary)
    traced = ServedTokeniser(draft, card.max_length)(model.checked["text"].tolist()[:4])
    export.write_onnx(network, traced, tokeniser.pad_id, draft / FILE)
    return draft, parameters(network)


def _quantised(context: Context, model: _Model, draft: Path, way: VariantSpec) -> str:
    """Replaces the draft's file by one in int8: the first format whose answers agree, else the one that agrees most; its name."""
    whole = draft / "fp32.onnx"
    (draft / FILE).replace(whole)
    card = read_card(draft)
    tokeniser = ServedTokeniser(draft, card.max_length)
    calibration = export.inputs_of(tokeniser(model.checked["text"].tolist()[:CALIBRATION]), tokeniser.pad_id)
    tried: list[tuple[float, str, Path]] = []
    for chosen in quantise.formats(machine.fingerprint()["features"]):
        file = draft / f"{len(tried)}.onnx"
        if way.precision == "int8":
            quantise.dynamic(whole, file, chosen)
        else:
            quantise.static(whole, file, chosen, calibration)
        shutil.copyfile(file, draft / FILE)
        tried.append((_seen(context, model, draft, way).agreement, str(chosen), file))
        if tried[-1][0] >= GOOD_AGREEMENT:
            break
    _, name, best = max(tried, key=lambda one: one[0])
    best.replace(draft / FILE)
    for file in (whole, *(path for *_, path in tried)):
        file.unlink(missing_ok=True)
    return name


def _opened(context: Context, folder: Path, way: VariantSpec) -> Any:
    return opened(way.runtime, folder, device(context), context.study.spec.measure.threads, way.precision)


def _seen(context: Context, model: _Model, folder: Path, way: VariantSpec) -> Check:
    """The variant, loaded back, against its reference on validation texts."""
    runtime = _opened(context, folder, way)
    return check(model.logits, runtime.logits(runtime.tokenise(model.checked["text"].tolist())))


def _details(context: Context, started: float, seen: Check, chosen: str) -> dict[str, Any]:
    said = f"{seen.equal} of {len(seen.before)} validation texts answered as before, logits at most {seen.largest:.2g} apart"
    return {"seconds": perf_counter() - started, "check": said, "date": now(), "device": device_words(context)} | (
        {"format": chosen} if chosen else {})


def _figures(context: Context, seen: Check, weights: int | None) -> dict[str, Figure]:
    equal = quality.agreement(seen.before, seen.after)
    source = f"study {context.study.id}, {len(seen.before)} validation texts, against the same model in PyTorch, eager, fp32"
    origin = Provenance("measured", source, device_words(context), now())
    found = {"variant_agreement": Figure(equal.value, "share", origin, equal.low, equal.high),
             "largest_logit_difference": Figure(seen.largest, "logit", origin)}
    if weights is not None:
        found["parameters"] = Figure(float(weights), "count", Provenance("measured", f"study {context.study.id}, counted", "", now()))
    return found


def _judged(context: Context, folder: Path, way: VariantSpec, exam: _Exam) -> tuple[dict[str, Figure], Slices]:
    """Quality on the test texts, what is kept of the teacher in eager fp32, and the same by slice."""
    runtime, judge = _opened(context, folder, way), exam.judge
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
