"""A search that is asked to end: only one that there is, and the run goes on; what the plan says of it."""

import pytest
from typer.testing import CliRunner

from core import tasks
from core.case import CaseInputs
from core.cli.root import app
from core.errors import UserError
from core.jobs import executor
from core.records import StepPlan
from core.spec import preset
from core.store import jobs, steps, studies
from core.studies import plan, submit

MACHINE = {"cpu": "CPU", "cores": 2, "gpus": []}
MINUTES = {"minutes": 10, "keep": 3}


def queued(**changes):
    studies.create("one", preset("quick", "snippets", **changes), CaseInputs(), MACHINE, "")
    return jobs.enqueue("one", "cpu", [StepPlan("search", "Search", 600.0), StepPlan("evaluate", "Evaluate", 10.0)])


def test_a_search_ends_when_it_is_asked_to_and_its_stage_hears_of_it():
    job = queued(search=MINUTES)
    jobs.claim()
    steps.start(job, "search")
    context = executor.StageContext(studies.get("one"), job, "search", "", {})
    assert not context.stopping()
    assert CliRunner().invoke(app, ["study", "stop-search", "one"]).exit_code == 0
    context._looked -= 1  # it looks four times a second
    assert context.stopping() and not jobs.cancel_requested(job)


def test_what_does_not_search_is_not_asked_to_end():
    queued()
    with pytest.raises(UserError, match="'one' has no search; start one with --set"):
        submit.stop_search("one")


def test_a_search_that_has_ended_is_not_asked_to_end():
    job = queued(search=MINUTES)
    jobs.claim()
    steps.start(job, "search")
    steps.finish(job, "search", {})
    with pytest.raises(UserError, match="does not run"):
        submit.stop_search("one")
    assert not jobs.stop_search_requested(job)


def test_the_plan_has_the_search_after_the_students_and_counts_what_it_adds():
    task = tasks.info("snippets")
    without, searched = (plan.steps(preset("quick", "snippets", **said), task, MACHINE, "cpu") for said in ({}, {"search": MINUTES}))
    keys = [step.key for step in searched]
    assert [key for key in keys if key != "search"] == [step.key for step in without]
    assert keys[keys.index("search") + 1] == "evaluate" and keys[keys.index("search") - 1].startswith("control:")
    before, after = ({step.key: step.expected_s for step in steps} for steps in (without, searched))
    assert after["search"] == 600
    assert all(after[key] > before[key] for key in ("evaluate", "variants", "measure:1"))
