"""The frontier as a chart: accuracy against cost per million, with intervals, limits as lines, and the Pareto front. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.figures import Figure, Provenance
from core.formats import show, show_with_interval
from core.studies.cascades import value_of
from core.studies.frontier import Frontier, Point
from core.studies.frontier_trials import Tried
from core.studies.frontier_words import verdict
from pages.ui import money_charts as money
from pages.ui.decision_options import ROLES
from pages.ui.money_charts import Look

HEIGHT, SIZE, LONGEST = 460, 12, 26
# In the order of drawing: students lie over their controls, which cost the same.
SYMBOLS = {"control": "square", "cascade": "triangle-up", "optimised_teacher": "diamond", "api": "star", "status_quo": "star",
           "student": "circle"}
COLORS = {"student": ("#0b7285", "#4dc3d6"), "control": ("#8a6d1f", "#d9b44a"), "optimised_teacher": ("#6741a6", "#b197e8"),
          "cascade": ("#2b7a3d", "#69c77f"),
          "api": ("#a8322d", "#f08c84"), "status_quo": ("#a8322d", "#f08c84")}  # in the light theme and in the dark one
STEPS = (1.0, 2.0, 5.0)
ROOM = (0.35, 0.15)  # left and right of the outermost points, as shares of what lies between them
FAR_LEFT, FAR_RIGHT = 0.4, 0.6  # shares of the axis' width: where a name has no room at the left of its point, or at the right


def chart(found: Frontier, picked: str | None, look: Look, trials: Sequence[Tried] = ()) -> Any:
    """All points; the front joined by a line; the teacher's accuracy less the margin and the costs to beat as lines. Names stand beside
    the points of the front, the one that the case is about and the picked one. trials: what a search tried, faint."""
    import plotly.graph_objects as go

    roles = [role for role in SYMBOLS if any(point.role == role for point in found.points)]
    traces = [*_trials(trials, look), _front(found, look), *(_series(found, role, look) for role in roles), *_rings(found, picked, look)]
    return go.Figure(data=traces, layout=_layout(found, picked, look, trials))


def _trials(trials: Sequence[Tried], look: Look) -> list[dict[str, Any]]:
    """What a search tried: on other texts and measured quickly, so it is faint, has no interval and cannot be picked."""
    if not trials:
        return []
    told = [f"{_escaped(each.name)}<br>validation accuracy {show(each.accuracy)}<br>{show(each.cost)}, measured quickly" for each in trials]
    still = {"marker": {"opacity": 0.45}}
    return [{"type": "scatter", "mode": "markers", "name": "search: validation texts", "x": [each.cost.value for each in trials],
             "y": [100 * value_of(each.accuracy) for each in trials], "selected": still, "unselected": still,
             "marker": {"size": 7, "symbol": "x-thin", "opacity": 0.45, "color": money.INK[look.dark],
                        "line": {"width": 1.5, "color": money.INK[look.dark]}}, "text": told, "hovertemplate": "%{text}<extra></extra>"}]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def name_in(event: Any) -> str | None:
    """The point that was clicked, from what the chart reports; None for none."""
    rows = event.get("selection", {}).get("points", []) if event else []
    data = rows[0].get("customdata") if rows else None
    return str(data[0]) if isinstance(data, list | tuple) and data else str(data["0"]) if isinstance(data, dict) and data else None


def _series(found: Frontier, role: str, look: Look) -> dict[str, Any]:
    """The points of one role: filled where they pass, hollow where not, crossed where they are too slow or too large."""
    points = sorted((point for point in found.points if point.role == role), key=lambda p: not p.passes)  # the first is the legend's
    color, still = COLORS[role][look.dark], {"marker": {"opacity": 1}}
    today = "API" if found.by_api else "teacher, as it was trained"
    return {"type": "scatter", "mode": "markers", "name": today if role == "status_quo" else ROLES[role],
            "x": [point.cost.value for point in points], "y": [100 * value_of(point.accuracy) for point in points],
            "marker": {"size": SIZE if role != "control" else SIZE - 3, "color": color, "symbol": [symbol(point) for point in points],
                       "line": {"width": 2, "color": color}},
            "selected": still, "unselected": still, "error_x": _bars([p.cost for p in points], 1.0, color),
            "error_y": _bars([p.accuracy for p in points], 100.0, color),
            "customdata": [(point.name, _told(point)) for point in points],
            "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>"}


def symbol(point: Point) -> str:
    """Its role's symbol: full for one that passes, open for one that does not, with a mark in it for one too slow or too large."""
    base = SYMBOLS[point.role]
    if point.passes:
        return base
    mark = ("-dot" if base in ("star", "triangle-up") else "-x") if point.too_slow_or_large else ""
    return f"{base}{mark}-open" if mark == "-x" else f"{base}-open{mark}"


