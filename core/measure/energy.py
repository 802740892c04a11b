"""Energy of a GPU board (NVML) or of the processors (RAPL), gross and without idle power. No counter answers None and says why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core import hardware
from core.measure.board import Board

LEAST_S = 2.0
LEAST_UPDATES = 20
IDLE_S = 3.0
POLL_S = 0.005


class Counter:
    """A counter that cannot be read; `reason` says why, `source` what it would have counted."""

    def __init__(self, reason: str, source: str = "") -> None:
        self.reason, self.source = reason, source

    def joules(self) -> float | None:
        """Joules since some moment in the past; only differences mean anything."""
        return None


class NvmlCounter(Counter):
    """The whole board's counter (Volta and later), whoever uses the board; the host is not in it."""

    def __init__(self, board: Board) -> None:
        super().__init__("", "NVML, the GPU's board")
        self.board = board

    def joules(self) -> float | None:
        return self.board.energy_j()


class RaplCounter(Counter):
    """The processor packages' counters added up, whoever uses them. Read it at least once each time a counter goes round (minutes)."""

    def __init__(self, domains: list[Path]) -> None:
        super().__init__("", "RAPL, the processor's packages")
        self.ranges = {domain: int((domain / "max_energy_range_uj").read_text(encoding="ascii")) for domain in domains}
        self.last = {domain: _microjoules(domain) for domain in domains}
        self.total_uj = 0

    def joules(self) -> float | None:
        for domain, last in self.last.items():
            now = self.last[domain] = _microjoules(domain)
            self.total_uj += now - last if now >= last else now + self.ranges[domain] - last
        return self.total_uj / 1e6


def _microjoules(domain: Path) -> int:
    return int((domain / "energy_uj").read_text(encoding="ascii"))


def counter(board: Board, root: Path = hardware.POWERCAP) -> Counter:
    """The counter of the device that computes: the board's, or without a board the processors'."""
    if board.uuid:
        return NvmlCounter(board) if board.energy_j() is not None else Counter(
            "this GPU has no energy counter: it is older than Volta, or only a part of a card (MIG)", "NVML")
    domains, reason = hardware.energy_domains(root)
    return Counter(reason, "RAPL") if reason else RaplCounter(domains)


@dataclass(frozen=True)
class Idle:
    """Power in W while nothing is asked, and seconds between two updates of the counter; None where unknown."""

    watts: float | None = None
    update_s: float | None = None

    @property
    def least_s(self) -> float:
        """The shortest window whose energy counts: LEAST_S, or LEAST_UPDATES updates if those take longer."""
        return max(LEAST_S, LEAST_UPDATES * (self.update_s or 0.0))


def idle(
    source: Counter, seconds: float = IDLE_S, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep,
) -> Idle:
    """Waits `seconds` with the model loaded and nothing asked, between the first and the last update that it sees.

    Returns at once where there is no counter; watts are None if fewer than two updates came.
    """
    seen = _updates(source, seconds, clock, sleep)
    if len(seen) < 2:
        return Idle()
    (first_s, first_j), (last_s, last_j) = seen[0], seen[-1]
    return Idle((last_j - first_j) / (last_s - first_s), (last_s - first_s) / (len(seen) - 1))


def _updates(source: Counter, seconds: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> list[tuple[float, float]]:
    """When the counter moved, and to how many joules."""
    started, last, found = clock(), source.joules(), list[tuple[float, float]]()
    while last is not None and clock() - started < seconds:
        sleep(POLL_S)
        now = source.joules()
        if now is not None and now != last:
            found.append((clock(), now))
            last = now
    return found


@dataclass
class Spent:
    """A window over some work: joules (None without a counter) and seconds, known once it is closed; idle as measured before."""

    idle: Idle
    reason: str
    joules: float | None = None
    seconds: float = 0.0

    def figures(self, predictions: int) -> dict[str, float | None]:
        """energy_j_per_prediction (gross), energy_net_j_per_prediction = (gross - idle power x time) / predictions.

        None, with `why_not` telling it, without a counter, without predictions or in a window shorter than idle.least_s.
        Net is also None without idle power, and if nothing is left above it.
        """
        if self.why_not(predictions) or self.joules is None:
            return {"energy_j_per_prediction": None, "energy_net_j_per_prediction": None}
        net = None if self.idle.watts is None else (self.joules - self.idle.watts * self.seconds) / predictions
        return {
            "energy_j_per_prediction": self.joules / predictions,
            "energy_net_j_per_prediction": net if net is not None and net > 0 else None,
        }

    def why_not(self, predictions: int) -> str:
        """Why there is no energy a prediction; empty if there is."""
        if self.joules is None:
            return self.reason or "the energy counter could not be read"
        if self.seconds < self.idle.least_s:
            return f"the window of {self.seconds:.1f} s is shorter than the {self.idle.least_s:.1f} s that the counter needs"
        return "" if predictions > 0 else "nothing was answered in the window"


@contextmanager
def window(source: Counter, before: Idle, clock: Callable[[], float] = time.monotonic) -> Iterator[Spent]:
    """Counts what the work inside spends; read `figures(predictions)` after it."""
    spent = Spent(before, source.reason)
    first, started = source.joules(), clock()
    yield spent
    last, spent.seconds = source.joules(), clock() - started
    spent.joules = None if first is None or last is None else last - first
