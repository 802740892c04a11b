"""The report's charts as inline SVG: cumulative cash, what moves the answer, and by which costs it comes about.

Each tells its series apart without colour: by dashes, hatching and words beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.figures import Figure, Provenance
from core.formats import show
from core.reports.svg import LETTER, WIDTH, Drawing, Point, ticks
from core.reports.svg import shortened as short
from core.roi.months import Array

LEFT, RIGHT, TOP, BOTTOM = 92.0, 116.0, 14.0, 46.0  # room around the plot of months
NAMES, ROW, THICK = 236.0, 30.0, 18.0  # room for names beside bars, height of a bar's row and of the bar
MOST_ROWS = 10
NUMBER = re.compile(r"\S*\d\S*( [BM%](?= |$))?")


@dataclass(frozen=True)
class Swing:
    """One input's bar: its name and whose it is ("" for the case's own), the NPV (money) at its P10 and at its P90, and both in words."""

    name: str
    owner: str
    npv_at_low: float
    npv_at_high: float
    low: str
    high: str


class _Scale:
    """From values to places along an axis."""

    def __init__(self, values: tuple[float, float], places: tuple[float, float]) -> None:
        self.values, self.places = values, places

    def __call__(self, value: float) -> float:
        (low, high), (start, end) = self.values, self.places
        return start + (value - low) / ((high - low) or 1.0) * (end - start)


def cumulative_cash(key: str, title: str, told: str, plain: Array, band: Mapping[str, Array], payback: float | None, currency: str
                    ) -> str:
    """Running sum of net flows over months 0 to H, shape (H + 1,), with the draws' P10 to P90 and the month of payback.

    band: "p10", "p50" and "p90", each of the same shape; empty where nothing was drawn.
    """
    horizon, edges = len(plain) - 1, [band[name] for name in ("p10", "p90") if name in band]
    marks = ticks(min(0.0, *(float(line.min()) for line in (plain, *edges))), max(0.0, *(float(line.max()) for line in (plain, *edges))))
    picture = Drawing(key, 330.0, title, told)
    x, y = _Scale((0.0, horizon), (LEFT, WIDTH - RIGHT)), _Scale((marks[0], marks[-1]), (330.0 - BOTTOM, TOP))
    _grid(picture, x, y, marks, horizon, currency)
    ends: list[tuple[float, str]] = []
    if edges and (edges[1] - edges[0]).any():
        picture.area([*_along(edges[0], x, y), *reversed(_along(edges[1], x, y))], "band")
        for name, line in zip(("P10", "P90"), edges, strict=True):
            picture.path(_along(line, x, y), "edge")
            ends.append((y(float(line[-1])), f"{name} of the draws"))
    picture.path(_along(plain, x, y), "main")
    ends.append((y(float(plain[-1])), "plain values"))
    for place, words in _apart(ends):
        picture.text((WIDTH - RIGHT + 8, place + 4), words)
    if payback is not None:
        _payback(picture, x(payback), y, payback)
    return picture.made()


def _payback(picture: Drawing, at: float, y: _Scale, months: float) -> None:
    picture.line((at, TOP), (at, 330.0 - BOTTOM), "mark")
    picture.dot((at, y(0.0)), "dot")
    words = "paid back at once" if not months else f"paid back after {show(Figure(months, 'months', Provenance('derived')))}"
    right = at < WIDTH / 2
    picture.text((at + (8 if right else -8), TOP + 12), words, "start" if right else "end", "strong")


def _grid(picture: Drawing, x: _Scale, y: _Scale, marks: Sequence[float], horizon: int, currency: str) -> None:
    for mark in marks:
        picture.line((LEFT, y(mark)), (WIDTH - RIGHT, y(mark)), "zero" if mark == 0 else "grid")
        picture.text((LEFT - 8, y(mark) + 4), _money(mark, currency), "end")
    for month in range(0, horizon + 1, months_apart(horizon)):
        picture.line((x(month), 330.0 - BOTTOM), (x(month), 330.0 - BOTTOM + 5), "zero")
        picture.text((x(month), 330.0 - BOTTOM + 19), str(month), "middle")
    picture.text(((LEFT + WIDTH - RIGHT) / 2, 330.0 - 8), "months from the decision", "middle")


def months_apart(horizon: int) -> int:
    """Months between marks on the axis of a horizon of 1 to 120 months."""
    return next(step for step in (1, 2, 3, 6, 12, 24) if horizon / step <= 8)


def _along(line: Array, x: _Scale, y: _Scale) -> list[Point]:
    return [(x(month), y(float(value))) for month, value in enumerate(line)]


def _apart(ends: list[tuple[float, str]], least: float = 15.0) -> list[tuple[float, str]]:
    """Words at the ends of lines, moved down so that none lies over another, and back up if they leave the plot."""
    placed: list[tuple[float, str]] = []
    for place, words in sorted(ends):
        placed.append((max(place, placed[-1][0] + least) if placed else place, words))
    over = max(0.0, placed[-1][0] - (330.0 - BOTTOM)) if placed else 0.0
    return [(place - over, words) for place, words in placed]


def tornado(key: str, title: str, told: str, swings: Sequence[Swing], base: float, currency: str) -> str:
    """The NPV (money) at P10 (hatched) and P90 (filled) of each input, from the NPV at the plain values on."""
    shown = swings[:MOST_ROWS]
    values = [base, *(value for swing in shown for value in (swing.npv_at_low, swing.npv_at_high))]
    picture, x = _rows(key, title, told, values, len(shown), currency)
    for i, swing in enumerate(shown):
        top = TOP + 22 + i * ROW
        _two_lines(picture, top, swing)
        for value, hatched in ((swing.npv_at_low, True), (swing.npv_at_high, False)):
            picture.bar((x(base), x(value)), top, THICK, "bar", hatched)
        _ends(picture, x, top, swing, base)
    picture.line((x(base), TOP + 16), (x(base), TOP + 22 + len(shown) * ROW), "mark")
    picture.text((x(base), TOP + 10), f"NPV {_money(base, currency)}", "middle", "strong")
    return picture.made()


def waterfall(key: str, title: str, told: str, steps: Sequence[tuple[str, float]], currency: str) -> str:
    """How costs saved (filled) and added (hatched) sum up to the NPV, in money; the last row is the sum."""
    sums = [0.0]
    for _, saved in steps:
        sums.append(sums[-1] + saved)
    picture, x = _rows(key, title, told, sums, len(steps) + 1, currency)
    for i, (name, saved) in enumerate([*steps, ("NPV", sums[-1])]):
        start = sums[i] if i < len(steps) else 0.0
        top, end = TOP + 22 + i * ROW, start + saved
        picture.text((NAMES - 10, top + 13), short(name, int((NAMES - 10) / LETTER)), "end", "strong" if i == len(steps) else "label")
        picture.bar((x(start), x(end)), top, THICK, "bar total" if i == len(steps) else "bar", saved < 0)
        picture.text((max(x(start), x(end)) + 5, top + 13), ("+" if saved > 0 and i < len(steps) else "") + _money(saved, currency),
                     "start", "small")
        if i < len(steps):
            picture.line((x(end), top + THICK), (x(end), top + ROW), "grid")
    picture.line((x(0.0), TOP + 16), (x(0.0), TOP + 22 + (len(steps) + 1) * ROW), "zero")
    return picture.made()


def _two_lines(picture: Drawing, top: float, swing: Swing) -> None:
    """An input's name, and below it whose it is."""
    most = int((NAMES - 10) / LETTER)
    picture.text((NAMES - 10, top + (7 if swing.owner else 13)), short(swing.name, most), "end")
    if swing.owner:
        picture.text((NAMES - 10, top + 19), short(f"of {swing.owner}", most), "end", "small")


