"""Charts of a decision. Series differ by dash, symbol or pattern as well as by colour, so that they can be told apart in grey.

Money is in the case's currency. Builders are pure: what they draw comes in as numbers and figures, how it looks as a Look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.figures import Figure, Provenance
from core.formats import show, show_interval
from core.roi.months import Array
from core.roi.sensitivity import Bar
from core.roi.views import Step

INK = {False: "#46555c", True: "#c0ccd1"}
PAPER = {False: "#ffffff", True: "#0f171b"}
MOST_BARS = 8
LEAST = 0.5  # of the currency
MOST_MARKS = 6
FEW_ROWS = 12  # of the accuracy chart, which have room for each
SYMBOLS = {"student": "circle", "cascade": "diamond", "control": "square-open", "optimised_teacher": "triangle-up-open",
           "api": "x", "status_quo": "cross"}
DASHES = ("solid", "dash", "dot")


@dataclass(frozen=True)
class Look:
    """dark: the page's theme. large: for an audience. currency: a code of three letters."""

    dark: bool = False
    large: bool = False
    currency: str = "USD"

    @property
    def width(self) -> int:
        """Pixels of a chart that is printed: fixed, so that two of them fit a sheet whatever the window's width."""
        return 590 if self.large else 490

    def money(self, amount: float) -> str:
        """An amount in the case's currency, in words."""
        return show(Figure(amount, self.currency, Provenance("derived")))


def layout(look: Look, x: Mapping[str, Any], y: Mapping[str, Any], height: int = 300) -> dict[str, Any]:
    """What all charts share; x and y add to their axes, whose "title" is text with its unit."""
    ink = {"color": INK[look.dark], "size": 16 if look.large else 13}

    def axis(own: Mapping[str, Any]) -> dict[str, Any]:
        return {"tickfont": ink, "automargin": True, "zeroline": False, **own, "title": {"text": own.get("title", ""), "font": ink}}

    return {"height": round(height * (1.2 if look.large else 1.0)), "margin": {"l": 10, "r": 16, "t": 10, "b": 10}, "font": ink,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": ink, "bgcolor": "rgba(0,0,0,0)"},
            "dragmode": False, "xaxis": axis(x), "yaxis": axis(y), "hoverlabel": {"font": {"size": ink["size"]}}}


def _money_axis(look: Look, title: str) -> dict[str, Any]:
    form = "$~s" if look.currency == "USD" else "~s"
    return {"title": f"{title}, {look.currency}", "tickformat": form, "zeroline": True, "zerolinewidth": 1.5, "nticks": 7,
            "zerolinecolor": INK[look.dark]}


def _made(traces: Sequence[Mapping[str, Any]], shape: Mapping[str, Any]) -> Any:
    import plotly.graph_objects as go

    return go.Figure(data=list(traces), layout=shape)


def cash(plain: Array, band: Mapping[str, Array], payback: float | None, look: Look) -> Any:
    """Cumulative net cash of months 0..H: at the plain values and, from the draws, P10 to P90 with the median.

    plain and each of band (keys p10, p50, p90; empty before draws): (H + 1,). payback: months, undiscounted; None for never.
    """
    months = np.arange(len(plain), dtype=np.float64)
    edge = {"type": "scatter", "mode": "lines", "x": months, "line": {"dash": "dot", "width": 1}, "hoverinfo": "skip"}
    traces: list[dict[str, Any]] = []
    if band:
        traces = [{**edge, "y": band["p10"], "showlegend": False},
                  {**edge, "y": band["p90"], "fill": "tonexty", "name": "P10 to P90"},
                  _line(months, band["p50"], "median of the draws", "dash", look)]
    traces.append(_line(months, plain, "at the plain values", "solid", look))
    if payback is not None:
        traces.append({"type": "scatter", "mode": "markers+text", "x": [payback], "y": [0.0], "name": "paid back", "showlegend": False,
                       "marker": {"symbol": "diamond", "size": 12, "line": {"width": 1.5, "color": INK[look.dark]}},
                       "text": [f"paid back: {show(Figure(payback, 'months', Provenance('derived')))}" if payback else "paid back at once"],
                       "textposition": "bottom right", "hoverinfo": "text", "cliponaxis": False})
    return _made(traces, layout(look, {"title": "months after the start", "dtick": 6 if len(plain) <= 61 else 12},
                                _money_axis(look, "net cash so far, undiscounted")))


