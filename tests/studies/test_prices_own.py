"""Own prices: kept whole or not at all, over listed ones, out and in again without a change."""

from __future__ import annotations

import csv
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from core import settings
from core.case import CaseInputs
from core.errors import UserError
from core.pricing import find, parse
from core.pricing.table import READERS
from core.spec import preset
from core.store import studies
from core.studies import own_prices, price_files, prices

TODAY = date(2026, 11, 25)
BOX = {"provider": "own", "instance": "box", "region": "cellar", "vcpus": "8", "usd_per_hour": "0.5"}
T4 = BOX | {"provider": "aws", "instance": "g4dn.xlarge", "region": "us-east-1", "gpu": "T4", "gpu_count": "1", "usd_per_hour": "0.4"}


def sheet(*rows: dict[str, str]) -> bytes:
    return "\n".join([",".join(READERS), *(",".join(row.get(column, "") for column in READERS) for row in rows)]).encode()


def test_a_typed_price_is_kept_with_its_day_and_who_said_it() -> None:
    row = own_prices.add(BOX, TODAY)
    assert (row.source, row.as_of, row.usd_per_hour) == ("typed by hand", TODAY, 0.5)
    assert find(prices.instances(), "own/box") == row
    said = own_prices.add(BOX | {"source": "contract 7", "as_of": "2026-11-01", "usd_per_hour": "0.45"}, TODAY)
    assert price_files.own() == (said,) and (said.source, said.as_of) == ("contract 7", date(2026, 11, 1))


def test_an_own_price_stands_over_the_listed_one_until_it_is_deleted() -> None:
    before = find(prices.instances(), "aws/g4dn.xlarge")
    own_prices.add(T4, TODAY)
    assert find(prices.instances(), "aws/g4dn.xlarge").usd_per_hour == 0.4
    assert len(prices.instances()) == len(prices.listed())
    assert [entry.whose for entry in prices.entries() if entry.instance.key == "aws/g4dn.xlarge"] == ["own"]
    assert before in prices.earlier()
    own_prices.delete("aws/g4dn.xlarge")
    assert find(prices.instances(), "aws/g4dn.xlarge") == before and prices.earlier() == ()


def test_the_case_is_priced_with_it() -> None:
    own_prices.add(T4 | {"source": "contract"}, TODAY)
    figure = prices.machine_price(CaseInputs(instance="aws/g4dn.xlarge"), {"gpus": []}, "cpu")
    assert figure.value == 0.4 and "contract" in figure.provenance.source
    machine = {"gpus": [{"name": "Tesla T4", "memory_bytes": 2**34}], "cores": 4, "memory_bytes": 2**34}
    assert prices.machine_price(CaseInputs(), machine, "cuda").value == 0.4


def test_a_file_changed_by_another_process_is_read_again() -> None:
    own_prices.add(BOX, TODAY)
    assert find(prices.instances(), "own/box").usd_per_hour == 0.5
    before, path = prices.version(), settings.folder("prices") / "own.csv"
    path.write_text(path.read_text().replace(",0.5,", ",0.7,"))
    os.utime(path, ns=(1, 1))
    assert find(prices.instances(), "own/box").usd_per_hour == 0.7
    assert prices.version() != before


def test_importing_the_export_changes_nothing_here_and_gives_the_same_list_elsewhere(monkeypatch: pytest.MonkeyPatch,
                                                                                    tmp_path: Path) -> None:
    own_prices.add(BOX | {"instance": "=1+1", "source": "@home"}, TODAY)
    own_prices.add(T4, TODAY)
    exported, listed = prices.export().encode(), prices.instances()
    cells = [cell for row in csv.reader(exported.decode().splitlines()) for cell in row]
    assert "'=1+1" in cells and not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert own_prices.import_csv(exported, TODAY) == own_prices.Imported((), len(listed))
    assert prices.instances() == listed and len(price_files.own()) == 2
    monkeypatch.setenv("DISTILL_ROI_HOME", str(tmp_path / "elsewhere"))
    assert len(own_prices.import_csv(exported, TODAY).kept) == 2
    assert sorted(prices.instances(), key=lambda row: row.place) == sorted(listed, key=lambda row: row.place)


def test_an_undated_price_stays_undated_on_its_way_out_and_in() -> None:
    own_prices.add(BOX | {"as_of": "undated"}, TODAY)
    assert parse(prices.export()) == prices.instances()
    assert price_files.own()[0].as_of is None