def _told(point: Point) -> str:
    """What stands in the box over a point."""
    lines = (f"accuracy {show_with_interval(point.accuracy)}", show_with_interval(point.cost),
             f"p99 {show(point.candidate.latency.p99)}", *_folded(verdict(point)))
    return "<br>".join(map(_escaped, lines))


def _folded(text: str, width: int = 60) -> list[str]:
    lines = [""]
    for word in text.split():
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < width else [*lines, word]
    return lines


def _bars(figures: Sequence[Figure], scale: float, color: str) -> dict[str, Any]:
    def ends(name: str) -> list[float]:
        return [0.0 if (end := getattr(figure, name)) is None else abs(end - value_of(figure)) * scale for figure in figures]

    return {"type": "data", "symmetric": False, "array": ends("high"), "arrayminus": ends("low"), "thickness": 1, "width": 3,
            "color": _faint(color)}


def _faint(color: str) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.4)"


def _front(found: Frontier, look: Look) -> dict[str, Any]:
    points = [point for point in found.points if point.on_front]
    return {"type": "scatter", "mode": "lines", "name": "Pareto front", "hoverinfo": "skip", "x": [point.cost.value for point in points],
            "y": [100 * value_of(point.accuracy) for point in points], "line": {"width": 1.5, "dash": "dot", "color": money.INK[look.dark]}}


def _rings(found: Frontier, picked: str | None, look: Look) -> list[dict[str, Any]]:
    """A ring around the point that the case is about, and one around the picked one."""
    rings = ((found.about, "the case is about it", 24, "solid"), (picked, "shown below", 32, "dash"))
    return [{"type": "scatter", "mode": "markers", "name": told, "hoverinfo": "skip", "x": [point.cost.value],
             "y": [100 * value_of(point.accuracy)], "showlegend": True,
             "marker": {"size": size, "symbol": "circle-open" if dash == "solid" else "hexagon2-open", "color": money.INK[look.dark],
                        "line": {"width": 2}}}
            for name, told, size, dash in rings if (point := found.point(name)) is not None]


def named(found: Frontier, picked: str | None) -> list[Point]:
    """The points that have their names beside them: the picked one, the one that the case is about, and those of the front as far as
    their names would not lie over one another."""
    low, high = _reach([point.cost.value for point in found.points])
    ends = [end for p in found.points for end in (p.accuracy.low, p.accuracy.value, p.accuracy.high) if end is not None]
    wide, tall = math.log10(high / low) or 1.0, (max(ends) - min(ends)) or 1.0

    def close(one: Point, other: Point) -> bool:
        apart = abs(math.log10(value_of(one.cost) / value_of(other.cost))) / wide
        return apart < 0.4 and abs(value_of(one.accuracy) - value_of(other.accuracy)) / tall < 0.06

    made = [point for point in found.points if point.name in (picked, found.about)]
    for point in found.points:
        if point.on_front and point not in made and not any(close(point, other) for other in made if other.on_front):
            made.append(point)
    return made


def _names(found: Frontier, picked: str | None, across: tuple[float, float]) -> list[dict[str, Any]]:
    """Names above the points, towards the upper left of the front where no point can be; towards the lower right beside it."""
    made = []
    for point in named(found, picked):
        at = math.log10(value_of(point.cost))
        share = (at - across[0]) / (across[1] - across[0])
        above = {"xanchor": "center" if share < FAR_LEFT else "right", "xshift": 0 if share < FAR_LEFT else -8, "yshift": 16}
        below = {"xanchor": "left" if share < FAR_RIGHT else "right", "xshift": 8 if share < FAR_RIGHT else -8, "yshift": -20}
        made.append({"x": at, "y": 100 * value_of(point.accuracy), "text": _label(point.name), **(above if point.on_front else below)})
    return made


