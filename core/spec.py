"""What a study is asked to do; fixed once it runs.

Every field's description is what the pages, the command line and docs show; units are in the names.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core import families
from core.errors import UserError
from core.refusals import sentence


class Strict(BaseModel):
    """Immutable, and refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


ANSWERS = "answers:"


class TeacherSpec(Strict):
    """The model to imitate and how it is adapted to the task."""

    source: str = Field("minilm", description="'minilm' (bundled), a Hub id, a local folder with safetensors, or 'answers:ID', the "
                                              "imported answers of an API")
    base: str = Field("minilm", description="encoder that students are made from where the teacher is an API: as source, with weights")
    adapt: Literal["auto", "always", "never"] = Field(
        "auto", description="fine-tune on the task: auto skips it when the model's labels are already the task's")
    tokens: int = Field(70_000, ge=1_000, description="training tokens, over all epochs")
    epochs: int = Field(2, ge=1, le=50, description="passes over the training texts")
    learning_rate: float = Field(1e-4, gt=0, lt=1, description="peak learning rate of AdamW")

    @model_validator(mode="after")
    def _names_answers(self) -> TeacherSpec:
        if self.source == ANSWERS:
            raise ValueError(f"source: {ANSWERS!r} names no answers; write the id of imported ones after it")
        return self

    @property
    def answers(self) -> str:
        """The id of the imported answers that are the teacher; "" for a teacher with weights."""
        return self.source.removeprefix(ANSWERS) if self.source.startswith(ANSWERS) else ""

    @property
    def encoder(self) -> str:
        """The model that students are made from: the teacher, or the base where the teacher has no weights."""
        return self.base if self.answers else self.source


Method = Literal["logits", "hidden states", "relations", "self", "black box"]
RESERVED = ("teacher", "control", "status_quo")  # words for other models of a study