def test_an_import_keeps_all_rows_or_none() -> None:
    own_prices.add(BOX, TODAY)
    with pytest.raises(UserError, match="price list, row 3, column usd_per_hour: 'free'"):
        own_prices.import_csv(sheet(BOX | {"usd_per_hour": "0.9"}, T4 | {"usd_per_hour": "free"}), TODAY)
    assert [row.usd_per_hour for row in price_files.own()] == [0.5]
    made = own_prices.import_csv(sheet(BOX | {"usd_per_hour": "0.9"}, T4), TODAY)
    assert (len(made.kept), made.known) == (2, 0)
    assert [(row.key, row.usd_per_hour, row.source) for row in price_files.own()] == [
        ("own/box", 0.9, "typed by hand"), ("aws/g4dn.xlarge", 0.4, "typed by hand")]


def test_prices_kept_at_the_same_time_are_all_kept() -> None:
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda n: own_prices.add(BOX | {"instance": f"box-{n}"}, TODAY), range(16)))
    assert {row.name for row in price_files.own()} == {f"box-{n}" for n in range(16)}


def test_a_full_disk_leaves_the_old_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    own_prices.add(BOX, TODAY)

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        own_prices.add(T4, TODAY)
    assert [row.key for row in price_files.own()] == ["own/box"]
    assert sorted(path.name for path in settings.folder("prices").iterdir()) == [".lock", "own.csv"]


@pytest.mark.parametrize(("data", "told"), [
    (b"x" * 2_000_001, "at most 2 MB"), ("prix;é".encode("latin-1"), "not UTF-8"), (b"", "the columns are missing"),
    (b"a,b\n1,2\n", "the columns are a, b; write provider"), (sheet(*[BOX] * 5_001), "it has 5,001 rows; at most 5,000"),
    (sheet(BOX, BOX), "already stands in row 2"), (sheet(BOX | {"as_of": "2026-11-27"}), "lies in the future"),
    (sheet(BOX | {"provider": ""}), "column provider: ''"), (b"provider\0\n", "the columns are"),
])
def test_a_file_that_cannot_be_taken_is_refused_in_one_sentence(data: bytes, told: str) -> None:
    with pytest.raises(UserError) as refused:
        own_prices.import_csv(data, TODAY)
    assert told in str(refused.value) and str(refused.value).count(". ") == 0
    assert price_files.own() == ()


def test_a_path_is_read_and_a_wrong_one_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(sheet(BOX))
    assert [row.key for row in own_prices.import_csv(path, TODAY).kept] == ["own/box"]
    for wrong, told in ((tmp_path, "not a regular file"), (tmp_path / "none.csv", "is not there")):
        with pytest.raises(UserError, match=told):
            own_prices.import_csv(wrong, TODAY)


def test_deleting_names_the_region_where_there_are_several() -> None:
    for region in ("cellar", "attic"):
        own_prices.add(BOX | {"region": region}, TODAY)
    with pytest.raises(UserError, match="'own/box' is an own price in cellar, attic; name one of them"):
        own_prices.delete("own/box")
    own_prices.delete("own/box", "attic")
    own_prices.delete("own/box@cellar")
    with pytest.raises(UserError, match="'own/box' is not an own price"):
        own_prices.delete("own/box")
    with pytest.raises(UserError, match=r"'aws/g4dn\.xlarge' is not an own price"):
        own_prices.delete("aws/g4dn.xlarge")


def test_the_only_price_of_an_instance_stays_while_a_study_rests_on_it() -> None:
    own_prices.add(BOX, TODAY)
    own_prices.add(T4, TODAY)
    for study_id, case in (("a", CaseInputs(instance="own/box")), ("b", CaseInputs(student_instance="aws/g4dn.xlarge"))):
        studies.create(study_id, preset("quick", "snippets"), case, {}, "")
    with pytest.raises(UserError, match="'own/box' is the instance of study 'a'"):
        own_prices.delete("own/box")
    own_prices.delete("aws/g4dn.xlarge")  # the listed price is left
    studies.update_case("a", CaseInputs())
    own_prices.delete("own/box")
    assert price_files.own() == ()


def test_a_damaged_file_is_named() -> None:
    (settings.folder("prices") / "own.csv").write_text("nonsense\n")
    with pytest.raises(UserError, match=r"own prices \(prices/own\.csv in the data folder\), row 1"):
        prices.instances()


def test_the_search_finds_every_word_anywhere() -> None:
    found = prices.search(prices.entries(), "T4 east")
    assert {entry.instance.key for entry in found} == {
        "aws/g4dn.xlarge", "aws/g4dn.2xlarge", "aws/g4dn.12xlarge", "azure/Standard_NC4as_T4_v3"}
    assert len(prices.search(prices.entries(), "  ")) == len(prices.instances())
