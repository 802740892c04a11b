"""The table of grids in codecarbon's wheel, read without importing the package."""

import subprocess
import sys

import pytest

from core.errors import UserError
from core.settings import ROOT
from core.studies import carbon


def test_the_table_has_its_countries_each_with_source_and_year():
    grids = carbon.grids()
    assert len(grids) == 213 and next(iter(grids)) == "AFG"
    assert [code for code, (_, grid) in grids.items() if grid.value is None] == ["CAF"]
    assert {grid.provenance.as_of for _, grid in grids.values() if grid.value} == {"2009", "2021", "2022", "2023"}
    name, grid = grids["FRA"]
    assert (name, grid.value, grid.unit, grid.provenance.source) == ("France", 56.039, "g/kWh", "codecarbon 3.3.2, France")


def test_an_unknown_country_is_named():
    assert carbon.intensity("POL").value == 661.926
    with pytest.raises(UserError, match="'pol' is not in codecarbon's table"):
        carbon.intensity("pol")


def test_the_package_is_not_imported():
    code = "import sys; from core.studies import carbon; carbon.grids(); print('codecarbon' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
