"""A model's answers looked at closely: probabilities, classes and slices, what is inherited, what flips, what regressed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core import quality
from core.figures import Figure, Interval, not_measured
from core.quality import calibration
from core.quality.slices import MIN_TEXTS, Members
from core.records import ModelRecord, Regression
from core.stages.judge import Judge
from core.stages.swapping import by_kind
from core.tasks.slices import KINDS, SEPARATOR, kind

TEXT_LENGTH = 300
SWAPPED = f"swapped{SEPARATOR}"
UNSEEN = {"precision": "the model never answers this class", "recall": "no text has this label"}


@dataclass(frozen=True)
class Examined:
    """The test texts that were read: their words (n,), the label names, the members of each slice, and texts with swapped terms
    (columns text, kind and row, of which row counts in `texts`)."""

    texts: list[str]
    names: tuple[str, ...]
    members: Members
    swaps: pd.DataFrame


@dataclass(frozen=True)
class Answered:
    """A model's logits (n, labels) on the test texts, its temperature by the validation texts, its answers (m,) to the swapped texts."""

    logits: np.ndarray
    temperature: float
    swapped: np.ndarray


def scrutinise(judge: Judge, seen: Examined, model: ModelRecord, given: Answered) -> tuple[dict[str, Figure], ModelRecord]:
    """The model's further figures, and its record with slices, reliability and regressions."""
    bins = quality.reliability(calibration.confidence(given.logits, 1.0), _right(judge, given.logits))
    own = judge.predictions[model.role, model.name]
    slices = _merged(_classes(judge, seen, model), slices_of(judge, own, seen.members, model.role != "teacher"), _flips(judge, seen, given))
    figures = probability_figures(judge, given) | _gaps(judge, seen, model) | slices.pop(SWAPPED, {})
    figures.pop("texts", None)
    if model.role != "teacher":
        figures |= _inherited(judge, model)
    return figures, replace(model, slices=slices, reliability=bins, regressions=_regressions(judge, seen, model, given))


def _right(judge: Judge, logits: np.ndarray) -> np.ndarray:
    return logits.argmax(-1) == judge.labels


def probability_figures(judge: Judge, given: Answered) -> dict[str, Figure]:
    """Log loss, Brier score and calibration of a model's probabilities, before and after its temperature."""
    loss, brier = quality.proper_scores(given.logits, judge.labels, judge.groups, **judge.options)
    raw, scaled = (calibration.confidence(given.logits, scale) for scale in (1.0, given.temperature))
    right = _right(judge, given.logits)
    errors = [quality.calibration_error(quality.reliability(sure, right)) for sure in (raw, scaled)]
    how = "expected calibration error over at most 15 bins of equally many texts"
    by_chance = quality.error_by_chance(raw, seed=judge.options["seed"])
    return {"log_loss": judge.figure(loss, "nats"), "brier": judge.figure(brier, ""),
            "ece": judge.figure(Interval(errors[0]), "share", how),
            "ece_scaled": judge.figure(Interval(errors[1]), "share", f"{how}, temperature {given.temperature:.3g} from validation texts"),
            "ece_by_chance": judge.figure(by_chance, "share")}


Slices = dict[str, dict[str, Figure]]


def _merged(*parts: Slices) -> Slices:
    found: Slices = {}
    for part in parts:
        for name, figures in part.items():
            found[name] = found.get(name, {}) | figures
    return found


def _classes(judge: Judge, seen: Examined, model: ModelRecord) -> Slices:
    scores = quality.per_class(judge.labels, judge.predictions[model.role, model.name], judge.groups, **judge.options)
    return {f"label{SEPARATOR}{seen.names[each.label]}": {
        "texts": judge.figure(Interval(each.texts), "count"), "precision": _share(judge, "precision", each.precision),
        "recall": _share(judge, "recall", each.recall), "f1": _share(judge, "f1", each.f1)} for each in scores}


def _share(judge: Judge, name: str, found: Interval | None) -> Figure:
    return not_measured("share", UNSEEN[name]) if found is None else judge.figure(found, "share")


