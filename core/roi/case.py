"""What each option of a case costs: in the first month in which all serve, and over the horizon."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.figures import Figure, compute, derived, in_currency, not_measured
from core.roi import fleet, serving, worth
from core.roi.flows import Path, Plan, Terms, upfront_usd
from core.roi.months import HOURS_PER_MONTH, Array
from core.roi.options import Case, Option, known, rests_on, value
from core.roi.results import OptionResult

IDLE = "this basis has no machines"
# Which of a part's figures decide how many machines there are, and which no month's cost rests on.
SIZES = ("rate_per_s", "target_utilisation", "min_instances", "spare_instances", "billing_step_h", "share")
NOT_MONTHLY = ("hardware_usd", "hardware_life_months", "offline_rate_per_s")
FORMULAS = {
    "bench": "hours worked x price", "provisioned": "instances x price x 730 h",
    "autoscaled": "instance hours of the day's profile x 365/12 x price", "batch": "billed hours x price",
    "api": "calls x price of a call x retry factor", "bill": "the bill at this volume",
}


def evaluate(case: Case) -> tuple[OptionResult, ...]:
    """Fleet, unit costs and total cost of each option, in the case's order. What rests on an unknown is unknown and says why."""
    terms, paths = case.points
    month = reference_month(case, {name: path.plan for name, path in paths.items()})
    return tuple(_evaluate(case, option, terms, month) for option in case.options)


def reference_month(case: Case, plans: Mapping[str, Plan]) -> int:
    """The first month (1..H) in which every option serves: unit costs of one table then share one volume."""
    latest = max((float(np.max(plan.months_to_go_live)) for plan in plans.values() if not plan.today), default=0.0)
    return min(int(latest) + 1, case.horizon)


def _evaluate(case: Case, option: Option, terms: Terms, month: int) -> OptionResult:
    path = case.points[1].get(option.name)
    sized, paid = _sized(case, option), _paid(case, option)

    def figure(unit: str, formula: str, inputs: Mapping[str, Figure], work: Callable[[Path, int], float | None]) -> Figure:
        return derived(None, unit, formula, option.inputs) if path is None else derived(work(path, month), unit, formula, inputs)

    def whole(formula: str, inputs: Mapping[str, Figure], total: Callable[[Array], float]) -> Figure:
        return derived(total(path.costs) if path is not None and known(inputs) else None, "USD", formula + unplanned(option), inputs)

    return in_currency(OptionResult(
        name=option.name, role=option.role, basis=option.basis,
        instances=_if_machines(option, "count", lambda: figure("count", _size_formula(option), sized, _machines)),
        monthly_cost_usd=figure("USD/month", f"{FORMULAS[option.basis]}, monitoring and storage included", paid, month_usd),
        usd_per_million=_unless_idle(terms, month, figure("USD/1e6", "month's cost / its predictions x 1e6", paid, _per_million)),
        usd_per_million_bench=_bench(option),
        utilisation=_if_machines(option, "share", lambda: figure("share", "mean rate / (paid machines x rate)", sized, _utilisation)),
        upfront_usd=figure("USD", "hours x rate of each activity + computing + licences", _spent(option),
                           lambda path, _: float(upfront_usd(path.plan))),
        tco_usd=whole("all costs of months 0 to H, undiscounted", rests_on(case, option, undated=True), lambda flows: float(flows.sum())),
        pv_cost_usd=whole("present value of all costs of months 0 to H", rests_on(case, option),
                          lambda flows: float(worth.npv(flows, float(np.asarray(terms.discount_rate))))),
    ), case.currency)


def _sized(case: Case, option: Option) -> dict[str, Figure]:
    """What the number of machines rests on."""
    return _demand(case, option) | {option.key(part, name): figure for part in option.parts for name, figure in part.figures.items()
                                    if name in SIZES}


