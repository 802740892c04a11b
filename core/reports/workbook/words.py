"""What only the workbook says in words: units in the case's currency, how uncertain an input is."""

from __future__ import annotations

from core.figures import Figure, Provenance
from core.formats import show, unit_label
from core.roi.spread import Spread


def unit_in_words(unit: str, currency: str) -> str:
    """The unit of a figure; money in the case's currency."""
    return unit_label(unit).replace("USD", currency)


def spread_in_words(spread: Spread | None, unit: str) -> str:
    """How uncertain an input is: its 10th and 90th percentile and where they come from; "" for a plain value."""
    if spread is None:
        return ""
    ends = [show(Figure(float(spread.quantile(share)), unit, Provenance("derived"))) for share in (0.1, 0.9)]
    told = f"P10 to P90: {ends[0]} to {ends[1]} ({spread.kind})"
    return f"{told}; {spread.source}" if spread.source else told
