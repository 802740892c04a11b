"""Starts, watches and stops workers: `python -m core.jobs.supervisor`. One for each data folder; it ends by itself.

Workers live in sessions of their own, so they outlast the supervisor; the next one adopts them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil
from filelock import FileLock, Timeout

from core import settings
from core.jobs import logs, processes
from core.records import JobRecord
from core.store import jobs
from core.store.jobs import ActiveJob
from core.store.tables import now

COMMAND = (sys.executable, "-m", "core.worker", "job")  # the job's id follows
ATTEMPTS = 3
GRACE_S = 5.0
IDLE_S = 30.0
POLL_S = 0.5
CLAIM_S = 60.0  # a claimed job whose worker never said its name is dead after this


def lock() -> FileLock:
    """Held by the supervisor of this data folder; the system lets go of it when that process dies."""
    return FileLock(settings.home() / "supervisor.lock")


@dataclass
class Worker:
    """The process of a job. child: if this supervisor started it. family: what it had started when it was asked to stop."""

    job_id: int
    device: str
    pid: int
    created: float
    child: subprocess.Popen[bytes] | None = None
    stop_at: float | None = None
    family: set[psutil.Process] = field(default_factory=set)

    def alive(self) -> bool:
        """Whether it runs; collects the exit of a child."""
        return self.child.poll() is None if self.child else processes.alive(self.pid, self.created)

    def ask_to_stop(self) -> None:
        """Once: SIGTERM, and the time at which patience ends."""
        if self.stop_at is None:
            self.stop_at = time.monotonic() + GRACE_S
            self.family = processes.family(self.pid, self.created, _mark(self.job_id))
            with contextlib.suppress(psutil.Error):
                psutil.Process(self.pid).terminate()

    def overdue(self) -> bool:
        """Whether it was asked to stop and did not."""
        return self.stop_at is not None and time.monotonic() > self.stop_at

    def kill(self) -> None:
        """Leaves no process of it behind."""
        processes.kill_family(self.pid, self.created, _mark(self.job_id), self.family)
        if self.child:
            self.child.wait()


class Supervisor:
    """Call tick() again and again."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self.command = tuple(command)
        self.workers: dict[int, Worker] = {}

    def tick(self) -> bool:
        """Looks once after every job; False if there is nothing to do."""
        active = jobs.active()
        running = {job.id: job for job in active if job.state == "running"}
        for job in running.values():
            self._watch(job)
        for job_id in self.workers.keys() - running.keys():
            self._see_off(job_id)
        waiting = dict.fromkeys(job.device for job in active if job.state == "queued")
        for device in waiting.keys() - {worker.device for worker in self.workers.values()}:
            if claimed := jobs.claim(device):
                self._start(claimed)
        return bool(active or self.workers)

    def _watch(self, job: ActiveJob) -> None:
        worker = self._worker(job)
        if worker is None:
            if job.heartbeat_at is None or (now() - job.heartbeat_at).total_seconds() > CLAIM_S:
                self._bury(job)
            return
        if job.cancel_requested:
            worker.ask_to_stop()
        if not worker.alive() or worker.overdue():
            worker.kill()
            del self.workers[job.id]
            self._bury(job)

    def _worker(self, job: ActiveJob) -> Worker | None:
        """The job's worker, adopted if another supervisor started it; None while nobody has said who it is."""
        if job.id not in self.workers and job.pid is not None and job.pid_created is not None:
            self.workers[job.id] = Worker(job.id, job.device, job.pid, job.pid_created)
        return self.workers.get(job.id)

    def _bury(self, job: ActiveJob) -> None:
        """The worker is gone. Where it ended the job itself meanwhile, nothing changes."""
        if jobs.cancel_requested(job.id):
            jobs.finish(job.id, "cancelled")
        elif job.attempt < ATTEMPTS:
            logs.write(job.id, f"the worker died (attempt {job.attempt} of {ATTEMPTS}); resuming after the last finished stage")
            jobs.requeue_dead(job.id)
        else:
            jobs.finish(job.id, "failed", f"the worker died {job.attempt} times; see the log, then retry.")

    def _see_off(self, job_id: int) -> None:
        """The job has ended: its worker gets a moment to do so too, and the device is free only then."""
        worker = self.workers[job_id]
        if worker.alive() and not worker.overdue():
            worker.stop_at = worker.stop_at or time.monotonic() + GRACE_S
            return
        worker.kill()
        del self.workers[job_id]

    def _start(self, job: JobRecord) -> None:
        try:
            child = self._spawn(job.id)
        except OSError as error:
            jobs.finish(job.id, "failed", f"the worker cannot be started ({error}); repair the installation, then retry.")
            return
        began = processes.created(child.pid) or time.time()
        self.workers[job.id] = Worker(job.id, job.device, child.pid, began, child)
        jobs.attach(job.id, child.pid, began)

    def _spawn(self, job_id: int) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PYTHONUNBUFFERED": "1", processes.MARK: _mark(job_id)}
        with logs.path(job_id).open("ab") as log:
            return subprocess.Popen([*self.command, str(job_id)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    cwd=settings.ROOT, start_new_session=True, env=environment)


def _mark(job_id: int) -> str:
    """Tells the processes of this job from those of another data folder's."""
    return f"{settings.home()}#{job_id}"


def supervise(command: Sequence[str] = COMMAND, idle_s: float = IDLE_S, poll_s: float = POLL_S) -> None:
    """Works until nothing has been left to do for idle_s seconds. Returns at once if another supervisor is at work."""
    supervisor = Supervisor(command)
    while True:
        try:
            with lock().acquire(timeout=1):  # longer than a mere look at whether somebody holds it
                _work(supervisor, idle_s, poll_s)
        except Timeout:
            return
        if not jobs.active():  # a job that came in the last moment: its submitter still saw the lock held
            return


def _work(supervisor: Supervisor, idle_s: float, poll_s: float) -> None:
    last_busy = time.monotonic()
    while time.monotonic() - last_busy < idle_s:
        if supervisor.tick():
            last_busy = time.monotonic()
        time.sleep(poll_s)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m core.jobs.supervisor", description="Run queued jobs until none is left.")
    parser.add_argument("--idle", type=float, default=IDLE_S, help="seconds without work before it ends (default %(default)s)")
    parser.add_argument("--poll", type=float, default=POLL_S, help="seconds between two looks at the queue (default %(default)s)")
    parser.add_argument("--command", nargs=argparse.REMAINDER, default=COMMAND,
                        help="what runs a job, its id is added at the end; everything after this option belongs to it")
    given = parser.parse_args()
    supervise(given.command, given.idle, given.poll)


if __name__ == "__main__":
    main()
