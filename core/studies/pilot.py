"""Pilot: what a larger study will reach, from the learning curve of a smaller one; and what such predictions came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from core import methods, tasks
from core.errors import UserError
from core.figures import Figure, assumed, derived, measured, not_measured
from core.quality.bootstrap import TAILS
from core.records import ModelRecord, StudyRecord
from core.spec import PRESETS, StudySpec, preset
from core.store import studies
from core.studies.learning import Learnt, learnt, texts_of

LARGER = 1.1  # times the texts that are read in all passes, below which a study is no larger one
Z = 1.96


@dataclass(frozen=True)
class Aim:
    """What a larger study learns from: texts, passes over them; and the test texts that it is judged on."""

    name: str
    texts: int
    passes: int
    test_texts: int


@dataclass(frozen=True)
class Prediction:
    """accuracy: what the student will reach on test texts, unknown with the reason where the aim asks for no more."""

    aim: Aim
    accuracy: Figure


@dataclass(frozen=True)
class Checked:
    """A prediction that a later study has put to the test. held: whether what was reached lies within the interval."""

    study_id: str
    study_name: str
    later_id: str
    later_name: str
    later_at: datetime
    student: str
    prediction: Prediction
    reached: Figure

    @property
    def held(self) -> bool:
        """Whether the interval holds what was reached."""
        told, value = self.prediction.accuracy, self.reached.value
        return None not in (told.low, told.high, value) and (told.low or 0.0) <= (value or 0.0) <= (told.high or 0.0)


def passes_of(spec: StudySpec, student: str) -> int:
    """Passes of a student over its texts; the study's for one that the specification does not name."""
    return next((methods.passes(spec, each) for each in spec.students if each.name == student), spec.distil.epochs)


def aim_of(study: StudyRecord, curve: Learnt, name: str) -> Aim:
    """What a preset would learn from on this study's task: its budget, or all texts there are. Raises UserError for an unknown preset."""
    asked = preset(name, study.spec.task)
    details, passes = curve.model.details, passes_of(study.spec, curve.model.name)
    length = float(details["tokens"]) / (float(details["texts"]) * passes)
    budget = int(asked.distil.tokens / asked.distil.epochs / length)
    return Aim(name, min(budget, texts_of(study) or budget), asked.distil.epochs, _test_texts(study, asked, length))


def _test_texts(study: StudyRecord, asked: StudySpec, length: float) -> int:
    budget = int(asked.evaluate.test_tokens / length)
    try:
        return min(budget, tasks.info(study.spec.task).texts["test"])
    except UserError:
        return budget


def presets_beyond(study: StudyRecord) -> list[str]:
    """Presets that give a student more than this study did, the largest last."""
    tokens = {name: said.get("distil", {}).get("tokens", 0) for name, said in PRESETS.items()}
    return sorted((name for name in tokens if tokens[name] > study.spec.distil.tokens), key=tokens.__getitem__)


