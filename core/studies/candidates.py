"""What is known of each option beside its costs: latency, accuracy, tooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import checklist, quality
from core.case import CaseInputs, ToolInputs
from core.figures import Figure, Interval, assumed, compute, derived, not_measured
from core.records import ModelRecord, StudyRecord
from core.roi.options import Case, Option
from core.studies.api_teacher import unlike_today
from core.studies.capacity import ONLINE, held
from core.studies.cascades import Choice
from core.studies.options import memory_of, option_name, teacher_option
from core.studies.ruling import Candidate
from core.studies.served import OPTIMISED
from core.studies.slices import losing
from core.studies.tooling import effort
from core.words import TOOLS

UNKNOWN_MS = not_measured("ms", "the speed of this option is not measured")
UNKNOWN_POINTS = not_measured("points", "the answers of this option are not measured")
UNKNOWN_SHARE = not_measured("share", "its answers after a reload were not compared yet")
SAME = assumed(0.0, "points", by="user", source="the same model: its answers are taken to be the teacher's")


def candidates(study: StudyRecord, case: CaseInputs, built: Case, inputs: Mapping[str, Figure], cascades: Sequence[Choice]
               ) -> tuple[Candidate, ...]:
    """One for each option of the case, in its order."""
    models = {option_name(model): model for model in (*study.models, *study.variants)}
    models[teacher_option(models["teacher"])] = models["teacher"]
    chosen = {choice.option.name: choice for choice in cascades}
    apart = unlike_today(study, case)
    return tuple(_candidate(option, case, inputs, models, chosen, apart) for option in built.options)


def _candidate(option: Option, case: CaseInputs, inputs: Mapping[str, Figure], models: Mapping[str, ModelRecord],
               chosen: Mapping[str, Choice], apart: Figure | None) -> Candidate:
    margin = inputs["accuracy_margin_points"]
    priced = inputs["usd_per_error"].value is not None
    teacher = models["teacher"]
    model = chosen[option.name].model if option.name in chosen else models.get(option.name)
    difference = apart or _difference(option, model, chosen)
    more, left = _more_texts(model, difference, margin) if model is not None else (None, None)
    weak = losing(model) if model is not None and option.name not in chosen else {}  # a cascade answers its doubts by the teacher
    agreement = model.figures.get("reload_agreement", UNKNOWN_SHARE) if model else UNKNOWN_SHARE
    return Candidate(
        option, _latency(option, model, teacher, inputs, chosen),
        checklist.Accuracy(difference, margin, more, left, weak, errors_are_priced=priced),
        checklist.Tooling(agreement, case.teacher_terms_allow, case.target_is_this_machine, _memory(option, model),
                          inputs["memory_limit_mb"], **_stated(case, model)))


def _stated(case: CaseInputs, model: ModelRecord | None) -> dict[str, Any]:
    """What somebody stated of the tool that serves a model."""
    if model is None or model.runtime not in TOOLS:
        return {}
    said = case.tools.get(model.runtime, ToolInputs())
    return {"tool": TOOLS[model.runtime], "support": said.support, "maturity": said.maturity, "integration": effort(said)}


def _memory(option: Option, model: ModelRecord | None) -> dict[str, Figure]:
    """An API or a bill holds no model on the target; of a cascade it is the student, as the teacher has machines of its own."""
    return {} if option.basis in ("api", "bill") else memory_of(model)


def _latency(option: Option, model: ModelRecord | None, teacher: ModelRecord, inputs: Mapping[str, Figure],
             chosen: Mapping[str, Choice]) -> checklist.Latency:
    """p99 in ms and the queries it rests on: under load where machines are counted by a rate measured so, else one text at a time."""
    limit = inputs["latency_limit_ms"]
    if model is not None and option.name not in chosen and option.basis in ONLINE and held(model, limit):
        return checklist.Latency(model.figures["server_p99_ms"], limit, _count(model, "server_queries"), under_load=True,
                                 bound=model.figures["server_limit_ms"])
    p99, queries = _alone(option, model, teacher, inputs, chosen)
    return checklist.Latency(p99, limit, queries)


def _alone(option: Option, model: ModelRecord | None, teacher: ModelRecord, inputs: Mapping[str, Figure],
           chosen: Mapping[str, Choice]) -> tuple[Figure, int | None]:
    """p99 in ms of one text at a time, and the queries it rests on."""
    if option.name in chosen:
        return chosen[option.name].p99, _queries(teacher)
    if option.name == OPTIMISED:
        made = compute(lambda p99, speedup: p99 / speedup, "ms", "the teacher's p99 / assumed speed-up",
                       p99=teacher.figures.get("latency_p99_ms", UNKNOWN_MS), speedup=inputs["optimised_teacher_speedup"])
        return made, _queries(teacher)
    return (UNKNOWN_MS, None) if model is None else (model.figures.get("latency_p99_ms", UNKNOWN_MS), _queries(model))


def _queries(model: ModelRecord) -> int | None:
    return _count(model, "latency_queries")


def _count(model: ModelRecord, name: str) -> int | None:
    count = model.figures.get(name)
    return int(count.value) if count and count.value else None


def _difference(option: Option, model: ModelRecord | None, chosen: Mapping[str, Choice]) -> Figure:
    """Accuracy less the teacher's, in points; the teacher serves today."""
    if option.name in chosen:
        return chosen[option.name].point.difference
    if option.name == OPTIMISED:
        return Figure(0.0, "points", SAME.provenance, 0.0, 0.0)
    if model is None:
        return UNKNOWN_POINTS
    if model.role == "teacher" and not model.way:
        same = derived(0.0, "points", "the teacher is what is compared with", {})
        return Figure(0.0, "points", same.provenance, 0.0, 0.0)
    return model.figures.get("accuracy_difference", UNKNOWN_POINTS)


def _more_texts(model: ModelRecord, difference: Figure, margin: Figure) -> tuple[int | None, int | None]:
    """How many more texts would settle item 3, and how many the test split has left."""
    texts, left = model.figures.get("test_texts"), model.figures.get("test_texts_left")
    remaining = None if left is None or left.value is None else int(left.value)
    if difference.value is None or not margin.value or texts is None or not texts.value:
        return None, remaining
    needed = quality.texts_needed(Interval(difference.value, difference.low, difference.high), margin.value, int(texts.value))
    return (None if needed is None else needed - int(texts.value)), remaining
