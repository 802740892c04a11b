"""Settings given as key=value: into the study's specification and its case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from core.case import CaseInputs
from core.errors import UserError
from core.spec import StudySpec, parse

KEEPS_PRESET = ("preset", "name", "task", "device")


def apply(spec: StudySpec, case: CaseInputs, settings: Sequence[str]) -> tuple[StudySpec, CaseInputs]:
    """Both with the settings applied: "case.KEY=VALUE" goes to the case, "PART.KEY=VALUE" or "KEY=VALUE" to the study.

    Values are JSON, or plain text where they are not. Raises UserError for unknown keys and bad values.
    """
    study_data, case_data = spec.model_dump(mode="json"), case.model_dump(mode="json")
    before = spec.model_dump(mode="json")
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise UserError(f"set: {setting!r} has no '='; write key=value, e.g. distil.temperature=4.")
        place, _, rest = key.partition(".")
        _put(case_data if place == "case" else study_data, rest if place == "case" else key, _value(text))
    if any(study_data[key] != before[key] for key in before if key not in KEEPS_PRESET):
        study_data["preset"] = "custom"
    return parse(StudySpec, study_data), parse(CaseInputs, case_data)


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    for part in path:
        data = data.get(part) if isinstance(data.get(part), dict) else {}  # type: ignore[assignment]
    if last not in data:
        raise UserError(f"set: {key!r} is not a setting; the defaults on the page New study and docs/settings.md name them all.")
    data[last] = value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # no JSON, a number of thousands of digits, or brackets without end
        return text
