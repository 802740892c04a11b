"""The queue: who is next on a device, who runs, how it ended. Stages and curves of a job are in core.store.steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select, update

from core.errors import UserError
from core.records import JobRecord, JobState, StepPlan
from core.store import steps, tables
from core.store.engine import read, write
from core.store.tables import jobs

_NO_WORKER: dict[str, Any] = {"pid": None, "pid_created": None, "heartbeat_at": None}


@dataclass(frozen=True)
class ActiveJob:
    """A job that waits or runs, as the supervisor sees it; pid_created tells its worker from a later process of that pid."""

    id: int
    device: str
    state: JobState
    attempt: int
    cancel_requested: bool
    pid: int | None
    pid_created: float | None
    heartbeat_at: datetime | None


def enqueue(study_id: str, device: str, plan: Sequence[StepPlan]) -> int:
    """Puts a job at the end of the queue and returns its id. Raises UserError if one of the study waits or runs already."""
    with write() as connection:
        open_job = select(jobs.c.id).where(jobs.c.study_id == study_id, jobs.c.state.in_(("queued", "running")))
        if (busy := connection.scalar(open_job)) is not None:
            raise UserError(f"study: {study_id!r} runs already as job {busy}; wait for it or cancel it.")
        row = {"study_id": study_id, "device": device, "state": "queued", "created_at": tables.now(),
               "attempt": 0, "error": "", "cancel_requested": False}
        job_id = connection.execute(insert(jobs).values(row).returning(jobs.c.id)).scalar_one()
        steps.plan(connection, job_id, plan)
    return job_id


def get(job_id: int) -> JobRecord:
    """The job with its steps. Raises UserError if it is unknown."""
    with read() as connection:
        return _record(connection, _row(connection, job_id))


def newest(connection: Connection, study_id: str) -> JobRecord | None:
    """The study's newest job with its steps, or None."""
    row = connection.execute(select(jobs).where(jobs.c.study_id == study_id).order_by(jobs.c.id.desc()).limit(1)).first()
    return _record(connection, row) if row else None


def active() -> list[ActiveJob]:
    """Every job that waits or runs, in the order of the queue."""
    columns = [jobs.c[field] for field in ActiveJob.__dataclass_fields__]
    with read() as connection:
        rows = connection.execute(select(*columns).where(jobs.c.state.in_(("queued", "running"))).order_by(jobs.c.id))
        return [ActiveJob(*row) for row in rows]


def claim(device: str | None = None) -> JobRecord | None:
    """Marks the first waiting job whose device is free as running and returns it; None if there is none.

    `device` looks at the queue of that device only. Each claim counts as an attempt.
    """
    waiting, busy = jobs.alias(), jobs.alias()
    taken = exists().where(busy.c.device == waiting.c.device, busy.c.state == "running")
    first = select(func.min(waiting.c.id)).where(waiting.c.state == "queued", ~taken)
    if device is not None:
        first = first.where(waiting.c.device == device)
    started = {"state": "running", "attempt": jobs.c.attempt + 1, "started_at": func.coalesce(jobs.c.started_at, tables.now()),
               **_NO_WORKER, "heartbeat_at": tables.now()}
    with write() as connection:
        query = update(jobs).where(jobs.c.id == first.scalar_subquery()).values(started).returning(jobs.c.id)
        job_id = connection.execute(query).scalar_one_or_none()
        return None if job_id is None else _record(connection, _row(connection, job_id))


def attach(job_id: int, pid: int, pid_created: float) -> bool:
    """Names the worker of a running job; False if the job does not run or has another worker."""
    free = jobs.c.pid.is_(None) | (jobs.c.pid == pid)
    return _change(job_id, jobs.c.state == "running", free, pid=pid, pid_created=pid_created, heartbeat_at=tables.now())


def heartbeat(job_id: int) -> None:
    """Says that the worker lives."""
    _change(job_id, jobs.c.state == "running", heartbeat_at=tables.now())


