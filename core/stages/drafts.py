"""A model in another way to serve it, before it has a place: exported, quantised, and checked against itself on validation texts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from core import machine
from core.compress import export, quantise
from core.compress.check import Check, check
from core.models.artifact import read_card
from core.models.served import ServedTokeniser
from core.runtimes.base import Runtime
from core.runtimes.onnx import FILE
from core.runtimes.registry import opened
from core.spec import VariantSpec
from core.stages.context import Context, device
from core.stages.exports import Exports

CALIBRATION = 64  # texts for the ranges of activations
GOOD_AGREEMENT = 0.97  # the first int8 format that reaches it is taken; the others are slower, as formats are tried in order of speed


@dataclass(frozen=True)
class Source:
    """What a model's variants are made of and checked against: its artefact, validation texts with its own logits on them, its exports."""

    folder: Path
    checked: pd.DataFrame
    logits: np.ndarray
    exports: Exports


@dataclass(frozen=True)
class Draft:
    """A folder with an exported variant. weights: how many it has; seen: its check; format: of int8, "" for none; seconds: what it took."""

    folder: Path
    weights: int
    seen: Check
    format: str
    seconds: float


def draft(context: Context, model: Source, way: VariantSpec, wanted: str, folder: Path) -> Draft:
    """The variant in `folder`, made anew; for runtimes that load an ONNX file. wanted: its int8 format, "" to choose. Raises UserError."""
    exported = model.exports.copy(way.compression, folder)
    started = perf_counter()
    chosen = _quantised(context, model, folder, way, wanted) if way.precision.startswith("int8") else ""
    seen = agreement_of(context, model, folder, way)
    return Draft(folder, exported.weights, seen, chosen, exported.seconds + perf_counter() - started)


def _quantised(context: Context, model: Source, draft: Path, way: VariantSpec, wanted: str) -> str:
    """Replaces the draft's file by one in int8: in the wanted format, or the first whose answers agree, else the one that agrees
    most; its name."""
    whole = draft / "fp32.onnx"
    (draft / FILE).replace(whole)
    card = read_card(draft)
    tokeniser = ServedTokeniser(draft, card.max_length)
    calibration = export.inputs_of(tokeniser(model.checked["text"].tolist()[:CALIBRATION]), tokeniser.pad_id)
    tried: list[tuple[float, str, Path]] = []
    known = quantise.formats(machine.fingerprint()["features"])
    for chosen in [each for each in known if str(each) == wanted] or known:
        file = draft / f"{len(tried)}.onnx"
        if way.precision == "int8":
            quantise.dynamic(whole, file, chosen)
        else:
            quantise.static(whole, file, chosen, calibration)
        shutil.copyfile(file, draft / FILE)
        tried.append((agreement_of(context, model, draft, way).agreement, str(chosen), file))
        if tried[-1][0] >= GOOD_AGREEMENT:
            break
    _, name, best = max(tried, key=lambda one: one[0])
    best.replace(draft / FILE)
    for file in (whole, *(path for *_, path in tried)):
        file.unlink(missing_ok=True)
    return name


def served(context: Context, folder: Path, way: VariantSpec) -> Runtime:
    """The artefact in `folder`, loaded as the study serves it this way. Raises UserError."""
    return opened(way.runtime, folder, device(context, way.runtime), context.study.spec.measure.threads, way.precision)


def agreement_of(context: Context, model: Source, folder: Path, way: VariantSpec) -> Check:
    """The variant, loaded back, against its reference on validation texts."""
    runtime = served(context, folder, way)
    return check(model.logits, runtime.logits(runtime.tokenise(model.checked["text"].tolist())))