def _line(x: Array, y: Array, name: str, dash: str, look: Look) -> dict[str, Any]:
    form = "$,.3~s" if look.currency == "USD" else ",.3~s"
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "name": name, "line": {"dash": dash, "width": 2.5},
            "hovertemplate": f"%{{x:,.4~g}}: %{{y:{form}}}<extra></extra>"}


def waterfall(steps: Sequence[Step], look: Look) -> Any:
    """By which costs the NPV comes about: what each saves (plain) or adds (hatched), and their sum. Cents are not drawn."""
    ends = np.cumsum([step.saved for step in steps])
    starts = ends - [step.saved for step in steps]
    rows = [(step.kind[:1].upper() + step.kind[1:], float(start), step.saved) 
            for step, start in zip(steps, starts, strict=True) if abs(step.saved) >= LEAST]
    total = float(ends[-1]) if len(ends) else 0.0
    kinds = (("saves", "", [row for row in rows if row[2] > 0]), ("adds", "/", [row for row in rows if row[2] <= 0]),
             ("NPV", "x", [("NPV", 0.0, total)]))
    traces = [{"type": "bar", "orientation": "h", "name": name, "y": [row[0] for row in chosen], "base": [row[1] for row in chosen],
               "x": [row[2] for row in chosen], "marker": {"pattern": {"shape": shape, "size": 6}}, "textposition": "outside",
               "text": [look.money(row[2]) for row in chosen], "cliponaxis": False, "hoverinfo": "y+text"}
              for name, shape, chosen in kinds if chosen]
    shape = layout(look, _money_axis(look, "present value") | {"range": _room([0.0, total, *starts, *ends])},
                   {"autorange": "reversed", "categoryorder": "array", "categoryarray": [row[0] for row in rows] + ["NPV"]})
    return _made(traces, shape | {"barmode": "overlay", "bargap": 0.35})


def _room(ends: Sequence[float], share: float = 0.28) -> list[float]:
    """A range that leaves room for the labels beside bars."""
    low, high = min(ends), max(ends)
    free = share * (high - low) or 1.0
    return [low - (free if low < 0 else 0.04 * free), high + (free if high > 0 else 0.04 * free)]


def tornado(bars: Sequence[tuple[str, Bar, str]], base: float, look: Look) -> Any:
    """The NPV at P10 (hatched) and at P90 (plain) of each input, from the NPV at the plain values (base); the widest on top.

    bars: the input in words, its bar, and the unit of its values, which stand below its name; at most MOST_BARS are drawn.
    """
    shown = [(f"{words}<br>{_ends(bar, unit)}", bar) for words, bar, unit in bars[:MOST_BARS]]
    traces = [{"type": "bar", "orientation": "h", "name": f"at {name} of the input", "y": [words for words, _ in shown], "base": base,
               "x": [npv(bar) - base for _, bar in shown], "marker": {"pattern": {"shape": shape, "size": 6}},
               "customdata": [look.money(npv(bar)) for _, bar in shown], "hovertemplate": "NPV %{customdata}"}
              for name, shape, npv in (("P10", "/", lambda bar: bar.npv_at_low), ("P90", "", lambda bar: bar.npv_at_high))]
    shape = layout(look, _money_axis(look, "NPV"), {"autorange": "reversed"}, 90 + 42 * len(shown))
    return _made(traces, shape | {"barmode": "overlay", "bargap": 0.4, "shapes": [_rule(look, base)]})


def _ends(bar: Bar, unit: str) -> str:
    """An input at P10 and P90: "80 to 160 h"."""
    return show_interval(Figure((bar.low + bar.high) / 2.0, unit, Provenance("derived"), bar.low, bar.high))


def _rule(look: Look, at: float, axis: str = "x", dash: str = "dot") -> dict[str, Any]:
    """A line across the chart at a value of one axis."""
    other = "y" if axis == "x" else "x"
    return {"type": "line", f"{axis}0": at, f"{axis}1": at, f"{other}0": 0, f"{other}1": 1, f"{other}ref": "paper",
            "line": {"color": INK[look.dark], "dash": dash, "width": 1.5}}


