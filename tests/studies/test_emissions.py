"""Energy and emissions: by the power of owned machines, by measured energy elsewhere, unknown where neither is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import UserError
from core.roi.options import value
from core.studies import read
from core.studies.carbon import intensity
from core.studies.emissions import emissions
from tests.studies.test_options import decided, seen


def test_owned_machines_use_power_idle_included() -> None:
    decision = decided(hardware_usd=2_000.0, watts=150.0, usd_per_kwh=0.2, country="FRA")
    found = emissions(decision)["teacher"]
    machines = value(next(o for o in decision.options if o.name == "teacher").instances)
    assert value(found.energy_kwh_per_month) == pytest.approx(machines * 0.15 * 730)
    assert value(found.gco2e_per_month) == pytest.approx(machines * 0.15 * 730 * value(intensity("FRA")))


def test_measured_energy_times_volume() -> None:
    study = read.example()
    models = tuple(replace(m, figures={**m.figures, "energy_j_per_prediction": seen(0.5, "J")}) for m in study.models)
    found = emissions(decided(replace(study, models=models), country="SWE", predictions_per_day=1e6))
    assert value(found["depth-1"].energy_kwh_per_month) == pytest.approx(0.5 * 1e6 * 365 / 12 / 3.6e6)
    assert "idle time excluded" in found["depth-1"].energy_kwh_per_month.provenance.source


def test_without_a_counter_or_a_country_nothing_is_made_up() -> None:
    found = emissions(decided())
    assert all(row.energy_kwh_per_month.value is None and row.gco2e_per_month.value is None for row in found.values())
    assert "energy counter" in found["teacher"].energy_kwh_per_month.provenance.reason


def test_a_country_without_a_row_is_refused() -> None:
    with pytest.raises(UserError, match="'XXX'"):
        emissions(decided(country="XXX"))
