"""The real load generator on functions whose speed is known."""

import time

import mlperf_loadgen as lg
import pytest

from core.measure.loadgen import QUERIES_NEEDED, offline, run, settings_for, single_stream
from core.measure.rate_search import OutOfTime

TEXTS = [f"text {i}" for i in range(50)]


def test_single_stream_sends_one_text_at_a_time_and_reports_its_latency():
    seen = []

    def answer(texts):
        seen.append(list(texts))
        time.sleep(0.002)

    found = single_stream(answer, TEXTS, 70)
    assert len(seen) == 70 and all(len(texts) == 1 and texts[0] in TEXTS for texts in seen)
    assert found["queries"] == 70 and found["latency_p50_ms"] >= 2.0
    assert found["latency_p50_ms"] <= found["latency_p90_ms"]


@pytest.mark.parametrize(("name", "needed"), list(QUERIES_NEEDED.items()))
def test_a_percentile_is_unknown_below_its_number_of_queries(name, needed):
    assert single_stream(lambda _: None, TEXTS, needed - 1)[name] is None
    assert single_stream(lambda _: None, TEXTS, needed)[name] is not None


def test_offline_sends_all_at_once_and_counts_every_text():
    seen = []

    def answer(texts):
        seen.append(len(texts))
        time.sleep(0.2)

    found = offline(answer, TEXTS, seconds=0.5, expected_per_s=200)
    assert sum(seen) >= 100 and found["throughput_per_s"] == pytest.approx(sum(seen) / (0.2 * len(seen)), rel=0.5)


def test_a_failing_model_ends_the_measurement_with_its_error():
    def answer(_):
        raise ValueError("out of memory")

    with pytest.raises(ValueError, match="out of memory"):
        single_stream(answer, TEXTS, 5)


def test_nothing_is_answered_after_the_deadline():
    seen = []
    settings = settings_for(lg.TestScenario.SingleStream)
    settings.min_query_count = settings.max_query_count = 5
    settings.min_duration_ms = 0
    with pytest.raises(OutOfTime):
        run(seen.append, TEXTS, settings, deadline=time.perf_counter())
    assert seen == []
