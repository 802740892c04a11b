"""Figures in words: three significant figures, never finer than the interval justifies, never an exponent, never -0."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from core.figures import NOT_STATED, Figure, Provenance
from core.words import input_label, lowered, why_unknown

UNKNOWN = "not measured"
MINUS = "−"
CURRENCY = re.compile(r"[A-Z]{3}")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
EVIDENCE = {
    "measured": "measured", "catalogue": "catalogue", "published": "published",
    "assumed": "assumed (user)", "default": "assumed (default)", "not_measured": UNKNOWN,
}

Scale = tuple[int, str]  # a power of ten and the letters that stand for it
LARGE: tuple[Scale, ...] = ((9, " B"), (6, " M"), (0, ""))
BYTES: tuple[Scale, ...] = ((12, " TB"), (9, " GB"), (6, " MB"), (3, " kB"), (0, " B"))
MEGABYTES: tuple[Scale, ...] = ((6, " TB"), (3, " GB"), (0, " MB"))  # of a number of MB
GRAMS: tuple[Scale, ...] = ((6, " t"), (3, " kg"), (0, " g"))
PLAIN: tuple[Scale, ...] = ((0, ""),)


@dataclass(frozen=True)
class Unit:
    """How a unit is written: prefix and suffix stand around the number, axis is its name on a chart's axis."""

    suffix: str = ""
    axis: str = ""
    prefix: str = ""
    one: str = ""
    shift: int = 0
    scales: tuple[Scale, ...] = PLAIN
    whole: bool = False


UNITS = {
    "share": Unit(" %", "%", shift=2),
    "points": Unit(" points", "accuracy points", one=" point"),
    "ratio": Unit("×", "ratio (×)"),
    "p": Unit(axis="p value"),
    "nats": Unit(" nats", "nats"),
    "ms": Unit(" ms", "ms"),
    "s": Unit(" s", "s"),
    "h": Unit(" h", "h"),
    "months": Unit(" months", "months", one=" month"),
    "J": Unit(" J", "J"),
    "1/s": Unit(" predictions/s", "predictions/s", one=" prediction/s", scales=LARGE),
    "1/day": Unit(" predictions a day", "predictions a day", one=" prediction a day", scales=LARGE, whole=True),
    "bytes": Unit("", "bytes", scales=BYTES),
    "MB": Unit("", "MB", scales=MEGABYTES),
    "count": Unit("", "count", scales=LARGE, whole=True),
    "USD": Unit("", "USD", "$", scales=LARGE),
    "USD/h": Unit(" per hour", "USD per hour", "$", scales=LARGE),
    "USD/1e6": Unit(" per million", "USD per million predictions", "$", scales=LARGE),
    "USD/month": Unit(" per month", "USD per month", "$", scales=LARGE),
    "USD/call": Unit(" per call", "USD per call", "$", scales=LARGE),
    "USD/kWh": Unit(" per kWh", "USD per kWh", "$"),
    "USD/error": Unit(" per error", "USD per error", "$"),
    "USD/prediction": Unit(" per prediction", "USD per prediction", "$"),
    "USD/GB-month": Unit(" per GB and month", "USD per GB and month", "$"),
    "1/month": Unit(" predictions a month", "predictions a month", scales=LARGE, whole=True),
    "tokens": Unit(" tokens", "tokens", one=" token", scales=LARGE, whole=True),
    "min": Unit(" min", "minutes"),
    "W": Unit(" W", "W"),
    "kWh": Unit(" kWh", "kWh", scales=LARGE),
    "logit": Unit("", "logit"),
    "g": Unit("", "g", scales=GRAMS),
    "g/kWh": Unit(" g/kWh", "g/kWh"),
}


def show(figure: Figure) -> str:
    """The value with its unit: "3.42 ms", "77.9 %", "$0.125 per million", "not measured"."""
    if figure.value is None or not math.isfinite(figure.value):
        return "not stated" if figure.provenance.reason == NOT_STATED else UNKNOWN
    if figure.unit == "p":
        return _p_value(figure.value)
    if figure.unit == "USD" and 0 < abs(figure.value) < 0.01:
        return "about $0"
    unit, value = _unit(figure.unit), _exact(figure.value, figure.unit)
    low, high = _ends(figure) or (value, value)
    return _written(_rounded(value, abs(high - low) / 2, unit), unit, value)


def show_interval(figure: Figure) -> str:
    """The 95 % interval: "76.0 to 79.7 %"; "no interval" for a measured figure without one, else empty."""
    if figure.value is None:
        return ""
    ends = _ends(figure)
    if ends is None:
        return "no interval" if figure.provenance.kind == "measured" else ""
    unit, (low, high) = _unit(figure.unit), ends
    power, letters = _scale(max(abs(low), abs(high)), unit)
    texts = [_text(bound, unit, letters) for bound in _bounds(low.scaleb(-power), high.scaleb(-power))]
    return f"{texts[0]} to {texts[1]}{letters}{unit.suffix}"


def show_with_interval(figure: Figure) -> str:
    """The value and, in brackets, its interval: "78 % (76.0 to 79.7 %)"."""
    interval = show_interval(figure)
    return f"{show(figure)} ({interval})" if interval else show(figure)


def money(usd: float | None) -> str:
    """An amount in US dollars: "$35,000", "−$0.50", "$1.23 M"; "not measured" for None."""
    return show(Figure(usd, "USD", Provenance("derived")))


def months(count: float) -> str:
    """A number of months: "1 month", "24 months"."""
    return show(Figure(count, "months", Provenance("derived")))