def _ends(picture: Drawing, x: _Scale, top: float, swing: Swing, base: float) -> None:
    """An input's values beside the ends of its bar: without their unit where that is long, as the table below the chart has it."""
    low, high = swing.low, swing.high
    if max(len(low), len(high)) > 12:
        low, high = (found[0] if (found := NUMBER.match(words)) else words for words in (low, high))
    rises = swing.npv_at_high >= swing.npv_at_low
    for value, words, right in ((swing.npv_at_low, low, not rises), (swing.npv_at_high, high, rises)):
        outer = (max if right else min)(x(value), x(base))
        picture.text((outer + (5 if right else -5), top + 13), words, "start" if right else "end", "small")


def _rows(key: str, title: str, told: str, values: Sequence[float], rows: int, currency: str) -> tuple[Drawing, _Scale]:
    """An empty chart of horizontal bars with an axis of money below."""
    marks = ticks(min(values), max(values), 4)
    if len(marks) == 1:
        marks = [marks[0] - 1.0, marks[0] + 1.0]
    bottom = TOP + 22 + rows * ROW
    picture = Drawing(key, bottom + 30, title, told)
    x = _Scale((marks[0], marks[-1]), (NAMES + 70, WIDTH - 84))
    for mark in marks:
        picture.line((x(mark), TOP + 16), (x(mark), bottom), "grid")
        picture.text((x(mark), bottom + 16), _money(mark, currency), "middle", "small")
    return picture, x


def _money(amount: float, currency: str) -> str:
    return show(Figure(amount, currency, Provenance("derived")))
