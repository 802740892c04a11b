"""The stages of a job: their state, progress, results and live curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.records import CurvePoint, StepPlan, StepRecord, StepState
from core.store import tables
from core.store.engine import read, write
from core.store.tables import points, steps

_UNSTARTED: dict[str, Any] = {"progress": 0.0, "detail": "", "started_at": None, "finished_at": None}
_RECORD = [steps.c[field] for field in StepRecord.__dataclass_fields__]


def plan(connection: Connection, job_id: int, wanted: Sequence[StepPlan]) -> None:
    """The stages of a new job, all waiting. Keys must differ."""
    rows = [{"job_id": job_id, "position": position, "key": step.key, "title": step.title, "expected_s": step.expected_s,
             "state": "waiting", **_UNSTARTED} for position, step in enumerate(wanted)]
    if rows:
        connection.execute(insert(steps), rows)


def of_job(connection: Connection, job_id: int) -> tuple[StepRecord, ...]:
    """The job's stages in order."""
    rows = connection.execute(select(*_RECORD).where(steps.c.job_id == job_id).order_by(steps.c.position))
    return tuple(StepRecord(*row) for row in rows)


def results(job_id: int) -> dict[str, dict[str, Any]]:
    """What each finished stage returned, by its key."""
    query = select(steps.c.key, steps.c.result).where(steps.c.job_id == job_id, steps.c.state == "done")
    with read() as connection:
        return {key: result or {} for key, result in connection.execute(query.order_by(steps.c.position))}


def start(job_id: int, key: str) -> None:
    """The stage runs from now on; what an earlier try of it left behind goes."""
    with write() as connection:
        connection.execute(points.delete().where(points.c.job_id == job_id, points.c.step == key))
        _change(connection, job_id, key, **{**_UNSTARTED, "state": "running", "started_at": tables.now()})


def progress(job_id: int, key: str, share: float, detail: str = "", new_points: Sequence[tuple[str, float, float]] = ()) -> None:
    """How far a stage is: share is 0 to 1, a new point is (series, x, y)."""
    with write() as connection:
        _change(connection, job_id, key, progress=min(max(share, 0.0), 1.0), detail=detail)
        _add(connection, job_id, key, new_points)


def finish(job_id: int, key: str, result: Mapping[str, Any], new_points: Sequence[tuple[str, float, float]] = ()) -> None:
    """The stage is done, with what later stages may read and its last points, in one transaction."""
    with write() as connection:
        _add(connection, job_id, key, new_points)
        _change(connection, job_id, key, state="done", progress=1.0, finished_at=tables.now(), result=dict(result))


def curves(connection: Connection, job_id: int) -> tuple[CurvePoint, ...]:
    """All points of a job, in the order in which they came."""
    query = select(points.c.step, points.c.series, points.c.x, points.c.y).where(points.c.job_id == job_id)
    return tuple(CurvePoint(*row) for row in connection.execute(query.order_by(points.c.id)))


def interrupt(connection: Connection, job_id: int, state: StepState) -> None:
    """What has not finished becomes `state`: failed keeps how far it came, waiting starts from nothing."""
    unfinished = update(steps).where(steps.c.job_id == job_id)
    if state == "failed":
        connection.execute(unfinished.where(steps.c.state == "running").values(state="failed", finished_at=tables.now()))
    else:
        connection.execute(unfinished.where(steps.c.state != "done").values(state="waiting", **_UNSTARTED))


def _change(connection: Connection, job_id: int, key: str, **values: Any) -> None:
    connection.execute(update(steps).where(steps.c.job_id == job_id, steps.c.key == key).values(values))


def _add(connection: Connection, job_id: int, key: str, new_points: Sequence[tuple[str, float, float]]) -> None:
    if new_points:
        connection.execute(insert(points), [{"job_id": job_id, "step": key, "series": series, "x": x, "y": y}
                                            for series, x, y in new_points])
