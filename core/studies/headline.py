"""The three numbers that open a decision, on the page and in its report: monthly saving, NPV with P10 to P90, payback. Pure."""

from __future__ import annotations

from dataclasses import replace

from core.figures import Figure
from core.formats import show
from core.reports.dossier import Number
from core.studies.ruling import Ruling, in_words
from core.words import why_unknown

EQUAL = 1.0  # options that differ by less than this, in the currency, cost the same
CENT = 0.01


def headline(ruling: Ruling | None) -> tuple[Number, ...]:
    """The best option with a student over the best other one; empty before there are both.

    With draws, the expected NPV and the median payback; without, those at the plain values. What does not exist is said in words.
    """
    if ruling is None or ruling.against is None or ruling.other is None:
        return ()
    other, saving = in_words(ruling.candidate(ruling.other).option), ruling.against.monthly_saving_usd
    said = known(saving, CENT / 2).removesuffix(" per month")
    note = why_unknown(saving) or f"against {other}, once both serve"
    return Number("Monthly saving", said, note, saving), _npv(ruling, other), _payback(ruling)


def known(figure: Figure, least: float = EQUAL / 2) -> str:
    """An amount of money in words; nearer to 0 than `least` (in its unit) it is nothing."""
    if figure.value is None:
        return "not known"
    if abs(figure.value) < least:
        return f"about {show(replace(figure, value=0.0, low=None, high=None))}"
    return show(figure)


def _npv(ruling: Ruling, other: str) -> Number:
    assert ruling.against is not None, "headline() looks first"
    seen, at_once = ruling.outlook, ruling.against.npv_usd
    if seen is None:
        return Number("NPV", known(at_once), why_unknown(at_once) or f"over {other}, at the plain values", at_once)
    low, high = (known(seen.npv_usd[name]) for name in ("p10", "p90"))
    span = low if low == high else f"{low} to {high}"
    note = f"P10 to P90: {span}, over {other}; {known(at_once)} at the plain values"
    return Number("NPV, expected", known(seen.expected_npv_usd), note, seen.expected_npv_usd)


def _payback(ruling: Ruling) -> Number:
    assert ruling.against is not None, "headline() looks first"
    seen, horizon = ruling.outlook, ruling.case.horizon
    if seen is None:
        months = ruling.against.discounted_payback_months
        if ruling.against.npv_usd.value is None:
            return Number("Payback", "not known", why_unknown(months), months)
        return Number("Payback", in_months(months), _within(months, horizon, "discounted"),
                      months if months.value is not None else ruling.against.npv_usd)
    median = seen.discounted_payback_months["p50"]
    how = f"median of {seen.draws:,} draws, discounted"
    return Number("Payback", in_months(median), _within(median, horizon, how), median if median.value is not None else seen.pays_back)


def in_months(figure: Figure) -> str:
    """A payback in words: never paying back, or at once, is an answer."""
    return "does not pay back" if figure.value is None else "at once" if figure.value == 0 else show(figure)


def _within(months: Figure, horizon: int, how: str) -> str:
    return f"within {show(replace(months, value=float(horizon)))}; {how}" if months.value is None else how