def _paid(case: Case, option: Option) -> dict[str, Figure]:
    """What a month's cost rests on."""
    fixed = ("monitoring_usd_per_month", "storage_usd_per_month")
    return _demand(case, option) | {option.key(part, name): figure for part in option.parts for name, figure in part.figures.items()
                                    if name not in NOT_MONTHLY} | {
        f"{name} of {option.name}": option.figures[name] for name in fixed if name in option.figures}


def _demand(case: Case, option: Option) -> dict[str, Figure]:
    peaks = any(part.basis in ("provisioned", "autoscaled") for part in option.parts)
    return {name: case.terms[name] for name in ("predictions_per_day", "monthly_growth", *(("peak_to_mean",) if peaks else ()))}


def _spent(option: Option) -> dict[str, Figure]:
    """What the upfront cost rests on."""
    served = {option.key(part, name) for part in option.parts for name in part.figures}
    served |= {f"{name} of {option.name}" for name in option.figures if name != "upfront_usd"}
    return {name: figure for name, figure in option.inputs.items() if name not in served}


def _unless_idle(terms: Terms, month: int, figure: Figure) -> Figure:
    """The cost of a million predictions, or why there is none where nothing is predicted."""
    return figure if terms.volumes[month - 1] else not_measured(figure.unit, "nothing is predicted in that month")


def _if_machines(option: Option, unit: str, make: Callable[[], Figure]) -> Figure:
    return make() if option.basis in serving.MACHINES and option.basis != "bench" else not_measured(unit, IDLE)


def _size_formula(option: Option) -> str:
    if option.basis == "batch":
        return "max(least, billed hours / 730 rounded up) + spare"
    return "max(least, peak rate / (rate x target utilisation) rounded up) + spare"


def _machines(path: Path, month: int) -> float:
    return float(sum(serving.fleet_sizes(part, path.terms.load, path.terms.volumes)[month - 1] for part in path.plan.parts
                     if part.basis in serving.MACHINES))


def month_usd(path: Path, month: int) -> float:
    """What one month (1..H) costs in which the option serves: running, monitoring and storage. Plain numbers only."""
    return float(path.running[month - 1] + path.plan.monitoring_usd_per_month + path.plan.storage_usd_per_month)


def _per_million(path: Path, month: int) -> float | None:
    volume = path.terms.volumes[month - 1]
    return float(fleet.provisioned_usd_per_million(month_usd(path, month), volume)) if volume else None


def _utilisation(path: Path, month: int) -> float | None:
    """Of the first part, which answers everything; a cascade's teacher has a fleet of its own."""
    part, volumes = path.plan.parts[0], path.terms.volumes
    hours = serving.machine_hours(part, path.terms.load, volumes)[month - 1]
    if not hours:
        return None
    return float(fleet.achieved_utilisation(volumes[month - 1] * part.share, hours / HOURS_PER_MONTH, part.rate_per_s))


def _bench(option: Option) -> Figure:
    """Cost of a million predictions on machines that are never idle, in USD/1e6; a cascade's parts add up by their shares."""
    if any(part.basis not in serving.MACHINES for part in option.parts):
        return not_measured("USD/1e6", IDLE)
    if any("hardware_usd" in part.figures for part in option.parts):
        return not_measured("USD/1e6", "an owned machine has no price of an hour")
    each = [bench_unit_cost(part.figures["usd_per_hour"], part.figures.get("offline_rate_per_s", part.figures["rate_per_s"]))
            for part in option.parts]
    if len(each) == 1:
        return each[0]
    shares = {option.key(part, "share"): part.figures["share"] for part in option.parts if "share" in part.figures}
    costs = {f"bench cost of {part.model}": cost for part, cost in zip(option.parts, each, strict=True)}
    return derived(_summed(option, each) if known(costs | shares) else None, "USD/1e6", "sum of share x bench cost over the parts",
                   costs | shares)


def _summed(option: Option, costs: Sequence[Figure]) -> float:
    shares = (value(part.figures["share"]) if "share" in part.figures else 1.0 for part in option.parts)
    return sum(share * value(cost) for share, cost in zip(shares, costs, strict=True))


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
