"""Emissions of electricity: energy x carbon intensity, and the intensity of each country's grid. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from core.figures import Figure, Provenance, compute, not_measured

J_PER_KWH = 3_600_000.0

Number = TypeVar("Number", bound=Any)  # a float or a NumPy array


def kwh(joules: Number) -> Number:
    """Energy in kWh from joules; 1 kWh = 3.6 MJ (SI Brochure, table 8: 1 h = 3,600 s)."""
    return joules / J_PER_KWH


def grams_co2e(kwh: Number, g_per_kwh: Number) -> Number:
    """Grams of CO2 equivalent = energy in kWh x grid's intensity in gCO2e/kWh (GHG Protocol Scope 2 Guidance, location-based)."""
    return kwh * g_per_kwh


def emissions(energy: Figure, intensity: Figure) -> Figure:
    """Grams of CO2 equivalent of an energy in kWh at an intensity in g/kWh; unknown where one of them is."""
    return compute(lambda energy, intensity: grams_co2e(energy, intensity), "g", "energy × carbon intensity of the grid",
                   energy=energy, intensity=intensity)


def intensities(table: str, source: str) -> Mapping[str, tuple[str, Figure]]:
    """Country code (ISO 3166, three letters) to the country's name and its grid's gCO2e/kWh in one year.

    table: the text of codecarbon's global_energy_mix.json. A missing or zero intensity is unknown: no way of making electricity
    is without emissions over its life.
    """
    return {code: (str(facts["country_name"]), _intensity(facts, source)) for code, facts in json.loads(table).items()}


def _intensity(facts: Mapping[str, Any], source: str) -> Figure:
    grams = float(facts.get("carbon_intensity") or 0.0)
    if grams <= 0:
        return not_measured("g/kWh", f"{source} has no intensity of {facts['country_name']}'s grid")
    return Figure(grams, "g/kWh", Provenance("published", f"{source}, {facts['country_name']}", as_of=str(facts["year"])))
