"""The business case of a study: what each option costs, in its first month and over the horizon."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures import Figure, compute, derived
from core.roi import fleet
from core.roi.compare import compare, crossings
from core.roi.months import price_index
from core.roi.results import OptionResult
from core.roi.served import Figures, ServedModel, flows_of, known, span_of, status_quo_of, unplanned

__all__ = ["ServedModel", "compare", "crossings", "evaluate"]


def evaluate(options: Sequence[ServedModel], inputs: Figures) -> tuple[OptionResult, ...]:
    """Fleet, unit costs and total cost of each option.

    Fleet, utilisation, monthly and unit cost are of the first month after go-live, for today's system too; tco_usd is
    the undiscounted cost of months 0 to H. UserError unless exactly one option is the status quo.
    """
    status_quo = status_quo_of(options)
    return tuple(_evaluate(option, status_quo, inputs) for option in options)


def _evaluate(option: ServedModel, status_quo: ServedModel, inputs: Figures) -> OptionResult:
    rate = option.rate_per_s
    volume = {name: inputs[name] for name in ("predictions_per_day", "monthly_growth", "months_to_go_live")}
    plan = {name: inputs[name] for name in ("peak_to_mean", "target_utilisation", "min_instances")}
    machines = compute(_instances, "count", "max(least, peak rate / (rate x target utilisation) rounded up)",
                         rate_per_s=rate, **volume, **plan)
    monthly = compute(_monthly, "USD/month", "instances x price x 730 h",
                      instances=machines, usd_per_hour=_price_after_go_live(option, inputs))
    return OptionResult(
        name=option.name, role=option.role, instances=machines, monthly_cost_usd=monthly,
        usd_per_million=compute(_provisioned, "USD/1e6", "month's cost / its predictions x 1e6", monthly_usd=monthly, **volume),
        usd_per_million_bench=bench_unit_cost(option.usd_per_hour, rate),
        utilisation=compute(_utilisation, "share", "mean rate / (instances x rate)",
                            instances=machines, rate_per_s=rate, **volume),
        upfront_usd=option.upfront_usd, tco_usd=_tco(option, status_quo, inputs),
    )


def bench_unit_cost(usd_per_hour: Figure, rate_per_s: Figure) -> Figure:
    """Cost of a million predictions on a machine that is never idle, in USD/1e6."""
    return compute(_bench, "USD/1e6", "price per hour / (3600 x Offline rate) x 1e6",
                   usd_per_hour=usd_per_hour, rate_per_s=rate_per_s)


def _volume(predictions_per_day: float, monthly_growth: float, months_to_go_live: float) -> float:
    """Predictions a day in the first month after go-live."""
    return predictions_per_day * (1.0 + monthly_growth) ** months_to_go_live


def _instances(rate_per_s: float, peak_to_mean: float, target_utilisation: float, min_instances: float, **volume: float) -> float:
    peak = fleet.peak_rate_per_s(_volume(**volume), peak_to_mean)
    return float(fleet.instances(peak, rate_per_s, target_utilisation, min_instances))


def _monthly(instances: float, usd_per_hour: float) -> float:
    return float(fleet.monthly_fleet_usd(instances, usd_per_hour))


def _bench(usd_per_hour: float, rate_per_s: float) -> float:
    return float(fleet.bench_usd_per_million(usd_per_hour, rate_per_s))


def _provisioned(monthly_usd: float, **volume: float) -> float:
    return float(fleet.provisioned_usd_per_million(monthly_usd, _volume(**volume)))


def _utilisation(instances: float, rate_per_s: float, **volume: float) -> float:
    return float(fleet.achieved_utilisation(_volume(**volume), instances, rate_per_s))


def _price_after_go_live(option: ServedModel, inputs: Figures) -> Figure:
    if option.yearly_price_change is None:
        return option.usd_per_hour

    def price(usd_per_hour: float, yearly_price_change: float, months_to_go_live: float) -> float:
        return float(usd_per_hour * price_index(yearly_price_change, int(months_to_go_live) + 1)[-1])

    return compute(price, "USD/h", "price x (1 + yearly change) a year", usd_per_hour=option.usd_per_hour,
                   yearly_price_change=option.yearly_price_change, months_to_go_live=inputs["months_to_go_live"])


def _tco(option: ServedModel, status_quo: ServedModel, inputs: Figures) -> Figure:
    needed = span_of(inputs, status_quo, option)
    total = float(flows_of(option, status_quo, inputs).sum()) if known(needed) else None
    return derived(total, "USD", f"upfront and running cost of all months, undiscounted{unplanned(inputs, option)}", needed)
