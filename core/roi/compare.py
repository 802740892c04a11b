"""One option against another over the horizon."""

from __future__ import annotations

import math

import numpy as np

from core.figures import Figure, derived, in_currency, not_measured
from core.roi import worth
from core.roi.breakeven import HIGHEST, BreakEven, break_even, search_grid
from core.roi.case import reference_month, unplanned
from core.roi.flows import running_usd, upfront_usd
from core.roi.jumps import fleet_jumps
from core.roi.months import Array
from core.roi.options import Case, Option, flows, known, numbers, rests_on
from core.roi.results import Comparison


def compare(case: Case, option: str, against: str, searched: bool = True) -> Comparison:
    """What choosing `option` rather than `against` is worth.

    Both paths start from the status quo, which is paid until go-live and for the parallel months after it; a flow is
    what `against` costs in a month less what `option` does. searched: break-even volume too, which takes longest.
    """
    mine, theirs = case.option(option), case.option(against)
    undated, needed = rests_on(case, mine, theirs, undated=True), rests_on(case, mine, theirs)
    ready = known(needed)
    net = net_flows(case, option, against) if ready else None
    parts = _worth(case, mine, theirs, net) if net is not None else {}
    note = unplanned(mine, theirs)
    never = f"does not pay back within {case.horizon} months"

    def figure(name: str, unit: str, formula: str, why_none: str = "", inputs: dict[str, Figure] = undated) -> Figure:
        result = parts.get(name)
        return not_measured(unit, why_none) if result is None and ready else derived(result, unit, formula + note, inputs)

    turns = crossings(case, option, against) if ready and searched else None
    return in_currency(Comparison(
        option=option, against=against,
        monthly_saving_usd=figure("monthly saving", "USD/month", f"monthly cost of {against} - that of {option}"),
        npv_usd=figure("npv", "USD", f"PV(cost of {against}) - PV(cost of {option})", inputs=needed),
        irr=figure("irr", "share", "annual rate at which the NPV is 0", "the net flows do not change sign exactly once"),
        roi=figure("roi", "ratio", "sum of net flows / upfront, undiscounted", f"{against} needs no less upfront"),
        payback_months=figure("payback", "months", "last month in which the sum of flows reaches 0", never),
        discounted_payback_months=figure("discounted payback", "months",
                                         "last month in which the sum of discounted flows reaches 0", never, needed),
        break_even_predictions_per_day=_break_even(turns, needed, note, searched),
        break_even_accuracy_loss_points=_loss(case, mine, against, needed, ready),
        max_upfront_usd=figure("max upfront", "USD", "NPV + upfront", inputs=needed),
        net_benefit_usd=figure("net benefit", "USD", "sum of net flows, undiscounted"),
        crossings=turns.crossings if turns else (),
    ), case.currency)


def net_flows(case: Case, option: str, against: str, draws: dict[str, Array] | None = None) -> Array:
    """What `against` costs in each month less what `option` does; shape (..., H + 1)."""
    own, other = flows(case, (option, against), draws)
    return other - own


def crossings(case: Case, option: str, against: str) -> BreakEven:
    """Every volume (predictions a day in month 1) at which the NPV changes sign, and the last one; all figures must be known."""
    terms, plans = numbers(case)
    jumps = [fleet_jumps(part, terms) for name in {option, against, case.status_quo.name} for part in plans[name].parts]
    rate = float(np.asarray(terms.discount_rate))

    def npv_at(per_day: Array) -> Array:
        return np.asarray(worth.npv(net_flows(case, option, against, {"predictions_per_day": per_day}), rate))

    return break_even(npv_at, search_grid(np.concatenate(jumps)))


def _worth(case: Case, mine: Option, theirs: Option, net: Array) -> dict[str, float | None]:
    terms, plans = numbers(case)
    rate = float(np.asarray(terms.discount_rate))
    month = reference_month(case, {name: plans[name] for name in (mine.name, theirs.name)})

    def monthly(name: str) -> float:
        plan = plans[name]
        return float(running_usd(plan, terms)[..., month - 1] + plan.monitoring_usd_per_month + plan.storage_usd_per_month)

    net_present_value = worth.npv(net, rate)
    values = {
        "monthly saving": monthly(theirs.name) - monthly(mine.name),
        "npv": net_present_value, "irr": worth.irr(net), "roi": worth.roi(net), "payback": worth.payback_months(net),
        "discounted payback": worth.payback_months(worth.discounted(net, rate)),
        "max upfront": worth.max_upfront(net_present_value, upfront_usd(plans[mine.name])),
        "net benefit": worth.net_benefit(net),
    }
    return {name: float(value) if value is not None and math.isfinite(value) else None for name, value in values.items()}


def _break_even(turns: BreakEven | None, needed: dict[str, Figure], note: str, searched: bool) -> Figure:
    rests = {name: figure for name, figure in needed.items() if name != "predictions_per_day"}
    if not searched:
        return not_measured("1/day", "not searched for in this comparison")
    if turns is not None and turns.volume is None:
        return not_measured("1/day", f"the NPV is below 0 at {HIGHEST:,.0f} predictions a day, the highest volume looked at")
    formula = f"smallest volume above which the NPV stays at or above 0{note}"
    return derived(turns.volume if turns else None, "1/day", formula, rests)


def _loss(case: Case, mine: Option, against: str, needed: dict[str, Figure], ready: bool) -> Figure:
    """The accuracy difference to the status quo at which the NPV is 0: the NPV is linear in it."""
    if "usd_per_error" not in mine.figures or not ready or not mine.figures["usd_per_error"].value:
        return not_measured("points", "what an error costs is not priced" if ready else "needs the NPV")
    key = f"accuracy_difference_points of {mine.name}"
    rate = float(np.asarray(numbers(case)[0].discount_rate))
    at = worth.npv(net_flows(case, mine.name, against, {key: np.array([0.0, -1.0])}), rate)
    none, one = float(np.asarray(at)[0]), float(np.asarray(at)[1])
    rests = {name: figure for name, figure in needed.items() if name != key}
    if none == one:
        return not_measured("points", "errors cost nothing over this horizon")
    return derived(none / (none - one), "points", "loss of accuracy, in points, at which the NPV is 0", rests)
