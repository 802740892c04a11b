"""Dynamic batching on a fake clock: what is taken together, how long it waits, and which size is chosen."""

import queue

import pytest

from core.measure.batching import SIZES, Batcher, batch_times, best_size, preselect


class Scripted:
    """A clock, and a queue in which entries appear at given times; waiting for one moves the clock."""

    def __init__(self, *arrivals):
        self.now, self.entries = 0.0, list(arrivals)

    def __call__(self):
        return self.now

    def put(self, item):
        raise AssertionError("everything is scripted")

    def get(self, block=True, timeout=None):
        at = self.entries[0][0] if self.entries else float("inf")
        if timeout is not None and at > self.now + timeout:
            self.now += timeout
            raise queue.Empty
        self.now = max(self.now, at)
        at, samples = self.entries.pop(0)
        return None if samples is None else (at, samples)


def taken(script, size, wait_s, busy_s=0.0):
    """(time, batch) as a worker takes them that is busy for `busy_s` with each."""
    found = []
    for batch in Batcher(size, wait_s, script, script):
        found.append((round(script.now, 6), batch))
        script.now += busy_s
    return found


def test_a_batch_is_what_arrives_until_the_first_has_waited():
    script = Scripted((0.0, ["a"]), (0.004, ["b"]), (0.011, ["c"]), (0.012, ["d"]), (0.05, None))
    assert taken(script, 8, 0.01) == [(0.01, ["a", "b"]), (0.021, ["c", "d"])]


def test_a_full_batch_does_not_wait():
    script = Scripted((0.0, ["a"]), (0.001, ["b"]), (0.002, ["c"]), (0.003, None))
    assert taken(script, 2, 0.01) == [(0.001, ["a", "b"]), (0.003, ["c"])]


def test_what_piled_up_behind_a_busy_worker_is_taken_at_once():
    script = Scripted(*[(i / 1000, [i]) for i in range(7)], (0.2, None))
    assert taken(script, 4, 0.0005, busy_s=0.1) == [(0.0005, [0]), (0.1005, [1, 2, 3, 4]), (0.2005, [5, 6])]


def test_no_wait_means_that_nothing_idles():
    script = Scripted((0.0, ["a"]), (0.001, ["b"]), (0.002, None))
    assert taken(script, 8, 0.0) == [(0.0, ["a"]), (0.001, ["b"])]


def test_a_query_is_never_split_and_all_is_taken_before_the_end():
    batcher = Batcher(2, 0.0)
    for query in (["a", "b", "c"], ["d"], ["e"]):
        batcher.put(query)
    batcher.close()
    assert list(batcher) == [["a", "b", "c"], ["d", "e"]]


@pytest.mark.parametrize(("times", "limit_ms", "size"), [
    ({1: 10, 2: 12, 4: 16, 8: 24, 16: 40, 32: 72}, 100, 16),  # 32 would take 72 ms, twice that is over the limit
    ({1: 10, 2: 12, 4: 16, 8: 24, 16: 40, 32: 72}, 1000, 32),
    ({1: 10, 2: 20, 4: 40, 8: 80}, 1000, 1),  # nothing is gained
    ({1: 10, 2: 12, 4: 24, 8: 47}, 1000, 2),  # nothing more is gained
    ({1: 10, 2: 12}, 15, 1),  # none fits twice, one does once
])
def test_the_size_is_the_smallest_that_is_about_as_fast_as_any_that_fits(times, limit_ms, size):
    assert best_size(times, limit_ms) == size


class Service:
    """Answers on a clock of its own: so many ms a batch and so many a text."""

    def __init__(self, batch_ms, text_ms):
        self.now, self.batch_ms, self.text_ms, self.sizes = 0.0, batch_ms, text_ms, []

    def __call__(self, texts):
        self.sizes.append(len(texts))
        self.now += (self.batch_ms + self.text_ms * len(texts)) / 1000

    def clock(self):
        return self.now


def test_batches_of_each_size_are_timed_on_real_texts():
    service = Service(4, 1)
    times = batch_times(service, ["x", "y"], 1000, 0, service.clock)
    assert times == pytest.approx({size: 4 + size for size in SIZES})


def test_sizes_over_the_limit_are_not_gone_into():
    service = Service(4, 1)
    times = batch_times(service, ["x"], 10, 0, service.clock)
    assert list(times) == [1, 2, 4, 8] and max(service.sizes) == 8


def test_batching_names_its_size_wait_and_rate():
    service = Service(4, 1)
    chosen = preselect(service, ["x"], 50, 0, service.clock)
    assert (chosen.size, chosen.wait_ms) == (16, 2.5)
    assert chosen.one_ms == pytest.approx(5) and chosen.per_s == pytest.approx(16 / 0.020)
    alone = preselect(Service(0, 5), ["x"], 50, 0)
    assert (alone.size, alone.wait_ms) != (0, None)
