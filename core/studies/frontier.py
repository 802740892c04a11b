"""The frontier of a study: what every model and variant keeps and costs, which pass, and which one is the cheapest that does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.checklist.evidence import Accuracy, Latency, Tooling
from core.checklist.qualifying import ENOUGH, judged, why_not
from core.checklist.thresholds import Thresholds
from core.figures import Figure, assumed, compute, not_measured
from core.records import ModelRecord
from core.roi.case import bench_unit_cost, evaluate
from core.roi.front import pareto
from core.roi.options import Option, Part
from core.roi.results import OptionResult, OptionRole
from core.studies.api_teacher import is_api
from core.studies.candidates import candidates
from core.studies.cascades import Choice, value_of
from core.studies.decide import Decision
from core.studies.options import build, teacher_option
from core.studies.ruling import WITH_STUDENT, Candidate, Ruling, rank

UNKNOWN = not_measured("share", "its answers to the test texts are not measured")
ONE_CALL = assumed(1.0, "ratio", by="default", source="calls for an answer")
NO_TEACHER = not_measured("ratio", "the teacher's cost is not known")
NO_OPTIMISED = not_measured("ratio", "no other way to serve the teacher is measured")


@dataclass(frozen=True)
class Point:
    """One way to serve. accuracy: share, on test texts; cost: USD/1e6 on the bench basis (Offline, tokenisation included), its interval
    that of the throughput.

    retention, to_teacher, to_optimised: accuracy over the teacher's, cost over the teacher's as it was trained (in eager PyTorch) and
    over its cheapest other way. why_not: why it does not pass, empty where it does. too_slow_or_large: latency or memory is among the
    reasons. on_front: no other point is both cheaper and more accurate. model: the student of a cascade.
    """

    name: str
    role: OptionRole
    model: ModelRecord
    candidate: Candidate
    accuracy: Figure
    cost: Figure
    why_not: str
    too_slow_or_large: bool
    on_front: bool = False
    retention: Figure = UNKNOWN
    to_teacher: Figure = NO_TEACHER
    to_optimised: Figure = NO_OPTIMISED

    @property
    def passes(self) -> bool:
        """Whether latency, accuracy and memory pass or warn, by the rules of the verdict."""
        return not self.why_not

    @property
    def distils(self) -> bool:
        """Whether it needs a student that learned from the teacher."""
        return self.role in WITH_STUDENT


@dataclass(frozen=True)
class Frontier:
    """points: by rising cost, each with a known accuracy and cost. about: the option that the case is about; chosen: by somebody.

    teacher: as it was trained. optimised: its cheapest other way, one that passes before one that does not. cheapest: of those with a
    student that pass; cheaper: the dearest with a student below it, which therefore fails; nearest: where none passes, the one that
    comes nearest by the verdict's order. rival: a control or optimised teacher that passes at no higher cost than `cheapest`.
    today: cost of what serves today (USD/1e6), on its own basis where that has no machines. missing: why there are no points.
    """

    points: tuple[Point, ...]
    margin: Figure
    today: Figure
    about: str | None = None
    chosen: bool = False
    teacher: Point | None = None
    optimised: Point | None = None
    cheapest: Point | None = None
    cheaper: Point | None = None
    nearest: Point | None = None
    rival: Point | None = None
    missing: str = ""

    def point(self, name: str | None) -> Point | None:
        """The point of that name, or None."""
        return next((point for point in self.points if point.name == name), None)

    @property
    def by_api(self) -> bool:
        """Whether the teacher is an API: it was not trained here, and costs the price of its calls."""
        return self.teacher is not None and is_api(self.teacher.model)

    @property
    def least_accuracy(self) -> float | None:
        """The teacher's accuracy less the margin (share); None where one of them is unknown."""
        if self.teacher is None or self.margin.value is None:
            return None
        return value_of(self.teacher.accuracy) - self.margin.value / 100.0


def frontier(decision: Decision, today: date) -> Frontier:
    """The frontier of a decision's study under its case, with all variants whose answers agree with their model's. Raises UserError."""
    margin, nothing = decision.inputs["accuracy_margin_points"], not_measured("USD/1e6", "nothing is measured yet")
    ruling, built = decision.ruling, build(decision.study, decision.case, today, every=True)
    if ruling is None or built is None:
        return Frontier((), margin, nothing, missing="No model is measured yet: start a study, or wait until its run has come to it.")
    built = replace(built, options=(*built.options, *(choice.option for choice in decision.cascades)))
    return _made(decision, ruling, candidates(decision.study, decision.case, built, decision.inputs, decision.cascades), evaluate(built))


