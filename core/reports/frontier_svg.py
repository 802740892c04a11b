"""The report's picture of accuracy against cost: each way to serve as a mark, intervals, the front, and limits as lines. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from core.formats import money, show, show_with_interval
from core.reports.dossier import Cloud, Spot
from core.reports.pictures import Picture
from core.reports.svg import WIDTH, Drawing, ticks
from core.reports.svg import shortened as short
from core.reports.tables import Cell, Line, Table
from core.reports.words import ROLES

Place = Callable[[float], float]  # from a value to its place along an axis
LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 62.0, 24.0, 24.0, 46.0, 360.0
LONGEST, SIZE = 30, 5.0
CORNERS = {"control": 4, "optimised_teacher": 4, "cascade": 3}  # of a mark; others are round
TURNED = {"control": 45.0, "optimised_teacher": 0.0, "cascade": 90.0}  # degrees


def picture(cloud: Cloud | None) -> Picture | None:
    """The chart with its finding and its numbers; None where there is nothing to draw."""
    if cloud is None or not cloud.spots:
        return None
    title = "Accuracy on the test texts (%) against cost per million predictions of a machine that is never idle (logarithmic)"
    return Picture(title, cloud.answer, _drawn(cloud, title), _table(cloud))


def _drawn(cloud: Cloud, title: str) -> str:
    drawing = Drawing("frontier", HEIGHT, title, cloud.answer)
    costs = [end for s in cloud.spots for end in (s.cost.low, s.cost.value, s.cost.high, cloud.today) if end]
    low, high = math.log10(min(costs)) - 0.25, math.log10(max(costs)) + 0.1
    marks = ticks(*_ends([end for s in cloud.spots for end in (s.accuracy.low, s.accuracy.value, s.accuracy.high, cloud.least)
                          if end is not None]))

    def x(usd: float) -> float:
        return LEFT + (math.log10(usd) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(share: float) -> float:
        return HEIGHT - BOTTOM - (100 * share - marks[0]) / ((marks[-1] - marks[0]) or 1.0) * (HEIGHT - BOTTOM - TOP)

    for mark in marks:
        drawing.line((LEFT, y(mark / 100)), (WIDTH - RIGHT, y(mark / 100)), "grid")
        drawing.text((LEFT - 8, y(mark / 100) + 4), f"{mark:g}", "end")
    for usd in (s * 10.0**d for d in range(math.floor(low) - 1, math.ceil(high) + 1) for s in (1, 2, 5)):
        if low < math.log10(usd) < high:
            drawing.text((x(usd), HEIGHT - BOTTOM + 18), money(usd) if usd >= 0.01 else f"${usd:.6f}".rstrip("0"), "middle", "small")
    _limits(drawing, cloud, x, y)
    drawing.path([(x(s.cost.value or 1.0), y(s.accuracy.value or 0.0)) for s in cloud.spots if s.on_front], "edge")
    for spot in sorted(cloud.spots, key=lambda s: s.role != "control"):  # students lie over their controls
        _spot(drawing, spot, x, y)
    drawing.text((8.0, HEIGHT - 6), "round: teacher, students; square: control; lozenge: optimised teacher; triangle: cascade; "
                 "hollow: does not pass", "start", "small")
    return drawing.made()


def _ends(shares: Sequence[float]) -> tuple[float, float]:
    return 100 * min(shares), 100 * max(shares) + 1e-6


def _limits(drawing: Drawing, cloud: Cloud, x: Place, y: Place) -> None:
    if cloud.least is not None:
        drawing.line((LEFT, y(cloud.least)), (WIDTH - RIGHT, y(cloud.least)), "mark")
        drawing.text((WIDTH - RIGHT, y(cloud.least) + 14), "the teacher less the margin", "end", "small")
    if cloud.today:
        drawing.line((x(cloud.today), TOP), (x(cloud.today), HEIGHT - BOTTOM), "mark")
        drawing.text((x(cloud.today), TOP - 6), "serves today", "middle", "small")


def _spot(drawing: Drawing, spot: Spot, x: Place, y: Place) -> None:
    """A mark by its role, full or hollow, with its intervals; of the front with its name."""
    at = (x(spot.cost.value or 1.0), y(spot.accuracy.value or 0.0))
    if spot.accuracy.low is not None and spot.accuracy.high is not None:
        drawing.line((at[0], y(spot.accuracy.low)), (at[0], y(spot.accuracy.high)), "grid")
    if spot.cost.low and spot.cost.high:
        drawing.line((x(spot.cost.low), at[1]), (x(spot.cost.high), at[1]), "grid")
    kind = "spot full" if spot.passes else "spot"
    corners = CORNERS.get(spot.role)
    if corners is None:
        drawing.dot(at, kind, SIZE)
    else:
        angles = [math.radians(TURNED[spot.role] + 360 / corners * i) for i in range(corners)]
        drawing.area([(at[0] + 1.3 * SIZE * math.cos(a), at[1] - 1.3 * SIZE * math.sin(a)) for a in angles], kind)
    if spot.on_front:
        right = at[0] < LEFT + 0.3 * (WIDTH - LEFT - RIGHT)
        drawing.text((at[0] - 8 if not right else at[0], at[1] - 9), short(spot.name, LONGEST), "middle" if right else "end", "small")


def _table(cloud: Cloud) -> Table:
    lines = tuple(Line(s.name, ROLES.get(s.role, s.role) if s.name != "teacher" else "teacher as it was trained",
                       (Cell(show_with_interval(s.accuracy)), Cell(show_with_interval(s.cost)), Cell(show(s.p99)), Cell(s.verdict)),
                       "on the front" if s.on_front else "") for s in cloud.spots)
    return Table(("Variant", "Accuracy", "Cost, never idle", "p99", "Passes"), lines)
