"""The price list: what ships is sound, and what is wrong is named by row and column."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from core.errors import UserError
from core.pricing import find, is_stale, parse

PRICES = Path(__file__).parents[2] / "assets" / "prices"
HEADER = ("provider,instance,region,vcpus,memory_gib,gpu,gpu_count,gpu_memory_gib,usd_per_hour,spot_usd_per_hour,source,as_of")
T4 = "aws,g4dn.xlarge,us-east-1,4,16,T4,1,16.0,0.526,,list,2026-07-20"


def shipped():
    return parse((PRICES / "instances.csv").read_text())


def test_the_shipped_list_is_whole():
    instances = shipped()
    assert len(instances) == 46
    assert find(instances, "aws/g4dn.xlarge").usd_per_hour == 0.526
    assert all(instance.source for instance in instances)
    undated = {instance.provider for instance in instances if instance.as_of is None}
    assert undated == {"lambda", "runpod"}


def test_the_shipped_gpu_figures_have_sources():
    lines = (PRICES / "gpus.csv").read_text().splitlines()
    assert lines[0].split(",")[-2:] == ["source", "note"]
    assert len(lines) == 13


def test_a_blank_is_unknown_not_zero():
    [instance] = parse(f"{HEADER}\nazure,NV36,eastus,36,,,,,3.2,,list,\n")
    assert (instance.memory_gib, instance.gpu, instance.spot_usd_per_hour, instance.as_of) == (None, None, None, None)
    assert instance.gpu_count == 0
    assert instance.key == "azure/NV36"


@pytest.mark.parametrize(("good", "bad", "column"), [
    ("0.526", "free", "usd_per_hour"), ("0.526", "0", "usd_per_hour"), ("0.526", "nan", "usd_per_hour"),
    (",4,", ",4.5,", "vcpus"), ("2026-07-20", "20/07/2026", "as_of"), ("list", "", "source"), ("T4,1,", "T4,,", "gpu_count"),
])
def test_a_bad_cell_is_named_by_row_and_column(good, bad, column):
    with pytest.raises(UserError, match=f"row 3, column {column}"):
        parse(f"{HEADER}\naws,m6i.large,us-east-1,2,8,,,,0.096,,list,\n{T4.replace(good, bad)}\n")


@pytest.mark.parametrize("text", ["", "provider,price\naws,1\n", f"{HEADER}\naws,short\n", f"{HEADER}\n{T4}\n{T4}\n"])
def test_a_wrong_table_is_refused(text):
    with pytest.raises(UserError, match="row"):
        parse(text)


def test_an_unknown_instance_is_named():
    with pytest.raises(UserError, match="'aws/nothing'"):
        find(shipped(), "aws/nothing")


def test_a_price_is_stale_after_90_days_or_without_date():
    today = date(2026, 11, 1)
    assert not is_stale(today - timedelta(days=90), today)
    assert is_stale(today - timedelta(days=91), today)
    assert is_stale(None, today) and is_stale("", today)
    assert not is_stale("2026-10-01", today) and is_stale("2025-10-01T10:00:00", today)