def cancel_requested(job_id: int) -> bool:
    """Whether somebody asked the job to stop."""
    with read() as connection:
        return bool(connection.scalar(select(jobs.c.cancel_requested).where(jobs.c.id == job_id)))


def request_cancel(job_id: int) -> JobState:
    """Cancels a waiting job at once, asks a running one to stop, leaves others; returns the state. Raises UserError."""
    with write() as connection:
        state: JobState = _row(connection, job_id).state
        if state == "queued":
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(state="cancelled", finished_at=tables.now()))
            return "cancelled"
        connection.execute(update(jobs).where(jobs.c.id == job_id, jobs.c.state == "running").values(cancel_requested=True))
    return state


def request_stop_search(job_id: int) -> JobState:
    """Asks a job that waits or runs to end its search with what it has found; returns its state. Raises UserError."""
    with write() as connection:
        state: JobState = _row(connection, job_id).state
        wanted = update(jobs).where(jobs.c.id == job_id, jobs.c.state.in_(("queued", "running")))
        connection.execute(wanted.values(stop_search=True))
    return state


def stop_search_requested(job_id: int) -> bool:
    """Whether somebody asked the job's search to end."""
    with read() as connection:
        return bool(connection.scalar(select(jobs.c.stop_search).where(jobs.c.id == job_id)))


def finish(job_id: int, state: JobState, error: str = "") -> bool:
    """Ends a running job: done, failed with one sentence, or cancelled. False if it does not run (any more)."""
    with write() as connection:
        ended = update(jobs).where(jobs.c.id == job_id, jobs.c.state == "running").values(
            state=state, error=error, finished_at=tables.now(), **_NO_WORKER)
        if connection.execute(ended).rowcount == 0:
            return False
        steps.interrupt(connection, job_id, "failed" if state == "failed" else "waiting")
    return True


def requeue_dead(job_id: int) -> bool:
    """Puts a running job whose worker is gone back to the queue, finished stages kept. False if it ended or is to end."""
    with write() as connection:
        wanted = (jobs.c.id == job_id, jobs.c.state == "running", jobs.c.cancel_requested.is_(False))
        again = update(jobs).where(*wanted).values(state="queued", **_NO_WORKER)
        if connection.execute(again).rowcount == 0:
            return False
        steps.interrupt(connection, job_id, "waiting")
    return True


def retry(job_id: int) -> None:
    """Puts a failed or cancelled job back to the queue, finished stages kept. Raises UserError in any other state."""
    with write() as connection:
        job = _row(connection, job_id)
        if job.state not in ("failed", "cancelled"):
            raise UserError(f"job: {job_id} is {job.state}; only a failed or cancelled job can be tried again.")
        newer = select(jobs.c.id).where(jobs.c.study_id == job.study_id, jobs.c.id > job_id)
        if (other := connection.scalar(newer)) is not None:
            raise UserError(f"job: {job_id} was followed by job {other} of the same study; retry that one.")
        connection.execute(update(jobs).where(jobs.c.id == job_id).values(
            state="queued", attempt=0, error="", cancel_requested=False, stop_search=False, started_at=None, finished_at=None))
        steps.interrupt(connection, job_id, "waiting")


def _change(job_id: int, *conditions: Any, **values: Any) -> bool:
    with write() as connection:
        return connection.execute(update(jobs).where(jobs.c.id == job_id, *conditions).values(values)).rowcount == 1


def _row(connection: Connection, job_id: int) -> Row[Any]:
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    if row is None:
        raise UserError(f"job: {job_id} is not known; `python -m core study list` shows what has run.")
    return row


def _record(connection: Connection, row: Row[Any]) -> JobRecord:
    return JobRecord(row.id, row.study_id, row.device, row.state, row.created_at, row.started_at, row.finished_at,
                     row.attempt, row.error, row.cancel_requested, steps.of_job(connection, row.id), bool(row.stop_search))
