"""Resident processes that answer texts (core.answering), at most a few, one for each study. Torch stays in them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import weakref
from collections import OrderedDict
from contextlib import suppress
from typing import Any

import psutil

from core import settings
from core.errors import UserError

LIMIT = 2  # processes
IDLE_S = 600.0
PATIENCE_S = 300.0  # loading and compiling included
GRACE_S = 2.0
LOG = "answering.log"


class Resident:
    """One process, started by the first question and again by the one after its end. Ends with this object, or with this process."""

    def __init__(self, idle_s: float = IDLE_S, patience_s: float = PATIENCE_S) -> None:
        self.lock, self.closed = threading.Lock(), False
        self._idle_s, self._patience_s = idle_s, patience_s
        self._process: subprocess.Popen[str] | None = None
        self._end: Any = None

    def ask(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """The answers, as core.answering says; hold `lock`. Raises UserError for what it refuses, and where it ends meanwhile."""
        for _ in range(2):  # it may have ended, idle, as it was asked
            process = self._running()
            line = self._exchanged(process, json.dumps(request) + "\n")
            if line.endswith("\n"):  # not where it died while it wrote
                return _answers(json.loads(line))
            self.end()
            if process.returncode != 0:
                break
        raise UserError(f"playground: the process that answers {_how_it_ended(process.returncode, self._patience_s)}; ask again, "
                        f"which starts it anew (its log is runs/{LOG} in the data folder).")

    @property
    def pid(self) -> int | None:
        """Of the process that runs, or None."""
        process = self._process  # another thread may end it meanwhile
        return process.pid if process is not None and process.poll() is None else None

    def resident_bytes(self) -> int | None:
        """Memory that it holds, or None where it does not run."""
        pid = self.pid
        with suppress(psutil.Error):
            return None if pid is None else int(psutil.Process(pid).memory_info().rss)
        return None

    def end(self) -> None:
        """Ends the process; the next question starts another."""
        if self._end is not None:
            self._end()
        self._process = self._end = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._process = _started(self._idle_s)
            # A process object that is forgotten keeps its pipe open for as long as the process runs.
            self._end = weakref.finalize(self, _ended, self._process)
        return self._process

    def _exchanged(self, process: subprocess.Popen[str], line: str) -> str:
        """The line that it answers; "" where it has ended."""
        assert process.stdin is not None and process.stdout is not None
        watch = threading.Timer(self._patience_s, process.kill)
        watch.daemon = True
        watch.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return process.stdout.readline()
        except OSError:
            return ""
        finally:
            watch.cancel()


def _started(idle_s: float) -> subprocess.Popen[str]:
    """In a session of its own, so that Ctrl-C at the server's terminal reaches the server alone."""
    command = [sys.executable, "-m", "core.answering", "--idle", str(idle_s)]
    with (settings.folder("runs") / LOG).open("ab") as log:
        return subprocess.Popen(command, cwd=settings.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                                encoding="utf-8", start_new_session=True)


def _ended(process: subprocess.Popen[str]) -> None:
    """Closes its input, which ends it at once, and collects its exit."""
    with suppress(OSError):
        assert process.stdin is not None
        process.stdin.close()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(OSError):
        assert process.stdout is not None
        process.stdout.close()


def _how_it_ended(code: int | None, patience_s: float) -> str:
    """What an exit code says, in words."""
    if code is not None and code < 0:
        return f"was ended by signal {-code}, for lack of memory or after {patience_s:g} s without an answer"
    return f"ended with code {code}"


def _answers(reply: dict[str, Any]) -> list[dict[str, Any]]:
    if "refused" in reply:
        raise UserError(str(reply["refused"]))
    return list(reply["answers"])


class Residents:
    """One process for each study that was asked lately; the one that was asked longest ago ends first."""

    def __init__(self, limit: int = LIMIT, idle_s: float = IDLE_S) -> None:
        self._limit, self._idle_s = limit, idle_s
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Resident] = OrderedDict()

    def ask(self, study_id: str, request: dict[str, Any]) -> list[dict[str, Any]]:
        """As Resident.ask, by the study's process; one question at a time for each."""
        while True:
            resident = self._of(study_id)
            with resident.lock:
                if not resident.closed:
                    return resident.ask(request)

    def resident_bytes(self, study_id: str) -> int | None:
        """Memory that the study's process holds, None where it has none."""
        found = self._known.get(study_id)
        return None if found is None else found.resident_bytes()

    def pid(self, study_id: str) -> int | None:
        """The study's process, None where it has none."""
        found = self._known.get(study_id)
        return None if found is None else found.pid

    def close(self, study_id: str) -> None:
        """Ends the study's process, once it has answered."""
        with self._lock:
            self._close(self._known.pop(study_id, None))

    def close_all(self) -> None:
        """Ends all of them."""
        for study_id in list(self._known):
            self.close(study_id)

    def _of(self, study_id: str) -> Resident:
        with self._lock:
            if study_id not in self._known:
                while len(self._known) >= self._limit:
                    self._close(self._known.popitem(last=False)[1])
                self._known[study_id] = Resident(self._idle_s)
            self._known.move_to_end(study_id)
            return self._known[study_id]

    def _close(self, resident: Resident | None) -> None:
        if resident is not None:
            with resident.lock:
                resident.closed = True
                resident.end()
