"""Real supervisors, real workers, real signals."""

import random
import signal
import sys
import time

import psutil
import pytest

from core.jobs import api, supervisor
from core.records import StepPlan
from core.store import jobs, steps, studies
from core.store.tables import now


def test_a_job_runs_its_stages_in_order_and_hands_results_on(world):
    job = world.submit("mark:a", "mark:b", "mark:c")
    world.supervisor()
    done = world.ended(job, "done")
    assert [key for _, key, _ in world.ran()] == ["mark:a", "mark:b", "mark:c"]
    assert steps.results(job) == {"mark:a": {"sum": 1}, "mark:b": {"sum": 2}, "mark:c": {"sum": 4}}
    assert [step.state for step in done.steps] == ["done"] * 3 and all(step.seconds >= 0 for step in done.steps)
    assert done.started_at <= done.finished_at and done.attempt == 1
    assert "mark:b: done in" in api.log_tail(job) and api.log_tail(job, 1).endswith(" done")


def test_a_worker_killed_at_random_moments_resumes_and_repeats_no_finished_stage(world):
    job = world.submit(*(f"slow:{n}" for n in range(6)))
    world.supervisor()
    for _ in range(2):
        before = world.until(world.ran)[-1][2]
        time.sleep(random.uniform(0, 0.5)) 
        finished = set(steps.results(job))
        psutil.Process(before).kill()
        world.until(lambda pid=before: world.ran()[-1][2] != pid)
        ran_by_next = {key for _, key, pid in world.ran() if pid != before and pid == world.ran()[-1][2]}
        assert not finished & ran_by_next
    done = world.ended(job, "done")
    assert done.attempt == 3 and len(steps.results(job)) == 6
    assert sum(world.times_ran().values()) <= 6 + 2, "each death may repeat the one stage that it broke"


@pytest.mark.parametrize("manner", ["heeds", "deaf"])
def test_cancel_leaves_no_process_behind(world, manner):
    job = world.submit("mark", f"offspring:{manner}")
    world.supervisor()
    world.until(lambda: (job, f"offspring:{manner}") in world.times_ran())
    world.until(lambda: len(world.workers()) == 4)
    assert api.cancel(job) == "running"
    cancelled = world.ended(job, "cancelled")
    assert world.workers() == []
    assert not world.runs(int((world.home / "child.pid").read_text()))
    assert [step.state for step in cancelled.steps] == ["done", "waiting"] and cancelled.error == ""
    assert ("asked to stop" in api.log_tail(job)) == (manner == "heeds")


def test_a_run_outlives_its_supervisor_and_the_next_one_adopts_it(world):
    job = world.submit("hold:x", "mark")
    first = world.supervisor()
    pid = world.until(world.ran)[0][2]
    first.kill()
    first.wait()
    second = world.supervisor()
    beat = now()
    world.until(lambda: jobs.active()[0].heartbeat_at > beat)
    assert second.poll() is None and psutil.pid_exists(pid)
    world.go("x")
    assert world.ended(job, "done").attempt == 1
    assert [pid] * 2 == [ran[2] for ran in world.ran()]


def test_an_adopted_run_can_be_cancelled_and_a_dead_one_is_found(world):
    stopped, died = world.submit("hold:never"), world.submit("hold:x", device="cuda:0")
    first = world.supervisor()
    world.until(lambda: len(world.ran()) == 2)
    first.kill()
    first.wait()
    psutil.Process(jobs.active()[1].pid).kill()
    jobs.request_cancel(stopped)
    world.supervisor()
    world.ended(stopped, "cancelled")
    world.go("x")
    assert world.ended(died, "done").attempt == 2


