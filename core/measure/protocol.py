"""How a measurement is taken: load and first call apart, warm-up until stable, each stage by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any, TypeVar

Result = TypeVar("Result")

WINDOW = 3  # rounds whose median is compared with that of the rounds before them
TOLERANCE = 0.03
LEAST_S = 0.5  # shorter rounds could agree by chance before clocks and caches have settled
MOST_S = 20.0


@dataclass(frozen=True)
class WarmUp:
    """What warming up found.

    rate_per_s: texts a second over the last window. rounds: how many it took. stable: whether the last two windows' medians
    differ by less than TOLERANCE, otherwise the cap in time ended it. round_s: seconds of the rounds in the last two windows, which
    all do the same work, so that their spread is noise.
    """

    rate_per_s: float
    rounds: int
    stable: bool
    round_s: tuple[float, ...]


def timed(call: Callable[..., Result], *given: Any) -> tuple[Result, float]:
    """What the call returned, and its duration in seconds."""
    started = perf_counter()
    result = call(*given)
    return result, perf_counter() - started


def load_times(load: Callable[[], Result], first_call: Callable[[Result], Any]) -> tuple[Result, dict[str, float]]:
    """What was loaded, with load_s (artefact to memory, imports not counted) and first_call_ms (what the first answer takes)."""
    loaded, load_s = timed(load)
    _, first_s = timed(first_call, loaded)
    return loaded, {"load_s": load_s, "first_call_ms": first_s * 1000}


def stage_times(
    tokenise: Callable[[list[str]], Any], logits: Callable[[Any], Any], after: Callable[[Any], Any], texts: Sequence[str]
) -> dict[str, float | None]:
    """Median ms a text of each stage, one text at a time: tokenise_ms, model_ms, after_ms; None without texts.

    Each stage gets what the one before returned; `logits` has to wait for its device. Medians of stages do not add up to the
    median latency exactly.
    """
    times: dict[str, list[float]] = {"tokenise_ms": [], "model_ms": [], "after_ms": []}
    for text in texts:
        ids, tokenise_s = timed(tokenise, [text])
        scores, model_s = timed(logits, ids)
        _, after_s = timed(after, scores)
        for taken, seconds in zip(times.values(), (tokenise_s, model_s, after_s), strict=True):
            taken.append(seconds)
    return {name: median(taken) * 1000 if taken else None for name, taken in times.items()}


def sample(texts: Sequence[str], count: int) -> list[str]:
    """Up to `count` texts, spread evenly over all of them, so that their lengths are those of the task."""
    step = max(len(texts) / count, 1.0)
    return [texts[int(i * step)] for i in range(min(count, len(texts)))]


def warm_up(
    answer: Callable[[Sequence[str]], Any], texts: Sequence[str], *, count: int = 64, batch: int = 64, most_s: float = MOST_S,
    clock: Callable[[], float] = perf_counter,
) -> WarmUp:
    """Answers the same sample of `count` texts again and again, in batches of `batch`, until its duration is stable.

    Stable: the median of the last WINDOW rounds differs by less than TOLERANCE from that of the WINDOW rounds before, after at
    least LEAST_S seconds. It ends after `most_s` seconds in any case, once a round is done.
    """
    chosen = sample(texts, count)
    started, rounds = clock(), list[float]()
    while True:
        begun = clock()
        for first in range(0, len(chosen), batch):
            answer(chosen[first : first + batch])
        rounds.append(clock() - begun)
        spent, stable = clock() - started, _is_stable(rounds)
        if (stable and spent >= LEAST_S) or spent >= most_s:
            return WarmUp(_rate(chosen, rounds), len(rounds), stable, tuple(rounds[-2 * WINDOW:]))


def _is_stable(rounds: Sequence[float]) -> bool:
    if len(rounds) < 2 * WINDOW:
        return False
    before, last = median(rounds[-2 * WINDOW:-WINDOW]), median(rounds[-WINDOW:])
    return abs(last - before) < TOLERANCE * before


def _rate(chosen: Sequence[str], rounds: Sequence[float]) -> float:
    return len(chosen) / max(median(rounds[-WINDOW:]), 1e-9)
