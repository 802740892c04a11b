"""What the claims are set against: a study's models and its case; and what became of one claim. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.claims.rules import Finding, Verdict, combine
from core.figures import Figure, not_measured
from core.records import API, ModelRecord, StudyRecord
from core.roi.options import Case
from core.roi.results import Comparison, OptionResult

NEW_STUDY, STUDY, CHECKLIST, DECISION = "pages/new_study.py", "pages/study.py", "pages/checklist.py", "pages/decision.py"
MORE_PROCESSES = "Speed measured in at least 5 processes, or in more of them: a study with the preset standard or full."
MORE_TEXTS = "More test texts: a study with a larger evaluate.test_tokens."


@dataclass(frozen=True)
class Evidence:
    """student: the one that the study's verdict is about, None before there is one. margin: points that the case allows to lose.

    case, options and comparison (the best option with a student over the best other one) are the business side; qualifies: whether
    that option meets items 2 and 3. slices: difference to the teacher (points) by slice, of the student. listed_price: USD/h of
    the G4dn instance of the price list whose price is nearest to the claimed one. is_drawn: whether uncertainty is asked for.
    bundled_layers: layers of the bundled teacher. gains: by student, its gain over its control (points) over that many seeds, where there
    are several.
    """

    study: StudyRecord
    margin: Figure
    student: ModelRecord | None = None
    case: Case | None = None
    options: tuple[OptionResult, ...] = ()
    comparison: Comparison | None = None
    qualifies: bool = False
    slices: Mapping[str, Figure] = field(default_factory=dict)
    listed_price: Figure | None = None
    is_drawn: bool = False
    bundled_layers: int = 0
    gains: Mapping[str, tuple[Figure, int]] = field(default_factory=dict)

    @property
    def teacher(self) -> ModelRecord | None:
        """The study's teacher."""
        return next((model for model in self.study.models if model.role == "teacher"), None)

    @property
    def students(self) -> tuple[ModelRecord, ...]:
        """All students, in the study's order."""
        return tuple(model for model in self.study.models if model.role == "student")

    @property
    def page(self) -> str:
        """Where what is not measured yet will be: on the page of a study that runs, else in a new one."""
        running = self.study.job is not None and self.study.job.state in ("queued", "running")
        return STUDY if running else NEW_STUDY

    def option(self, name: str) -> OptionResult | None:
        """The costs of the option of that name."""
        return next((option for option in self.options if option.name == name), None)


@dataclass(frozen=True)
class Answer:
    """What became of a claim. findings: the figures that decide; beside: others that were seen, by their names.

    remark: what the figures do not say by themselves, and for a claim that waits why it does.

    hardware: on which ours were measured. need: what would supply or settle it, "" where nothing is open; page: where in the
    browser, "" where no page can.
    """

    verdict: Verdict
    remark: str
    findings: tuple[Finding, ...] = ()
    beside: Mapping[str, Figure] = field(default_factory=dict)
    hardware: str = ""
    need: str = ""
    page: str = ""


def by_api(seen: Evidence) -> bool:
    """Whether the study's teacher is an API, known by its answers alone."""
    return seen.teacher is not None and seen.teacher.runtime == API


def waiting(why: str, need: str, page: str, beside: Mapping[str, Figure] | None = None, hardware: str = "") -> Answer:
    """Nothing was measured or computed yet that the claim could be set against."""
    return Answer("waiting", why, (), beside or {}, hardware, need, page)


def settled(findings: Sequence[Finding], beside: Mapping[str, Figure], hardware: str, remark: str = "") -> Answer:
    """The answer that follows from all findings; what is open names the first thing that would settle it."""
    verdict = combine([found.verdict for found in findings])
    is_open = verdict in ("undecided", "waiting")
    needs = dict.fromkeys(found.need for found in findings if is_open and found.verdict in ("undecided", "waiting") and found.need)
    return Answer(verdict, remark, tuple(findings), beside, hardware, " ".join(needs), NEW_STUDY if needs else "")


def figure_of(model: ModelRecord, name: str, unit: str) -> Figure:
    """A model's figure, or why there is none yet."""
    return model.figures.get(name, not_measured(unit, f"{model.name} has no such figure yet"))


def half_depth(seen: Evidence) -> ModelRecord | None:
    """The student that keeps half of the teacher's layers; of several, the one that the verdict is about. None if there is none."""
    layers = teacher_layers(seen)
    depths = _depths(seen)
    halves = {model.name: model for model in seen.students if layers and 2 * depths.get(model.name, 0) == layers}
    first = next(iter(halves.values()), None)
    return first if seen.student is None else halves.get(seen.student.name, first)


def teacher_layers(seen: Evidence) -> int | None:
    """Layers of the teacher: those of the bundled one, else counted; None if unknown.

    Layers have equally many parameters, and a depth student differs from its teacher in layers alone. So of students with a < b
    layers, each layer has (P_b - P_a) / (b - a) parameters, and the teacher b + (P_teacher - P_b) / that many layers.
    """
    if seen.study.spec.teacher.source == "minilm":
        return seen.bundled_layers or None
    depths = _depths(seen)
    sizes = sorted({(depths[m.name], m.figures["parameters"].value or 0.0) for m in seen.students
                    if m.name in depths and "parameters" in m.figures})
    teacher = seen.teacher.figures.get("parameters") if seen.teacher else None
    if len(sizes) < 2 or sizes[0][0] == sizes[-1][0] or teacher is None or teacher.value is None:
        return None
    (few, least), (many, most) = sizes[0], sizes[-1]
    each = (most - least) / (many - few)
    return round(many + (teacher.value - most) / each) if each > 0 else None


def _depths(seen: Evidence) -> dict[str, int]:
    """Layers of each depth student, by its name."""
    return {student.name: student.layers for student in seen.study.spec.students if student.family == "depth" and student.layers}


def served_on(model: ModelRecord, seen: Evidence, figure: Figure) -> str:
    """Where a model and its teacher were measured, and in which runtime; different ones are called so."""
    teacher = seen.teacher
    device = figure.provenance.device or str(model.details.get("device", "")) or "device not recorded"
    if teacher is None:
        return device
    theirs = next((found.provenance.device for name in ("throughput_per_s", "latency_mean_ms")
                   if (found := teacher.figures.get(name)) is not None and found.provenance.device), device)
    where = f"{device}, student and teacher alike" if theirs == device else f"different hardware: student on {device}, teacher on {theirs}"
    if teacher.runtime == API:
        return f"{where}, network included in the teacher's latency"
    how = f"both in {model.runtime}" if model.runtime == teacher.runtime else f"student in {model.runtime}, teacher in {teacher.runtime}"
    return f"{where}, {how}"

