"""Newer prices out of real catalogues in gpuhunt's own format: from a file, and over gpuhunt's own way to fetch them."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from gpuhunt import AcceleratorVendor, CatalogItem
from gpuhunt._internal import storage

from core import settings
from core.errors import UserError
from core.pricing import find
from core.studies import own_prices, price_files, prices, refresh

TODAY = date(2026, 11, 25)


def item(name: str, price: float, location: str = "us-east-1", provider: str = "aws", gpu: str | None = "T4", spot: bool = False,
         **more: object) -> CatalogItem:
    known = {"cpu": 4, "memory": 16.0, "gpu_memory": 16.0 if gpu else None, "disk_size": None}
    return CatalogItem(provider=provider, instance_name=name, location=location, price=price, spot=spot, gpu_name=gpu,
                       gpu_count=1 if gpu else 0, gpu_vendor=AcceleratorVendor.NVIDIA if gpu else None, **(known | more))


AWS = [item("g4dn.xlarge", 0.55), item("g4dn.xlarge", 0.21, spot=True), item("g4dn.xlarge", 0.7, "eu-west-1"),
       item("g4dn.2xlarge", 0.752), item("g6.2xlarge", 0.98, gpu="L4", gpu_memory=24.0, cpu=8, memory=32.0),
       item("c5.xlarge", 0.16, gpu=None)]
GCP = [item("n1-standard-4", 0.5, "us-central1-a", "gcp"), item("a3-highgpu-1g", 1.0, "us-central1-a", "gcp", gpu="H100",
       flags=["gcp-dws-calendar-mode"], provider_data={"is_dws_calendar_mode": True})]


def packed(path: Path, day: tuple[int, int, int] = (2026, 11, 20), **catalogues: Sequence[CatalogItem]) -> Path:
    """A ZIP file of catalogues as gpuhunt writes them, whose members carry that day."""
    with zipfile.ZipFile(path, "w") as archive:
        for provider, items in catalogues.items():
            csv = path.with_name(f"{provider}.csv")
            storage.dump(items, str(csv))
            archive.writestr(zipfile.ZipInfo(csv.name, (*day, 1, 2, 4)), csv.read_bytes())
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return packed(tmp_path / "catalogue.zip", aws=AWS, gcp=GCP)


def test_the_difference_is_shown_and_nothing_is_kept(file: Path) -> None:
    seen = refresh.look(TODAY, file=file).difference
    assert {change.new.key: change.rise for change in seen.changed} == pytest.approx({
        "aws/g4dn.xlarge": 0.55 / 0.526 - 1, "aws/c5.xlarge": 0.16 / 0.17 - 1, "gcp/n1-standard-4+1xT4": 0.5 / 0.539999 - 1})
    assert [change.new.key for change in seen.confirmed] == ["aws/g4dn.2xlarge"]
    assert seen.new == ()
    assert {row.key for row in seen.gone} >= {"aws/m6i.large", "gcp/a3-highgpu-1g"}
    assert {row.provider for row in seen.gone} == {"aws", "gcp"}
    assert not (settings.folder("prices") / "refreshed.csv").exists()


def test_what_is_read_and_what_is_not_is_said(file: Path) -> None:
    seen = refresh.look(TODAY, file=file)
    assert seen.unread == ("azure", "lambda", "runpod")
    assert seen.catalogues["aws"] == f"gpuhunt {version('gpuhunt')}, catalogue aws from a file of 2026-11-20"


def test_approved_prices_are_appended_and_the_newest_counts(file: Path, tmp_path: Path) -> None:
    shipped = find(prices.instances(), "aws/g4dn.xlarge")
    assert refresh.approve(refresh.look(TODAY, file=file).difference.approvable) == 4
    row = find(prices.instances(), "aws/g4dn.xlarge")
    assert (row.usd_per_hour, row.spot_usd_per_hour, row.as_of) == (0.55, 0.21, date(2026, 11, 20))
    assert replace(row, usd_per_hour=0.526, spot_usd_per_hour=0.2131, source=shipped.source, as_of=shipped.as_of) == shipped
    first = price_files.refreshed()
    assert refresh.look(TODAY, file=file).difference.approvable == ()
    later = packed(tmp_path / "later.zip", (2026, 11, 24), aws=[item("g4dn.xlarge", 0.6)])
    assert refresh.approve(refresh.look(TODAY, file=later).difference.changed) == 1
    assert price_files.refreshed()[:4] == first and len(price_files.refreshed()) == 5
    assert find(prices.instances(), "aws/g4dn.xlarge").usd_per_hour == 0.6
    assert [past.usd_per_hour for past in prices.earlier() if past.key == "aws/g4dn.xlarge"] == [0.55, 0.526]
    assert {entry.instance.key for entry in prices.entries() if entry.whose == "refreshed"} == {
        "aws/g4dn.xlarge", "aws/g4dn.2xlarge", "aws/c5.xlarge", "gcp/n1-standard-4+1xT4"}


def test_an_older_catalogue_changes_nothing(tmp_path: Path) -> None:
    seen = refresh.look(TODAY, file=packed(tmp_path / "old.zip", (2026, 1, 2), aws=AWS)).difference
    assert seen.approvable == () and len(seen.older) == 3


def test_a_catalogue_from_the_future_is_of_today(tmp_path: Path) -> None:
    seen = refresh.look(TODAY, file=packed(tmp_path / "new.zip", (2026, 12, 24), aws=AWS)).difference
    assert {change.new.as_of for change in seen.changed} == {TODAY}


def test_an_own_price_stays_over_a_refreshed_one(file: Path) -> None:
    own_prices.add({"provider": "aws", "instance": "g4dn.xlarge", "region": "us-east-1", "vcpus": "4", "usd_per_hour": "0.3"}, TODAY)
    seen = refresh.look(TODAY, file=file).difference
    assert next(change.old.usd_per_hour for change in seen.changed if change.new.key == "aws/g4dn.xlarge") == 0.526
    refresh.approve(seen.changed)
    assert find(prices.instances(), "aws/g4dn.xlarge").usd_per_hour == 0.3
    own_prices.delete("aws/g4dn.xlarge")
    assert find(prices.instances(), "aws/g4dn.xlarge").usd_per_hour == 0.55


def test_instances_are_added_in_known_regions_or_in_a_named_one(file: Path) -> None:
    new = refresh.look(TODAY, ["aws/g6.2xlarge", "aws/g4dn.xlarge@eu-west-1"], file).difference.new
    assert {(change.new.key, change.new.region, change.new.gpu) for change in new} == {
        ("aws/g6.2xlarge", "us-east-1", "L4"), ("aws/g4dn.xlarge", "eu-west-1", "T4")}
    refresh.approve(new)
    assert find(prices.instances(), "aws/g6.2xlarge").vcpus == 8


@pytest.mark.parametrize(("key", "told"), [
    ("aws/none.large", "'aws/none.large' has no price on demand"), ("aws/g6.2xlarge@eu-west-1", "has no price on demand"),
    ("own/box", "'own/box' is not an instance of gpuhunt's"), ("aws", "'aws' is not an instance"),
    ("nebius/gpu", "the list has no region of 'nebius'; write nebius/gpu@region"),
])
def test_an_instance_that_is_not_there_is_named(file: Path, key: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        refresh.look(TODAY, [key], file)


def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    text, empty = tmp_path / "text.zip", packed(tmp_path / "empty.zip", vastai=[])
    text.write_text("no ZIP file")
    timeless = packed(tmp_path / "timeless.zip", (1980, 1, 1), aws=AWS)
    for path, told in ((text, "not a ZIP file"), (tmp_path / "none.zip", "not a ZIP file"), (empty, "holds none of aws.csv"),
                       (timeless, "carries no date")):
        with pytest.raises(UserError, match=told):
            refresh.look(TODAY, file=path)


def test_a_file_that_unpacks_to_too_much_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "MAX_CSV_BYTES", 100)
    with pytest.raises(UserError, match="unpacks to over"):
        refresh.look(TODAY, file=file)
    monkeypatch.setattr(refresh, "MAX_ZIP_BYTES", 100)
    with pytest.raises(UserError, match="has over"):
        refresh.look(TODAY, file=file)


def test_broken_rows_and_prices_are_left_out(tmp_path: Path) -> None:
    path = packed(tmp_path / "broken.zip", aws=[item("g4dn.xlarge", 0.0), item("c5.xlarge", float("nan"), gpu=None),
                                                item("g4dn.2xlarge", 0.8)])
    seen = refresh.look(TODAY, file=path).difference
    assert [change.new.key for change in seen.approvable] == ["aws/g4dn.2xlarge"]


def test_gpuhunts_own_catalogues_are_fetched_and_a_missing_one_is_no_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = tmp_path / "aws" / "20261118-7"
    published.mkdir(parents=True)
    (tmp_path / "aws" / "version").write_text("20261118-7\n")
    packed(published / "catalog.zip", aws=AWS)
    monkeypatch.setenv("GPUHUNT_CATALOG_URL", tmp_path.as_uri())
    seen = refresh.look(TODAY)
    assert seen.catalogues == {"aws": f"gpuhunt {version('gpuhunt')}, catalogue aws 20261118-7 of 2026-11-18"}
    assert seen.unread == ("azure", "gcp", "lambda", "runpod")
    assert {row.provider for row in seen.difference.gone} == {"aws"}
    assert {change.new.as_of for change in seen.difference.changed} == {date(2026, 11, 18)}


def test_without_a_network_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPUHUNT_CATALOG_URL", "http://127.0.0.1:9")
    with pytest.raises(UserError) as refused:
        refresh.look(TODAY)
    assert str(refused.value) == ("catalogue: gpuhunt could not read it (URLError: [Errno 111] Connection refused); check the network, "
                                  "or give a downloaded catalogue.")


def test_a_catalogue_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "PATIENCE_S", 0.01)
    with pytest.raises(UserError, match="no answer within"):
        refresh.look(TODAY)
    assert "GPUHUNT_CATALOG_DIR" not in os.environ