def _label(name: str) -> str:
    """A name short enough to stand in the chart."""
    short = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    return _escaped(short)


def _layout(found: Frontier, picked: str | None, look: Look, trials: Sequence[Tried]) -> dict[str, Any]:
    low, high = _reach([*(end for p in found.points for end in (p.cost.low, p.cost.value, p.cost.high)), found.today.value,
                        *(each.cost.value for each in trials)])
    at, across = ticks(low, high), _wider(low, high)
    how = "machine never idle, calls at their price" if found.by_api else "machine never idle"
    x = {"title": f"USD per million predictions, {how} (logarithmic)", "type": "log", "tickvals": at,
         "ticktext": [money_text(tick) for tick in at], "range": list(across), "gridcolor": _faint("#8899a0")}
    shape = money.layout(look, x, {"title": "accuracy on the test texts, %", "gridcolor": _faint("#8899a0")}, HEIGHT)
    lines = _lines(found)
    ink = {"color": money.INK[look.dark], "size": 14 if look.large else 12}
    notes = [*(note for _, note, _ in lines), *_names(found, picked, across)]
    return {**shape, "uirevision": "frontier", "hovermode": "closest", "clickmode": "event+select",
            "margin": {"l": 10, "r": 10, "t": 16, "b": 10},
            "legend": {**shape["legend"], "itemclick": False, "itemdoubleclick": False},
            "shapes": [{"type": "line", **where, "layer": "below", "line": {"color": money.INK[look.dark], "width": 1.5, "dash": dash}}
                       for where, _, dash in lines],
            "annotations": [{**note, "showarrow": False, "font": ink} for note in notes]}


def _lines(found: Frontier) -> list[tuple[dict[str, Any], dict[str, Any], str]]:
    """Each limit as a place of its line, its words, and its dash."""
    made: list[tuple[dict[str, Any], dict[str, Any], str]] = []
    if (least := found.least_accuracy) is not None:
        made.append(({"xref": "x domain", "x0": 0, "x1": 1, "y0": 100 * least, "y1": 100 * least},
                     {"xref": "x domain", "x": 1, "xanchor": "right", "y": 100 * least, "yanchor": "top",
                      "text": f"the teacher less the margin of {show(found.margin)}"}, "dash"))
    optimised = found.optimised.cost if found.optimised else None
    costs = [(cost.value, told, up) for cost, told, up in
             ((found.today, "serves today", 1), (optimised, "optimised teacher", 0)) if cost is not None and cost.value]
    for cost, told, up in costs:
        made.append(({"x0": cost, "x1": cost, "yref": "y domain", "y0": 0, "y1": 1},
                     {"x": math.log10(cost), "xanchor": "right", "yref": "y domain", "y": up, "yanchor": "top" if up else "bottom",
                      "text": f"{told} "},
                     "dashdot"))
    return made


def _reach(costs: Sequence[float | None]) -> tuple[float, float]:
    known = [cost for cost in costs if cost is not None and cost > 0]
    return (min(known), max(known)) if known else (0.01, 1.0)


def _wider(low: float, high: float) -> tuple[float, float]:
    """The axis' ends, as powers of ten."""
    between = max(0.5, math.log10(high / low))
    return math.log10(low) - ROOM[0] * between, math.log10(high) + ROOM[1] * between


def ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten within reach of both ends; powers of ten alone where they are many."""
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    steps = STEPS if len(decades) <= 6 else (1.0,)
    return [float(f"{step * 10.0**decade:.6g}") for decade in decades for step in steps]


def money_text(usd: float) -> str:
    """A tick in dollars: "$0.002", "$20"."""
    return f"${usd:,.0f}" if usd >= 1 else show(Figure(usd, "USD", Provenance("derived"))) if usd >= 0.01 else f"${usd:.6f}".rstrip("0")
