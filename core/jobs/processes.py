"""Processes, told apart by pid and time of creation: the system uses a pid again."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable

import psutil

MARK = "DISTILL_ROI_JOB"  # in the environment of a worker and of all that it starts
CLOCK_SLACK_S = 2.0  # the system derives the time of creation from its clock, which may be set meanwhile


def created(pid: int) -> float | None:
    """When the process began (seconds since 1970), or None if there is none."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def same(pid: int, pid_created: float) -> bool:
    """Whether `pid` is still the process that began at pid_created, be it a zombie."""
    began = created(pid)
    return began is not None and abs(began - pid_created) < CLOCK_SLACK_S


def runs(process: psutil.Process) -> bool:
    """Whether the process still does anything: a zombie waits only for its parent."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def alive(pid: int, pid_created: float) -> bool:
    """Whether the process that began at pid_created still runs under `pid`."""
    with contextlib.suppress(psutil.Error):
        return same(pid, pid_created) and runs(psutil.Process(pid))
    return False


def family(pid: int, pid_created: float, mark: str) -> set[psutil.Process]:
    """The worker, its descendants, and what its death leaves: members of its session and processes that carry its mark."""
    found: set[psutil.Process] = set()
    ours = same(pid, pid_created)
    if ours:
        with contextlib.suppress(psutil.Error):
            worker = psutil.Process(pid)
            found |= {worker, *worker.children(recursive=True)}
    # A session keeps its leader's number in use; another process under it means that the session is gone.
    session = pid if ours or not psutil.pid_exists(pid) else None
    for process in psutil.process_iter():
        if _mark(process) == mark or (session and _session(process.pid) == session):
            found.add(process)
    return {process for process in found if runs(process) and process.pid != os.getpid()}


def kill_family(pid: int, pid_created: float, mark: str, known: Iterable[psutil.Process] = (), patience_s: float = 5.0) -> None:
    """Kills the family, and the members of it that were `known` before, until none runs."""
    until = time.monotonic() + patience_s
    while members := family(pid, pid_created, mark) | {process for process in known if runs(process)}:
        for process in members:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if time.monotonic() > until:
            return
        time.sleep(0.02)


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):  # another user's, or gone
        return None


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None
