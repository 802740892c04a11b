"""The search on a simulated queue with constant service times, against the closed form of its waiting time."""

import math

import mlperf_loadgen as lg
import numpy as np
import pytest
from scipy.optimize import brentq

from core.measure.loadgen import QUERIES_NEEDED, run, settings_for
from core.measure.rate_search import CLOSE, STEP_DOWN, OutOfTime, Plan, Run, Search, queries_needed

SERVICE_S, LIMIT_MS = 0.005, 50.0


class Queue:
    """Poisson arrivals, one server, constant service time (M/D/1), in virtual time; judged by LoadGen's rule."""

    def __init__(self, service_s=SERVICE_S, limit_ms=LIMIT_MS, slow_share=0.0):
        self.now, self.service_s, self.limit_s, self.slow_share = 0.0, service_s, limit_ms / 1000, slow_share

    def clock(self):
        return self.now

    def run(self, rate, queries, ends):
        rng = np.random.default_rng(1)
        arrivals = np.cumsum(rng.exponential(1 / rate, queries))
        taken = np.full(queries, self.service_s) + 10 * self.limit_s * (rng.random(queries) < self.slow_share)
        before = np.cumsum(taken) - taken
        finished = np.maximum.accumulate(arrivals - before) + before + taken  # Lindley's recursion, unrolled
        late = int((finished - arrivals > self.limit_s).sum())
        self.now += finished[-1]
        if self.now > ends:
            raise OutOfTime
        within = late / queries <= 0.01
        return Run(rate, queries, within and queries >= queries_needed(0.99, late), within, late, queries / finished[-1], None, None, None)


def search(queue, seconds=150.0, start=100.0, ceiling=200.0, limit_ms=LIMIT_MS):
    return Search(queue.run, Plan(start, ceiling, 0.99, limit_ms, seconds), queue.clock)


def highest_in_theory():
    """The rate at which 99 % wait no longer than the limit less the service time: Erlang's formula for M/D/1."""
    longest = LIMIT_MS / 1000 - SERVICE_S

    def share(rate):
        terms = (((-rate * (longest - k * SERVICE_S)) ** k) / math.factorial(k) * math.exp(rate * (longest - k * SERVICE_S))
                 for k in range(int(longest / SERVICE_S + 1e-9) + 1))
        return (1 - rate * SERVICE_S) * sum(terms)

    return brentq(lambda rate: share(rate) - 0.99, 20, 199)


def test_the_rate_is_near_what_queueing_theory_allows():
    queue = Queue()
    searched = search(queue)
    found, theory = searched.highest(), highest_in_theory()
    assert 130 < theory < 180
    assert found.valid and found.queries >= 662 and not searched.reason
    assert 0.85 * theory < found.completed_per_s < 1.05 * theory
    assert queue.now <= 150


def test_the_answer_is_a_run_that_was_made_and_a_rate_just_above_failed():
    searched = search(Queue())
    found = searched.highest()
    assert found in searched.runs
    assert any(not run.holds and run.asked_per_s <= CLOSE**2 * found.asked_per_s for run in searched.runs)


def test_a_wrong_first_rate_is_mended_from_both_sides():
    rates = [search(Queue(), start=start).highest().asked_per_s for start in (5.0, 100.0, 199.0)]
    assert max(rates) / min(rates) < 1.1


def test_a_service_that_never_queues_is_bounded_by_what_it_can_answer():
    assert search(Queue(1e-6), ceiling=200.0).highest().asked_per_s == pytest.approx(200.0, rel=CLOSE - 1)


def test_too_few_queries_in_the_time_given_is_no_rate():
    queue = Queue()
    searched = search(queue, seconds=3.0)
    assert searched.highest() is None and searched.runs == [] and queue.now == 0
    assert searched.reason == ("invalid: too few queries: within 3 s no rate that held the limit had the 662 or more "
                               "queries that its guarantee needs")


def test_time_that_does_not_suffice_for_confirming_is_no_rate_either():
    searched = search(Queue(), seconds=3.5, ceiling=190.0)
    assert searched.highest() is None and searched.runs
    assert searched.reason.startswith("invalid: too few queries: within 4 s ")


def test_a_limit_that_some_texts_always_miss_is_no_rate():
    searched = search(Queue(slow_share=0.05), seconds=3_000)
    assert searched.highest() is None
    assert searched.reason.startswith("at 1.56 a second, the lowest rate tried within 3000 s, ")
    assert searched.reason.endswith("queries took longer than 50 ms")


def test_a_search_without_time_to_look_higher_says_so():
    searched = search(Queue(), seconds=19.0, start=50.0)
    found = searched.highest()
    assert found.valid and found.asked_per_s < 0.9 * highest_in_theory()
    assert searched.reason == "within 19 s no rate shortly above was tried; it may be higher"


@pytest.mark.parametrize("seconds", [4, 8, 16, 30, 60, 400])
def test_it_ends_in_time_with_a_valid_run_or_a_reason(seconds):
    queue = Queue()
    searched = search(queue, seconds=seconds)
    found = searched.highest()
    assert queue.now <= seconds
    assert found.valid if found else searched.reason


def test_a_run_that_is_cut_off_does_not_count():
    def cut_off(rate, queries, ends):
        raise OutOfTime

    searched = Search(cut_off, Plan(100, 200, 0.99, LIMIT_MS, 150))
    assert searched.highest() is None and searched.runs == [] and "too few queries" in searched.reason


@pytest.mark.parametrize(("late", "valid", "within", "holds"), [(0, False, True, True), (1, False, True, False), (5, True, True, True)])
def test_a_probe_holds_if_it_is_valid_or_without_a_late_query(late, valid, within, holds):
    assert Run(10, 200, valid, within, late, 10, None, None, None).holds is holds


def test_short_of_time_a_rate_that_failed_later_is_not_taken_from_an_earlier_probe():
    tried, failed = [], []

    def run(rate, queries, ends):
        if failed:
            raise OutOfTime
        if rate in tried:  # the run that is to confirm it
            failed.append(rate)
            return Run(rate, queries, False, False, queries, rate, None, None, None)
        tried.append(rate)
        return Run(rate, queries, True, True, 0, rate, None, None, None)

    found = Search(run, Plan(100, 200, 0.99, LIMIT_MS, 150)).highest()
    assert failed == [max(tried)]
    assert found.valid and found.asked_per_s == max(rate for rate in tried if rate <= STEP_DOWN * failed[0])


def test_an_overload_has_time_to_build_its_queue_up():
    plan = Plan(1.0, 5.0, 0.99, 60_000, 100_000)
    assert plan.probe_queries(5.0) >= 5 * 60 * 5 and plan.least_queries(5.0) >= 10 * 60 * 5


@pytest.mark.parametrize(("percentile", "name"), [(0.5, "latency_p50_ms"), (0.9, "latency_p90_ms"), (0.99, "latency_p99_ms")])
def test_queries_needed_are_those_of_the_rules(percentile, name):
    assert queries_needed(percentile) == QUERIES_NEEDED[name]


def test_queries_needed_with_none_late_is_where_loadgen_itself_turns_valid():
    needed = queries_needed(0.99, late=0)
    verdicts = {}
    for queries in (needed - 1, needed):
        settings = settings_for(lg.TestScenario.Server)
        settings.server_target_qps, settings.server_target_latency_ns = 5_000, 10**12
        settings.min_query_count, settings.min_duration_ms = queries, 0
        result = run(lambda _: None, ["text"], settings)
        verdicts[result["result_query_count"]] = result["result_validity"], result["early_stopping_met"]
    assert verdicts == {458: ("INVALID", False), 459: ("VALID", True)}
