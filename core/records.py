"""What the database and the recorded example hand to readers: plain, frozen, free of SQL and torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from core import words
from core.case import CaseInputs
from core.figures import Figure
from core.spec import COMPRESSIONS, StudySpec

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
StepState = Literal["waiting", "running", "done", "failed"]
Role = Literal["teacher", "student", "control"]
API = "api"  # runtime and family of a teacher that is known by its answers alone


@dataclass(frozen=True)
class StepPlan:
    """One stage of a job before it runs. `key` is the stage's name, with ":argument" where it runs once for each model."""

    key: str
    title: str
    expected_s: float


@dataclass(frozen=True)
class StepRecord:
    """One stage of a job. progress is 0 to 1, times are UTC."""

    key: str
    title: str
    state: StepState
    progress: float = 0.0
    detail: str = ""
    expected_s: float = 0.0
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def seconds(self) -> float | None:
        """Wall time, or None while it has not finished."""
        return (self.finished_at - self.started_at).total_seconds() if self.started_at and self.finished_at else None


@dataclass(frozen=True)
class JobRecord:
    """One run of a study. device is "cpu", "cuda:0", ...; error is one sentence. stop_search: its search is to end with what it has."""

    id: int
    study_id: str
    device: str
    state: JobState
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempt: int = 0
    error: str = ""
    cancel_requested: bool = False
    steps: tuple[StepRecord, ...] = ()
    stop_search: bool = False


@dataclass(frozen=True)
class CurvePoint:
    """One point of a live curve: `series` (e.g. "train loss") of step `step` at x (tokens seen), y."""

    step: str
    series: str
    x: float
    y: float


@dataclass(frozen=True)
class CascadePoint:
    """A student with its teacher behind it, at one threshold: texts of no more confidence than that go to the teacher too.

    threshold: calibrated confidence, 0 (student alone) to 1 (teacher for all); between them quantiles of validation confidence.
    escalated: share of test texts that go to the teacher ("share"). accuracy: of the cascade ("share"). difference: accuracy
    less the teacher's on the same texts ("points"). checked_escalated, checked_difference: the same on validation texts, by which
    a threshold is chosen; None in older studies, whose cascades can be looked at but not chosen from.
    """

    threshold: float
    escalated: Figure
    accuracy: Figure
    difference: Figure
    checked_escalated: Figure | None = None
    checked_difference: Figure | None = None

    def to_dict(self) -> dict[str, Any]:
        """The point as JSON values."""
        figures = {name: figure.to_dict() for name in _OF_POINT if (figure := getattr(self, name)) is not None}
        return {"threshold": self.threshold, **figures}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CascadePoint:
        """The inverse of to_dict."""
        return cls(data["threshold"], **{name: Figure.from_dict(data[name]) for name in _OF_POINT if name in data})


_OF_POINT = ("escalated", "accuracy", "difference", "checked_escalated", "checked_difference")


@dataclass(frozen=True)
class Bin:
    """One bin of a reliability diagram: texts of like confidence.

    confidence: their mean confidence, 0 to 1. accuracy: share of right answers, with its 95 % Wilson interval. texts: how many.
    """

    confidence: float
    accuracy: float
    low: float
    high: float
    texts: int


@dataclass(frozen=True)
class Regression:
    """A test text that the teacher answers rightly and the model wrongly.

    text: cut to 300 characters, as users gave it. truth, teacher, model: label names. confidence: the model's in its wrong answer, 0 to 1.
    """

    text: str
    truth: str
    teacher: str
    model: str
    confidence: float


@dataclass(frozen=True)
class ModelRecord:
    """One deployable variant with everything measured about it.

    method: "fine-tuned", "as given", "answers from a file", "logits" or "hard labels". details: how it was made (seconds, ...).
    cascade: by rising threshold, from 0 to 1; empty for a teacher, or where it has not been computed. slices: figures by slice
    ("length: short ..."). reliability: bins by rising confidence. regressions: the surest first. All empty in older studies.
    """

    name: str
    role: Role
    family: str
    method: str
    variant: str
    runtime: str
    precision: str
    device: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    cascade: tuple[CascadePoint, ...] = ()
    slices: Mapping[str, Mapping[str, Figure]] = field(default_factory=dict)
    reliability: tuple[Bin, ...] = ()
    regressions: tuple[Regression, ...] = ()

    @property
    def way(self) -> str:
        """How it is served where that is not as it was trained: "ONNX Runtime int8", "ONNX Runtime int8, trimmed"; else ""."""
        taken = ", ".join(name for name in self.variant.split(", ") if name in COMPRESSIONS)
        if self.runtime == API or (self.runtime, self.precision, taken) == ("torch", "fp32", ""):
            return ""
        return f"{words.RUNTIMES.get(self.runtime, self.runtime)} {self.precision}" + (f", {taken}" if taken else "")


