"""Processes, told apart by pid and time of creation: the system uses a pid again."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable

import psutil

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


def family(pid: int, pid_created: float) -> set[psutil.Process]:
    """The worker, its descendants, and what is left of its session, which its death does not end."""
    found: set[psutil.Process] = set()
    ours = same(pid, pid_created)
    if ours:
        with contextlib.suppress(psutil.Error):
            worker = psutil.Process(pid)
            found |= {worker, *worker.children(recursive=True)}
    # A session keeps its leader's number in use; another process under it means that the session is gone.
    if ours or not psutil.pid_exists(pid):
        found |= {process for process in psutil.process_iter() if _session(process.pid) == pid}
    return {process for process in found if runs(process)}


def kill_family(pid: int, pid_created: float, known: Iterable[psutil.Process] = (), patience_s: float = 5.0) -> None:
    """Kills the family and `known` members of it that may have left its session, until none runs."""
    until = time.monotonic() + patience_s
    while members := family(pid, pid_created) | {process for process in known if runs(process)}:
        for process in members:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if time.monotonic() > until:
            return
        time.sleep(0.02)


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None
