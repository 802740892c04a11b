"""What marks a measurement as noisy: stolen time, other processes, throttling, a wide spread.

Counters are read before and after, never during. Take both snapshots in the measuring process, once its model is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import psutil

from core.measure.board import Board

STEAL = 0.02  # of the processors' time
OTHERS = 0.05
HEAT = 0.01  # of the measurement
POWER_LIMIT = 0.05
SPREAD = 1.2  # p90 over p50 of rounds that do the same work
HALF_WIDTH = 0.1  # of an interval, as a share of its value
LEAST_S = 0.5  # the kernel counts in steps of 10 ms: less says nothing
LEAST_ROUNDS = 5
CPUS = Path("/sys/devices/system/cpu")


@dataclass(frozen=True)
class Snapshot:
    """Counters at one moment; differences of two of them tell what happened in between.

    Times in seconds: at_s on a monotonic clock, all, steal and busy over the processors that this process may use (None where
    the system does not count), own of this process with its children. throttled: thermal throttling events, None if not
    counted. clock_khz: the highest clock that the governor allows now, summed, None if not told. others: processes on the GPU
    besides this one's. held_back_s and holding_back: as of Board.
    """

    at_s: float
    all_s: float
    steal_s: float | None
    busy_s: float
    own_s: float
    throttled: int | None
    clock_khz: int | None
    others: int | None
    held_back_s: dict[str, float]
    holding_back: tuple[str, ...]


def snapshot(board: Board, cpus: Path = CPUS) -> Snapshot:
    """The counters now. board: where the model runs (board.of_device). cpus: the kernel's folder of processors."""
    own, family = _own()
    steal, busy, total = _processors()
    return Snapshot(
        monotonic(), total, steal, busy, own, _sum(cpus, "cpu[0-9]*/thermal_throttle/core_throttle_count"),
        _sum(cpus, "cpufreq/policy*/scaling_max_freq"), board.other_processes(family), board.held_back_s(), board.holding_back(),
    )


def reasons(before: Snapshot, after: Snapshot, round_s: Sequence[float] = (), settled: bool = True) -> tuple[str, ...]:
    """Why the measurement between two snapshots is noisy, a sentence each; empty if it was quiet or nothing can be read.

    round_s: seconds of rounds that did the same work (WarmUp.round_s). settled: whether the warm-up ended stable.
    """
    found = [*_processor_reasons(before, after), *_throttling(before, after), *_gpu_reasons(before, after)]
    if not settled:
        found.append("The speed had not settled when the warm-up ended.")
    ratio = spread(round_s)
    if ratio is not None and ratio > SPREAD:
        found.append(f"The same work took {ratio:.2f} times as long in its slowest tenth of rounds as in the middle one.")
    return tuple(found)


def spread(round_s: Sequence[float]) -> float | None:
    """p90 over p50 of rounds that do the same work; None with fewer than LEAST_ROUNDS."""
    if len(round_s) < LEAST_ROUNDS:
        return None
    middle, slow = np.percentile(round_s, [50, 90])
    return float(slow / middle) if middle > 0 else None


def wide_interval(what: str, value: float | None, low: float | None, high: float | None) -> tuple[str, ...]:
    """A sentence if the 95 % interval over processes is wide (half of it above HALF_WIDTH of the value), else nothing."""
    if not value or low is None or high is None or (high - low) / 2 <= HALF_WIDTH * abs(value):
        return ()
    return (f"{what} differs between processes: its interval is {_percent((high - low) / 2 / abs(value))} either way.",)


def _processor_reasons(before: Snapshot, after: Snapshot) -> list[str]:
    total = after.all_s - before.all_s
    if after.at_s - before.at_s < LEAST_S or total <= 0:
        return []
    others = (after.busy_s - before.busy_s - (after.own_s - before.own_s)) / total
    found = [f"Other processes used {_percent(others)} of the processors' time."] if others > OTHERS else []
    if before.steal_s is not None and after.steal_s is not None and (stolen := (after.steal_s - before.steal_s) / total) > STEAL:
        found.append(f"Other virtual machines took {_percent(stolen)} of the processors' time (steal time).")
    return found


def _throttling(before: Snapshot, after: Snapshot) -> list[str]:
    found = []
    if before.throttled is not None and after.throttled is not None and after.throttled > before.throttled:
        found.append(f"The processor slowed down for heat, {after.throttled - before.throttled} times.")
    if before.clock_khz and after.clock_khz and after.clock_khz < before.clock_khz:
        share = 1 - after.clock_khz / before.clock_khz
        found.append(f"The highest clock allowed to the processor fell by {_percent(share)} meanwhile.")
    return found


def _gpu_reasons(before: Snapshot, after: Snapshot) -> list[str]:
    found, seconds = [], max(after.at_s - before.at_s, 1e-9)
    for cause, limit in (("heat", HEAT), ("its power limit", POWER_LIMIT)):
        share = (after.held_back_s.get(cause, 0.0) - before.held_back_s.get(cause, 0.0)) / seconds
        if share > limit:
            found.append(f"The GPU's clock was held down by {cause} for {_percent(min(share, 1.0))} of the time.")
    for cause in dict.fromkeys((*before.holding_back, *after.holding_back)):
        if not any(f" by {cause} " in sentence for sentence in found):
            found.append(f"The GPU's clock was held down by {cause} at the beginning or the end.")
    if others := max(before.others or 0, after.others or 0):
        found.append(f"{others} other process{'es' if others > 1 else ''} computed on the GPU.")
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _processors() -> tuple[float | None, float, float]:
    """Seconds stolen, busy and in all since the system started, over the processors that this process may use."""
    rows = psutil.cpu_times(percpu=True)
    allowed = psutil.Process().cpu_affinity() if hasattr(psutil.Process, "cpu_affinity") else []
    chosen = [rows[i] for i in allowed or () if i < len(rows)] or rows
    steals = [getattr(row, "steal", None) for row in chosen]
    steal = None if None in steals else sum(steals)  # type: ignore[arg-type]
    idle = sum(row.idle + getattr(row, "iowait", 0.0) for row in chosen)
    # A guest's time is counted in user already.
    total = sum(sum(row) - getattr(row, "guest", 0.0) - getattr(row, "guest_nice", 0.0) for row in chosen)
    return steal, total - idle - (steal or 0.0), total


def _own() -> tuple[float, set[int]]:
    """Processor seconds of this process with its children, ended ones too, and their numbers."""
    this = psutil.Process()
    seconds, numbers = sum(this.cpu_times()[:4]), {this.pid}
    for child in this.children(recursive=True):
        seconds += _of_child(child.cpu_times)
        numbers.add(child.pid)
    return seconds, numbers


def _of_child(cpu_times: Callable[[], Sequence[float]]) -> float:
    try:
        return sum(cpu_times()[:4])
    except psutil.Error:  # it has ended since
        return 0.0


def _sum(folder: Path, pattern: str) -> int | None:
    """The sum of the numbers in these files, None if none can be read."""
    found = []
    for path in folder.glob(pattern):
        try:
            found.append(int(path.read_text(encoding="ascii")))
        except (OSError, ValueError):
            continue
    return sum(found) if found else None