def predict(study: StudyRecord, curve: Learnt, aim: Aim) -> Prediction:
    """Accuracy on test texts now, and the law's gain up to the aim's texts.

    The law varies texts at the same number of passes. A further pass over the same texts is worth between nothing and as much as fresh
    texts: each draw takes texts x (passes / passes now)^u with u from 0 to 1. The interval also holds what seeds and the test texts of both
    studies may add, and not that a larger study's teacher is better.
    """
    now = curve.model.figures.get("accuracy", not_measured("share", "this student is not evaluated yet"))
    passes = passes_of(study.spec, curve.model.name)
    if curve.law is None or now.value is None:
        return Prediction(aim, not_measured("share", curve.why or now.provenance.reason))
    if aim.texts * aim.passes < LARGER * curve.texts * passes or aim.texts < curve.texts:
        return Prediction(aim, not_measured("share", f"{aim.name} gives this student no more texts than it had here"))
    rng = np.random.default_rng(0)
    size = len(curve.law.draws)
    reached = now.value + curve.law.gain_draws(curve.texts, aim.texts * (aim.passes / passes) ** rng.uniform(0, 1, size)) / 100
    noise = np.hypot(_noise(now), np.sqrt(max(reached.mean() * (1 - reached.mean()), 1e-6) / max(1, aim.test_texts)))
    drawn = np.clip(reached + np.hypot(noise, np.sqrt(2) * (curve.law.seed_sd or 0.0)) * rng.standard_normal(size), 0, 1)
    low, high = np.quantile(drawn, TAILS)
    told = (f"accuracy now + gain by the law from {curve.texts:,} texts in {passes} passes to {aim.texts:,} in {aim.passes}; a further "
            "pass counts between nothing and as much as fresh texts; a better teacher is not counted")
    inputs = {"accuracy": now, "learning_curve": measured(float(len(curve.seen)), "count", source="learning curve", device="", as_of="")}
    if aim.passes != passes:
        inputs["worth_of_a_pass"] = assumed(0.5, "ratio", by="default", source="between nothing and as much as fresh texts")
    accuracy = derived(float(np.clip(np.median(reached), 0, 1)), "share", told, inputs)
    return Prediction(aim, replace(accuracy, low=float(low), high=float(high)))


def _noise(figure: Figure) -> float:
    return 0.0 if figure.low is None or figure.high is None else (figure.high - figure.low) / (2 * Z)


def checks() -> list[Checked]:
    """Every prediction that a later study of the same task, teacher and student can check, newest first."""
    done = [studies.get(row.id) for row in studies.summaries() if row.job_state == "done"]
    pairs = [(study, curve, later) for study in done if (curve := learnt(study)) is not None for later in done]
    found = [one for pair in pairs if (one := _checked(*pair)) is not None]
    return sorted(found, key=lambda one: one.later_at, reverse=True)


def _checked(study: StudyRecord, curve: Learnt, later: StudyRecord) -> Checked | None:
    model = _same_student(study, curve.model, later) if later.created_at > study.created_at else None
    reached = model.figures.get("accuracy") if model else None
    if model is None or reached is None or reached.value is None:
        return None
    tests = model.figures.get("test_texts")
    aim = Aim(later.spec.preset, int(model.details.get("texts", 0)), passes_of(later.spec, model.name), int((tests and tests.value) or 0))
    prediction = predict(study, curve, aim)
    if prediction.accuracy.value is None:
        return None
    return Checked(study.id, study.name, later.id, later.name, later.created_at, model.name, prediction, reached)


def _same_student(study: StudyRecord, model: ModelRecord, later: StudyRecord) -> ModelRecord | None:
    """The student of a later study that is made as this one, from the same source of a teacher, on the same task; None without one."""
    if (study.spec.task, study.spec.teacher.source, study.spec.training.max_length) != (
            later.spec.task, later.spec.teacher.source, later.spec.training.max_length):
        return None
    made = _made(study.spec, model.name)
    name = next((each.name for each in later.spec.students if made is not None and _made(later.spec, each.name) == made), "")
    return later.model(name, "student")


def _made(spec: StudySpec, name: str) -> tuple[object, ...] | None:
    """Family, size and method of a student of the specification."""
    student = next((each for each in spec.students if each.name == name), None)
    if student is None:
        return None
    return (student.family, student.layers, student.width, student.dimensions, student.source, methods.method_of(spec, student))


def to_json(predictions: Sequence[Prediction], checked: Sequence[Checked]) -> dict[str, Any]:
    """As JSON values; every number that was derived is a figure object."""
    return {"predictions": [{"preset": each.aim.name, "texts": each.aim.texts, "passes": each.aim.passes,
                             "accuracy": each.accuracy.to_dict()} for each in predictions],
            "checked": [{"study": each.study_id, "later": each.later_id, "student": each.student, "held": each.held,
                         "predicted": each.prediction.accuracy.to_dict(), "reached": each.reached.to_dict()} for each in checked]}