def of_options(decision: Decision) -> Frontier | None:
    """The frontier of the decision's own options, which rest on the prices that it was made with; None before there are some."""
    ruling = decision.ruling
    return None if ruling is None else _made(decision, ruling, ruling.candidates, ruling.options)


def _made(decision: Decision, ruling: Ruling, found: Sequence[Candidate], costs: Sequence[OptionResult]) -> Frontier:
    limits = ruling.facts.thresholds
    models = _models(decision)
    points = [_point(candidate, models[candidate.name], cost, decision.cascades, limits)
              for candidate, cost in zip(found, costs, strict=True) if candidate.name in models]
    known = sorted((p for p in points if p.accuracy.value is not None and p.cost.value is not None), key=lambda p: value_of(p.cost))
    serves = next(cost for cost in costs if cost.role == "status_quo")
    made = Frontier(_compared(known), decision.inputs["accuracy_margin_points"],
                    serves.usd_per_million if serves.basis in ("api", "bill") else serves.usd_per_million_bench,
                    ruling.best, bool(ruling.facts.chosen), missing="" if known else _missing(points))
    return _answered(made, {p.name: rank(p.candidate, p.cost.value, limits) for p in known})


def _seen(candidate: Candidate) -> tuple[Latency, Accuracy, Tooling]:
    return candidate.latency, candidate.accuracy, candidate.tooling


def _models(decision: Decision) -> dict[str, ModelRecord]:
    """The model behind each option that has one of its own."""
    own = {teacher_option(model): model for model in (*decision.study.models, *decision.study.variants)}
    return own | {choice.option.name: choice.model for choice in decision.cascades}


def _point(candidate: Candidate, model: ModelRecord, cost: OptionResult, cascades: tuple[Choice, ...], limits: Thresholds) -> Point:
    choice = next((each for each in cascades if each.option.name == candidate.name), None)
    accuracy = model.figures.get("accuracy", UNKNOWN) if choice is None else choice.point.accuracy
    fast, _, fits = (status for status, _ in judged(*_seen(candidate), limits))
    return Point(candidate.name, cost.role, model, candidate, accuracy, _sampled(_busy(candidate.option, cost), candidate.option),
                 why_not(*_seen(candidate), limits), fast not in ENOUGH or fits not in ENOUGH)


def _busy(option: Option, cost: OptionResult) -> Figure:
    """The bench cost (USD/1e6); an API has no machines to be idle and costs its calls, also behind a student."""
    if all(part.basis != "api" for part in option.parts):
        return cost.usd_per_million_bench
    if option.basis == "api":
        return cost.usd_per_million
    first, behind = option.parts
    return compute(lambda student, call, calls, share: student + share * call * calls * 1e6, "USD/1e6", "student + share escalated x calls",
                   student=bench_unit_cost(first.figures["usd_per_hour"], _rate(first)), call=behind.figures["usd_per_call"],
                   calls=behind.figures.get("retry_factor", ONE_CALL), share=behind.figures["share"])


def _sampled(cost: Figure, option: Option) -> Figure:
    """The cost with the interval of the throughput that it rests on; of a cascade, with that of the share that it escalates."""
    if cost.value is None or option.basis == "api":
        return cost
    if len(option.parts) == 1:
        return _inverse(cost, _rate(option.parts[0]))
    behind, share = option.parts[1], option.parts[1].figures["share"]
    each = _each(behind)
    if each is None or share.value is None or share.low is None or share.high is None:
        return cost
    return replace(cost, low=cost.value + (share.low - share.value) * each, high=cost.value + (share.high - share.value) * each)


def _each(part: Part) -> float | None:
    """Cost of a million answers of a part (USD): of machines that are never idle, or of the calls of an API."""
    if part.basis != "api":
        return bench_unit_cost(part.figures["usd_per_hour"], _rate(part)).value
    call, calls = part.figures["usd_per_call"].value, part.figures.get("retry_factor", ONE_CALL).value
    return None if call is None or calls is None else call * calls * 1e6


