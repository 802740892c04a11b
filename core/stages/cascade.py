"""A student or control with its teacher behind it: calibrated on validation texts, judged on test texts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.figures import Figure, measured
from core.quality import calibration
from core.quality import cascade as escalation
from core.records import CascadePoint, ModelRecord
from core.stages.context import device_words, now
from core.stages.judge import Judge


@dataclass(frozen=True)
class Cascade:
    """confidences (n,) in the answers to the test texts; the points by rising threshold; the temperature, a plain ratio."""

    confidences: np.ndarray
    points: tuple[CascadePoint, ...]
    temperature: Figure


def cascade(judge: Judge, checker: Judge, model: ModelRecord, test: np.ndarray, validation: np.ndarray) -> Cascade:
    """The model's cascade. test and validation: its logits (texts, labels) on each; checker judges the validation texts.

    Temperature, thresholds and what a threshold is chosen by come from the validation texts, as they would before a
    deployment; the test texts only say what each threshold does.
    """
    labels = checker.labels
    temperature = calibration.temperature(validation, labels)
    sure = calibration.confidence(test, temperature)
    checked = calibration.confidence(validation, temperature)
    offered = escalation.offered(checked)
    before = escalation.curve(labels, checker.predictions[model.role, model.name], checker.teacher, checked, checker.groups,
                              thresholds=offered, **checker.options)
    found = escalation.curve(judge.labels, judge.predictions[model.role, model.name], judge.teacher, sure, judge.groups,
                             thresholds=offered, **judge.options)
    basis = f"temperature {temperature:.3g} and thresholds from {len(labels):,} validation texts"
    points = tuple(replace(_point(judge, point, basis), checked_escalated=checker.figure(seen.escalated, "share"),
                           checked_difference=checker.figure(seen.difference, "points"))
                   for point, seen in zip(found, before, strict=True))
    return Cascade(sure, points, temperature_figure(judge, temperature, len(labels)))


def _point(judge: Judge, point: escalation.Point, basis: str) -> CascadePoint:
    return CascadePoint(point.threshold, judge.figure(point.escalated, "share", basis=basis),
                        judge.figure(point.accuracy, "share", basis=basis),
                        judge.figure(point.difference, "points", basis=basis))


def temperature_figure(judge: Judge, value: float, texts: int) -> Figure:
    """A temperature (a plain ratio) that so many validation texts gave."""
    source = f"study {judge.context.study.id}, {texts:,} validation texts; least negative log likelihood"
    return measured(value, "ratio", source=source, device=device_words(judge.context), as_of=now())
