"""A worker for the tests: real stages in a real process. `python -m tests.jobs.stage_worker JOB`"""

import os
import signal
import subprocess
import sys
import time

from core import settings
from core.jobs import executor
from core.jobs.executor import StageContext

CHILD = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def mark(context: StageContext) -> dict[str, int]:
    """Leaves one line for each time that a stage runs."""
    with (settings.home() / "ran.txt").open("a") as file:
        file.write(f"{context.job_id} {context.key} {os.getpid()} {time.time()}\n")
    return {"sum": 1 + sum(result["sum"] for result in context.results.values() if "sum" in result)}


def hold(context: StageContext) -> dict[str, int]:
    """Works until the file go-ARGUMENT is there."""
    result = mark(context)
    n = 0
    while not (settings.home() / f"go-{context.argument}").exists():
        context.point("turns", n, n)
        context.progress(0.5, f"turn {n}")
        time.sleep(0.01)
        n += 1
    return result


def slow(context: StageContext) -> dict[str, int]:
    """Takes 0.2 s, to be killed in."""
    result = mark(context)
    time.sleep(0.2)
    return result


def offspring(context: StageContext) -> None:
    """Starts a child, one in a session of its own, one also without the environment, and an orphan; then works on.

    None of them heeds SIGTERM. The third is only known as a child, so a worker that dies does not start it.
    """
    subprocess.Popen([sys.executable, "-c", CHILD])
    subprocess.Popen([sys.executable, "-c", CHILD], start_new_session=True)
    if context.argument != "dies":
        child = subprocess.Popen([sys.executable, "-c", CHILD], start_new_session=True, env={})
        (settings.home() / "child.pid").write_text(str(child.pid))
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {CHILD!r}])"
    subprocess.run([sys.executable, "-c", parent], check=True)
    if context.argument == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        mark(context)
        time.sleep(600)
    if context.argument == "dies":
        mark(context)
        os.kill(os.getpid(), signal.SIGKILL)
    hold(context)


HANDLERS = {"mark": mark, "hold": hold, "slow": slow, "offspring": offspring}

if __name__ == "__main__":
    sys.exit(executor.run(int(sys.argv[1]), HANDLERS))
