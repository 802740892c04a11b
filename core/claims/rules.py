"""When a claim holds: one rule for every figure that is set against a claimed number. Pure.

A claim is read as a promise. It holds where the whole 95 % interval keeps it, does not hold where the whole interval breaks it,
and is undecided in between. More than was promised still keeps it, and is said. A figure without an interval decides nothing,
unless it is exact: counted, or computed from the claim's own numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.claims.published import Bound
from core.figures import Figure
from core.formats import show_with_interval
from core.words import why_unknown

Verdict = Literal["holds", "does not hold", "undecided", "waiting"]
VERDICTS: tuple[Verdict, ...] = ("holds", "does not hold", "undecided", "waiting")

SLACK = 1e-9  # relative: keeps a number that is exactly the claimed one from missing it by rounding
SURE = 0.975  # of the draws: what lies beyond is one half of what a 95 % interval leaves out
SEEDS_NEEDED = 6  # a claim about a method; one seed compares two models


@dataclass(frozen=True)
class Finding:
    """A figure set against a claimed number. words: why it has this verdict. need: what would settle it where it is open."""

    label: str
    figure: Figure
    verdict: Verdict
    words: str
    need: str = ""

    @property
    def sentence(self) -> str:
        """Label, figure and why, without a full stop."""
        return f"{self.label}: {show_with_interval(self.figure) if self.figure.value is not None else 'not known'}, {self.words}"


def judge(label: str, figure: Figure, bound: Bound, *, exact: bool = False, need: str = "") -> Finding:
    """The verdict on one figure, which is in the bound's unit. exact: it has no interval because nothing was sampled."""
    if figure.value is None:
        return Finding(label, figure, "waiting", why_unknown(figure), need)
    low, high = (figure.value, figure.value) if exact else (figure.low, figure.high)
    if low is None or high is None:
        return Finding(label, figure, "undecided", f"no interval, so it decides nothing; {bound.words()} is claimed", need)
    kept = [_keeps(end, bound) for end in (low, high)]
    if all(kept):
        return Finding(label, figure, "holds", _how_kept(low, high, bound))
    if any(kept) or (low < bound.promise < high):
        return Finding(label, figure, "undecided", f"the interval straddles the claimed {_edge(bound)}", need)
    return Finding(label, figure, "does not hold", f"{'below' if low < bound.low else 'above'} the claimed {bound.words()}")


def _keeps(number: float, bound: Bound) -> bool:
    """Whether one number keeps the promise."""
    slack = SLACK * abs(bound.promise)
    enough, little = number >= bound.low - slack, number <= bound.high + slack
    return {"more is better": enough, "less is better": little}.get(bound.better, enough and little)


def _how_kept(low: float, high: float, bound: Bound) -> str:
    if bound.better == "more is better" and bound.low < bound.high < low:
        return f"above the claimed {bound.words()}, so more than was promised"
    if bound.better == "less is better" and high < bound.low < bound.high:
        return f"below the claimed {bound.words()}, so better than was promised"
    at = {"more is better": "at or above", "less is better": "at or below"}.get(bound.better, "within")
    return f"{at} the claimed {bound.words() if bound.better == 'inside' else bound.promised}"


def _edge(bound: Bound) -> str:
    return bound.words() if bound.better == "inside" else bound.promised


def likely(label: str, share: Figure) -> Finding:
    """The verdict on something that happens in a share of draws: in at least SURE of them, in at most the rest, or between."""
    if share.value is None:
        return Finding(label, share, "waiting", why_unknown(share))
    if share.value >= SURE - SLACK:
        return Finding(label, share, "holds", "all draws, or nearly all")
    if share.value <= 1 - SURE + SLACK:
        return Finding(label, share, "does not hold", "no draw, or nearly none")
    return Finding(label, share, "undecided", "neither nearly all draws nor nearly none")


def method(label: str, gain: Figure, seeds: int) -> Finding:
    """A claim that one method beats another, by a gain over it: below SEEDS_NEEDED seeds what was seen is told and decides nothing.

    From there on it holds where the interval lies above 0, and does not where it ends at 0 or below.
    """
    if gain.value is None:
        return Finding(label, gain, "waiting", why_unknown(gain))
    told = f"seen with {seeds} seed{'s' if seeds != 1 else ''}"
    if seeds < SEEDS_NEEDED or gain.low is None or gain.high is None or gain.low <= 0 < gain.high:
        return Finding(label, gain, "undecided", told)
    return Finding(label, gain, "holds" if gain.low > 0 else "does not hold", told)


def combine(verdicts: Sequence[Verdict]) -> Verdict:
    """A claim with several numbers: broken by one of them, else waiting or undecided with one of them, else it holds."""
    for verdict in ("does not hold", "waiting", "undecided"):
        if verdict in verdicts:
            return verdict
    return "holds" if verdicts else "waiting"
