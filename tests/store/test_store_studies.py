"""Studies: what goes in comes out, newest first, and unknown ones say so."""

import re
from datetime import UTC, datetime

import pytest

from core.case import CaseInputs
from core.errors import UserError
from core.records import StepPlan
from core.spec import StudySpec
from core.store import jobs, steps, studies


def test_a_study_comes_back_as_it_went_in(home):
    spec = StudySpec(task="r8", preset="standard", name="Reuters")
    case = CaseInputs(latency_limit_ms=12.5, teacher_terms_allow=False)
    before = datetime.now(UTC)
    studies.create("abc", spec, case, {"cpu": "x", "cores": 2}, "1a2b")
    found = studies.get("abc")
    assert (found.spec, found.case, found.machine, found.commit) == (spec, case, {"cpu": "x", "cores": 2}, "1a2b")
    assert before <= found.created_at <= datetime.now(UTC) and found.created_at.utcoffset().total_seconds() == 0
    assert (found.models, found.job, found.curves, found.name) == ((), None, (), "Reuters")


def test_the_study_shows_its_newest_job_with_steps_and_that_jobs_curves(study):
    old = jobs.enqueue(study, "cpu", [StepPlan("a", "A", 1)])
    steps.progress(old, "a", 0.5, "", [("loss", 0, 9)])
    jobs.request_cancel(old)
    new = jobs.enqueue(study, "cpu", [StepPlan("b:x", "B", 2), StepPlan("c", "C", 3)])
    steps.progress(new, "b:x", 0.5, "", [("loss", 1, 2), ("accuracy", 1, 0.5)])
    found = studies.get(study)
    assert found.job.id == new and [(s.key, s.title, s.expected_s) for s in found.job.steps] == [("b:x", "B", 2), ("c", "C", 3)]
    assert [(p.step, p.series, p.x, p.y) for p in found.curves] == [("b:x", "loss", 1, 2), ("b:x", "accuracy", 1, 0.5)]


def test_lists_are_newest_first_with_the_state_of_the_newest_job(study):
    studies.create("second", StudySpec(task="snippets", preset="full", name="Films"), CaseInputs(), {}, "")
    jobs.request_cancel(jobs.enqueue(study, "cpu", []))
    jobs.enqueue(study, "cpu", [])
    assert studies.list_ids() == ["second", "first"]
    assert [(s.id, s.name, s.task, s.preset, s.job_state) for s in studies.summaries()] == [
        ("second", "Films", "snippets", "full", None), ("first", "r8, quick", "r8", "quick", "queued")]


def test_the_case_can_change_and_the_rest_stays(study):
    before = studies.get(study)
    studies.update_case(study, CaseInputs(usd_per_hour=3.0))
    after = studies.get(study)
    assert after.case == CaseInputs(usd_per_hour=3.0)
    assert (after.spec, after.created_at) == (before.spec, before.created_at)


def test_delete_takes_all_that_belongs_to_it_but_never_a_live_run(study):
    job = jobs.enqueue(study, "cpu", [StepPlan("a", "A", 1)])
    with pytest.raises(UserError, match="'first' is queued; cancel"):
        studies.delete(study)
    jobs.request_cancel(job)
    studies.delete(study)
    assert studies.list_ids() == [] and steps.results(job) == {}
    with pytest.raises(UserError, match=f"job: {job} is not known"):
        jobs.get(job)


def test_job_ids_are_never_used_again(study):
    gone = jobs.enqueue(study, "cpu", [])
    jobs.request_cancel(gone)
    studies.delete(study)
    studies.create("next", StudySpec(task="r8"), CaseInputs(), {}, "")
    assert jobs.enqueue("next", "cpu", []) > gone


@pytest.mark.parametrize("call", [
    lambda: studies.get("nope"), lambda: studies.delete("nope"), lambda: studies.update_case("nope", CaseInputs())])
def test_an_unknown_study_is_named_with_a_remedy(home, call):
    with pytest.raises(UserError, match=r"study: 'nope' is not known; .*study list"):
        call()


def test_a_taken_id_is_refused(study):
    with pytest.raises(UserError, match="'first' exists already"):
        studies.create(study, StudySpec(task="r8"), CaseInputs(), {}, "")


def test_new_ids_are_short_and_differ(home):
    made = {studies.new_id() for _ in range(50)}
    assert len(made) == 50 and all(re.fullmatch("[a-z0-9]{8}", one) for one in made)
