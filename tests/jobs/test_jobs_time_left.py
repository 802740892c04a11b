"""The estimate of the time left."""

from datetime import UTC, datetime, timedelta

import pytest

from core.jobs.api import time_left
from core.records import JobRecord, StepRecord

START = datetime(2026, 1, 1, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def _job(*steps: StepRecord, state: str = "running") -> JobRecord:
    return JobRecord(1, "s", "cpu", state, START, steps=steps)


WAITING = StepRecord("c", "C", "waiting", expected_s=100)


def _done(took: float, expected: float) -> StepRecord:
    return StepRecord("a", "A", "done", 1.0, "", expected, START, _at(took))


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_an_ended_job_has_no_time_left(state):
    assert time_left(_job(WAITING, state=state), START) is None


def test_before_anything_ran_it_is_the_sum_of_what_is_expected():
    assert time_left(_job(WAITING, WAITING, state="queued"), START) == 200


def test_a_machine_twice_as_slow_doubles_what_is_left():
    assert time_left(_job(_done(20, 10), WAITING), _at(20)) == 200


def test_a_running_stage_counts_for_the_pace_and_for_what_is_left():
    running = StepRecord("b", "B", "running", 0.25, "", 40, START)
    assert time_left(_job(running, WAITING), _at(5)) == pytest.approx(0.5 * (30 + 100))


def test_a_stage_without_progress_yet_counts_down_and_never_below_zero():
    running = StepRecord("b", "B", "running", 0.0, "", 40, START)
    assert time_left(_job(running, WAITING), _at(10)) == 130
    assert time_left(_job(running, WAITING), _at(70)) == 100


def test_a_stage_that_came_from_a_cache_says_nothing_about_the_pace():
    assert time_left(_job(_done(0.1, 60), WAITING), _at(1)) == 100
