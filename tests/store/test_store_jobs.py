"""The queue's rules, without processes."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from core.case import CaseInputs
from core.errors import UserError
from core.records import StepPlan
from core.spec import StudySpec
from core.store import jobs, steps, studies, tables
from core.store.engine import write

PLAN = [StepPlan("a", "A", 1.0), StepPlan("b:x", "B", 2.0)]


def _queue(*devices: str) -> list[int]:
    for number, _ in enumerate(devices):
        studies.create(f"s{number}", StudySpec(task="r8"), CaseInputs(), {}, "")
    return [jobs.enqueue(f"s{number}", device, PLAN) for number, device in enumerate(devices)]


def test_one_job_a_device_in_order(home):
    first, second, third = _queue("cpu", "cpu", "cuda:0")
    assert jobs.claim("cuda:1") is None
    assert jobs.claim().id == first
    assert jobs.claim("cpu") is None
    assert jobs.claim().id == third
    assert jobs.claim() is None
    assert jobs.finish(first, "done") and jobs.claim("cpu").id == second


def test_the_database_itself_refuses_two_runs_on_a_device(home):
    _queue("cpu", "cpu")
    with pytest.raises(IntegrityError), write() as connection:
        connection.execute(update(tables.jobs).values(state="running"))


def test_a_study_has_one_run_at_a_time(study):
    jobs.enqueue(study, "cpu", PLAN)
    with pytest.raises(UserError, match="runs already as job"):
        jobs.enqueue(study, "cuda:0", PLAN)


def test_a_running_job_has_one_worker(home):
    (job,) = _queue("cpu")
    assert not jobs.attach(job, 10, 1.0)
    jobs.claim()
    assert jobs.attach(job, 10, 1.0) and jobs.attach(job, 10, 1.0) and not jobs.attach(job, 11, 2.0)
    assert jobs.active()[0].pid == 10
    before = jobs.active()[0].heartbeat_at
    jobs.heartbeat(job)
    assert jobs.active()[0].heartbeat_at > before


def test_a_stage_keeps_its_result_and_a_restarted_one_loses_its_points(home):
    (job,) = _queue("cpu")
    jobs.claim()
    steps.start(job, "a")
    steps.finish(job, "a", {"rows": 3}, [("loss", 1, 1)])
    steps.start(job, "b:x")
    steps.progress(job, "b:x", 0.5, "half", [("loss", 2, 2)])
    running = jobs.get(job).steps[1]
    assert (running.state, running.progress, running.detail) == ("running", 0.5, "half") and running.started_at
    assert jobs.requeue_dead(job)
    done, again = jobs.get(job).steps
    assert (done.state, done.progress, again.state, again.progress, again.started_at) == ("done", 1, "waiting", 0, None)
    assert steps.results(job) == {"a": {"rows": 3}}
    steps.start(job, "b:x")
    assert [(p.step, p.x) for p in studies.get("s0").curves] == [("a", 1)]


def test_progress_stays_between_0_and_1(home):
    (job,) = _queue("cpu")
    for given, kept in ((-1, 0), (7, 1)):
        steps.progress(job, "a", given)
        assert jobs.get(job).steps[0].progress == kept


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_asked(home):
    waiting, running = _queue("cpu", "cuda:0")
    jobs.claim("cuda:0")
    assert jobs.request_cancel(waiting) == "cancelled" and jobs.get(waiting).finished_at
    assert jobs.request_cancel(running) == "running" and jobs.cancel_requested(running)
    assert not jobs.requeue_dead(running), "a job that is to end must not come back"
    assert jobs.finish(running, "cancelled") and jobs.request_cancel(running) == "cancelled"


def test_a_job_ends_once(home):
    (job,) = _queue("cpu")
    assert not jobs.finish(job, "done")
    jobs.claim()
    assert jobs.finish(job, "failed", "no memory") and not jobs.finish(job, "done") and not jobs.requeue_dead(job)
    assert (jobs.get(job).state, jobs.get(job).error) == ("failed", "no memory")


def test_retry_keeps_finished_stages_and_forgets_the_failure(home):
    (job,) = _queue("cpu")
    with pytest.raises(UserError, match="is queued; only a failed"):
        jobs.retry(job)
    jobs.claim()
    steps.start(job, "a")
    steps.finish(job, "a", {})
    steps.start(job, "b:x")
    jobs.finish(job, "failed", "no memory")
    assert [s.state for s in jobs.get(job).steps] == ["done", "failed"]
    jobs.retry(job)
    again = jobs.get(job)
    assert (again.state, again.error, again.attempt, again.finished_at) == ("queued", "", 0, None)
    assert [s.state for s in again.steps] == ["done", "waiting"]


def test_only_the_newest_run_of_a_study_is_retried(study):
    old = jobs.enqueue(study, "cpu", PLAN)
    jobs.request_cancel(old)
    new = jobs.enqueue(study, "cpu", PLAN)
    with pytest.raises(UserError, match=f"followed by job {new}"):
        jobs.retry(old)
