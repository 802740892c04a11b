"""An option of a case as figures, and the way from figures to plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.figures import Figure
from core.roi.months import Array, Number
from core.roi.paths import Path, Terms, cost_flows
from core.roi.results import OptionRole

Figures = Mapping[str, Figure]

TERMS = ("predictions_per_day", "monthly_growth", "peak_to_mean", "target_utilisation", "min_instances", "months_to_go_live",
         "parallel_months", "horizon_months")


@dataclass(frozen=True)
class ServedModel:
    """One option, served on machines of one kind.

    usd_per_hour is of one machine, rate_per_s its Offline throughput. redistil_usd is the cost of one re-distillation,
    None for what is never distilled. yearly_price_change is a share a year, None for a price that stays.
    """

    name: str
    role: OptionRole
    usd_per_hour: Figure
    rate_per_s: Figure
    upfront_usd: Figure
    redistil_usd: Figure | None = None
    yearly_price_change: Figure | None = None

    @property
    def serves_today(self) -> bool:
        """Whether it is the status quo."""
        return self.role == "status_quo"


def status_quo_of(options: Sequence[ServedModel]) -> ServedModel:
    """The one option that serves today. UserError unless there is exactly one."""
    found = [option for option in options if option.serves_today]
    if len(found) != 1:
        raise UserError(f"role: {len(found)} options have the role 'status_quo'; give it to the one that serves today.")
    return found[0]


def known(figures: Figures) -> bool:
    """Whether every figure has a value."""
    return all(figure.value is not None for figure in figures.values())


def is_redistilled(option: ServedModel, inputs: Figures) -> bool:
    """Whether re-distillation is planned and costs this option something."""
    return option.redistil_usd is not None and inputs["redistil_every_months"].value is not None


def span_of(inputs: Figures, *options: ServedModel) -> dict[str, Figure]:
    """Everything that the options' costs over the whole horizon rest on, but the discount rate; names say whose it is."""
    needed = {name: inputs[name] for name in TERMS}
    for option in options:
        own = {"price": option.usd_per_hour, "throughput": option.rate_per_s, "upfront": option.upfront_usd,
               "price change": option.yearly_price_change}
        if is_redistilled(option, inputs):
            needed["redistil_every_months"] = inputs["redistil_every_months"]
            own["re-distillation"] = option.redistil_usd
        needed |= {f"{what} of {option.name}": figure for what, figure in own.items() if figure is not None}
    return needed


def number(figure: Figure | None) -> float:
    """A known figure's value; 0 where there is no such cost at all."""
    assert figure is None or figure.value is not None, "known() comes first"
    return 0.0 if figure is None or figure.value is None else figure.value


def terms_of(inputs: Figures) -> Terms:
    """The case's plain numbers; its figures must be known, the re-distillation interval may be unknown."""
    def value(name: str) -> float:
        return number(inputs[name])

    return Terms(horizon=int(value("horizon_months")), monthly_growth=value("monthly_growth"), peak_to_mean=value("peak_to_mean"),
                 target_utilisation=value("target_utilisation"), min_instances=value("min_instances"),
                 go_live=int(value("months_to_go_live")), parallel=int(value("parallel_months")),
                 redistil_every=inputs["redistil_every_months"].value)


def path_of(option: ServedModel, inputs: Figures) -> Path:
    """The option's plain numbers; the figures named by span_of must be known."""
    redistil = number(option.redistil_usd) if is_redistilled(option, inputs) else 0.0
    return Path(number(option.usd_per_hour), number(option.rate_per_s), number(option.upfront_usd), redistil,
                number(option.yearly_price_change), option.serves_today)


def flows_of(option: ServedModel, status_quo: ServedModel, inputs: Figures, per_day: Number | None = None) -> Array:
    """All costs of choosing the option in months 0..H, at the case's volume or at another."""
    volume = number(inputs["predictions_per_day"]) if per_day is None else per_day
    return cost_flows(path_of(option, inputs), path_of(status_quo, inputs), terms_of(inputs), volume)


def unplanned(inputs: Figures, *options: ServedModel) -> str:
    """Words to add to a formula that leaves re-distillation out because nobody has planned it."""
    left_out = any(option.redistil_usd is not None and not is_redistilled(option, inputs) for option in options)
    return "; no re-distillation is counted, as no interval is given" if left_out else ""
