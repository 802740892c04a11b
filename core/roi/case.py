"""What each option of a case costs: in the first month in which all serve, and over the horizon."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.figures import Figure, compute, derived, in_currency, not_measured
from core.roi import fleet, serving, worth
from core.roi.flows import Plan, Terms, cost_flows, running_usd, upfront_usd
from core.roi.months import DAYS_PER_MONTH, HOURS_PER_MONTH, Array
from core.roi.options import Case, Option, known, numbers, own_figures, rests_on
from core.roi.results import OptionResult

IDLE = "this basis has no machines"


def evaluate(case: Case) -> tuple[OptionResult, ...]:
    """Fleet, unit costs and total cost of each option, in the case's order. What rests on an unknown is unknown and says why."""
    terms, plans = numbers(case)
    month = reference_month(case, plans)
    return tuple(_evaluate(case, option, terms, plans, month) for option in case.options)


def reference_month(case: Case, plans: dict[str, Plan]) -> int:
    """The first month (1..H) in which every option serves: unit costs of one table then share one volume."""
    latest = max((float(np.max(plan.months_to_go_live)) for plan in plans.values() if not plan.today), default=0.0)
    return min(int(latest) + 1, case.horizon)


def _evaluate(case: Case, option: Option, terms: Terms, plans: dict[str, Plan], month: int) -> OptionResult:
    plan, today = plans.get(option.name), plans.get(case.status_quo.name)
    own = own_figures(option)
    demand = {name: case.terms[name] for name in ("predictions_per_day", "monthly_growth")}
    machines = {**own, **demand, "peak_to_mean": case.terms["peak_to_mean"]}
    span = rests_on(case, option, undated=True)

    def figure(unit: str, formula: str, inputs: dict[str, Figure], work: Callable[[Plan], float | None]) -> Figure:
        return derived(work(plan) if plan and known(inputs) else None, unit, formula, inputs)

    def whole(unit: str, formula: str, inputs: dict[str, Figure], total: Callable[[Array], float]) -> Figure:
        ready = plan is not None and today is not None and known(inputs)
        return derived(total(cost_flows(plan, today, terms)) if ready and plan and today else None, unit, formula, inputs)

    return in_currency(OptionResult(
        name=option.name, role=option.role, basis=option.basis,
        instances=_if_machines(option, "count", lambda: figure(
            "count", "max(least, peak rate / (rate x target utilisation) rounded up) + spare", machines,
            lambda p: _machines(p, terms, month))),
        monthly_cost_usd=figure("USD/month", _cost_formula(option), machines, lambda p: _month_usd(p, terms, month)),
        usd_per_million=_unless_idle(terms, month, figure("USD/1e6", "month's cost / its predictions x 1e6", machines,
                                                          lambda p: _per_million(p, terms, month))),
        usd_per_million_bench=_bench(option),
        utilisation=_if_machines(option, "share", lambda: figure(
            "share", "mean rate / (paid machines x rate)", machines, lambda p: _utilisation(p, terms, month))),
        upfront_usd=figure("USD", "hours x rate of each activity + computing + licences", own, lambda p: float(upfront_usd(p))),
        tco_usd=whole("USD", f"all costs of months 0 to H, undiscounted{unplanned(option)}", span, lambda f: float(f.sum())),
        pv_cost_usd=whole("USD", f"present value of all costs of months 0 to H{unplanned(option)}", rests_on(case, option),
                          lambda f: float(worth.npv(f, float(np.asarray(terms.discount_rate))))),
    ), case.currency)


def _unless_idle(terms: Terms, month: int, figure: Figure) -> Figure:
    """The cost of a million predictions, or why there is none where nothing is predicted."""
    return figure if _at(terms.volumes, month) else not_measured(figure.unit, "nothing is predicted in that month")


def _if_machines(option: Option, unit: str, make: Callable[[], Figure]) -> Figure:
    return make() if option.basis in serving.MACHINES and option.basis != "bench" else not_measured(unit, IDLE)


def _cost_formula(option: Option) -> str:
    return {"bench": "hours worked x price", "provisioned": "instances x price x 730 h",
            "autoscaled": "instance hours of the day's profile x 365/12 x price", "batch": "billed hours x price",
            "api": "calls x price of a call x retry factor", "bill": "the bill at this volume"}[option.basis] + \
        ", monitoring and storage included"


def _at(months: Array, month: int) -> float:
    return float(np.broadcast_to(months, (max(months.shape[-1], month),))[month - 1])


def _machines(plan: Plan, terms: Terms, month: int) -> float:
    return sum(_at(serving.fleet_sizes(part, terms.load, terms.volumes), month) for part in plan.parts
               if part.basis in serving.MACHINES)


def _month_usd(plan: Plan, terms: Terms, month: int) -> float:
    return _at(running_usd(plan, terms), month) + float(plan.monitoring_usd_per_month) + float(plan.storage_usd_per_month)


def _per_million(plan: Plan, terms: Terms, month: int) -> float | None:
    volume = _at(terms.volumes, month)
    return float(fleet.provisioned_usd_per_million(_month_usd(plan, terms, month), volume)) if volume else None


def _utilisation(plan: Plan, terms: Terms, month: int) -> float:
    """Of the first part, which answers everything; a cascade's teacher has a fleet of its own."""
    part, volume = plan.parts[0], _at(terms.volumes, month)
    hours = _at(serving.machine_hours(part, terms.load, terms.volumes), month)
    return float(volume * DAYS_PER_MONTH / (hours * 3600.0 * part.rate_per_s)) if hours else 0.0


def _bench(option: Option) -> Figure:
    """Cost of a million predictions on machines that are never idle, in USD/1e6; a cascade's parts add up by their shares."""
    part = option.parts[0]
    if len(option.parts) > 1 or not {"usd_per_hour", "rate_per_s"} <= set(part.figures):
        return not_measured("USD/1e6", "only a single kind of machine has a bench cost")
    return bench_unit_cost(part.figures["usd_per_hour"], part.figures["rate_per_s"])


def bench_unit_cost(usd_per_hour: Figure, rate_per_s: Figure) -> Figure:
    """Cost of a million predictions on a machine that is never idle, in USD/1e6."""
    return compute(lambda usd_per_hour, rate_per_s: float(fleet.bench_usd_per_million(usd_per_hour, rate_per_s)), "USD/1e6",
                   "price per hour / (3600 x Offline rate) x 1e6", usd_per_hour=usd_per_hour, rate_per_s=rate_per_s)


def energy_kwh_per_month(watts: Figure, instances: Figure) -> Figure:
    """Energy of a fleet in a month of 730 hours, in kWh, idle included."""
    return compute(lambda watts, instances: watts / 1000.0 * HOURS_PER_MONTH * instances, "kWh",
                   "watts / 1000 x 730 h x instances", watts=watts, instances=instances)


def unplanned(*options: Option) -> str:
    """Words to add to a formula that leaves re-distillation out because nobody has planned it."""
    for option in options:
        planned = option.figures.get("redistil_every_months")
        if planned is not None and planned.value is None:
            return "; no re-distillation is counted, as no interval is given"
    return ""
