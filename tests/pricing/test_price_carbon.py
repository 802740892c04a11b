"""Emissions: hand-worked numbers, and the intensity of a grid with its year."""

import json

import numpy as np
import pytest

from core.figures import assumed, not_measured
from core.pricing.carbon import emissions, grams_co2e, intensities, kwh

TABLE = json.dumps({"FRA": {"country_name": "France", "carbon_intensity": 56.0, "year": 2023},
                    "CAF": {"country_name": "Central African Republic", "carbon_intensity": 0.0, "year": 2022}})


def test_a_hand_worked_case():
    assert kwh(7_200_000.0) == 2.0
    assert grams_co2e(2.0, 400.0) == 800.0
    assert grams_co2e(np.array([1.0, 2.5]), 100.0).tolist() == [100.0, 250.0]


def test_an_intensity_has_its_source_and_year():
    name, grid = intensities(TABLE, "table 1")["FRA"]
    assert (name, grid.value, grid.unit) == ("France", 56.0, "g/kWh")
    assert (grid.provenance.kind, grid.provenance.source, grid.provenance.as_of) == ("published", "table 1, France", "2023")


def test_zero_is_unknown_not_clean():
    _, grid = intensities(TABLE, "table 1")["CAF"]
    assert grid.value is None and "Central African Republic" in grid.provenance.reason


def test_emissions_are_derived_and_unknown_where_an_input_is():
    grid = intensities(TABLE, "table 1")["FRA"][1]
    made = emissions(assumed(3.0, "kWh", by="user"), grid)
    assert (made.value, made.unit, made.provenance.weakest_input) == (pytest.approx(168.0), "g", "energy")
    assert emissions(not_measured("kWh", "no counter"), grid).value is None
