"""The executor in this process, on a real database: how stages end and what is kept."""

import signal
import time

import pytest

from core.errors import Cancelled, UserError
from core.jobs import api, executor
from core.store import jobs, steps, studies


@pytest.fixture
def run(world):
    """Claims the next job and runs it with these stages; the exit code."""
    return lambda **handlers: executor.run(jobs.claim().id, handlers)


def _refuse(_: executor.StageContext) -> None:
    raise UserError("volume: -3 is negative; give predictions a day.")


def _break(_: executor.StageContext) -> None:
    raise ValueError("unexpected shape\nwith more lines")


def test_bad_input_fails_with_its_sentence_and_a_retry_keeps_what_was_done(world, run):
    job, seen = world.submit("good", "volume:a", "good:last"), []
    assert run(good=lambda c: seen.append(c.key), volume=_refuse) == executor.FAILED
    failed = jobs.get(job)
    assert (failed.state, failed.error) == ("failed", "volume: -3 is negative; give predictions a day.")
    assert [step.state for step in failed.steps] == ["done", "failed", "waiting"]
    api.retry(job, start=False)
    assert run(good=lambda c: seen.append(c.key), volume=lambda c: seen.append(c.argument)) == executor.DONE
    assert seen == ["good", "a", "good:last"] and jobs.get(job).error == ""


def test_a_bug_fails_shortly_and_the_log_has_the_rest(world, run):
    job = world.submit("broken")
    assert run(broken=_break) == executor.FAILED
    assert jobs.get(job).error == "Broken: ValueError: unexpected shape; the log has the details."
    assert "with more lines" in api.log_tail(job) and "in _break" in api.log_tail(job)


def test_a_stage_that_nobody_knows_fails(world, run):
    job = world.submit("teleport:home")
    assert run() == executor.FAILED and "stage: 'teleport' is not known" in jobs.get(job).error


def test_a_stage_reads_the_study_and_earlier_results_fresh(world, run):
    job = world.submit("first:x", "second")
    seen = {}
    run(first=lambda c: {"argument": c.argument}, second=lambda c: seen.update(c.results, task=c.study.spec.task))
    assert seen == {"first:x": {"argument": "x"}, "task": "r8"} and steps.results(job)["second"] == {}


def test_points_are_kept_to_the_last_one_and_progress_is_not_written_each_time(world, run, monkeypatch):
    world.submit("learn")
    written = []
    keep = steps.progress
    monkeypatch.setattr(steps, "progress", lambda *given: (written.append(given), keep(*given)))

    def learn(context: executor.StageContext) -> None:
        for n in range(1000):
            context.point("loss", n, 1 / (1 + n))
            context.progress(n / 1000)
    run(learn=learn)
    curves = studies.get(studies.list_ids()[0]).curves
    assert [(point.series, point.x) for point in curves] == [("loss", n) for n in range(1000)]
    assert 1 <= len(written) < 500


def test_progress_ends_a_run_that_is_asked_to_stop(world, run):
    job = world.submit("work")

    def work(context: executor.StageContext) -> None:
        jobs.request_cancel(context.job_id)
        while True:
            context.progress(0.1)
            time.sleep(0.01)
    assert run(work=work) == executor.STOPPED
    assert jobs.get(job).state == "running", "the supervisor says cancelled, once no process is left"


def test_sigterm_ends_a_stage_wherever_it_is_and_the_handler_is_put_back(world, run):
    world.submit("work")
    before = signal.getsignal(signal.SIGTERM)
    ended = []

    def work(_: executor.StageContext) -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        except Cancelled:
            ended.append(True)
            raise
    assert run(work=work) == executor.STOPPED and ended
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_worker_for_the_same_job_ends_at_once(world):
    job = world.submit("work")
    jobs.claim()
    jobs.attach(job, 1, 1.0)
    assert executor.run(job, {"work": _break}) == executor.NOT_MINE
    assert jobs.get(job).state == "running"
