"""Studies: what was asked, the business case, and all that came out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, column, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.case import CaseInputs
from core.errors import UserError
from core.records import JobState, StudyRecord
from core.spec import StudySpec, parse
from core.store import jobs, models, steps, tables, trials
from core.store.engine import read, write
from core.store.tables import studies

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else


@dataclass(frozen=True)
class StudySummary:
    """One line of the list of studies. job_state is that of its newest job, None before the first."""

    id: str
    name: str
    task: str
    preset: str
    created_at: datetime
    job_state: JobState | None


def new_id() -> str:
    """A short id that no study has."""
    with read() as connection:
        return unused(connection, studies.c.id)


def unused(connection: Connection, column: Column[str]) -> str:
    """A short random id that the column does not hold."""
    while True:
        made = "".join(secrets.choice(ALPHABET) for _ in range(8))
        if connection.scalar(select(column).where(column == made)) is None:
            return made


def create(study_id: str, spec: StudySpec, case: CaseInputs, machine: Mapping[str, Any], commit: str) -> None:
    """A new study. Raises UserError if the id is taken."""
    row = {"id": study_id, "created_at": tables.now(), "spec": spec.model_dump(mode="json"),
           "case": case.model_dump(mode="json"), "machine": dict(machine), "commit": commit}
    try:
        with write() as connection:
            connection.execute(insert(studies).values(row))
    except IntegrityError as error:
        raise UserError(f"study: {study_id!r} exists already; choose another id.") from error


def get(study_id: str) -> StudyRecord:
    """The study with its models and figures, its newest job and that job's curves. Raises UserError if it is unknown."""
    with read() as connection:
        row = connection.execute(select(studies).where(studies.c.id == study_id)).one_or_none()
        if row is None:
            raise _unknown(study_id)
        job = jobs.newest(connection, study_id)
        found, variants = models.of_study(connection, study_id)
        return StudyRecord(
            row.id, row.created_at, parse(StudySpec, row.spec), parse(CaseInputs, row.case), row.machine, row.commit,
            models=found, variants=variants, job=job,
            curves=steps.curves(connection, job.id) if job else (), trials=trials.of_study(connection, study_id),
        )


def list_ids() -> list[str]:
    """All ids, newest first."""
    with read() as connection:
        return list(connection.scalars(select(studies.c.id).order_by(studies.c.created_at.desc(), studies.c.id)))


def summaries() -> list[StudySummary]:
    """One line for each study, newest first, without its figures."""
    with read() as connection:
        return [_summary(row.id, parse(StudySpec, row.spec), row.created_at, row.state) for row in connection.execute(_newest_first())]


def previous(study_id: str, task: str, created_at: datetime) -> StudySummary | None:
    """The newest other study of the task that was started at or before that time and whose newest job is done."""
    begun = studies.c.created_at <= created_at, studies.c.id != study_id, studies.c.spec["task"].as_string() == task
    query = _newest_first().where(*begun, column("state") == "done").limit(1)
    with read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _summary(row.id, parse(StudySpec, row.spec), row.created_at, row.state)


def _newest_first() -> Select[Any]:
    """Id, specification and time of each study, with the state of its newest job."""
    all_jobs = tables.jobs
    newest = select(func.max(all_jobs.c.id).label("id")).group_by(all_jobs.c.study_id).subquery()
    last = select(all_jobs.c.study_id, all_jobs.c.state).join(newest, newest.c.id == all_jobs.c.id).subquery()
    return (select(studies.c.id, studies.c.spec, studies.c.created_at, last.c.state)
            .outerjoin(last, last.c.study_id == studies.c.id)
            .order_by(studies.c.created_at.desc(), studies.c.id))


def _summary(study_id: str, spec: StudySpec, created_at: datetime, state: JobState | None) -> StudySummary:
    return StudySummary(study_id, spec.name or f"{spec.task}, {spec.preset}", spec.task, spec.preset, created_at, state)


def update_case(study_id: str, case: CaseInputs) -> None:
    """Replaces the business case; nothing runs again. Raises UserError if the study is unknown."""
    with write() as connection:
        query = update(studies).where(studies.c.id == study_id).values(case=case.model_dump(mode="json"))
        if connection.execute(query).rowcount == 0:
            raise _unknown(study_id)


def delete(study_id: str) -> None:
    """Removes the study with its jobs, models and figures; files stay. Raises UserError if it is unknown or running."""
    with write() as connection:
        _refuse_running(connection, study_id)
        if connection.execute(studies.delete().where(studies.c.id == study_id)).rowcount == 0:
            raise _unknown(study_id)


def _refuse_running(connection: Connection, study_id: str) -> None:
    job = jobs.newest(connection, study_id)
    if job and job.state in ("queued", "running"):
        raise UserError(f"study: {study_id!r} is {job.state}; cancel its run before you delete it.")


def _unknown(study_id: str) -> UserError:
    return UserError(f"study: {study_id!r} is not known; `python -m core study list` shows the ids.")
