"""What pages read, kept for as long as it cannot have changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import streamlit as st

from core.case import CaseInputs
from core.jobs import api as jobs
from core.records import StudyRecord
from core.store.studies import StudySummary
from core.studies import compare, prices, read
from core.studies.decide import Decision, decide
from core.studies.earlier import Earlier

OPEN = ("queued", "running")


def today() -> date:
    """The day on which prices are judged for their age."""
    return datetime.now(UTC).date()


def study(study_id: str) -> StudyRecord:
    """A study as it is now. Raises UserError if it is unknown."""
    return read.get(study_id)


def decision(found: StudyRecord, case: CaseInputs | None = None) -> Decision:
    """The decision on a study under its own case or another one; computed once for each state of the study."""
    return _kept(found, case or found.case, compare.earlier(found))


def _kept(found: StudyRecord, case: CaseInputs, since: Earlier | None) -> Decision:
    return _decision((*state_of(found), since and since.id), case.model_dump_json(), today(), found, case, since)


def state_of(found: StudyRecord) -> tuple[Any, ...]:
    """Changes whenever the study's figures, or the price list, may have changed."""
    job = found.job
    finished = tuple(step.finished_at for step in job.steps) if job else ()
    figures = sum(len(model.figures) for model in found.models)
    return found.id, found.created_at, job and job.state, finished, len(found.models), figures, prices.version()


@st.cache_resource(max_entries=200, show_spinner=False)
def _decision(state: tuple[Any, ...], case_json: str, day: date, _study: StudyRecord, _case: CaseInputs,
              _since: Earlier | None) -> Decision:
    return lean(decide(_study, day, _case, earlier=_since))


def lean(found: Decision) -> Decision:
    """The decision without the draws themselves: 14 MB that no page reads, and many decisions are kept."""
    return found if found.ruling is None else replace(found, ruling=replace(found.ruling, simulated=None))


def verdict_word(study_id: str, state: str | None) -> str:
    """What a study came to, or how far it is."""
    if state != "done":
        return state or "queued"
    found = study(study_id)
    verdict = _kept(found, found.case, None).verdict  # the previous study never changes the word, and takes seconds at first
    return verdict.overall if verdict else "not enough evidence"


def matched_instance(machine: Mapping[str, Any], device: str) -> tuple[str | None, str, str]:
    """Key of the instance that a machine stands for, how it was matched, and why."""
    return _matched(prices.version(), machine, device)


@st.cache_data(max_entries=8, show_spinner=False)
def _matched(price_list: tuple[Any, ...], machine: Mapping[str, Any], device: str) -> tuple[str | None, str, str]:
    found = prices.matched(machine, device)
    return found.instance.key if found.instance else None, found.how, found.reason


def keep_running(summaries: Iterable[StudySummary]) -> None:
    """Makes sure that somebody works on the queue while there is a study in it."""
    if any(row.job_state in OPEN for row in summaries):
        jobs.ensure_supervisor()
