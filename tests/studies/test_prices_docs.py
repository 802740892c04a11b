"""What docs/prices.md says about the data is what the data say."""

import csv
from collections import Counter
from importlib.metadata import version

from core.formats import show_date
from core.pricing.table import MAX_COUNT, MAX_TEXT, MAX_USD_PER_HOUR, READERS
from core.pricing.tokens import DATA_DAYS
from core.settings import ASSETS, ROOT
from core.studies import carbon, own_prices, prices, refresh

DOCS = (ROOT / "docs" / "prices.md").read_text()


def test_versions_dates_and_counts_are_those_of_the_installed_packages():
    for package in ("gpuhunt", "genai-prices", "codecarbon"):
        assert f"{package} {version(package)}" in DOCS
    day = show_date(DATA_DAYS[version("genai-prices")]).replace("Nov", "November")
    assert DOCS.count(day) == 2
    assert f"instances.csv`, {len(prices.listed())} rows" in DOCS
    years = Counter(grid.provenance.as_of for _, grid in carbon.grids().values() if grid.value)
    assert f"{len(carbon.grids())} countries" in DOCS and years["2023"] == 78 and "78 of 2023" in DOCS
    assert years["2022"] == 129 and "130 of 2022" in DOCS  # one more has no intensity


def test_limits_are_those_of_the_code():
    for said in (f"1 to {MAX_COUNT:,}", f"at most {MAX_USD_PER_HOUR:,};", f"at most {MAX_TEXT} characters",
                 f"{own_prices.MAX_BYTES // 10**6} MB and {own_prices.MAX_ROWS:,} rows", f"up to {refresh.PATIENCE_S} s"):
        assert said in DOCS, said


def test_every_column_is_described():
    assert all(f"`{column}`" in DOCS for column in READERS)
    rows = list(csv.DictReader((ASSETS / "prices" / "instances.csv").read_text().splitlines()))
    assert list(rows[0]) == list(READERS)
