"""What the business case answers: each way to serve the demand, and each against another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.figures import Figure

OptionRole = Literal["status_quo", "optimised_teacher", "control", "student", "cascade", "api"]


@dataclass(frozen=True)
class OptionResult:
    """One way to serve the demand. Money in USD; monthly_cost_usd is of the first month after go-live.

    usd_per_million is the provisioned unit cost, usd_per_million_bench the one of a machine that is never idle.
    """

    name: str
    role: OptionRole
    instances: Figure
    monthly_cost_usd: Figure
    usd_per_million: Figure
    usd_per_million_bench: Figure
    utilisation: Figure
    upfront_usd: Figure
    tco_usd: Figure


@dataclass(frozen=True)
class Comparison:
    """One option against another over the horizon. note: words where a figure has no value, e.g. no payback."""

    option: str
    against: str
    npv_usd: Figure
    irr: Figure
    roi: Figure
    payback_months: Figure
    discounted_payback_months: Figure
    break_even_predictions_per_day: Figure
    max_upfront_usd: Figure
    net_benefit_usd: Figure