def volume(volumes: Array, npv: Array, now: tuple[float, float], crossings: Sequence[float], look: Look) -> Any:
    """NPV over predictions a day (n,), with the line at 0, every crossing of it and the case itself (volume, NPV)."""
    marks = [crossing for crossing in crossings if volumes[0] <= crossing <= volumes[-1]]
    words = [show(Figure(mark, "1/day", Provenance("derived"))).replace(" predictions a day", "") for mark in marks]
    words = words if len(marks) <= MOST_MARKS else [""] * len(marks)
    traces = [_line(volumes, npv, "NPV", "solid", look) | {"showlegend": False},
              _mark("this case", [now[0]], [now[1]], "circle", [""], look),
              _mark("NPV is 0", marks, [0.0] * len(marks), "x", words, look)]
    x = {"title": "predictions a day", "type": "log", "dtick": "D2", "tickformat": "~s"}
    return _made(traces, layout(look, x, _money_axis(look, "NPV")))


def _mark(name: str, x: Sequence[float], y: Sequence[float], symbol: str, text: Sequence[str], look: Look) -> dict[str, Any]:
    return {"type": "scatter", "mode": "markers+text", "x": x, "y": y, "name": name, "text": text, "textposition": "top left",
            "cliponaxis": False, "hovertemplate": "%{x:,.4~g}<extra>" + name + "</extra>",
            "marker": {"symbol": symbol, "size": 11, "line": {"width": 1.5, "color": INK[look.dark]}}}


def utilisation(shares: Array, curves: Mapping[str, Array], now: tuple[float, float] | None, look: Look) -> Any:
    """NPV over the target utilisation (n,), alike in all options, at some volumes, by their names; now: the case's own (share, NPV), None
    where its options are planned by different ones."""
    traces = [_line(100 * shares, npv, name, dash, look) for (name, npv), dash in zip(curves.items(), DASHES, strict=False)]
    if now is not None:
        traces.append(_mark("this case", [100 * now[0]], [now[1]], "circle", [""], look))
    return _made(traces, layout(look, {"title": "target utilisation, %"}, _money_axis(look, "NPV")))


def margin(rows: Sequence[tuple[str, str, Figure]], points: float | None, look: Look) -> Any:
    """Difference in accuracy to the teacher with its interval, and the margin that may be lost (None: not said).

    rows: the option's name, its role and the difference in points.
    """
    known = [row for row in rows if row[2].value is not None]
    names = [name for name, _, _ in known]
    traces = [_dots([row for row in known if row[1] == role], role) for role in SYMBOLS if any(row[1] == role for row in known)]
    rules = [_rule(look, 0.0, dash="solid")] + ([] if points is None else [_rule(look, -points, dash="dash")])
    notes = [_note(look, 0.0, "teacher")] + ([] if points is None else [_note(look, -points, f"margin −{points:g}")])
    high = max(300, 110 + (34 if len(known) <= FEW_ROWS else 22) * len(known))
    shape = layout(look, {"title": "difference to the teacher, points"},
                   {"autorange": "reversed", "categoryorder": "array", "categoryarray": names}, high)
    shape["margin"]["t"], shape["legend"] = 26, shape["legend"] | {"y": -58 / (high - 36), "yanchor": "top"}  # below the axis' title
    return _made(traces, shape | {"shapes": rules, "annotations": notes, "showlegend": True})


def _dots(rows: Sequence[tuple[str, str, Figure]], role: str) -> dict[str, Any]:
    values = [figure.value or 0.0 for _, _, figure in rows]

    def reach(ends: Sequence[float | None]) -> list[float]:
        return [0.0 if end is None else abs(end - value) for end, value in zip(ends, values, strict=True)]

    return {"type": "scatter", "mode": "markers", "name": role.replace("_", " "), "x": values, "y": [name for name, _, _ in rows],
            "marker": {"symbol": SYMBOLS[role], "size": 11},
            "error_x": {"type": "data", "symmetric": False, "array": reach([figure.high for _, _, figure in rows]),
                        "arrayminus": reach([figure.low for _, _, figure in rows]), "thickness": 1.5, "width": 5}}


def _note(look: Look, x: float, text: str) -> dict[str, Any]:
    return {"x": x, "y": 1.0, "yref": "paper", "yanchor": "bottom", "text": text, "showarrow": False,
            "font": {"color": INK[look.dark], "size": 16 if look.large else 13}}
