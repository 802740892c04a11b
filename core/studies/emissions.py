"""Energy and emissions of each option in a month: of owned machines by their power, elsewhere by the measured energy a prediction.

Cloud prices include electricity, so energy costs nothing extra there; it is reported, not priced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.figures import NOT_STATED, Figure, compute, not_measured
from core.pricing import carbon
from core.roi.case import energy_kwh_per_month
from core.roi.months import DAYS_PER_MONTH
from core.roi.options import Option
from core.studies.carbon import intensity
from core.studies.decide import Decision


@dataclass(frozen=True)
class Emissions:
    """energy_kwh_per_month in kWh, gco2e_per_month in g."""

    energy_kwh_per_month: Figure
    gco2e_per_month: Figure


def emissions(decision: Decision) -> Mapping[str, Emissions]:
    """Each option's energy and emissions by its name. Raises UserError for an unknown country."""
    grid = not_measured("g/kWh", NOT_STATED) if decision.case.country is None else intensity(decision.case.country)
    found = {}
    for option in decision.roi.options if decision.roi else ():
        energy = _energy(decision, option)
        found[option.name] = Emissions(energy, carbon.emissions(energy, grid))
    return found


def _energy(decision: Decision, option: Option) -> Figure:
    part = option.parts[0]
    if "watts" in part.figures and len(option.parts) == 1:
        machines = next(row.instances for row in decision.options if row.name == option.name)
        return energy_kwh_per_month(part.figures["watts"], machines)
    model = decision.names.get(option.name)
    if model is None or len(option.parts) > 1:
        return not_measured("kWh", "the energy of this option is not measured")
    joules = model.figures.get("energy_j_per_prediction", not_measured("J", "the energy a prediction is not measured"))
    if joules.value is None:
        return not_measured("kWh", joules.provenance.reason)
    return compute(lambda joules, volume: float(carbon.kwh(joules * volume * DAYS_PER_MONTH)), "kWh",
                   "energy a prediction (busy, idle time excluded) x predictions of a month", joules=joules,
                   volume=decision.roi.terms["predictions_per_day"] if decision.roi else joules)
