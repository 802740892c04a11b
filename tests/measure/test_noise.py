"""What marks a measurement as noisy: real counters and a real other process, a simulated board and processor."""

import os
import signal
import subprocess
import sys
import time
from collections import namedtuple
from dataclasses import replace

import psutil
import pytest

from core.measure import board, noise
from core.measure.noise import Snapshot, reasons, snapshot, spread, wide_interval
from tests.measure.simulated_nvml import install

QUIET = Snapshot(100.0, 1000.0, 5.0, 300.0, 200.0, 4, 7_000_000, 0, {"heat": 1.0, "its power limit": 9.0}, ())
# Ten seconds later on two processors, all of the work its own.
LATER = replace(QUIET, at_s=110.0, all_s=1020.0, busy_s=310.0, own_s=210.0)
Times = namedtuple("Times", "user nice system idle iowait irq softirq steal guest guest_nice")


def test_nothing_marks_a_quiet_measurement():
    assert reasons(QUIET, LATER, [1.0, 1.01, 0.99, 1.0, 1.02, 1.0]) == ()


@pytest.mark.parametrize(("change", "said"), [
    ({"steal_s": 5.6}, ("Other virtual machines took 3.0 % of the processors' time (steal time).",)),
    ({"steal_s": 5.3}, ()),
    ({"busy_s": 312.0}, ("Other processes used 10.0 % of the processors' time.",)),
    ({"busy_s": 310.9}, ()),
    ({"throttled": 7}, ("The processor slowed down for heat, 3 times.",)),
    ({"clock_khz": 5_600_000}, ("The highest clock allowed to the processor fell by 20.0 % meanwhile.",)),
    ({"clock_khz": 8_000_000}, ()),
    ({"others": 1}, ("1 other process computed on the GPU.",)),
    ({"others": 3}, ("3 other processes computed on the GPU.",)),
    ({"held_back_s": {"heat": 2.0, "its power limit": 9.2}}, ("The GPU's clock was held down by heat for 10.0 % of the time.",)),
    ({"held_back_s": {"heat": 1.0, "its power limit": 12.0}},
     ("The GPU's clock was held down by its power limit for 30.0 % of the time.",)),
    ({"holding_back": ("heat",)}, ("The GPU's clock was held down by heat at the beginning or the end.",)),
    ({"holding_back": ("heat",), "held_back_s": {"heat": 6.0}}, ("The GPU's clock was held down by heat for 50.0 % of the time.",)),
])
def test_each_kind_of_noise_is_one_sentence(change, said):
    assert reasons(QUIET, replace(LATER, **change)) == said


@pytest.mark.parametrize("name", ["steal_s", "throttled", "clock_khz", "others"])
def test_what_cannot_be_read_marks_nothing(name):
    assert reasons(replace(QUIET, **{name: None}), LATER) == reasons(QUIET, replace(LATER, **{name: None})) == ()


def test_a_process_that_was_on_the_gpu_before_counts_too():
    assert reasons(replace(QUIET, others=2), LATER) == ("2 other processes computed on the GPU.",)


def test_too_short_a_time_says_nothing_of_processors():
    assert reasons(QUIET, replace(QUIET, at_s=100.2, all_s=1000.4, busy_s=300.4)) == ()


def test_a_warm_up_that_did_not_settle_and_a_wide_spread_are_said():
    found = reasons(QUIET, LATER, [1.0, 1.0, 1.0, 1.0, 1.5, 1.5], settled=False)
    assert found == ("The speed had not settled when the warm-up ended.",
                     "The same work took 1.50 times as long in its slowest tenth of rounds as in the middle one.")
    assert spread([1.0, 2.0]) is None and spread([1.0] * 5) == 1.0


@pytest.mark.parametrize(("value", "low", "high", "is_wide"), [
    (10.0, 8.0, 12.0, True), (10.0, 9.2, 10.8, False), (10.0, None, None, False), (None, 1.0, 2.0, False), (-10.0, -12.0, -8.0, True),
])
def test_a_wide_interval_over_processes(value, low, high, is_wide):
    found = wide_interval("Latency p50", value, low, high)
    assert bool(found) is is_wide
    if is_wide:
        assert found == ("Latency p50 differs between processes: its interval is 20.0 % either way.",)


def test_processors_count_only_those_it_may_use(monkeypatch):
    monkeypatch.setattr(psutil.Process, "cpu_affinity", lambda _: [1, 2])
    rows = [Times(*(9.0,) * 10), Times(1, 0, 1, 6, 1, 0, 0, 1, 0.5, 0), Times(2, 0, 0, 7, 0, 0, 1, 0, 0, 0)]
    monkeypatch.setattr(psutil, "cpu_times", lambda percpu: rows)
    assert noise._processors() == (1.0, 5.0, 20.0)


def test_throttling_and_the_clocks_limit_are_read_from_the_kernels_files(tmp_path):
    for number in (0, 1):
        (tmp_path / f"cpu{number}" / "thermal_throttle").mkdir(parents=True)
        (tmp_path / f"cpu{number}" / "thermal_throttle" / "core_throttle_count").write_text(f"{number + 2}\n")
        (tmp_path / "cpufreq" / f"policy{number}").mkdir(parents=True)
        (tmp_path / "cpufreq" / f"policy{number}" / "scaling_max_freq").write_text("3500000\n")
    found = snapshot(board.of_device("cpu"), tmp_path)
    assert (found.throttled, found.clock_khz) == (5, 7_000_000)
    nothing = snapshot(board.of_device("cpu"), tmp_path / "cpu0")
    assert (nothing.throttled, nothing.clock_khz) == (None, None)


def test_the_boards_counters_are_in_a_snapshot(monkeypatch):
    nvml = install(monkeypatch)
    nvml.running, nvml.event_bits, nvml.violations_ns = [(os.getpid(), 1), (1, 1)], 0x40, {0: 10**9, 1: 0}
    found = snapshot(board.of_uuid("1234"))
    assert (found.others, found.holding_back, found.held_back_s) == (1, ("heat",), {"heat": 0.0, "its power limit": 1.0})
    assert snapshot(board.of_device("cpu")).others is None


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_busy_process_of_somebody_else_is_seen_and_its_own_work_is_not_held_against_it():
    script = f"{sys.executable} -c 'while True: pass' >/dev/null 2>&1 & echo $!"  # the shell ends: nobody's child
    number = int(subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, text=True, check=True).stdout)
    before, started = snapshot(board.of_device("cpu")), time.monotonic()
    try:
        subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.3: pass"], check=True)
        time.sleep(max(0.0, 1.0 - (time.monotonic() - started)))
        after = snapshot(board.of_device("cpu"))
    finally:
        os.kill(number, signal.SIGKILL)
    own, seconds = after.own_s - before.own_s, after.at_s - before.at_s
    others = after.busy_s - before.busy_s - own
    assert 0.25 < own < 0.9, "its own work is counted as its own"
    assert others > 0.2 * seconds and any("Other processes used" in sentence for sentence in reasons(before, after))
