"""Jobs for those who ask for them: pages, command line and use cases. Each call returns quickly; the work is done elsewhere."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime

from filelock import Timeout

from core import settings
from core.jobs import logs, supervisor
from core.records import JobRecord, JobState, StepPlan, StepRecord
from core.store import jobs

CACHED_SHARE = 0.05  # a stage this much faster than expected found its work in a cache: it says nothing about the machine


def submit(study_id: str, device: str, steps: Sequence[StepPlan], *, start: bool = True) -> int:
    """Queues a run of a stored study and returns the job's id; start=False leaves it to a later ensure_supervisor().

    Raises UserError if the study has a run that waits or runs already.
    """
    job_id = jobs.enqueue(study_id, device, steps)
    if start:
        ensure_supervisor()
    return job_id


def ensure_supervisor(*arguments: str) -> None:
    """Starts a supervisor, with these command line arguments, unless one is at work for this data folder. Call it often."""
    try:
        with supervisor.lock().acquire(timeout=0):
            pass
    except Timeout:
        return
    with (settings.folder("runs") / "supervisor.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "core.jobs.supervisor", *arguments], cwd=settings.ROOT,
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    threading.Thread(target=process.wait, daemon=True).start()  # collects its exit, so that no zombie stays


def cancel(job_id: int) -> JobState:
    """Cancels a job that waits; one that runs is cancelled once no process of it is left. Returns its state now."""
    state = jobs.request_cancel(job_id)
    if state == "running":
        ensure_supervisor()
    return state


def stop_search(job_id: int) -> JobState:
    """Asks a job's search to end with what it has found, within seconds; the stages after it run. Returns its state now."""
    return jobs.request_stop_search(job_id)


def retry(job_id: int, *, start: bool = True) -> None:
    """Queues a failed or cancelled job again; finished stages are kept. Raises UserError in any other state."""
    jobs.retry(job_id)
    if start:
        ensure_supervisor()


def log_tail(job_id: int, lines: int = 200) -> str:
    """The last lines of the job's log; empty before it starts."""
    return logs.tail(job_id, lines)


def time_left(job: JobRecord, now: datetime) -> float | None:
    """Seconds until a job that waits or runs is done, without the time that it waits; None if it has ended.

    What its stages are expected to take, scaled by how the finished and the running ones compare with that.
    """
    if job.state not in ("queued", "running"):
        return None
    seen = [pair for step in job.steps if (pair := _actual_and_expected(step, now))]
    expected = sum(pair[1] for pair in seen)
    pace = sum(pair[0] for pair in seen) / expected if expected else 1.0
    return sum(_remaining(step, pace, now) for step in job.steps)


def _elapsed(step: StepRecord, now: datetime) -> float:
    return max(0.0, (now - step.started_at).total_seconds()) if step.started_at else 0.0


def _actual_and_expected(step: StepRecord, now: datetime) -> tuple[float, float] | None:
    """Seconds taken and expected so far, where the stage says something about the pace."""
    if step.state == "done" and step.seconds is not None and step.seconds > CACHED_SHARE * step.expected_s:
        return step.seconds, step.expected_s
    if step.state == "running" and step.progress > 0:
        return _elapsed(step, now), step.progress * step.expected_s
    return None


def _remaining(step: StepRecord, pace: float, now: datetime) -> float:
    if step.state == "done":
        return 0.0
    if step.state == "running" and step.progress == 0:
        return max(0.0, pace * step.expected_s - _elapsed(step, now))
    return pace * (1 - step.progress) * step.expected_s
