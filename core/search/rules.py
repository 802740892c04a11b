"""Which trials are hopeless, and which students a search keeps. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

BEHIND = 0.03  # accuracy, as a share: further behind a cheaper one while it learns, a trial is given up
FROM_SHARE = 0.5  # of its training: before, a large student may only be slow to begin
EARLY_S = 2.0  # of training, before its length can be foretold
TOO_SLOW = 1.5  # times the latency limit: less may be noise
Curve = tuple[tuple[float, float], ...]
"""Share of the training done and accuracy then, rising."""


@dataclass(frozen=True)
class Outcome:
    """A finished trial: what it costs (ms a text), its accuracy (0 to 1), whether it keeps the limits. student: what it is, as a key.

    sure: whether the low end of its difference to the teacher's accuracy keeps the margin too, as the verdict asks.
    """

    number: int
    student: str
    ms: float
    accuracy: float
    passes: bool
    curve: Curve = ()
    sure: bool = False


@dataclass(frozen=True)
class Limits:
    """least: accuracy that a student must have; teacher: the teacher's, both 0 to 1. latency_ms, memory_mb: None where nobody has said
    one."""

    least: float
    teacher: float
    latency_ms: float | None = None
    memory_mb: float | None = None

    def broken(self, accuracy: float, latency_ms: float, memory_mb: float | None = None) -> str:
        """Which limit a trial breaks, "" for none."""
        if accuracy < self.least:
            return f"{100 * accuracy:.1f} % is less than the {100 * self.least:.1f} % that it must have"
        if self.latency_ms is not None and latency_ms > self.latency_ms:
            return f"its slowest texts take {latency_ms:.3g} ms, and {self.latency_ms:g} ms is the limit"
        return self.too_large(memory_mb)

    def surely(self, low_points: float | None) -> bool:
        """Whether the low end of a difference to the teacher, in points, keeps the margin."""
        return low_points is not None and low_points > 100 * (self.least - self.teacher)

    def too_large(self, memory_mb: float | None) -> str:
        """How it breaks the limit of memory, "" where it keeps it."""
        if self.memory_mb is not None and memory_mb is not None and memory_mb > self.memory_mb:
            return f"serving it takes {memory_mb:,.0f} MB, and {self.memory_mb:,g} MB is the limit"
        return ""


class Pace:
    """How long a training will still take, by its steps after the first: what a student does before that says nothing about its pace."""

    def __init__(self) -> None:
        self._first: tuple[float, float] | None = None

    def needed_s(self, now_s: float, share: float) -> float | None:
        """Seconds until the end, at a clock's now_s and this share of the training; None while it is too early to say."""
        first_s, first_share = self._first = self._first or (now_s, share)
        taken, done = now_s - first_s, share - first_share
        return taken / done * (1 - share) if taken > EARLY_S and done > 0 else None


def hopeless(ms: float, latency_ms: float, limits: Limits, seen: Sequence[Outcome], memory_mb: float | None = None) -> str:
    """Why a student that costs so much need not be trained, "" if it must: speed and memory are known before it has learnt anything."""
    if limits.latency_ms is not None and latency_ms > TOO_SLOW * limits.latency_ms:
        return f"its slowest texts take {latency_ms:.3g} ms, far beyond the limit of {limits.latency_ms:g} ms"
    if why := limits.too_large(memory_mb):
        return why
    better = [one for one in seen if one.passes and one.ms <= ms and one.accuracy >= limits.teacher]
    return f"trial {better[0].number} costs no more and is as accurate as the teacher" if better else ""


def behind(share: float, accuracy: float, ms: float | None, seen: Sequence[Outcome]) -> str:
    """Why a student that has done this share of its training is given up, "" if it is not: one that costs no more had at the same share
    of its own training BEHIND more. ms: what it costs, None where that is not known yet, so that nothing costs more."""
    for one in seen:
        then = [reached for done, reached in one.curve if done <= share + 1e-9]
        if share >= FROM_SHARE and then and ms is not None and one.ms <= ms and accuracy < then[-1] - BEHIND:
            return (f"{100 * accuracy:.1f} % after {100 * share:.0f} % of its training, where trial {one.number}, which costs no more, "
                    f"had {100 * then[-1]:.1f} %")
    return ""


def best(seen: Sequence[Outcome]) -> Outcome | None:
    """The cheapest that passes; of equal cost the more accurate."""
    return min((one for one in seen if one.passes), key=lambda one: (one.ms, -one.accuracy), default=None)


def front(seen: Sequence[Outcome]) -> list[Outcome]:
    """Those that no other beats in both cost and accuracy, by rising cost (and so by rising accuracy); passing or not."""
    found: list[Outcome] = []
    for one in sorted(seen, key=lambda one: (one.ms, -one.accuracy, one.number)):
        if not found or one.accuracy > found[-1].accuracy:
            found.append(one)
    return found


def kept(seen: Sequence[Outcome], most: int, known: Collection[str] = ()) -> list[Outcome]:
    """At most so many outcomes of different students, without those that are known already: the cheapest that passes first, then the
    cheapest that surely does, the next cheaper of the front, which fails, the next dearer, and so on outwards; where none passes, the most
    accurate ones.

    The first that passes need not be on the front of all: one that is cheaper and more accurate may break the latency limit.
    """
    line, first = front(seen), best(seen)
    if first is None:
        order = line[::-1]
    else:
        order = sorted((one for one in line if one != first), key=lambda one: (abs(_place(line, one) - _place(line, first)),
                                                                              _place(line, one)))
        order[:0] = [first, *([sure] if (sure := best([one for one in seen if one.sure])) else [])]
    students: dict[str, Outcome] = {}
    for one in order:
        students.setdefault(one.student, one)
    return [one for student, one in students.items() if student not in known][:most]


def _place(line: Sequence[Outcome], one: Outcome) -> float:
    """Where it stands on the front; between two of them where it is not on it."""
    if one in line:
        return float(line.index(one))
    return sum(each.ms <= one.ms for each in line) - 0.5
