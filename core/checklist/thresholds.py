"""Every number that a rule of the checklist rests on."""

from __future__ import annotations

from dataclasses import dataclass

from core.pricing import MAX_AGE_DAYS


@dataclass(frozen=True)
class Thresholds:
    """The defaults of every rule.

    p99_queries: queries behind a p99. speed_invocations: processes behind an interval of speed. equal_answers: share of
    answers that must survive reloading. slice_margins: how many margins a slice may lose. invest_months, pilot_months:
    the longest discounted payback that invests or pilots. invest_probability: the share of draws with a gain that invests.
    """

    price_age_days: int = MAX_AGE_DAYS
    p99_queries: int = 662
    speed_invocations: int = 5
    equal_answers: float = 0.995
    slice_margins: float = 2.0
    invest_months: float = 12.0
    pilot_months: float = 24.0
    invest_probability: float = 0.8
