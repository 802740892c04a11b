"""Dynamic batching: one worker takes what has arrived, up to a size, or until the first has waited long enough."""

from __future__ import annotations

import queue
import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Generic, Protocol, TypeVar

Sample = TypeVar("Sample")
Answer = Callable[[Sequence[str]], Any]
Clock = Callable[[], float]

SIZES = (1, 2, 4, 8, 16, 32)
WAIT_SHARE = 0.05  # of the latency limit
GAIN = 0.95  # a smaller batch with this share of the best rate is as good, and answers sooner
TIMED_TEXTS, LEAST_BATCHES = 16, 3


class Waiting(Protocol):
    """What a batcher needs of a queue; `get` raises queue.Empty after `timeout` seconds."""

    def put(self, item: Any) -> None: ...
    def get(self, block: bool = True, timeout: float | None = None) -> Any: ...


class Batcher(Generic[Sample]):
    """A queue that one worker reads in batches. `put` is all that the load generator's thread ever does."""

    def __init__(self, size: int, wait_s: float, clock: Clock = perf_counter, waiting: Waiting | None = None) -> None:
        self.size, self.wait_s = size, wait_s
        self._clock = clock
        self._waiting: Waiting = queue.SimpleQueue() if waiting is None else waiting

    def put(self, query: Sequence[Sample]) -> None:
        """Enqueue the samples of one query; they are never split."""
        self._waiting.put((self._clock(), query))

    def close(self) -> None:
        """End the iteration once all that was put before is taken."""
        self._waiting.put(None)

    def __iter__(self) -> Iterator[list[Sample]]:
        """Batches of `size` samples, or what is there `wait_s` after the first one of them arrived."""
        more = True
        while more and (entry := self._waiting.get()) is not None:
            batch, more = self._filled(*entry)
            yield batch

    def _filled(self, arrived: float, query: Sequence[Sample]) -> tuple[list[Sample], bool]:
        batch = list(query)
        while len(batch) < self.size:
            left = arrived + self.wait_s - self._clock()
            try:  # one that has waited long enough still takes along what stands behind it
                entry = self._waiting.get(timeout=max(left, 0.0))
            except queue.Empty:
                return batch, True
            if entry is None:
                return batch, False
            batch.extend(entry[1])
        return batch, True


@dataclass(frozen=True)
class Batching:
    """How texts are batched (size in texts, wait in ms), and what the probes said: ms of one text alone, texts per second at that size."""

    size: int
    wait_ms: float
    one_ms: float
    per_s: float


def preselect(answer: Answer, texts: Sequence[str], limit_ms: float, seed: int, clock: Clock = perf_counter) -> Batching:
    """The batching for a latency limit in ms, from timed batches of real texts. Raises what `answer` raises."""
    times = batch_times(answer, texts, limit_ms, seed, clock)
    size = best_size(times, limit_ms)
    return Batching(size, WAIT_SHARE * limit_ms if size > 1 else 0.0, times[1], 1000 * size / times[size])


def batch_times(answer: Answer, texts: Sequence[str], limit_ms: float, seed: int, clock: Clock) -> dict[int, float]:
    """Median ms of a batch by its size, up to the first size that takes longer than the limit; texts are drawn with `seed`."""
    draw = random.Random(seed)  # noqa: S311
    times: dict[int, float] = {}
    for size in SIZES:
        batches = [draw.choices(texts, k=size) for _ in range(max(LEAST_BATCHES, TIMED_TEXTS // size))]
        answer(batches[0])  # a runtime may prepare itself for a new shape
        times[size] = 1000 * statistics.median(_timed(answer, batch, clock) for batch in batches)
        if times[size] > limit_ms:
            break
    return times


def _timed(answer: Answer, batch: Sequence[str], clock: Clock) -> float:
    started = clock()
    answer(batch)
    return clock() - started


def best_size(times: Mapping[int, float], limit_ms: float) -> int:
    """The smallest size within GAIN of the highest rate, among sizes that fit: a text waits for a batch under way and then for its own.

    `times` are ms by size. It is 1 where none fits.
    """
    fits = {size: size / ms for size, ms in times.items() if 2 * ms + WAIT_SHARE * limit_ms <= limit_ms}
    return min((size for size, rate in fits.items() if rate >= GAIN * max(fits.values())), default=1)
