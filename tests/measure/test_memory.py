"""Memory read from outside, of real processes; a simulated board."""

import json
import os
import subprocess
import sys
import time

import psutil
import pytest

from core.measure import board, watch
from core.measure.memory import NAMES, watched
from core.settings import ROOT
from tests.measure.simulated_nvml import install

NONE = board.Board("none here")
TAKES_300_MB = "b = b'x' * 300_000_000; print(len(b), flush=True); input(); del b; print('less', flush=True); input()"


@pytest.fixture
def other():
    """A process that holds 300 MB until it is told to let go."""
    process = subprocess.Popen([sys.executable, "-c", TAKES_300_MB], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().strip() == "300000000"
    yield process
    process.kill()
    process.communicate()


def let_go(process):
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline().strip() == "less"


def test_resident_follows_the_process_and_the_peak_stays(other):
    seen, process = watch.Seen(), psutil.Process(other.pid)
    assert watch.read(process, NONE, seen) and seen.figures()["proportional_bytes"] is None
    let_go(other)
    seen.resident, seen.readings = [], 0
    assert watch.read(process, NONE, seen, proportional=True)
    found = seen.figures()
    assert found["resident_bytes"] < 100e6 and 300e6 < found["peak_memory_bytes"] < 400e6
    assert 0 < found["proportional_bytes"] <= found["resident_bytes"] + 1e6
    assert found["device_bytes"] is found["board_bytes"] is None


def test_the_watch_ends_with_the_process_even_if_nobody_waits_for_it(other):
    process = psutil.Process(other.pid)
    other.kill()
    while process.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert not watch.read(process, NONE, watch.Seen())
    other.wait()
    assert watch.watch(other.pid, 0.01, NONE, None).figures() == dict.fromkeys(NAMES)


def test_the_command_watches_until_the_process_ends_and_writes_its_figures(other, tmp_path):
    out = tmp_path / "memory.json"
    command = [sys.executable, "-m", "core.measure.watch", str(other.pid), "20", str(out)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL) as watcher:
        time.sleep(1.0)
        assert watcher.poll() is None, "a closed standard input is not an order to stop"
        other.kill()
        other.wait()
        assert watcher.wait(10) == 0
    found = json.loads(out.read_text())
    assert set(found) == set(NAMES) and 300e6 < found["resident_bytes"] <= found["peak_memory_bytes"] < 400e6
    assert 290e6 < found["proportional_bytes"] <= found["resident_bytes"] + 1e6, "nobody could say stop, so it is read meanwhile"


def test_a_peak_between_two_readings_is_not_missed(other):
    let_go(other)
    seen = watch.Seen()
    watch.read(psutil.Process(other.pid), NONE, seen)
    assert seen.figures()["peak_memory_bytes"] > 300e6 > 2 * seen.figures()["resident_bytes"]


def test_the_process_itself_is_watched_from_outside():
    before = psutil.Process().memory_info().rss
    ballast = b"x" * 200_000_000
    with watched(NONE, interval_ms=20) as watcher:
        time.sleep(1.0)
        del ballast
        watcher.serving()
        time.sleep(0.3)
        found = watcher.figures()
    assert 0 < found["proportional_bytes"] <= found["peak_memory_bytes"]
    assert abs(found["resident_bytes"] - before) < 60e6, "what was let go before serving is not in it"
    assert found["peak_memory_bytes"] >= before + 190e6
    assert watcher.process.returncode == 0


def test_the_watcher_does_not_outlive_its_block_and_a_killed_one_leaves_all_unknown():
    with pytest.raises(ZeroDivisionError), watched(NONE) as watcher:
        1 / 0  # noqa: B018
    assert watcher.process.returncode is not None
    with watched(NONE) as watcher:
        watcher.process.kill()
        watcher.process.wait()
        watcher.serving()
        assert watcher.figures() == dict.fromkeys(NAMES)


def test_memory_on_the_board_is_that_of_the_process_and_of_all(monkeypatch, other):
    nvml = install(monkeypatch)
    nvml.running, nvml.memory_used = [(other.pid, 700), (1, 900)], 2_000
    seen, process = watch.Seen(), psutil.Process(other.pid)
    watch.read(process, board.of_uuid("1234"), seen)
    nvml.running, nvml.memory_used = [(other.pid, 500)], 1_500
    watch.read(process, board.of_uuid("1234"), seen)
    assert (seen.figures()["device_bytes"], seen.figures()["board_bytes"]) == (700, 2_000), "both are peaks"


def test_the_watcher_is_small_and_takes_no_noticeable_time():
    code = "import sys, core.measure.watch; print('torch' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
    seen, this = watch.Seen(), psutil.Process(os.getpid())
    started = time.process_time()
    for _ in range(100):
        watch.read(this, NONE, seen)
    assert (time.process_time() - started) / 100 < 0.0025, "at four readings a second less than 1 % of one processor"
