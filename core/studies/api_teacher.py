"""A study whose teacher is an API that is known by its answers in a file: what is asked of it, and what its file says of the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from core import answers
from core.answers import AnswersInfo
from core.case import CaseInputs
from core.errors import UserError
from core.figures import Figure, not_measured
from core.methods import LAYERED, method_of
from core.pricing import tokens
from core.records import API, ModelRecord, StudyRecord
from core.roi.inputs import resolve
from core.spec import Method, StudySpec, parse

LEAST_TEST, LEAST_TRAIN, LEAST_VALIDATION = 100, 200, 20
INPUTS = {"api_input_tokens": "input_tokens", "api_cached_tokens": "cached_tokens", "api_cache_write_tokens": "cache_write_tokens",
          "api_output_tokens": "output_tokens", "api_reasoning_tokens": "reasoning_tokens"}


def is_api(model: ModelRecord | None) -> bool:
    """Whether a model is a teacher without weights."""
    return model is not None and model.runtime == API


def teacher_of(study: StudyRecord) -> ModelRecord | None:
    """The study's teacher, None before it exists."""
    return next((model for model in study.models if model.role == "teacher"), None)


def told_of(study: StudyRecord) -> str:
    """Whose answers the teacher of a study consists of, in a sentence; "" for a teacher with weights."""
    teacher = teacher_of(study)
    if teacher is None or not is_api(teacher):
        return ""
    given = teacher.details["answers"]
    return f"the API {given['model'] or given['id']}, known by its answers of {given['date']}: {given['summary'][0]}"


def served_by_teacher(study: StudyRecord, case: CaseInputs) -> bool:
    """Whether today's answers are those of the study's teacher: on machines, or as the API that its file came from."""
    return as_served(study, case).status_quo == (API if is_api(teacher_of(study)) else "teacher")


def unlike_today(study: StudyRecord, case: CaseInputs) -> Figure | None:
    """The unknown difference (points) of every option to what serves today, None where that is the measured teacher."""
    if served_by_teacher(study, case):
        return None
    today = {"api": "an API serves today", "bill": "of what serves today only the bill is known"}[case.status_quo]
    return not_measured("points", f"{today}, and its answers to the test texts are not measured")


def as_served(study: StudyRecord, case: CaseInputs) -> CaseInputs:
    """The case as it can be meant: a teacher that is an API cannot serve on machines, so where the teacher serves, the API does."""
    if is_api(teacher_of(study)) and case.status_quo == "teacher":
        return case.model_copy(update={"status_quo": API})
    return case


def inputs_of(study: StudyRecord, case: CaseInputs) -> dict[str, Figure]:
    """The case's inputs as figures; tokens of a call that nobody stated are the means that the teacher's file has."""
    found, teacher = resolve(case), teacher_of(study)
    if teacher is not None and is_api(teacher):
        found |= {name: figure for name, figure in measured_tokens(teacher.figures).items() if getattr(case, name) is None}
    return found


def measured_tokens(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Tokens of one call by the case's names: of the output, reasoning tokens are counted apart."""
    found = {name: figures[key] for name, key in INPUTS.items() if key in figures}
    seen, hidden = found.get("api_output_tokens"), found.get("api_reasoning_tokens")
    if seen is not None and hidden is not None and seen.value is not None and hidden.value is not None:
        found["api_output_tokens"] = Figure(seen.value - hidden.value, seen.unit, seen.provenance)
    return found


def check(spec: StudySpec) -> None:
    """Raises UserError where the teacher's imported answers cannot carry the study."""
    if not spec.teacher.answers:
        return
    info = answers.info(spec.teacher.answers)
    if info.task != spec.task:
        raise UserError(f"teacher.source: answers {info.id!r} are to task {info.task!r}, not {spec.task!r}; choose that task, or import "
                        "the file for this one.")
    _check_texts(info)
    if spec.distil.augmented:
        raise UserError(f"distil.augmented: {spec.distil.augmented:g} asks the teacher for new answers, which a file cannot give; "
                        "set it to 0.")
    for student in spec.students:
        _check_method("distil.method", method_of(spec, student), info)
    for method in spec.search.methods if spec.search.minutes else ():
        _check_method("search.methods", method, info)


def _check_method(key: str, method: Method, info: AnswersInfo) -> None:
    if method in LAYERED:
        raise UserError(f"{key}: {method!r} needs the teacher's inner values, and an API gives only answers; choose 'black box'"
                        + (" or 'logits'." if info.probabilities else "."))
    if method != "black box" and not info.probabilities:
        raise UserError(f"{key}: {method!r} needs the teacher's probabilities, and {info.file} has none; choose 'black box'.")


def _check_texts(info: AnswersInfo) -> None:
    for split, least in (("test", LEAST_TEST), ("train", LEAST_TRAIN), ("validation", LEAST_VALIDATION)):
        if (number := info.splits.get(split, 0)) < least:
            raise UserError(f"teacher.source: answers {info.id!r} cover {number:,} {split} texts of task {info.task!r}; at least {least} "
                            "are needed, so ask the API about more of them and import the file again.")


def method_for(info: AnswersInfo) -> Method:
    """How students learn from them where nobody says: from probabilities where the file has some, else from the answers alone."""
    return "logits" if info.probabilities else "black box"


def with_teacher(spec: StudySpec, info: AnswersInfo) -> StudySpec:
    """The study with these answers as its teacher; students, searched ones too, learn by what the file has."""
    parts, method = spec.model_dump(mode="json"), method_for(info)
    able = [each for each in spec.search.methods if each not in LAYERED and (each == "black box" or info.probabilities)]
    changed = {"teacher": {"source": info.source}, "distil": {"method": method, "augmented": 0.0}, "search": {"methods": able or [method]}}
    return parse(StudySpec, parts | {name: parts[name] | changes for name, changes in changed.items()})


def completed(spec: StudySpec, case: CaseInputs) -> CaseInputs:
    """The case of a new study: an API teacher serves today, and its model is the one whose price counts, if that is known."""
    if not spec.teacher.answers:
        return case
    info = answers.info(spec.teacher.answers)
    changes = {"status_quo": API} if case.status_quo == "teacher" else {}
    if case.api_model is None and case.api_usd_per_call is None and is_priced(info.provider, info.model):
        changes |= {"api_provider": info.provider, "api_model": info.model}
    return case.model_copy(update=changes)


def is_priced(provider: str, model: str) -> bool:
    """Whether the list of token prices knows the model."""
    if not provider or not model:
        return False
    try:
        tokens.rates(provider, model, datetime.now(UTC))
    except UserError:
        return False
    return True


def pricing_note(info: AnswersInfo) -> str:
    """What is still to be said about the price of a call, "" for nothing."""
    if not is_priced(info.provider, info.model):
        whose = info.who if info.model else "the model, which nobody named,"
        return f"The price of {whose} is not known here: state the price of a call (case.api_usd_per_call)."
    if "input_tokens" not in info.calls or "output_tokens" not in info.calls:
        return "The file has no tokens: state the input and output tokens of a call, or its price (case.api_usd_per_call)."
    return ""
