"""One option against another over the horizon."""

from __future__ import annotations

import math

import numpy as np

from core.figures import Figure, derived, not_measured
from core.roi import worth
from core.roi.breakeven import HIGHEST, BreakEven, break_even, search_grid
from core.roi.months import Array, Number
from core.roi.paths import fleet_jumps
from core.roi.results import Comparison
from core.roi.served import Figures, ServedModel, flows_of, known, number, path_of, span_of, terms_of, unplanned


def compare(option: ServedModel, against: ServedModel, inputs: Figures, status_quo: ServedModel) -> Comparison:
    """What choosing `option` rather than `against` is worth.

    Both paths start from the status quo, which is paid until go-live and for the parallel months after it; a flow is
    what `against` costs in a month less what `option` does. A figure without a value says why in its provenance.
    """
    undated = span_of(inputs, status_quo, against, option)
    needed = {**undated, "discount_rate": inputs["discount_rate"]}
    flows = _net_flows(option, against, inputs, status_quo) if known(needed) else None
    note = unplanned(inputs, option, against)
    parts = {} if flows is None else _worth(flows, number(option.upfront_usd), number(inputs["discount_rate"]))

    def figure(name: str, unit: str, formula: str, why_none: str = "", rests_on: Figures = undated) -> Figure:
        value = parts.get(name)
        if value is None and flows is not None:
            return not_measured(unit, why_none)
        return derived(value, unit, formula + note, rests_on)

    never = f"does not pay back within {inputs['horizon_months'].value or 0:g} months"
    return Comparison(
        option=option.name, against=against.name,
        npv_usd=figure("npv", "USD", f"PV(cost of {against.name}) - PV(cost of {option.name})", rests_on=needed),
        irr=figure("irr", "share", "annual rate at which the NPV is 0", "the net flows do not change sign exactly once"),
        roi=figure("roi", "ratio", "sum of net flows / upfront, undiscounted", f"{against.name} needs no less upfront"),
        payback_months=figure("payback", "months", "last month in which the sum of flows reaches 0", never),
        discounted_payback_months=figure("discounted payback", "months",
                                         "last month in which the sum of discounted flows reaches 0", never, needed),
        break_even_predictions_per_day=_break_even(option, against, inputs, status_quo, needed),
        max_upfront_usd=figure("max upfront", "USD", "NPV + upfront", rests_on=needed),
        net_benefit_usd=figure("net benefit", "USD", "sum of net flows, undiscounted"),
    )


def crossings(option: ServedModel, against: ServedModel, inputs: Figures, status_quo: ServedModel) -> BreakEven:
    """Every volume (predictions a day in month 1) at which the NPV changes sign, and the last one; all figures must be known."""
    terms, rate = terms_of(inputs), number(inputs["discount_rate"])
    jumps = np.concatenate([fleet_jumps(path_of(model, inputs), terms) for model in (option, against, status_quo)])

    def npv_at(per_day: Array) -> Array:
        return np.asarray(worth.npv(_net_flows(option, against, inputs, status_quo, per_day), rate))

    return break_even(npv_at, search_grid(jumps))


def _net_flows(option: ServedModel, against: ServedModel, inputs: Figures, status_quo: ServedModel,
               per_day: Number | None = None) -> Array:
    return flows_of(against, status_quo, inputs, per_day) - flows_of(option, status_quo, inputs, per_day)


def _worth(flows: Array, upfront_usd: float, discount_rate: float) -> dict[str, float | None]:
    net_present_value = worth.npv(flows, discount_rate)
    values = {
        "npv": net_present_value, "irr": worth.irr(flows), "roi": worth.roi(flows),
        "payback": worth.payback_months(flows),
        "discounted payback": worth.payback_months(worth.discounted(flows, discount_rate)),
        "max upfront": worth.max_upfront(net_present_value, upfront_usd), "net benefit": worth.net_benefit(flows),
    }
    return {name: float(value) if value is not None and math.isfinite(value) else None for name, value in values.items()}


def _break_even(option: ServedModel, against: ServedModel, inputs: Figures, status_quo: ServedModel, needed: Figures) -> Figure:
    rests_on = {name: figure for name, figure in needed.items() if name != "predictions_per_day"}
    volume = crossings(option, against, inputs, status_quo).volume if known(needed) else None
    if volume is None and known(needed):
        return not_measured("1/day", f"the NPV is below 0 at {HIGHEST:,.0f} predictions a day, the highest volume looked at")
    note = unplanned(inputs, option, against)
    return derived(volume, "1/day", f"smallest volume above which the NPV stays at or above 0{note}", rests_on)
