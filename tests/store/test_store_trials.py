"""Trials of a search: kept, read back with the study, gone with it; and the request that a search ends."""

from datetime import date

import pytest

from core.errors import UserError
from core.figures import measured
from core.records import StepPlan, TrialRecord
from core.store import jobs, studies, trials
from core.studies.decide import decide
from core.studies.document import from_document, to_document, to_record

FOUND = TrialRecord(3, "done", "proposed", {"name": "static-64", "family": "static", "dimensions": 64}, "onnxruntime", "int8", "trimmed",
                    {"accuracy": measured(0.75, "share", source="900 texts", device="cpu", as_of="2026-11-28", low=0.7, high=0.8)},
                    True, "", 4.5)


def test_a_trial_comes_back_as_it_was_kept_and_the_last_one_of_a_number_counts(study):
    trials.save(study, FOUND)
    first = TrialRecord(0, "pruned", "study", {"name": "depth-1"}, "torch", "fp32", "uncompressed", why="too slow")
    trials.save(study, TrialRecord(0, "failed", "study", {}, "torch", "fp32", "uncompressed"))
    trials.save(study, first)
    trials.name(study, 3, "static-64")
    assert [trial.number for trial in trials.trials(study)] == [0, 3]
    assert trials.trials(study)[0] == first
    found = trials.trials(study)[1]
    assert found.model == "static-64" and found.figures == FOUND.figures and found.value("accuracy") == 0.75
    assert found.way == "ONNX Runtime int8, trimmed" and found.value("throughput_per_s") is None
    assert studies.get(study).trials == trials.trials(study)


def test_trials_go_with_their_study(study):
    trials.save(study, FOUND)
    studies.delete(study)
    assert trials.trials(study) == ()


def test_the_document_holds_the_trials_and_older_ones_have_none(study):
    trials.save(study, FOUND)
    record = studies.get(study)
    for data in (to_document(decide(record, date(2026, 11, 28))), to_record(record)):
        assert from_document(data, study).trials == (FOUND,)
        del data["trials"]
        assert from_document(data, study).trials == ()


def test_a_search_that_is_asked_to_end_is_asked_once_and_a_retry_searches_again(study):
    job = jobs.enqueue(study, "cpu", [StepPlan("search", "Search", 1)])
    assert not jobs.stop_search_requested(job) and not jobs.get(job).stop_search
    assert jobs.request_stop_search(job) == "queued"
    jobs.claim()
    assert jobs.stop_search_requested(job) and jobs.get(job).stop_search, "it holds when the worker is another one"
    jobs.finish(job, "failed", "no memory")
    jobs.retry(job)
    assert not jobs.stop_search_requested(job)
    with pytest.raises(UserError, match="not known"):
        jobs.request_stop_search(99)
