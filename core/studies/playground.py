"""One text, answered by the teacher, a student and both in a cascade, now and here: a call each, not a benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from core import machine
from core.errors import UserError
from core.figures import Figure, compute, derived, measured, not_measured
from core.quality.calibration import probabilities
from core.records import ModelRecord, StudyRecord
from core.store import models as store
from core.store import tables
from core.studies.decide import Decision
from core.studies.export import CARD
from core.studies.options import option_name
from core.studies.resident import Residents
from core.studies.served import machines_of

MOST_CHARACTERS = 5_000
SOURCE = "one call in the playground, not a benchmark"
UNKNOWN_MS = not_measured("ms", "the speed of this model is not measured yet")


@dataclass(frozen=True)
class Answer:
    """A model's answer to one text.

    probabilities: by label, the likeliest first, calibrated where calibrated says so. call_ms: tokens and model. usd: of this call.
    usd_per_million: of a million such calls one after the other. p50: as measured in the study. tokens: read, of `whole` ones.
    load_s: what loading took before, None where it was in memory.
    """

    model: ModelRecord
    probabilities: tuple[tuple[str, Figure], ...]
    calibrated: bool
    call_ms: Figure
    tokenise_ms: float
    usd: Figure
    usd_per_million: Figure
    p50: Figure
    tokens: int
    whole: int
    load_s: float | None

    @property
    def name(self) -> str:
        """As it is called as an option of the case."""
        return option_name(self.model)

    @property
    def label(self) -> str:
        """The likeliest label."""
        return self.probabilities[0][0]

    @property
    def confidence(self) -> Figure:
        """Its probability, 0 to 1."""
        return self.probabilities[0][1]


@dataclass(frozen=True)
class Reply:
    """What was answered to a text. teacher: None where it cannot be asked. seconds: until both had answered, loading included."""

    text: str
    student: Answer
    teacher: Answer | None
    seconds: float

    @property
    def loaded_s(self) -> float:
        """Seconds of loading in it."""
        return sum(each.load_s or 0.0 for each in (self.student, self.teacher) if each is not None)


@dataclass(frozen=True)
class Together:
    """The cascade's answer: the student's, or the teacher's where the student is not surer than the threshold."""

    label: str
    confidence: Figure
    escalated: bool
    call_ms: Figure
    usd: Figure
    usd_per_million: Figure


def answerers(study: StudyRecord) -> tuple[ModelRecord, ...]:
    """The models whose files are here, as trained and in every other way: students first, then controls, then the teacher."""
    order = ("student", "control", "teacher")
    made = [model for model in (*study.models, *study.variants) if "failed" not in model.details and folder_of(study, model) is not None]
    names = {name: i for i, name in enumerate(dict.fromkeys(model.name for model in study.models))}
    return tuple(sorted(made, key=lambda model: (order.index(model.role), names.get(model.name, len(names)), bool(model.way))))


def folder_of(study: StudyRecord, model: ModelRecord) -> Path | None:
    """Where the model's files lie, None where they are not here."""
    if study.recorded:
        return None
    try:
        folder = store.artifact_path(study.id, model.name, model.role, model)
    except UserError:
        return None
    return folder if (folder / CARD).is_file() else None


def why_not(study: StudyRecord) -> str:
    """Why no student of the study can be asked, with what to do; "" where one can."""
    if any(model.role == "student" for model in answerers(study)):
        return ""
    if study.recorded:
        return "The recorded example ships its figures without model files; start a study of your own to ask its models."
    if study.job is not None and study.job.state in ("queued", "running"):
        return "No student of this study is trained yet; ask once its run has made one."
    if any(model.role == "student" for model in study.models):
        return "The model files of this study are gone; run it again to ask its models."
    return "This study's run ended before a student was trained; run it again to ask its models."


def ask(residents: Residents, decision: Decision, student: ModelRecord, teacher: ModelRecord | None, text: str) -> Reply:
    """Both models' answers to the text. Raises UserError for an empty or long text, and where the models cannot answer."""
    said, study = checked(text), decision.study
    asked = [student] if teacher is None else [student, teacher]
    started = perf_counter()
    found = residents.ask(study.id, {"text": said, "models": [_wanted(study, model) for model in asked]})
    seconds = perf_counter() - started
    made = [_answer(decision, model, raw) for model, raw in zip(asked, found, strict=True)]
    return Reply(said, made[0], made[1] if teacher is not None else None, seconds)


def checked(text: str) -> str:
    """The text as it is asked. Raises UserError where it holds nothing, or too much."""
    said = text.encode("utf-8", "replace").decode().strip()
    if not said:
        raise UserError("text: it is empty; type what the models are to read.")
    if len(said) > MOST_CHARACTERS:
        raise UserError(f"text: {len(said):,} characters are too many; at most {MOST_CHARACTERS:,} are read.")
    return said


