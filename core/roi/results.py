"""What the business case answers: each way to serve the demand, and each against another. Money in the case's currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.figures import Figure

OptionRole = Literal["status_quo", "optimised_teacher", "control", "student", "cascade", "api"]


@dataclass(frozen=True)
class OptionResult:
    """One way to serve the demand; monthly_cost_usd is of the first month in which every option serves.

    usd_per_million is the month's cost over its predictions, usd_per_million_bench that of a machine that is never idle.
    tco_usd is the undiscounted cost of months 0 to H, pv_cost_usd its present value.
    """

    name: str
    role: OptionRole
    basis: str
    instances: Figure
    monthly_cost_usd: Figure
    usd_per_million: Figure
    usd_per_million_bench: Figure
    utilisation: Figure
    upfront_usd: Figure
    tco_usd: Figure
    pv_cost_usd: Figure


@dataclass(frozen=True)
class Comparison:
    """One option against another over the horizon; a figure without a value says why in its provenance.

    monthly_saving_usd is of the first month in which both serve, the cost of errors included. crossings: every volume
    (predictions a day) at which the NPV changes sign.
    """

    option: str
    against: str
    monthly_saving_usd: Figure
    npv_usd: Figure
    irr: Figure
    roi: Figure
    payback_months: Figure
    discounted_payback_months: Figure
    break_even_predictions_per_day: Figure
    break_even_accuracy_loss_points: Figure
    max_upfront_usd: Figure
    net_benefit_usd: Figure
    crossings: tuple[float, ...] = ()