def test_one_run_at_a_time_on_a_device_in_order_and_devices_side_by_side(world):
    first, second, third = (world.submit(f"hold:{n}", "mark") for n in range(3))
    other = world.submit("hold:gpu", device="cuda:0")
    world.supervisor()
    world.until(lambda: {ran[0] for ran in world.ran()} == {first, other})
    for n, job in enumerate((first, second, third)):
        world.until(lambda job=job: (job, f"hold:{n}") in world.times_ran())  # noqa: B023
        running = {active.device: active.id for active in jobs.active() if active.state == "running"}
        assert running == {"cpu": job, "cuda:0": other}
        world.go(str(n))
        world.ended(job, "done")
    world.go("gpu")
    world.ended(other, "done")
    pids = [pid for job, _, pid in world.ran() if job != other]
    assert [job for job, _, _ in world.ran() if job != other] == [first, first, second, second, third, third]
    assert len(set(pids)) == 3


def test_a_data_folder_has_one_supervisor(world):
    world.submit("hold:x")
    world.supervisor()
    world.until(world.ran)
    assert world.supervisor().wait(timeout=20) == 0
    for _ in range(5):
        api.ensure_supervisor()
    assert len(world.processes()) == 2


def test_a_worker_stopped_from_outside_is_no_cancelled_run(world):
    job = world.submit("hold:x")
    world.supervisor()
    pid = world.until(world.ran)[0][2]
    psutil.Process(pid).send_signal(signal.SIGTERM)
    world.until(lambda: len(world.ran()) == 2)
    world.go("x")
    assert world.ended(job, "done").attempt == 2


def test_points_of_a_broken_stage_do_not_stay(world):
    job = world.submit("hold:x")
    world.supervisor()
    study = jobs.get(job).study_id
    world.until(lambda: len(studies.get(study).curves) > 20)
    psutil.Process(jobs.active()[0].pid).kill()
    world.until(lambda: len(world.ran()) == 2)
    world.go("x")
    world.ended(job, "done")
    assert [point.x for point in studies.get(study).curves] == list(range(len(studies.get(study).curves)))


def test_a_job_that_comes_as_the_supervisor_ends_is_not_left_alone(world, monkeypatch):
    looked = []

    def work(*_: object) -> None:
        looked.append(jobs.active())
        if len(looked) == 1:
            world.submit("mark")
        else:
            jobs.request_cancel(jobs.active()[0].id)
    monkeypatch.setattr(supervisor, "_work", work)
    supervisor.supervise()
    assert [len(jobs_seen) for jobs_seen in looked] == [0, 1]


def test_a_worker_that_cannot_start_fails_the_job(world):
    job = world.submit("mark")
    supervisor.Supervisor(["/nowhere/python"]).tick()
    assert "the worker cannot be started" in world.ended(job, "failed").error


def test_submit_queues_a_run(world):
    world.submit("mark")
    study = studies.list_ids()[0]
    api.cancel(jobs.active()[0].id)
    job = api.submit(study, "cpu", [StepPlan("mark", "Mark", 1.0)], start=False)
    assert jobs.get(job).state == "queued" and world.processes() == []


def test_a_worker_that_dies_three_times_fails_with_the_reason_and_its_descendants_end_with_it(world):
    job = world.submit("mark", "offspring:dies", "mark:never")
    world.supervisor()
    failed = world.ended(job, "failed")
    assert failed.error == "the worker died 3 times; see the log, then retry."
    assert [step.state for step in failed.steps] == ["done", "failed", "waiting"]
    assert world.times_ran() == {(job, "mark"): 1, (job, "offspring:dies"): 3}
    assert "the worker died (attempt 1 of 3)" in api.log_tail(job)
    assert world.workers() == []


def test_the_queue_waits_for_a_supervisor_and_the_supervisor_ends_when_idle(world):
    job = world.submit("mark")
    assert jobs.get(job).state == "queued"
    api.ensure_supervisor("--idle", "0.3", "--poll", "0.05", "--command", sys.executable, "-m", "tests.jobs.stage_worker")
    world.ended(job, "done")
    world.until(lambda: world.processes() == [])