def device_of(model: ModelRecord) -> str:
    """Where it is asked: as in the study, on the CPU where the study's GPU is not here."""
    return model.device if model.device == "cpu" or machine.choose_device("auto") != "cpu" else "cpu"


def _wanted(study: StudyRecord, model: ModelRecord) -> dict[str, Any]:
    folder = folder_of(study, model)
    if folder is None:
        raise UserError(f"model: the files of {option_name(model)!r} of study {study.id!r} are gone; run the study again.")
    here = machine.fingerprint()
    threads = min(study.spec.measure.threads or int(study.machine.get("cores") or 1), int(here["threads"]))
    return {"folder": str(folder), "runtime": model.runtime, "precision": model.precision, "device": device_of(model),
            "threads": threads, "stamp": (folder / CARD).stat().st_mtime_ns}


def _answer(decision: Decision, model: ModelRecord, raw: Mapping[str, Any]) -> Answer:
    temperature = _temperature(decision.study, model)
    device = machine.device_name(machine.fingerprint(), device_of(model))
    as_of = tables.now().isoformat(timespec="seconds")
    call_ms = measured(raw["tokenise_ms"] + raw["model_ms"], "ms", source=SOURCE, device=device, as_of=as_of)
    usd = price(call_ms, _usd_per_hour(decision, model))
    return Answer(model, _by_label(raw["labels"], raw["logits"], temperature), temperature is not None, call_ms, raw["tokenise_ms"], usd,
                  per_million(usd), model.figures.get("latency_p50_ms", UNKNOWN_MS), raw["tokens"], raw["whole"], raw["load_s"])


def _temperature(study: StudyRecord, model: ModelRecord) -> Figure | None:
    """The one that validation texts gave for the model as it was trained; None in older studies."""
    trained = study.model(model.name, model.role)
    found = trained.figures.get("confidence_temperature") if trained else None
    return found if found is not None and found.value is not None else None


def _by_label(labels: Sequence[str], logits: Sequence[float], temperature: Figure | None) -> tuple[tuple[str, Figure], ...]:
    scale = 1.0 if temperature is None or temperature.value is None else temperature.value
    shares = probabilities(np.array([logits]), scale)[0]
    how, inputs = ("softmax of the logits, not calibrated", {}) if temperature is None else (
        "softmax of the logits / temperature", {"confidence_temperature": temperature})
    return tuple((labels[i], derived(float(shares[i]), "share", how, inputs)) for i in np.argsort(-shares, kind="stable"))


def _usd_per_hour(decision: Decision, model: ModelRecord) -> Figure:
    machines = machines_of(decision.case, decision.study.machine, model.device)
    return machines.teacher_usd if model.role == "teacher" else machines.students_usd


def price(call_ms: Figure, usd_per_hour: Figure) -> Figure:
    """USD of one call: the machine's time alone, as if it were never idle."""
    return compute(lambda call_ms, usd_per_hour: call_ms / 3.6e6 * usd_per_hour, "USD/call", "time of this call x hourly price",
                   call_ms=call_ms, usd_per_hour=usd_per_hour)


def per_million(usd: Figure) -> Figure:
    """USD of a million calls like that."""
    return compute(lambda usd_per_call: usd_per_call * 1e6, "USD/1e6", "price of this call x 1,000,000", usd_per_call=usd)


def together(reply: Reply, threshold: float) -> Together | None:
    """What a cascade does with the text at that threshold (confidence, 0 to 1); None where the teacher cannot be asked."""
    student, teacher = reply.student, reply.teacher
    if teacher is None:
        return None
    assert student.confidence.value is not None, "a probability is always known"
    if student.confidence.value > threshold:
        return Together(student.label, student.confidence, False, student.call_ms, student.usd, student.usd_per_million)
    both = compute(lambda student, teacher: student + teacher, "ms", "time of the student's call + the teacher's",
                   student=student.call_ms, teacher=teacher.call_ms)
    usd = compute(lambda student, teacher: student + teacher, "USD/call", "price of the student's call + the teacher's",
                  student=student.usd, teacher=teacher.usd)
    return Together(teacher.label, teacher.confidence, True, both, usd, per_million(usd))


def threshold_of(decision: Decision, student: ModelRecord) -> tuple[float, str]:
    """The threshold to begin with, and whose it is in words."""
    chosen = next((each for each in decision.cascades if each.model.name == student.name and student.role == "student"), None)
    if chosen is not None:
        return chosen.point.threshold, "the case's threshold, chosen on validation texts"
    trained = decision.study.model(student.name, student.role)
    inner = trained.cascade[1:-1] if trained else ()
    if inner:
        return inner[len(inner) // 2].threshold, "the middle of this model's thresholds; the case has chosen none"
    return 0.8, "an arbitrary threshold; this study has no cascade for the model"
