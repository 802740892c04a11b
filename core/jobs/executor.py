"""The worker's side of a job: runs the stages that have not finished, in order, and says how far it is.

It marks a job as done or failed. A cancelled job is marked by the supervisor, once no process of it is left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from core.errors import Cancelled, UserError
from core.jobs import logs, processes
from core.records import JobRecord, StepRecord, StudyRecord
from core.store import jobs, steps, studies

DONE, FAILED, STOPPED, NOT_MINE = 0, 1, 3, 4  # exit codes
HEARTBEAT_S = 2.0
WRITE_EVERY_S = 0.25


@dataclass
class StageContext:
    """What a stage gets: its study, the results of the stages before it by key, and ways to say how far it is."""

    study: StudyRecord
    job_id: int
    key: str
    argument: str
    results: Mapping[str, Mapping[str, Any]]
    _points: list[tuple[str, float, float]] = field(default_factory=list)
    _written: float = 0.0
    _looked: float = 0.0
    _stopping: bool = False

    @property
    def folder(self) -> Path:
        """The job's folder, for logs."""
        return logs.folder(self.job_id)

    def progress(self, share: float, detail: str = "") -> None:
        """How far the stage is, 0 to 1; call it as often as you like. Raises Cancelled if the run is asked to stop."""
        if time.monotonic() - self._written < WRITE_EVERY_S:
            return
        steps.progress(self.job_id, self.key, share, detail, self.take_points())
        self._written = time.monotonic()
        if jobs.cancel_requested(self.job_id):
            raise Cancelled

    def stopping(self) -> bool:
        """Whether somebody asked the run's search to end with what it has; looked up at most four times a second."""
        if not self._stopping and time.monotonic() - self._looked >= WRITE_EVERY_S:
            self._stopping, self._looked = jobs.stop_search_requested(self.job_id), time.monotonic()
        return self._stopping

    def point(self, series: str, x: float, y: float) -> None:
        """One point of a live curve; written with the next progress and at the end of the stage."""
        self._points.append((series, x, y))

    def take_points(self) -> list[tuple[str, float, float]]:
        """The points that are not written yet, handed over once."""
        taken, self._points = self._points, []
        return taken

    def log(self, text: str) -> None:
        """One line in the job's log."""
        logs.write(self.job_id, f"{self.key}: {text}")


Handler = Callable[[StageContext], Mapping[str, Any] | None]


def run(job_id: int, handlers: Mapping[str, Handler]) -> int:
    """Runs a claimed job in this process's main thread and returns the exit code. A stage's handler is found by the part
    of its key before ":"; stages that finished in an earlier attempt are not run again."""
    if not jobs.attach(job_id, os.getpid(), processes.created(os.getpid()) or time.time()):
        logs.write(job_id, "this process is not the job's worker; it ends")
        return NOT_MINE
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        with _heartbeat(job_id):
            return _run_all(jobs.get(job_id), handlers)
    finally:
        signal.signal(signal.SIGTERM, before)


def _run_all(job: JobRecord, handlers: Mapping[str, Handler]) -> int:
    logs.write(job.id, f"attempt {job.attempt} of study {job.study_id} on {job.device}")
    title = "start"
    try:
        for step in job.steps:
            title = step.title
            if step.state != "done":
                _run_stage(job, step, handlers)
        jobs.finish(job.id, "done")
        logs.write(job.id, "done")
        return DONE
    except Cancelled:
        logs.write(job.id, f"{title}: asked to stop")
        return STOPPED
    except UserError as error:
        return _failed(job.id, str(error))
    except Exception as error:
        logs.write(job.id, traceback.format_exc())
        return _failed(job.id, f"{title}: {_short(error)}; the log has the details.")


def _run_stage(job: JobRecord, step: StepRecord, handlers: Mapping[str, Handler]) -> None:
    name, _, argument = step.key.partition(":")
    if name not in handlers:
        raise UserError(f"stage: {name!r} is not known to this version; start the study again.")
    steps.start(job.id, step.key)
    context = StageContext(studies.get(job.study_id), job.id, step.key, argument, steps.results(job.id))
    context.log("starts")
    began = time.monotonic()
    result = handlers[name](context)
    steps.finish(job.id, step.key, result or {}, context.take_points())
    context.log(f"done in {time.monotonic() - began:.1f} s")
    if jobs.cancel_requested(job.id):
        raise Cancelled


def _failed(job_id: int, reason: str) -> int:
    logs.write(job_id, f"failed: {reason}")
    jobs.finish(job_id, "failed", reason)
    return FAILED


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


def _stop(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once: what follows is cleaning up
    raise Cancelled


@contextlib.contextmanager
def _heartbeat(job_id: int) -> Iterator[None]:
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_S):
            with contextlib.suppress(SQLAlchemyError):  # a missed beat is no reason to stop
                jobs.heartbeat(job_id)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
