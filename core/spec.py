"""What a study is asked to do (fixed once it runs) and its business case (open to change afterwards).

Every field's description is what the pages, the command line and docs show; units are in the names.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import UserError


class Strict(BaseModel):
    """Immutable, and refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TeacherSpec(Strict):
    """The model to imitate and how it is adapted to the task."""

    source: str = Field("minilm", description="'minilm' (bundled), a Hub id, or a local folder with safetensors")
    adapt: Literal["auto", "always", "never"] = Field(
        "auto", description="fine-tune on the task: auto skips it when the model's labels are already the task's")
    tokens: int = Field(70_000, ge=1_000, description="training tokens, over all epochs")
    epochs: int = Field(2, ge=1, le=50, description="passes over the training texts")
    learning_rate: float = Field(1e-4, gt=0, lt=1, description="peak learning rate of AdamW")


RESERVED = ("teacher", "control", "status_quo")  # words for other models of a study


class StudentSpec(Strict):
    """One student: `depth` cuts layers out of the teacher, `pretrained` starts from another model."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$", description="short name, used in tables and folders")
    family: Literal["depth", "pretrained"] = Field("depth", description="how its architecture is made")
    layers: int | None = Field(None, ge=1, le=48, description="layers kept, for a depth student")
    source: str | None = Field(None, description="Hub id or local folder, for a pretrained student")
    control: bool = Field(True, description="also train its control: same budget and start, true labels only")

    @model_validator(mode="after")
    def _is_whole(self) -> StudentSpec:
        if self.family == "depth" and self.layers is None:
            raise ValueError("a depth student needs a number of layers")
        if self.family == "pretrained" and not self.source:
            raise ValueError("a pretrained student needs a source: a Hub id or a local folder")
        if self.name in RESERVED:
            raise ValueError("this name means another model; choose another")
        return self


class DistilSpec(Strict):
    """How students learn: loss = w * T^2 * KL(teacher_T || student_T) + (1 - w) * cross-entropy(labels)."""

    temperature: float = Field(2.0, ge=0.1, le=20, description="T: softens both sets of logits; higher shows more doubt")
    soft_weight: float = Field(0.7, ge=0, le=1, description="w: weight of the soft targets against the true labels")
    tokens: int = Field(72_000, ge=1_000, description="training tokens of each student, over all epochs")
    epochs: int = Field(2, ge=1, le=50, description="passes over the transfer set")
    learning_rate: float = Field(3e-4, gt=0, lt=1, description="peak learning rate of AdamW")
    unlabelled: bool = Field(False, description="add the task's unlabelled texts to the transfer set (soft targets only)")


class TrainingSpec(Strict):
    """What teacher and students share in training."""

    max_length: int = Field(128, ge=8, le=512, description="tokens kept of a text, in training and in serving")
    batch_tokens: int = Field(864, ge=64, le=65_536, description="tokens in one optimiser step, padding included")
    warmup_share: float = Field(0.1, ge=0, lt=1, description="share of the steps in which the learning rate rises")
    weight_decay: float = Field(0.01, ge=0, lt=1, description="AdamW's weight decay")
    freeze_embeddings: bool = Field(True, description="keep the word embeddings as they are: faster, and less forgetting")
    seed: int = Field(0, ge=0, lt=2**31, description="seed of order, selection and initialisation")


class MeasureSpec(Strict):
    """How speed is measured; see docs/measuring.md."""

    runtime: Literal["torch"] = Field("torch", description="runtime that serves teacher and students alike")
    invocations: int = Field(1, ge=1, le=20, description="fresh processes for each model, in mirrored order; intervals need 5")
    single_stream_queries: int = Field(662, ge=1, le=100_000, description="queries one after the other; p99 needs 662, p90 64")
    offline_seconds: float = Field(3.0, ge=0.5, le=600, description="least time of the Offline scenario")
    threads: int | None = Field(None, ge=1, le=256, description="CPU threads of the runtime; none: all physical ones")


class EvaluateSpec(Strict):
    """How quality is measured."""

    test_tokens: int = Field(50_000, ge=1_000, description="test texts are drawn until this many tokens are reached")
    resamples: int = Field(9_999, ge=199, le=99_999, description="bootstrap resamples of each interval")


class StudySpec(Strict):
    """A whole study: one task, one teacher, several students, and the budget of each stage."""

    task: str = Field(description="id of the task")
    preset: str = Field("quick", description="quick, standard, full or custom")
    name: str = Field("", max_length=120, description="what people call this study")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto takes a GPU if there is one")
    teacher: TeacherSpec = TeacherSpec()
    students: tuple[StudentSpec, ...] = Field(
        tuple(StudentSpec(name=f"depth-{n}", layers=n) for n in (3, 2, 1)), min_length=1, max_length=12,
        description="list of students: name, family (depth or pretrained), layers, source, control")
    distil: DistilSpec = DistilSpec()
    training: TrainingSpec = TrainingSpec()
    measure: MeasureSpec = MeasureSpec()
    evaluate: EvaluateSpec = EvaluateSpec()

    @model_validator(mode="after")
    def _names_differ(self) -> StudySpec:
        names = [student.name for student in self.students]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ValueError(f"students: the name {doubles[0]!r} is given twice; each student needs its own")
        return self


class CaseInputs(Strict):
    """The business side of a study. None means that nobody has said it: the default is used and marked as such."""

    predictions_per_day: float | None = Field(None, gt=0, le=1e13, description="predictions a day in the first month")
    latency_limit_ms: float | None = Field(None, gt=0, le=1e7, description="the slowest p99 latency that users accept, in ms")
    accuracy_margin_points: float | None = Field(None, gt=0, le=100, description="accuracy points that a student may lose")
    peak_to_mean: float | None = Field(None, ge=1, le=1000, description="busiest second's rate over the day's mean")
    monthly_growth: float | None = Field(None, ge=-0.5, le=1, description="growth of the volume a month, as a share")
    horizon_months: int | None = Field(None, ge=1, le=120, description="months that the case looks ahead")
    discount_rate: float | None = Field(None, ge=0, le=1, description="effective a year, as a share")
    instance: str | None = Field(None, description="instance of the price list that this machine stands for, as provider/name")
    usd_per_hour: float | None = Field(None, gt=0, le=10_000, description="hourly price typed by hand; wins over the instance")
    target_utilisation: float | None = Field(None, gt=0, le=1, description="share of the measured rate planned for")
    min_instances: int | None = Field(None, ge=1, le=10_000, description="fewest instances that must run")
    engineering_hours: float | None = Field(None, ge=0, le=1e6, description="hours of work until the student serves")
    engineering_usd_per_hour: float | None = Field(None, ge=0, le=10_000, description="cost of one hour of that work")
    months_to_go_live: int | None = Field(None, ge=0, le=60, description="months until the student takes over")
    parallel_months: int | None = Field(None, ge=0, le=60, description="months after go-live in which both systems are paid")
    redistil_every_months: int | None = Field(None, ge=1, le=120, description="planned interval between re-distillations")
    redistil_hours: float | None = Field(None, ge=0, le=1e6, description="engineering hours of one re-distillation")
    redistil_owner: str | None = Field(None, max_length=120, description="who is responsible for updates")
    redistil_trigger: str | None = Field(None, max_length=240, description="what sets an update off")
    teacher_terms_allow: bool | None = Field(None, description="the teacher's licence allows training a student from it")
    target_is_this_machine: bool | None = Field(None, description="this machine is the one that will serve")


# Used where the user has said nothing; shown as assumed by default. A limit on latency has no sensible default.
CASE_DEFAULTS: dict[str, float] = {
    "predictions_per_day": 1_000_000, "accuracy_margin_points": 2.0, "peak_to_mean": 2.5, "monthly_growth": 0.0,
    "horizon_months": 24, "discount_rate": 0.10, "target_utilisation": 0.6, "min_instances": 2,
    "engineering_hours": 120, "engineering_usd_per_hour": 100.0, "months_to_go_live": 2, "parallel_months": 1,
    "redistil_hours": 16,
}

PRESETS: dict[str, dict[str, Any]] = {
    "quick": {},
    "standard": {
        "teacher": {"tokens": 600_000, "epochs": 3}, "distil": {"tokens": 900_000, "epochs": 4},
        "measure": {"invocations": 5, "single_stream_queries": 662, "offline_seconds": 5.0},
        "evaluate": {"test_tokens": 400_000},
    },
    "full": {
        "teacher": {"tokens": 3_000_000, "epochs": 4}, "distil": {"tokens": 6_000_000, "epochs": 8},
        "measure": {"invocations": 10, "single_stream_queries": 2_000, "offline_seconds": 20.0},
        "evaluate": {"test_tokens": 4_000_000},
    },
}


def preset(name: str, task: str, /, **changes: Any) -> StudySpec:
    """A study of `task` with the budgets of the preset; `changes` are StudySpec fields that replace it."""
    if name not in PRESETS:
        raise UserError(f"preset: {name!r} is not known; choose one of {', '.join(PRESETS)}.")
    return parse(StudySpec, {"task": task, "preset": name, **PRESETS[name], **changes})


T = TypeVar("T", bound="Strict")


def parse(model: type[T], data: dict[str, Any]) -> T:
    """`data` as a checked model; UserError names the first bad key, its value and what it should be."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or model.__name__
        if first["type"] == "value_error":  # a sentence of our own
            raise UserError(f"{key}: {first['ctx']['error']}.") from None
        raise UserError(f"{key}: {first['input']!r} is not accepted; {first['msg'].lower()}.") from None
