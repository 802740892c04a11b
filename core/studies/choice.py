"""Which option a case is about: the one that somebody chose, where it exists."""

from __future__ import annotations

from collections.abc import Sequence

from core.case import CaseInputs
from core.errors import UserError
from core.records import StudyRecord
from core.spec import StudySpec
from core.studies.cascades import Choice
from core.studies.options import CASCADE, cascade_name, is_option, option_name
from core.studies.ruling import check_variant


def choosable(study: StudyRecord) -> tuple[str, ...]:
    """Every option with a student, by name: students, their variants, their cascades."""
    students = [model for model in study.models if model.role == "student"]
    variants = [model for model in study.variants if model.role == "student" and is_option(model)]
    return (*map(option_name, (*students, *variants)), *(cascade_name(model) for model in students if model.cascade))


def chosen(study: StudyRecord, case: CaseInputs, cascades: Sequence[Choice]) -> str:
    """The option that somebody chose. "" where nobody did, where the run has not come to it, or for a cascade without known costs.

    Raises UserError for one that a finished study does not have.
    """
    if case.variant is None:
        return ""
    able = choosable(study)
    if study.job is None or study.job.state == "done":
        check_variant(case.variant, able)
    without = {cascade_name(model) for model in study.models} - {choice.option.name for choice in cascades}
    return "" if case.variant in without or case.variant not in able else case.variant


def check_planned(spec: StudySpec, case: CaseInputs) -> None:
    """Raises UserError for a choice that a study of this specification cannot come to have; what a search finds has names of its own."""
    if case.variant is None or spec.search.minutes:
        return
    students = [student.name for student in spec.students]
    if case.variant.removeprefix(CASCADE).partition(",")[0] not in students:
        raise UserError(f"variant: {case.variant!r} is none of this study's students; write one of {', '.join(students)}, with the way it "
                        f"is served after a comma or \"{CASCADE.strip()}\" before it, or leave it out.")
