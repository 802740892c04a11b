"""One option against another over the horizon."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from core.figures import Figure, derived, in_currency, not_measured
from core.formats import months
from core.roi import worth
from core.roi.breakeven import HIGHEST, BreakEven, break_even
from core.roi.case import month_usd, reference_month, unplanned
from core.roi.flows import Path, upfront_usd
from core.roi.months import Array
from core.roi.options import Case, Draws, Option, flows, follow, known, rests_on
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
    never = f"does not pay back within {months(case.horizon)}"

    def figure(name: str, unit: str, formula: str, why_none: str = "", inputs: dict[str, Figure] = undated) -> Figure:
        result = parts.get(name)
        return not_measured(unit, why_none) if result is None and ready else derived(result, unit, formula + note, inputs)

    turns = crossings(case, option, against) if ready and searched else None
    return in_currency(Comparison(
        option=option, against=against,
        monthly_saving_usd=figure("monthly saving", "USD/month", f"monthly cost of {against}, its errors included, - that of {option}"),
        npv_usd=figure("npv", "USD", f"PV(cost of {against}) - PV(cost of {option})", inputs=needed),
        irr=figure("irr", "share", "annual rate at which the NPV is 0", "the net flows do not change sign exactly once"),
        roi=figure("roi", "ratio", "sum of net flows / upfront, undiscounted", f"{against} needs no less upfront"),
        payback_months=figure("payback", "months", "last month in which the sum of flows reaches 0", never),
        discounted_payback_months=figure("discounted payback", "months",
                                         "last month in which the sum of discounted flows reaches 0", never, needed),
        break_even_predictions_per_day=_break_even(turns, needed, note, searched),
        break_even_accuracy_loss_points=_loss(case, mine, parts.get("npv"), needed, ready),
        max_upfront_usd=figure("max upfront", "USD", "NPV + upfront", inputs=needed),
        net_benefit_usd=figure("net benefit", "USD", "sum of net flows, undiscounted"),
        crossings=turns.crossings if turns else (),
    ), case.currency)


def net_flows(case: Case, option: str, against: str, draws: Draws | None = None) -> Array:
    """What `against` costs in each month less what `option` does; shape (..., H + 1)."""
    own, other = flows(case, (option, against), draws)
    return other - own


def crossings(case: Case, option: str, against: str) -> BreakEven:
    """Every volume (predictions a day in month 1) at which the NPV changes sign, and the last one; all figures must be known."""
    terms, known_paths = case.points
    rate = float(np.asarray(terms.discount_rate))
    plans = {name: known_paths[name].plan for name in (option, against, case.status_quo.name)}

    def costs_at(per_day: Array) -> tuple[Array, Array]:
        paths = follow(plans, case.status_quo.name, replace(terms, predictions_per_day=per_day))
        (theirs, gained), (mine, lost) = (_rising(paths[name], rate) for name in (against, option))
        return theirs + lost, mine + gained

    return break_even(costs_at)


def _rising(path: Path, rate: float) -> tuple[Array, Array]:
    """Present value of all costs that rise with the volume, and of what fewer errors save, which rises too; shape of the volumes."""
    total, errors = np.asarray(worth.npv(path.costs, rate)), path.errors
    saved = np.zeros(1) if errors is None else np.maximum(-np.asarray(worth.npv(errors, rate)), 0.0)
    return total + saved, saved


def _worth(case: Case, mine: Option, theirs: Option, net: Array) -> dict[str, float | None]:
    terms, paths = case.points
    rate = float(np.asarray(terms.discount_rate))
    month = reference_month(case, {name: paths[name].plan for name in (mine.name, theirs.name)})
    net_present_value = worth.npv(net, rate)
    values = {
        "monthly saving": _with_errors(paths[theirs.name], month) - _with_errors(paths[mine.name], month),
        "npv": net_present_value, "irr": worth.irr(net), "roi": worth.roi(net), "payback": worth.payback_months(net),
        "discounted payback": worth.payback_months(worth.discounted(net, rate)),
        "max upfront": worth.max_upfront(net_present_value, upfront_usd(paths[mine.name].plan)),
        "net benefit": worth.net_benefit(net),
    }
    return {name: float(value) if value is not None and math.isfinite(value) else None for name, value in values.items()}


def _with_errors(path: Path, month: int) -> float:
    """What one month (1..H) costs once it serves, with what its errors cost beyond those of the status quo."""
    return month_usd(path, month) + (0.0 if path.errors is None else float(path.errors[month]))


def _break_even(turns: BreakEven | None, needed: dict[str, Figure], note: str, searched: bool) -> Figure:
    rests = {name: figure for name, figure in needed.items() if name != "predictions_per_day"}
    if not searched:
        return not_measured("1/day", "not searched for in this comparison")
    if turns is not None and turns.volume is None:
        return not_measured("1/day", f"the NPV is below 0 at {HIGHEST:,.0f} predictions a day, the highest volume looked at")
    formula = f"smallest volume above which the NPV stays at or above 0{note}"
    return derived(turns.volume if turns else None, "1/day", formula, rests)


def _loss(case: Case, mine: Option, npv: float | None, needed: dict[str, Figure], ready: bool) -> Figure:
    """The loss of accuracy, in points, at which the NPV is 0: the NPV is linear in it."""
    if "usd_per_error" not in mine.figures or npv is None or not mine.figures["usd_per_error"].value:
        return not_measured("points", "what an error costs is not priced" if ready else "needs the NPV")
    terms, paths = case.points
    plan = paths[mine.name].plan
    point = Path(replace(plan, accuracy_difference_points=-1.0, error_usd_per_prediction=0.0), terms).errors
    each = 0.0 if point is None else float(worth.npv(point, float(np.asarray(terms.discount_rate))))
    if not each:
        return not_measured("points", "errors cost nothing over this horizon")
    name = f"accuracy_difference_points of {mine.name}"
    rests = {key: figure for key, figure in needed.items() if key != name}
    loss = npv / each - float(plan.accuracy_difference_points)
    return derived(loss, "points", "loss of accuracy, in points, at which the NPV is 0", rests)
