"""python -m core prices, as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.errors import UserError
from core.studies import price_files
from tests.studies.test_prices_refresh import AWS, packed

COLUMNS = "provider,instance,region,vcpus,memory_gib,gpu,gpu_count,gpu_memory_gib,usd_per_hour,spot_usd_per_hour,source,as_of"


def core(*arguments: object) -> str:
    """Standard output of the command; its refusal is raised."""
    done = CliRunner().invoke(app, ["prices", *map(str, arguments)])
    if done.exception:
        raise done.exception
    return done.stdout


def test_the_list_is_searched_and_written_as_json(tmp_path: Path) -> None:
    assert "aws/c5.xlarge" in core() and "stale" in core()
    lines = core("--search", "a10g").splitlines()
    assert [line.split()[0] for line in lines] == ["aws/g5.xlarge", "aws/g5.2xlarge"]
    rows = json.loads(core("--search", "a10g", "--json", "-"))
    assert [(row["name"], row["as_of"], row["whose"]) for row in rows] == [
        ("g5.xlarge", "2026-07-20", "shipped"), ("g5.2xlarge", "2026-07-20", "shipped")]


def test_own_prices_come_in_are_marked_go_out_and_away(tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text(f"{COLUMNS}\nown,=box,cellar,8,32,,,,0.5,,,2026-11-01\n")
    assert core("import", mine) == "own prices kept: 1; rows that the list had just so: 0\n"
    (line,) = core("--search", "box").splitlines()
    assert line.split() == ["own/=box", "cellar", "8", "vCPU", "$0.5", "2026-11-01", "own"]
    out = tmp_path / "all.csv"
    core("export", out)
    assert "own,'=box,cellar" in out.read_text() and core("export", "-") == out.read_text()
    assert core("import", out) == "own prices kept: 0; rows that the list had just so: 47\n"
    assert core("delete", "own/=box") == "own/=box in cellar at $0.5 is no longer an own price\n"
    assert not core("--search", "box")
    with pytest.raises(UserError, match="'own/=box' is not an own price"):
        core("delete", "own/=box")


def test_a_refresh_shows_the_difference_and_keeps_it_once_approved(tmp_path: Path) -> None:
    file = packed(tmp_path / "catalogue.zip", aws=AWS)
    shown = core("refresh", "--from", file, "--add", "aws/g6.2xlarge")
    assert "$0.526 of 2026-07-20 -> $0.55 of 2026-11-20 (+4.6 %)" in shown
    assert "new        aws/g6.2xlarge" in shown and "not there  aws/m6i.large" in shown and "not read   azure" in shown
    assert "prices that could be taken over: 4; add --approve" in shown and price_files.refreshed() == ()
    assert "prices kept: 4" in core("refresh", "--from", file, "--add", "aws/g6.2xlarge", "--approve")
    assert core("--search", "g4dn.xlarge").split()[-2:] == ["2026-11-20", "new"]
    assert "nothing is newer than the list" in core("refresh", "--from", file)
    done = json.loads(core("refresh", "--from", file, "--json", "-"))
    assert (done["changed"], done["kept"], done["unread"]) == ([], 0, ["azure", "gcp", "lambda", "runpod"])


def test_a_call_and_a_grid_are_priced(tmp_path: Path) -> None:
    told = core("api", "openai", "gpt-4o-mini", "--input", 1000, "--output", 200, "--cached", 400, "--retry-factor", 2)
    assert told.startswith("$0.00048 per call  Price list: gpt-4o-mini of OpenAI")
    assert json.loads(core("api", "openai", "gpt-4o-mini", "--input", 1000, "--output", 0, "--json", "-"))["unit"] == "USD/call"
    assert core("carbon", "fra") == "56.0 g/kWh  Published: codecarbon 3.3.2, France, 2023.\n"
    with pytest.raises(UserError, match="'XXX' is not in codecarbon's table"):
        core("carbon", "XXX")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        core("export", tmp_path / "none" / "x.csv")
    with pytest.raises(UserError, match="cannot be written"):
        core("--json", tmp_path)
    assert list(tmp_path.glob(".*.*")) == []