def slices_of(judge: Judge, own: np.ndarray, members: Members, compared: bool) -> Slices:
    """Figures of each slice of at least 30 texts: how many, accuracy and, where the answers own (n,) are compared with the teacher's,
    the difference to it with its p value."""
    found = quality.by_slice(judge.labels, own, judge.teacher if compared else None, members, judge.groups, **judge.options)
    return {name: _of_slice(judge, scores, len(found)) for name, scores in found.items()}


def _of_slice(judge: Judge, scores: quality.SliceScores, slices: int) -> dict[str, Figure]:
    made = {"texts": judge.figure(Interval(scores.texts), "count"), "accuracy": judge.figure(scores.accuracy, "share")}
    if scores.difference is not None and scores.p is not None:
        made["accuracy_difference"] = judge.figure(scores.difference, "points")
        made["mcnemar_p_slice"] = judge.figure(Interval(scores.p), "p", f"McNemar's exact test, Holm over {slices} slices")
    return made


def _gaps(judge: Judge, seen: Examined, model: ModelRecord) -> dict[str, Figure]:
    """The gap within each kind of slices, and for students and controls what they add to their teacher's."""
    own, made = judge.predictions[model.role, model.name], {}
    for each in KINDS:
        members = {name: inside for name, inside in seen.members.items() if kind(name) == each}
        found = quality.gap(judge.labels, judge.teacher, own, members, judge.groups, **judge.options)
        if found is None:
            continue
        basis = f"{found.best} against {found.worst}, of slices with at least {MIN_TEXTS} texts"
        made[f"gap_{each}"] = judge.figure(found.student, "points", basis=basis)
        if model.role != "teacher":
            made[f"gap_added_{each}"] = judge.figure(found.amplification, "points", basis=basis)
    return made


def _inherited(judge: Judge, model: ModelRecord) -> dict[str, Figure]:
    own = judge.predictions[model.role, model.name]
    found = quality.repeated_errors(judge.labels, judge.teacher, own, judge.groups, **judge.options)
    if found is None:
        return {"repeated_errors": not_measured("share", "the teacher errs on none of the test texts")}
    basis = f"{found.errors:,} errors of the teacher"
    made = {"repeated_errors": judge.figure(found.share, "share", basis=basis),
            "repeated_errors_by_chance": judge.figure(found.by_chance, "share", basis=f"{basis}, independence given the label"),
            "repeated_errors_excess": judge.figure(found.excess, "points", basis=basis)}
    control = judge.predictions.get(("control", model.name))
    if model.role == "student" and control is not None:
        over = quality.repeated_over_control(judge.labels, judge.teacher, own, control, judge.groups, **judge.options)
        if over is not None:
            made["repeated_errors_over_control"] = judge.figure(over, "points", basis=basis)
    return made


def _flips(judge: Judge, seen: Examined, given: Answered) -> Slices:
    """By kind of terms, and for all of them together under SWAPPED: how many texts, and the share of answers that flip."""
    before = given.logits.argmax(-1)[seen.swaps["row"].to_numpy(dtype=int)]
    made = {}
    for each, inside in by_kind(seen.swaps).items():
        share = quality.flips(before[inside], given.swapped[inside])
        made[f"{SWAPPED}{each.replace('_', ' ')}"] = {"texts": judge.figure(Interval(int(inside.sum())), "count"),
                                                      "flips": judge.figure(share, "share")}
    return made


def _regressions(judge: Judge, seen: Examined, model: ModelRecord, given: Answered) -> tuple[Regression, ...]:
    if model.role == "teacher":
        return ()
    own, sure = judge.predictions[model.role, model.name], calibration.confidence(given.logits, given.temperature)
    rows = quality.worst_regressions(judge.labels, judge.teacher, own, sure)
    name = seen.names
    return tuple(Regression(seen.texts[i][:TEXT_LENGTH], name[judge.labels[i]], name[judge.teacher[i]], name[own[i]], float(sure[i]))
                 for i in rows)
