"""Stages, load time and warm-up on functions whose speed is known."""

import time

import pytest

from core.measure.protocol import LEAST_S, TOLERANCE, WINDOW, load_times, sample, stage_times, warm_up

TEXTS = [f"text {i}" for i in range(100)]


class Clock:
    """A clock that only the work moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def warmed(seconds, **options):
    """Warm-up of rounds that take these seconds; the last one repeats."""
    clock, left, seen = Clock(), list(seconds), []

    def answer(texts):
        seen.append(list(texts))
        clock.now += left.pop(0) if len(left) > 1 else left[0]

    return warm_up(answer, TEXTS, count=10, batch=10, clock=clock, **options), seen


def test_each_stage_is_timed_by_itself_and_gets_what_the_one_before_returned():
    seen = []

    def tokenise(texts):
        time.sleep(0.004)
        return [len(texts[0])]

    def logits(ids):
        time.sleep(0.012)
        return [ids[0] * 10]

    found = stage_times(tokenise, logits, seen.append, TEXTS[:12])
    assert seen == [[len(text) * 10] for text in TEXTS[:12]]
    assert 4 <= found["tokenise_ms"] < found["model_ms"] and 12 <= found["model_ms"] < 60 and 0 <= found["after_ms"] < 2


def test_stages_without_texts_are_unknown():
    assert stage_times(list, list, list, []) == {"tokenise_ms": None, "model_ms": None, "after_ms": None}


def test_a_stage_is_its_median_so_that_one_slow_text_does_not_move_it():
    found = stage_times(lambda texts: time.sleep(0.2 if texts[0] == "text 3" else 0.001), lambda _: None, lambda _: None, TEXTS[:9])
    assert found["tokenise_ms"] < 50


def test_load_and_first_call_are_apart():
    def load():
        time.sleep(0.05)
        return "model"

    loaded, found = load_times(load, lambda model: time.sleep(0.02) if model == "model" else None)
    assert loaded == "model" and 0.05 <= found["load_s"] < 0.5 and 20 <= found["first_call_ms"] < 400


def test_warm_up_waits_until_two_windows_agree():
    found, _ = warmed([2.0, 1.8, 1.6, 1.4, 1.2, 1.1, 1.0])
    # windows of three: 1.0 1.0 1.0 against 1.2 1.1 1.0 differ by 9 %, one round later 1.0 against 1.1 1.0 1.0 by nothing
    assert found.stable and found.rounds == 11 and found.round_s == pytest.approx((1.1, 1.0, 1.0, 1.0, 1.0, 1.0))
    assert found.rate_per_s == pytest.approx(10.0)


@pytest.mark.parametrize(("drift", "stable"), [(TOLERANCE * 0.9, True), (TOLERANCE * 1.1, False)])
def test_the_tolerance_is_about_three_percent(drift, stable):
    found, _ = warmed([1.0] * WINDOW + [1.0 - drift] * WINDOW + [0.1] * 3 + [5.0], most_s=6)
    assert (found.rounds == 2 * WINDOW) is stable


def test_what_never_settles_ends_at_the_cap_and_says_so():
    found, _ = warmed([1.0 / 1.05**i for i in range(200)], most_s=8.0)
    assert not found.stable and found.rounds < 60
    endless, _ = warmed([30.0], most_s=8.0)
    assert endless.rounds == 1 and not endless.stable


def test_fast_rounds_go_on_for_the_least_time():
    found, _ = warmed([0.001])
    assert found.stable and found.rounds == pytest.approx(LEAST_S / 0.001, rel=0.01)


def test_every_round_answers_the_same_sample_in_batches():
    clock, seen = Clock(), []

    def answer(texts):
        seen.append(list(texts))
        clock.now += 0.1

    found = warm_up(answer, TEXTS, count=5, batch=2, clock=clock)
    assert seen[:3] == seen[3:6] == [["text 0", "text 20"], ["text 40", "text 60"], ["text 80"]]
    assert found.rate_per_s == pytest.approx(5 / 0.3)


@pytest.mark.parametrize("count", [1, 7, 64, 100, 500])
def test_a_sample_is_spread_over_all_texts_without_repeats(count):
    chosen = sample(TEXTS, count)
    assert len(chosen) == len(set(chosen)) == min(count, 100)
    assert TEXTS.index(chosen[-1]) >= 100 - 100 / len(chosen) - 1
