"""How uncertain an input is: a distribution by its quantile function."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from core.figures import Figure
from core.roi.months import Array, Number

Kind = Literal["lognormal", "normal", "triangular"]
Z90, Z95 = 1.6448536269514722, 1.959963984540054  # half-widths of central 90 % and 95 % in standard deviations


@dataclass(frozen=True)
class Spread:
    """lognormal and normal: centre and spread (standard deviation, of the logarithm for a lognormal) with mode unused;
    triangular: low, mode, high. floor and ceiling bound what may be drawn. source says in words where it comes from."""

    kind: Kind
    a: float
    b: float
    c: float = 0.0
    floor: float = -math.inf
    ceiling: float = math.inf
    source: str = ""

    def quantile(self, u: Number) -> Array:
        """The value below which a share u of the draws lies. u in (0, 1), any shape."""
        share = np.asarray(u, dtype=np.float64)
        if self.kind == "triangular":
            made = _triangular(share, self.a, self.b, self.c)
        else:
            made = self.a + self.b * ndtri(share)
            made = np.exp(made) if self.kind == "lognormal" else made
        return np.clip(made, self.floor, self.ceiling)

    @property
    def median(self) -> float:
        """The middle of the draws."""
        return float(self.quantile(0.5))


def _triangular(u: Array, low: float, mode: float, high: float) -> Array:
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(u * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - u) * (high - low) * (high - mode))
    return np.where(u < turn, rising, falling)


def between(low: float, high: float, source: str = "") -> Spread:
    """"a to b": the 5th and 95th percentile; lognormal if both are positive, else normal."""
    if low > 0:
        return Spread("lognormal", (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / (2 * Z90), source=source)
    return Spread("normal", (low + high) / 2, (high - low) / (2 * Z90), source=source)


def triangular(low: float, mode: float, high: float, source: str = "") -> Spread:
    """Three numbers: the least, the most likely and the largest."""
    return Spread("triangular", low, mode, high, source=source)


def of_figure(figure: Figure) -> Spread | None:
    """A sampled figure by its 95 % interval: lognormal if positive, else normal; None without an interval."""
    if figure.value is None or figure.low is None or figure.high is None or not figure.low < figure.high:
        return None
    source = "95 % interval of the measurement"
    if figure.low > 0 and figure.unit not in ("points",):
        width = (math.log(figure.high) - math.log(figure.low)) / (2 * Z95)
        return Spread("lognormal", math.log(figure.value), width, source=source)
    return Spread("normal", figure.value, (figure.high - figure.low) / (2 * Z95), source=source)


def within(value: float, factor: float, source: str = "") -> Spread:
    """A positive value that may be off by `factor` either way (5th and 95th percentile), with itself as the median."""
    return between(value / factor, value * factor, source)
