"""A drawing as inline SVG. Elements are built, never pasted, so that no text in them can become markup."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

WIDTH = 720.0
LETTER = 6.6  # width of a letter of the charts' 12 px type, on the safe side

Point = tuple[float, float]


class Drawing:
    """An SVG image of WIDTH x height units that scales with the page; colours come from the page's style sheet by class."""

    def __init__(self, key: str, height: float, title: str, told: str) -> None:
        """key: its own among the images of a page. title and told: its name and what it shows, for those who cannot see it."""
        self.key, self.height = key, height
        self.root = Element("svg", {"viewBox": f"0 0 {WIDTH:g} {height:g}", "role": "img", "class": "chart",
                                    "aria-labelledby": f"{key}-title {key}-told"})
        SubElement(self.root, "title", {"id": f"{key}-title"}).text = title
        SubElement(self.root, "desc", {"id": f"{key}-told"}).text = told
        lines = SubElement(SubElement(self.root, "defs"), "pattern", {
            "id": f"{key}-lines", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"})
        SubElement(lines, "rect", {"class": "hatch-ground", "width": "6", "height": "6"})
        SubElement(lines, "rect", {"class": "hatch", "width": "2.2", "height": "6"})

    def line(self, start: Point, end: Point, kind: str) -> None:
        """A straight line."""
        self._add("line", kind, x1=start[0], y1=start[1], x2=end[0], y2=end[1])

    def path(self, points: Sequence[Point], kind: str) -> None:
        """A line through points."""
        SubElement(self.root, "polyline", {"class": kind, "points": _points(points)})

    def area(self, points: Sequence[Point], kind: str) -> None:
        """A filled shape."""
        SubElement(self.root, "polygon", {"class": kind, "points": _points(points)})

    def bar(self, x: tuple[float, float], y: float, height: float, kind: str, hatched: bool = False) -> None:
        """A horizontal bar between two places; hatched tells it from others without colour."""
        left, right = min(x), max(x)
        made = self._add("rect", kind if hatched else f"{kind} solid", x=left, y=y, width=max(right - left, 0.8), height=height)
        if hatched:
            made.set("fill", f"url(#{self.key}-lines)")

    def dot(self, at: Point, kind: str, radius: float = 4.5) -> None:
        """A round mark."""
        self._add("circle", kind, cx=at[0], cy=at[1], r=radius)

    def text(self, at: Point, words: str, anchor: str = "start", kind: str = "label") -> None:
        """Words beside a place: they start, end, or have their middle there."""
        self._add("text", kind, x=at[0], y=at[1]).text = words
        self.root[-1].set("text-anchor", anchor)

    def made(self) -> str:
        """The image, to be put into a page as it is: ElementTree has escaped every text."""
        return tostring(self.root, encoding="unicode")

    def _add(self, tag: str, kind: str, **places: float) -> Element:
        return SubElement(self.root, tag, {"class": kind, **{name: f"{value:.2f}" for name, value in places.items()}})


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers that span low to high: at most `most` steps of 1, 2, 2.5 or 5 times a power of ten; low where they are one."""
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        return [low]
    power = Decimal(10) ** (math.floor(math.log10((high - low) / most)) - 1)
    steps = (power * factor for factor in map(Decimal, ("10", "20", "25", "50", "100", "200")))
    step = float(next(step for step in steps if float(step) * most >= high - low))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def shortened(words: str, most: int) -> str:
    """Words in at most so many letters."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
