"""What counts where a field of the case is empty, in a few words."""

from __future__ import annotations

from core.records import StudyRecord
from core.studies.api_teacher import is_api, measured_tokens, teacher_of
from pages.ui import reads


def of_study(study: StudyRecord) -> dict[str, str]:
    """By input: the instance that matches the study's machine, and the tokens of a call that its teacher's file has."""
    matched, how, _ = reads.matched_instance(study.machine, study.models[0].device if study.models else "cpu")
    teacher = teacher_of(study)
    tokens = measured_tokens(teacher.figures) if teacher is not None and is_api(teacher) else {}
    return {"instance": f"assumed: {matched or how}",
            **{name: f"from the file: {figure.value:,.4g}" for name, figure in tokens.items() if figure.value is not None}}
