"""A fresh data folder for each test, real supervisors on it, and nothing left running behind."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from core import settings
from core.case import CaseInputs
from core.records import StepPlan
from core.spec import StudySpec
from core.store import jobs, studies
from core.store.engine import engine

WORKER = (sys.executable, "-m", "tests.jobs.stage_worker")


class World:
    """What a test does and sees."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def submit(self, *keys: str, device: str = "cpu") -> int:
        """Queues a job of these stages for a study of its own."""
        study = studies.new_id()
        studies.create(study, StudySpec(task="r8"), CaseInputs(), {}, "")
        return jobs.enqueue(study, device, [StepPlan(key, key.title(), 1.0) for key in keys])

    def supervisor(self, idle: float = 60) -> subprocess.Popen[bytes]:
        """Starts one."""
        return subprocess.Popen([sys.executable, "-m", "core.jobs.supervisor", "--idle", str(idle), "--poll", "0.05",
                                 "--command", *WORKER], cwd=settings.ROOT, start_new_session=True)

    def ran(self) -> list[tuple[int, str, int]]:
        """Each run of a stage, in order: job, key, pid."""
        file = self.home / "ran.txt"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(int(job), key, int(pid)) for job, key, pid, _ in map(str.split, lines)]

    def times_ran(self) -> Counter[tuple[int, str]]:
        """How often each stage of each job ran."""
        return Counter((job, key) for job, key, _ in self.ran())

    def go(self, name: str) -> None:
        """Lets the stage hold:NAME end."""
        (self.home / f"go-{name}").touch()

    def until(self, condition, seconds: float = 30):
        """Waits for a true value and returns it."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)
        return value

    def ended(self, job_id: int, state: str):
        """Waits for that state and returns the job."""
        final = ("done", "failed", "cancelled")
        job = self.until(lambda: (job := jobs.get(job_id)).state in final and job)
        assert job.state == state, job
        return job

    def processes(self) -> list[psutil.Process]:
        """All that runs for this data folder."""
        return [process for process in psutil.process_iter() if self._ours(process)]

    def workers(self) -> list[psutil.Process]:
        """The same without supervisors."""
        return [process for process in self.processes() if "core.jobs.supervisor" not in process.cmdline()]

    def runs(self, pid: int) -> bool:
        """Whether that process does anything: one that has ended may wait as a zombie for whoever collects it."""
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def _ours(self, process: psutil.Process) -> bool:
        try:
            return (process.environ().get("DISTILL_ROI_HOME") == str(self.home)
                    and process.status() != psutil.STATUS_ZOMBIE and process.pid != psutil.Process().pid)
        except psutil.Error:
            return False


@pytest.fixture
def world(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("DISTILL_ROI_HOME", str(home))
    monkeypatch.delenv("DISTILL_ROI_DATABASE", raising=False)
    made = World(home)
    yield made
    while left := made.processes():
        for process in left:
            process.kill()
    engine().dispose()