class StudentSpec(Strict):
    """One student: what it is made of (its family and size), and how it learns where that differs from the study's."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$", description="short name, used in tables and folders")
    family: str = Field("depth", description=f"how its architecture is made: {', '.join(families.known())}")
    layers: int | None = Field(None, ge=1, le=48, description="layers kept, for a depth student")
    keep_layers: tuple[int, ...] | None = Field(
        None, description="which of the teacher's layers a depth student keeps, from 0, rising; none: spread evenly, with the last")
    width: float | None = Field(None, ge=0.05, lt=1, description="share of heads and inner neurons kept, for a width student")
    dimensions: int | None = Field(
        None, ge=8, le=4_194_304, description="size of a token's vector (static, convolutional) or rows of the table (linear)")
    source: str | None = Field(None, description="Hub id or local folder, for a pretrained student")
    method: Method | None = Field(None, description="how it learns; none: the study's")
    epochs: int | None = Field(None, ge=1, le=200, description="passes over its texts; none: the study's")
    learning_rate: float | None = Field(None, gt=0, lt=1, description="peak learning rate; none: the study's, more for small families")
    soft_weight: float | None = Field(None, ge=0, le=1, description="weight of the soft targets against the labels; none: the study's")
    control: bool = Field(True, description="also train its control: same budget and start, true labels only")

    @model_validator(mode="after")
    def _is_whole(self) -> StudentSpec:
        if wrong := families.complaint(self.family, {size: getattr(self, size) for size in families.SIZES}):
            raise ValueError(wrong)
        if self.keep_layers is not None and (self.family != "depth" or self.layers != len(self.keep_layers)
                                             or self.keep_layers[0] < 0 or list(self.keep_layers) != sorted(set(self.keep_layers))):
            raise ValueError("keep_layers names as many layers as a depth student keeps, from 0, rising; change one of them")
        if self.name in RESERVED:
            raise ValueError("this name means another model; choose another")
        return self


class DistilSpec(Strict):
    """How students learn: loss = w * T^2 * KL(teacher_T || student_T) + (1 - w) * cross-entropy(labels)."""

    method: Method = Field("logits", description="how students learn: logits, hidden states (with attention maps), relations (of the last "
                                                 "layer's attention), self (in generations), or black box (the teacher's answers alone)")
    temperature: float = Field(2.0, ge=0.1, le=20, description="T: softens both sets of logits; higher shows more doubt")
    soft_weight: float = Field(0.7, ge=0, le=1, description="w: weight of the soft targets against the true labels")
    tokens: int = Field(72_000, ge=1_000, description="training tokens of each student, over all epochs")
    epochs: int = Field(2, ge=1, le=50, description="passes over the transfer set")
    learning_rate: float = Field(3e-4, gt=0, lt=1, description="peak learning rate of AdamW")
    unlabelled: bool = Field(False, description="add the task's unlabelled texts to the transfer set (soft targets only)")
    augmented: float = Field(0.0, ge=0, le=20, description="texts made by the teacher's vocabulary for each text of the transfer set, "
                                                          "which the teacher labels")
    hidden_weight: float = Field(
        1.0, ge=0, le=1_000, description="weight of hidden states, attention maps and relations beside the loss above")
    generations: int = Field(2, ge=1, le=5, description="generations of a student that learns by the method self")
    seeds: int = Field(1, ge=1, le=20, description="seeds for which students and controls are trained; a claim about a method needs 6")


class TrainingSpec(Strict):
    """What teacher and students share in training."""

    max_length: int = Field(128, ge=8, le=512, description="tokens kept of a text, in training and in serving")
    batch_tokens: int = Field(864, ge=64, le=65_536, description="tokens in one optimiser step, padding included")
    warmup_share: float = Field(0.1, ge=0, lt=1, description="share of the steps in which the learning rate rises")
    weight_decay: float = Field(0.01, ge=0, lt=1, description="AdamW's weight decay")
    freeze_embeddings: bool = Field(True, description="keep the word embeddings as they are: faster, and less forgetting")
    seed: int = Field(0, ge=0, lt=2**31, description="seed of order, selection and initialisation")


Runtime = Literal["torch", "torch.compile", "onnxruntime", "openvino", "tensorrt"]
Precision = Literal["fp32", "fp16", "bf16", "int8", "int8-static"]
Compression = Literal["trimmed", "pruned"]
COMPRESSIONS: tuple[Compression, ...] = ("trimmed", "pruned")


class VariantSpec(Strict):
    """One more way to serve every model of the study: a runtime, a precision, and what is taken away before."""

    runtime: Runtime = Field("onnxruntime", description="what serves it")
    precision: Precision = Field("fp32", description="fp32, fp16, bf16, int8 (dynamic), or int8-static (calibrated on texts)")
    compression: tuple[Compression, ...] = Field((), description="trimmed (vocabulary), pruned (heads and neurons), or both")

    @model_validator(mode="after")
    def _can_be_made(self) -> VariantSpec:
        if self.runtime in ("torch", "torch.compile") and (self.compression or self.precision.startswith("int8")):
            raise ValueError(f"{self.runtime} serves the model as it was trained; int8, trimmed and pruned go with onnxruntime or openvino")
        if self.runtime == "onnxruntime" and self.precision in ("fp16", "bf16"):
            raise ValueError("onnxruntime serves fp32 and int8 here; take tensorrt, openvino or torch for half precision")
        if self.runtime == "torch" and self.precision == "fp32":
            raise ValueError("torch in fp32 is how every model is measured anyway; leave this variant out")
        if len(set(self.compression)) < len(self.compression):
            raise ValueError("a compression is named twice")
        return self

    @property
    def made(self) -> str:
        """What was taken away, in words: "uncompressed", "trimmed", "pruned", "trimmed, pruned"."""
        return ", ".join(name for name in COMPRESSIONS if name in self.compression) or "uncompressed"


class MeasureSpec(Strict):
    """How speed is measured; see docs/measuring.md."""

    runtime: Literal["torch"] = Field("torch", description="runtime in which every model is measured; variants come beside it")
    invocations: int = Field(1, ge=1, le=20, description="fresh processes for each model, in mirrored order; intervals need 5")
    single_stream_queries: int = Field(662, ge=1, le=100_000, description="queries one after the other; p99 needs 662, p90 64")
    offline_seconds: float = Field(3.0, ge=0.5, le=600, description="least time of the Offline scenario")
    threads: int | None = Field(None, ge=1, le=256, description="CPU threads of the runtime; none: all physical ones")
    server_seconds: float = Field(0.0, ge=0, le=3_600, description="most time of the Server scenario's search, for each model; 0: none")


class SearchSpec(Strict):
    """The search for the cheapest student that passes, on validation texts alone; see docs/search.md."""

    minutes: float = Field(0.0, ge=0, le=10_080, description="time of the search, in minutes; 0: none")
    trials: int = Field(200, ge=1, le=10_000, description="most trials")
    families: tuple[str, ...] = Field((), description="families that are searched; none: all that need no source")
    methods: tuple[Method, ...] = Field(("logits",), min_length=1, description="methods that are searched; self is none of them")
    keep: int = Field(4, ge=1, le=12, description="students of the front that join the study, to be tested and measured as all others")
    seed: int = Field(0, ge=0, lt=2**31, description="seed of what is proposed")
    seeds: int = Field(0, ge=0, le=20, description="further seeds with which what it found and its control are trained; a claim about a "
                                                   "method needs 6")

    @model_validator(mode="after")
    def _are_known(self) -> SearchSpec:
        for family in self.families:
            if family not in families.known():
                raise ValueError(f"families: {family!r} is not known; choose among {', '.join(families.known())}")
        if "self" in self.methods:
            raise ValueError("methods: 'self' takes several generations and is not searched; leave it out")
        return self


class CurveSpec(Strict):
    """How accuracy grows with the transfer set: one student trained on growing parts of it, judged on validation texts."""

    points: int = Field(
        0, ge=0, le=12, description="sizes of the transfer set that are tried, the whole among them; 0: none; a law needs 4 that learn")
    share: float = Field(0.5, ge=0.2, le=0.9, description="texts of each size, as a share of the next larger one; more for short trainings")
    student: str | None = Field(None, description="name of the student; none: the first")
    seeds: int = Field(2, ge=1, le=20, description="seeds for each size")


class EvaluateSpec(Strict):
    """How quality is measured."""

    test_tokens: int = Field(50_000, ge=1_000, description="test texts are drawn until this many tokens are reached")
    resamples: int = Field(9_999, ge=199, le=99_999, description="bootstrap resamples of each interval")


class StudySpec(Strict):
    """A whole study: one task, one teacher, several students, and the budget of each stage."""

    task: str = Field(description="id of the task")
    preset: str = Field("quick", description="quick, search, standard, full or custom")
    name: str = Field("", max_length=120, description="what people call this study")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="auto takes a GPU if there is one")
    teacher: TeacherSpec = TeacherSpec()
    students: tuple[StudentSpec, ...] = Field(
        tuple(StudentSpec(name=f"depth-{n}", layers=n) for n in (3, 2, 1)), min_length=1, max_length=12,
        description="list of students: name, family, its size (layers, width, dimensions or source), method, epochs, "
                    "learning_rate, soft_weight, control")
    distil: DistilSpec = DistilSpec()
    training: TrainingSpec = TrainingSpec()
    variants: tuple[VariantSpec, ...] = Field(
        (), max_length=8, description="list of further ways to serve every model: runtime, precision, compression")
    measure: MeasureSpec = MeasureSpec()
    evaluate: EvaluateSpec = EvaluateSpec()
    search: SearchSpec = SearchSpec()
    curve: CurveSpec = CurveSpec()

    @model_validator(mode="after")
    def _names_differ(self) -> StudySpec:
        names = [student.name for student in self.students]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ValueError(f"students: the name {doubles[0]!r} is given twice; each student needs its own")
        ways = [(way.runtime, way.precision, way.made) for way in self.variants]
        if len(set(ways)) < len(ways):
            raise ValueError("variants: one is given twice; leave one of them out")
        if self.curve.student is not None and self.curve.student not in names:
            raise ValueError(f"curve.student: {self.curve.student!r} is not a student of this study; name one of {', '.join(names)}")
        return self

    @property
    def curve_student(self) -> StudentSpec:
        """The student that learns from growing parts of the transfer set, where curve.points asks for it."""
        return next(student for student in self.students if student.name == (self.curve.student or self.students[0].name))


PRESETS: dict[str, dict[str, Any]] = {
    "quick": {"variants": [{"runtime": "onnxruntime", "precision": "int8"}]},
    "search": {
        "variants": [{"runtime": "onnxruntime", "precision": "int8"}, {"runtime": "onnxruntime"}],
        "distil": {"tokens": 480_000}, "search": {"minutes": 8.0, "keep": 3}, "evaluate": {"test_tokens": 100_000},
    },
    "standard": {
        "variants": [{"runtime": "onnxruntime", "precision": "int8"}, {"runtime": "onnxruntime"}, {"runtime": "openvino"}],
        "teacher": {"tokens": 600_000, "epochs": 3}, "distil": {"tokens": 900_000, "epochs": 4},
        "measure": {"invocations": 5, "single_stream_queries": 662, "offline_seconds": 5.0, "server_seconds": 120.0},
        "evaluate": {"test_tokens": 400_000},
    },
    "full": {
        "variants": [{"runtime": "onnxruntime", "precision": "int8"}, {"runtime": "onnxruntime"}, {"runtime": "openvino"},
                     {"runtime": "openvino", "precision": "int8-static"}, {"runtime": "torch.compile"},
                     {"runtime": "onnxruntime", "precision": "int8", "compression": ["trimmed"]},
                     {"runtime": "onnxruntime", "precision": "int8", "compression": ["trimmed", "pruned"]}],
        "teacher": {"tokens": 3_000_000, "epochs": 4}, "distil": {"tokens": 6_000_000, "epochs": 8},
        "measure": {"invocations": 10, "single_stream_queries": 2_000, "offline_seconds": 20.0, "server_seconds": 300.0},
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
        raise UserError(sentence(error, model, data)) from None
