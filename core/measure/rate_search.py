"""The highest rate that holds a latency limit, searched for in bounded time: short probes bracket it, a long run confirms it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter

from scipy.special import bdtr

CONFIDENCE = 0.99  # LoadGen's own
SPARE_LATE = 1  # queries that may be late although no more than needed are asked
CLOSE = 1.05  # a bracket this narrow is not halved again
LOWEST = 1 / 64  # share of the first rate below which the search gives up
PROBE_SHARE, PROBES_SHARE = 1 / 15, 0.45  # of the seconds given: one probe, all probes once a rate held
CONFIRM_SHARE = 0.5  # of the seconds left
STEP_DOWN, CAUTION = 0.95, 0.3  # least step down after a failure; by how much more, the fewer further runs there is time for
LEAST_QUERIES, PROBE_MOST, CONFIRM_MOST = 100, 3, 10  # the latter two in multiples of the queries needed
PROBE_LIMITS, CONFIRM_LIMITS = 5, 10  # a run lasts at least this many latency limits, so that an overload can build up its queue
SPARE_TIME = 1.1


class OutOfTime(Exception):
    """A run did not end before its deadline; it says nothing."""


@dataclass(frozen=True)
class Run:
    """One run as LoadGen reports it: rate asked and completed (1/s), its verdicts, queries over the limit, latencies in ms.

    `within` says that the percentile of these very queries is within the limit, `valid` that early stopping guarantees it too.
    """

    asked_per_s: float
    queries: int
    valid: bool
    within: bool
    late: int
    completed_per_s: float
    p50_ms: float | None
    p90_ms: float | None
    p99_ms: float | None

    @property
    def holds(self) -> bool:
        """Whether to look higher: valid, or too short for that without a single late query."""
        return self.valid or self.late == 0


@dataclass(frozen=True)
class Plan:
    """Bounds of a search: first and highest rate to try (1/s), the percentile (0 to 1) and its limit in ms, seconds for all runs."""

    start_per_s: float
    ceiling_per_s: float
    percentile: float
    limit_ms: float
    seconds: float

    @cached_property
    def needed(self) -> int:
        """Least queries of a confirmed rate."""
        return queries_needed(self.percentile)

    def probe_queries(self, rate: float) -> int:
        """Queries of a short probe at `rate`."""
        longest = min(rate * PROBE_SHARE * self.seconds, PROBE_MOST * self.needed)
        return math.ceil(max(LEAST_QUERIES, longest, rate * PROBE_LIMITS * self.limit_ms / 1000))

    def least_queries(self, rate: float) -> int:
        """Queries that a confirmed rate needs at least."""
        return math.ceil(max(self.needed, rate * CONFIRM_LIMITS * self.limit_ms / 1000))

    def confirm_queries(self, rate: float, left_s: float) -> int:
        """Queries of a confirming run with `left_s` seconds left: the more, the nearer to the limit early stopping lets it be."""
        longest = min(rate * CONFIRM_SHARE * left_s, CONFIRM_MOST * self.needed)
        return math.ceil(max(self.least_queries(rate), longest))

    def next_rate(self, low: float | None, high: float | None) -> float | None:
        """The rate to try when `low` held and `high` did not; None when the bracket is narrow or at its lower bound."""
        if low is None:
            rate = self.start_per_s if high is None else high / 2
            return rate if rate >= LOWEST * self.start_per_s else None
        high = self.ceiling_per_s if high is None else high
        return math.sqrt(low * high) if high / low > CLOSE else None


def queries_needed(percentile: float, late: int = SPARE_LATE) -> int:
    """Least queries, `late` of them over the limit, that show with 99 % confidence that `percentile` of all hold it.

    LoadGen's early stopping: the smallest n with P(X <= late) <= 0.01 for X binomial (n, 1 - percentile). p99: 459 with
    none late, 662 with one.
    """
    n = late + 1
    while bdtr(late, n, 1 - percentile) > 1 - CONFIDENCE:
        n += 1
    return n


class Search:
    """One search. `run(rate, queries, ends)` is LoadGen's run; it raises OutOfTime if it is not done when the clock says `ends`."""

    def __init__(self, run: Callable[[float, int, float], Run], plan: Plan, clock: Callable[[], float] = perf_counter) -> None:
        self.plan = plan
        self.runs: list[Run] = []
        self.reason = ""
        self._run, self._clock = run, clock
        self._ends = clock() + plan.seconds

    def highest(self) -> Run | None:
        """A valid run at the highest rate that was confirmed; None with `reason` set. A reason beside a run says what limits it."""
        found = self._confirmed(low) if (low := self._bracketed()) else None
        if found is None:
            self.reason = self._why_none()
        elif not self._close(found):
            self.reason = f"within {self.plan.seconds:.0f} s no rate shortly above was tried; it may be higher"
        return found

    def _close(self, found: Run) -> bool:
        """Whether a rate at most two steps higher failed, or cannot be reached at all."""
        above = [self.plan.ceiling_per_s, *(run.asked_per_s for run in self.runs if not run.holds)]
        return min((rate for rate in above if rate >= found.asked_per_s), default=math.inf) <= CLOSE**2 * found.asked_per_s

    def _bracketed(self) -> float | None:
        low = high = None
        if self.plan.least_queries(self.plan.ceiling_per_s) / self.plan.ceiling_per_s > self.plan.seconds:
            return None
        while (rate := self.plan.next_rate(low, high)) is not None:
            kept = (1 - PROBES_SHARE) * self.plan.seconds if low else 0.0
            tried = self._tried(rate, self.plan.probe_queries(rate), kept)
            if tried is None:
                break
            low, high = (rate, high) if tried.holds else (low, rate)
        return low

    def _confirmed(self, rate: float) -> Run | None:
        if not any(run.valid for run in self.runs if run.asked_per_s == rate):
            rate = self._lower(rate)  # a short probe without a late query is little evidence
        while rate >= LOWEST * self.plan.start_per_s:
            tried = self._tried(rate, self.plan.confirm_queries(rate, self._left())) or self._tried(rate, self.plan.least_queries(rate))
            if tried is None or tried.valid:
                return tried or self._fallback(rate)
            rate = self._lower(rate)
        return None

    def _lower(self, rate: float) -> float:
        """A lower rate: the lower, the fewer further runs there is time for, but one that there is time for."""
        seconds = SPARE_TIME * self.plan.least_queries(rate) / rate
        cautious = rate * min(STEP_DOWN, 1 - CAUTION * min(seconds / max(self._left(), 1e-9), 1.0))
        slowest = rate * seconds / max(self._left(), 1e-9) * 1.001
        return max(cautious, slowest) if slowest <= STEP_DOWN * rate else cautious

    def _left(self) -> float:
        return self._ends - self._clock()

    def _fallback(self, rate: float) -> Run | None:
        """Where time is short: a valid probe with the queries needed, at no higher rate than what was still to be confirmed."""
        below = [run for run in self.runs if run.valid and run.asked_per_s <= rate]
        enough = [run for run in below if run.queries >= self.plan.least_queries(run.asked_per_s)]
        return max(enough, key=lambda run: run.asked_per_s, default=None)

    def _tried(self, rate: float, queries: int, kept: float = 0.0) -> Run | None:
        """A run at `rate`, or None if it would not leave `kept` seconds, or did not end in time."""
        if SPARE_TIME * queries / rate + kept > self._left():
            return None
        try:
            tried = self._run(rate, queries, self._ends)
        except OutOfTime:
            return None
        self.runs.append(tried)
        return tried

    def _why_none(self) -> str:
        lowest = min(self.runs, key=lambda run: run.asked_per_s, default=None)
        if lowest and not lowest.within:
            return (f"at {lowest.asked_per_s:.3g} a second, the lowest rate tried within {self.plan.seconds:.0f} s, {lowest.late} of "
                    f"{lowest.queries} queries took longer than {self.plan.limit_ms:g} ms")
        return (f"invalid: too few queries: within {self.plan.seconds:.0f} s no rate that held the limit had the {self.plan.needed} "
                "or more queries that its guarantee needs")