def unit_label(unit: str) -> str:
    """The unit's name on an axis: "ms", "USD per million predictions"; "" for none."""
    return _unit(unit).axis


def show_date(when: str | date | datetime) -> str:
    """"22 Nov 2026"; text that is no ISO date stays as it is."""
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            return str(when)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def chip(figure: Figure) -> str:
    """Where the number comes from, in one to three words."""
    if figure.provenance.reason == NOT_STATED:
        return "not stated"
    return "derived" if figure.provenance.kind == "derived" else EVIDENCE[figure.provenance.evidence]


def origin(figure: Figure) -> str:
    """Where the number comes from, in one or two sentences."""
    known = figure.provenance
    if known.reason == NOT_STATED:
        return "Not stated: nobody has said it yet."
    if known.kind == "not_measured":
        return _sentence("Not measured", why_unknown(figure))
    if known.kind == "assumed":
        who = "by default, not yet confirmed" if known.by == "default" else "by the user"
        return _sentence(f"Assumed {who}", known.source)
    when = show_date(known.as_of) if known.as_of else "of unknown date" if known.kind == "catalogue" else ""
    told = ", ".join(part for part in (known.source, known.device and f"on {known.device}", when) if part)
    first = _sentence("Price list" if known.kind == "catalogue" else known.kind.capitalize(), told)
    if not known.inputs:
        return first
    return f"{first} Weakest input: {lowered(input_label(str(known.weakest_input)))} ({_in_words(known.evidence)})."


def _sentence(head: str, tail: str) -> str:
    return f"{head}: {tail.rstrip('.')}." if tail else f"{head}."


def _in_words(evidence: str) -> str:
    return "assumed by default" if evidence == "default" else EVIDENCE[evidence]


def _unit(name: str) -> Unit:
    if name in UNITS:
        return UNITS[name]
    code, slash, rest = name.partition("/")
    if CURRENCY.fullmatch(code) and f"USD{slash}{rest}" in UNITS:  # money of another currency is written as dollars are
        dollars = UNITS[f"USD{slash}{rest}"]
        return replace(dollars, prefix=f"{code} ", axis=dollars.axis.replace("USD", code))
    return Unit(f" {name}" if name else "", name)


def _exact(number: float, unit: str) -> Decimal:
    """The number as it is written, times 100 for a share."""
    return Decimal(str(float(number))).scaleb(_unit(unit).shift)


def _ends(figure: Figure) -> tuple[Decimal, Decimal] | None:
    """Both ends of the interval, None where it has none or an end is infinite."""
    if figure.low is None or figure.high is None or not math.isfinite(figure.low + figure.high):
        return None
    return _exact(figure.low, figure.unit), _exact(figure.high, figure.unit)


def _rounded(value: Decimal, half_width: Decimal, unit: Unit) -> Decimal:
    """Three significant figures, but none finer than the interval's bounds are written; one always stays."""
    if not value:
        return Decimal(0)
    if unit.whole and not half_width and value == value.to_integral_value() and abs(value) < 1_000_000:
        return value.to_integral_value()
    exponent = value.adjusted() - 2
    if half_width:
        exponent = max(exponent, half_width.adjusted() - 1)
    exponent = min(exponent, value.adjusted())
    once = _quantized(value, exponent)
    if unit.shift and value < 100 <= once:  # only all of them are 100 %
        return value.quantize(Decimal(1).scaleb(exponent), ROUND_DOWN)
    return _quantized(once, max(once.adjusted() - 2, exponent))  # 9.996 became 10.00


def _quantized(value: Decimal, exponent: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_UP)


def _bounds(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """Both bounds with the same last digit: two figures of the half-width, three of the larger bound, more if they look equal."""
    larger, half_width = max(abs(low), abs(high)), (high - low) / 2
    exponent = larger.adjusted() - 2 if larger else 0
    if half_width > 0:
        exponent = max(exponent, half_width.adjusted() - 1)
        while _quantized(low, exponent) == _quantized(high, exponent):
            exponent -= 1
    return _quantized(low, exponent), _quantized(high, exponent)


def _scale(size: Decimal, unit: Unit) -> Scale:
    """The largest scale that the size reaches once it is rounded to three figures."""
    size = _quantized(size, size.adjusted() - 2) if size else size
    return next((scale for scale in unit.scales if size >= Decimal(1).scaleb(scale[0])), unit.scales[-1])


def _written(rounded: Decimal, unit: Unit, value: Decimal) -> str:
    """The rounded number in its scale and unit; zeros at the end are dropped where they claim nothing."""
    power, letters = _scale(abs(rounded), unit)
    number = rounded.scaleb(-power)
    is_exact = abs(rounded - value) <= abs(value) * Decimal("1e-9")
    text = _text(number.normalize() if is_exact else number, unit, letters)
    suffix = unit.one if unit.one and not letters and text.lstrip(MINUS) == "1" else unit.suffix
    return f"{text}{letters}{suffix}"


def _text(number: Decimal, unit: Unit, letters: str) -> str:
    """Sign, prefix and the number with thousands separators; money has cents, or no decimals at all, unless it is in millions."""
    places = max(0, -int(number.as_tuple().exponent))
    if unit.prefix and places and not letters:
        places = max(places, 2)
    return f"{MINUS if number < 0 else ''}{unit.prefix}{abs(number):,.{places}f}"


def _p_value(p: float) -> str:
    if p < 0.001:
        return "p < 0.001"
    return f"p = {_quantized(Decimal(str(float(p))), -3).normalize():f}"
