"""What is there: the user's studies, and the recorded example that ships with the product."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from core.case import CaseInputs
from core.errors import UserError
from core.records import JobRecord, StudyRecord
from core.settings import ASSETS
from core.store import jobs, studies
from core.store.studies import StudySummary
from core.studies.document import from_document

EXAMPLE = "example"
EXAMPLE_FILE = ASSETS / "example" / "study.json"


def get(study_id: str) -> StudyRecord:
    """A study of the user's, or the recorded example. Raises UserError if it is unknown."""
    return example() if study_id == EXAMPLE else studies.get(study_id)


def example() -> StudyRecord:
    """The recorded example: a real study of this project's, not the user's."""
    return _recorded(EXAMPLE_FILE)


@lru_cache(maxsize=2)
def _recorded(file: Path) -> StudyRecord:
    return from_document(json.loads(file.read_text(encoding="utf-8")), EXAMPLE)


def summaries() -> list[StudySummary]:
    """The user's studies, newest first; the example is not among them."""
    return studies.summaries()


def waiting_for(job: JobRecord) -> int:
    """How many jobs a queued one waits for: those before it on its device."""
    return sum(other.device == job.device and (other.id < job.id or other.state == "running") for other in jobs.active())


def update_case(study_id: str, case: CaseInputs) -> None:
    """Keep changed business inputs with a study. Raises UserError for the example, which stays as it was recorded."""
    if study_id == EXAMPLE:
        raise UserError("study: 'example' is recorded and stays as it is; start a study of your own to keep inputs.")
    studies.update_case(study_id, case)