TrialState = Literal["done", "pruned", "failed"]
TrialOrigin = Literal["study", "default", "proposed"]


@dataclass(frozen=True)
class TrialRecord:
    """One trial of a study's search: a student in one way to serve it, judged on validation texts alone.

    origin: one of the study's own students, a cheap family as it comes, or proposed by the sampler. student: the fields of its StudentSpec
    that are set. variant: "uncompressed", "trimmed", ... figures: accuracy ("share"), throughput_per_s ("1/s"), quick_p99_ms ("ms"); those
    that were reached. passes: whether it kept the case's limits as they were then. why: which limit it breaks, or why it was given up.
    seconds: wall time. model: the study's student that it is, where it is one.
    """

    number: int
    state: TrialState
    origin: TrialOrigin
    student: Mapping[str, Any]
    runtime: str
    precision: str
    variant: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    passes: bool = False
    why: str = ""
    seconds: float = 0.0
    model: str | None = None

    @property
    def way(self) -> str:
        """How it was served: "PyTorch, eager fp32", "ONNX Runtime int8, trimmed"."""
        taken = "" if self.variant == "uncompressed" else f", {self.variant}"
        return f"{words.RUNTIMES.get(self.runtime, self.runtime)} {self.precision}{taken}"

    def value(self, name: str) -> float | None:
        """A figure's value; None where the trial did not reach it."""
        return None if name not in self.figures else self.figures[name].value

    def to_dict(self) -> dict[str, Any]:
        """The trial as JSON values."""
        found = {key: getattr(self, key) for key in self.__dataclass_fields__}
        return found | {"student": dict(self.student), "figures": {name: figure.to_dict() for name, figure in self.figures.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrialRecord:
        """The inverse of to_dict."""
        return cls(**{**data, "figures": {name: Figure.from_dict(each) for name, each in data["figures"].items()}})


JUDGED = ("slices", "reliability", "regressions")


def judged_to_dict(model: ModelRecord) -> dict[str, Any]:
    """A model's slices, reliability and regressions as JSON values, by these names."""
    slices = {name: {key: figure.to_dict() for key, figure in figures.items()} for name, figures in model.slices.items()}
    return {"slices": slices, "reliability": [asdict(each) for each in model.reliability],
            "regressions": [asdict(each) for each in model.regressions]}


def judged_from_dict(data: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of judged_to_dict, as ModelRecord's fields; what is missing or None is empty, as in older studies."""
    slices = {name: {key: Figure.from_dict(each) for key, each in figures.items()}
              for name, figures in (data.get("slices") or {}).items()}
    return {"slices": slices, "reliability": tuple(Bin(**each) for each in data.get("reliability") or ()),
            "regressions": tuple(Regression(**each) for each in data.get("regressions") or ())}


@dataclass(frozen=True)
class StudyRecord:
    """A study with all that is known about it. recorded: it is the example that ships with the product.

    models: as they were trained, served by torch in fp32. variants: the same models served in other ways. trials: of its search, by
    number; empty where none was asked for, and in older studies.
    """

    id: str
    created_at: datetime
    spec: StudySpec
    case: CaseInputs
    machine: Mapping[str, Any]
    commit: str
    models: tuple[ModelRecord, ...] = ()
    job: JobRecord | None = None
    curves: tuple[CurvePoint, ...] = ()
    recorded: bool = False
    variants: tuple[ModelRecord, ...] = ()
    trials: tuple[TrialRecord, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.spec.name or f"{self.spec.task}, {self.spec.preset}"

    def model(self, name: str, role: Role) -> ModelRecord | None:
        """The model of that name and role, or None."""
        return next((m for m in self.models if m.name == name and m.role == role), None)