def _rate(part: Part) -> Figure:
    return part.figures.get("offline_rate_per_s", part.figures["rate_per_s"])


def _inverse(figure: Figure, sampled: Figure) -> Figure:
    """A figure that falls as `sampled` rises, with the interval that follows from its own."""
    if figure.value is None or not sampled.value or not sampled.low or not sampled.high:
        return figure
    return replace(figure, low=figure.value * sampled.value / sampled.high, high=figure.value * sampled.value / sampled.low)


def _missing(points: list[Point]) -> str:
    """Why no point has both figures, from the first that lacks one."""
    lacking = next((each for point in points for each in (point.accuracy, point.cost) if each.value is None), None)
    why = lacking.provenance.reason if lacking is not None else "no model is measured"
    return f"Nothing can be drawn yet: {why}. Let the study's run come to its evaluation and measurement, or state an hourly price."


def _compared(points: list[Point]) -> tuple[Point, ...]:
    """The points with what they keep and cost against the teacher, and whether they are on the front."""
    on = pareto([value_of(p.cost) for p in points], [value_of(p.accuracy) for p in points])
    teacher, optimised = _teachers(points)
    return tuple(replace(point, on_front=bool(is_on), retention=_kept(point, teacher), to_teacher=_over(point, teacher, NO_TEACHER),
                         to_optimised=_over(point, optimised, NO_OPTIMISED)) for point, is_on in zip(points, on, strict=True))


def _teachers(points: tuple[Point, ...] | list[Point]) -> tuple[Point | None, Point | None]:
    """The teacher as it was trained, and the cheapest of its other ways: one that passes before one that does not."""
    teacher = next((p for p in points if p.model.role == "teacher" and not p.model.way), None)
    others = sorted((p for p in points if p.model.role == "teacher" and p.model.way), key=lambda p: (not p.passes, value_of(p.cost)))
    return teacher, next(iter(others), None)


def _kept(point: Point, teacher: Point | None) -> Figure:
    measured = point.model.figures.get("retention", UNKNOWN)
    if point.role != "cascade" and measured.value is not None:
        return measured
    if teacher is None:
        return UNKNOWN
    return compute(lambda mine, theirs: mine / theirs, "share", "accuracy / the teacher's accuracy", mine=point.accuracy,
                   theirs=teacher.accuracy)


def _over(point: Point, base: Point | None, unknown: Figure) -> Figure:
    """Cost over another's; against the teacher, where both have one price, with the interval of the speed-up within one pass."""
    if base is None:
        return unknown
    ratio = compute(lambda cost, of: cost / of, "ratio", f"bench cost / that of the {base.name}", cost=point.cost, of=base.cost)
    speedup = point.model.figures.get("throughput_speedup")
    if base.model.way or point.role == "cascade" or speedup is None:
        return ratio
    return _inverse(ratio, speedup)


def _answered(made: Frontier, order: Mapping[str, tuple[float, ...]]) -> Frontier:
    """With the teacher's points and the answer: the cheapest that passes, the next cheaper one that fails, what rivals it."""
    teacher, optimised = _teachers(made.points)
    students = [point for point in made.points if point.distils]
    cheapest = next((point for point in students if point.passes), None)
    below = [p for p in students if cheapest is not None and value_of(p.cost) < value_of(cheapest.cost)]
    nearest = None if cheapest is not None else min(students, key=lambda p: order[p.name], default=None)
    rival = next((p for p in made.points if cheapest is not None and p.passes and p.role in ("control", "optimised_teacher")
                  and value_of(p.cost) <= value_of(cheapest.cost)), None)
    return replace(made, teacher=teacher, optimised=optimised, cheapest=cheapest, cheaper=below[-1] if below else None,
                   nearest=nearest, rival=rival)


def ratios(found: Frontier) -> dict[str, dict[str, Figure]]:
    """For each point, by name: its retention (share), and its cost over the teacher's in eager PyTorch and over the optimised
    teacher's (ratios): what a benchmark holds against its targets."""
    return {point.name: {"retention": point.retention, "to_teacher": point.to_teacher, "to_optimised": point.to_optimised}
            for point in found.points}
