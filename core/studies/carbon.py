"""Carbon intensity of each country's grid, from codecarbon's table, which is read where its wheel lies."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

from core.data_files import data_file
from core.errors import UserError
from core.figures import Figure
from core.pricing import carbon


@cache
def grids() -> Mapping[str, tuple[str, Figure]]:
    """Country code to name and gCO2e/kWh, in the order of names. Raises UserError where the data wheel is missing."""
    path = data_file("codecarbon", "data", "private_infra", "global_energy_mix.json")
    found = carbon.intensities(path.read_text(encoding="utf-8"), f"codecarbon {version('codecarbon')}")
    return dict(sorted(found.items(), key=lambda item: item[1][0]))


def intensity(code: str) -> Figure:
    """gCO2e/kWh of the grid of a country (ISO 3166, three letters). Raises UserError if the table lacks it."""
    if code not in grids():
        raise UserError(f"country: {code!r} is not in codecarbon's table; write its three letters, such as FRA.")
    return grids()[code][1]
