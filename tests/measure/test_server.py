"""The Server scenario with the real load generator, on services whose speed is known."""

import json
import threading
import time

import pytest

from core.measure.batching import WAIT_SHARE
from core.measure.loadgen import offline, single_stream
from core.measure.server import NOTE, SEED, server_rate

TEXTS = [f"text {i}" for i in range(50)]


def asleep(ms, each_ms=0.0):
    """A service that takes so many ms a batch and so many more a text."""
    return lambda texts: time.sleep((ms + each_ms * len(texts)) / 1000)


def logged(folder):
    """LoadGen's two files of a run: the detail by key, the summary by its words."""
    lines = (folder / "mlperf_log_detail.txt").read_text().splitlines()
    detail = {row["key"]: row["value"] for row in (json.loads(line.removeprefix(":::MLLOG ")) for line in lines)}
    summary = (folder / "mlperf_log_summary.txt").read_text().splitlines()
    pairs = (line.split(":", 1) for line in summary if ":" in line)
    return detail, {name.strip(): value.strip() for name, value in pairs}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """A search on a service of 1 ms a text, its logs, what progress was heard, and how long it took."""
    for _ in range(3):  # a busy machine is no failure
        folder, heard, started = tmp_path_factory.mktemp("logs"), [], time.perf_counter()
        result = server_rate(asleep(0.0, 1.0), TEXTS, 150.0, offline_per_s=900.0, seconds=8.0, logs=folder,
                             progress=lambda share, words, heard=heard: heard.append((share, words)))
        if result.rate_per_s:
            break
    return result, folder, heard, time.perf_counter() - started


def test_the_rate_is_one_that_loadgen_called_valid_and_below_what_can_be_served(found):
    result, folder, _, _ = found
    assert result.rate_per_s is not None, result
    assert 0 < result.rate_per_s < 1.05 * 1000
    assert (result.queries or 0) >= 662 and any(probe.valid for probe in result.probes)
    assert result.latency_p50_ms <= result.latency_p90_ms <= result.latency_p99_ms <= 150
    assert result.note == NOTE and len(result.probes) == len(list(folder.iterdir()))


def test_what_is_reported_is_what_loadgens_detail_and_summary_say(found):
    result, folder, _, _ = found
    for number, probe in enumerate(result.probes, 1):
        detail, summary = logged(folder / f"{number:02d}")
        assert summary["Scenario"] == "Server" and (summary["Result is"] == "VALID") == probe.valid == detail["early_stopping_met"]
        assert float(summary["target_qps"]) == pytest.approx(probe.rate_per_s, rel=1e-4)
        assert int(summary["schedule_rng_seed"]) == SEED + 2 and int(summary["target_latency (ns)"]) == 150_000_000
        if probe.p99_ms is not None:
            assert int(summary["99.00 percentile latency (ns)"]) == round(probe.p99_ms * 1e6)
    confirmed = [logged(run) for run in folder.iterdir()
                 if logged(run)[0]["result_completed_samples_per_sec"] == pytest.approx(result.rate_per_s)]
    (detail, summary), = confirmed
    assert detail["result_query_count"] == int(summary["min_query_count"]) == result.queries
    assert float(summary["Completed samples per second"]) == pytest.approx(result.rate_per_s, abs=0.006)
    for percentile in (50, 90, 99):
        assert int(summary[f"{percentile}.00 percentile latency (ns)"]) == round(getattr(result, f"latency_p{percentile}_ms") * 1e6)


def test_the_search_ends_in_time_and_is_heard_of_after_each_run(found):
    result, _, heard, took = found
    assert took < 8.0 + 1.0
    shares = [share for share, _ in heard]
    assert len(heard) == len(result.probes) and shares == sorted(shares) and shares[0] > 0 and shares[-1] <= 1
    assert all(" queries late" in words for _, words in heard)


def test_figures_carry_their_units_in_their_names(found):
    result, _, _, _ = found
    assert result.figures() == {"server_rate_per_s": result.rate_per_s, "server_p99_ms": result.latency_p99_ms,
                                "server_batch_size": result.batch_size, "server_wait_ms": result.wait_ms,
                                "server_queries": result.queries}


def test_single_stream_and_offline_report_what_loadgens_summary_says(tmp_path):
    one = single_stream(asleep(1.0), TEXTS, 70, logs=tmp_path / "one")
    detail, summary = logged(tmp_path / "one")
    assert detail["result_query_count"] == one["queries"] == 70 and one["latency_p99_ms"] is None
    assert int(summary["50.00 percentile latency (ns)"]) == round(one["latency_p50_ms"] * 1e6)
    assert int(summary["90.00 percentile latency (ns)"]) == round(one["latency_p90_ms"] * 1e6)
    assert int(summary["Mean latency (ns)"]) == round(one["latency_mean_ms"] * 1e6)
    all_ = offline(asleep(100.0), TEXTS, 0.2, 200, logs=tmp_path / "all")
    assert float(logged(tmp_path / "all")[1]["Samples per second"]) == pytest.approx(all_["throughput_per_s"], rel=1e-4)


def test_texts_are_batched_by_one_worker_within_the_chosen_size():
    sizes, workers = [], set()

    def answer(texts):
        sizes.append(len(texts))
        workers.add(threading.current_thread())
        time.sleep(0.01)

    result = server_rate(answer, TEXTS, 200.0, offline_per_s=1_000.0, seconds=4.0)
    assert result.batch_size == 32 and result.wait_ms == WAIT_SHARE * 200
    assert max(sizes) <= 32 and any(size not in (1, 2, 4, 8, 16, 32) for size in sizes)
    if result.rate_per_s and all(probe.valid for probe in result.probes):
        assert "it may be higher" in result.reason, "half of Offline held, and there was no time for more"
    assert len(workers) == len(result.probes) + 1, "one worker a run, and this thread for the timing before"


def test_too_little_time_is_no_rate_with_the_reason():
    result = server_rate(asleep(1.0), TEXTS, 250.0, offline_per_s=900.0, seconds=0.5)
    assert result.rate_per_s is None and result.queries is None and result.latency_p99_ms is None
    assert result.reason.startswith("invalid: too few queries: ")
    assert result.figures()["server_rate_per_s"] is None and result.figures()["server_queries"] is None


def test_a_limit_below_one_text_alone_is_no_rate_with_the_reason():
    result = server_rate(asleep(5.0), TEXTS, 2.0, offline_per_s=200.0, seconds=5.0)
    assert result.rate_per_s is None and result.probes == ()
    assert result.reason.startswith("even one text at a time takes ") and result.reason.endswith("the limit is 2 ms")


def test_a_failure_in_the_middle_of_a_run_is_raised():
    calls = []

    def answer(texts):
        calls.append(1)
        if threading.current_thread() is not threading.main_thread():
            raise ValueError("out of memory")

    with pytest.raises(ValueError, match="out of memory"):
        server_rate(answer, TEXTS, 100.0, offline_per_s=1e5, seconds=20.0)


def test_a_run_past_its_time_is_cut_off_and_does_not_count():
    def answer(texts):
        slow = threading.current_thread() is not threading.main_thread()
        time.sleep(0.05 if slow else 0.001)  # 50 times slower than it seemed

    started = time.perf_counter()
    result = server_rate(answer, TEXTS, 1_000.0, offline_per_s=900.0, seconds=3.0)
    assert time.perf_counter() - started < 8 and result.rate_per_s is None and result.reason
