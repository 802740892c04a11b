"""Case files and reports from the command line: what is written, what is refused, and that nothing is written by halves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner

from core.cli import output
from core.cli.root import app
from core.errors import UserError
from core.settings import ROOT
from tests.studies.casefile_refusals import BASE, REFUSED

EXAMPLE = ROOT / "docs" / "examples" / "case.toml"


def core(*arguments: object) -> str:
    """What the command prints. Raises UserError as the command line's main() would tell it."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exception is not None:
        raise done.exception
    return done.output


@pytest.fixture
def base(tmp_path: Path) -> Path:
    file = tmp_path / "case.toml"
    file.write_text(BASE)
    return file


def test_a_case_is_evaluated_and_shown(base: Path, tmp_path: Path):
    told = core("case", "evaluate", base, "--json", tmp_path / "result.json")
    assert "Ticket routing, 36 months, money in USD" in told and "Verdict: do not invest (student)" in told
    assert "student over teacher: NPV −$1.64 M, payback: does not pay back within 36 months" in told
    assert "No input has a range, so nothing is uncertain" in told and "P10" not in told
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["comparisons"][0]["npv_usd"]["value"] == pytest.approx(-1_638_080)
    assert core("case", "show", base) == told
    assert json.loads(core("case", "evaluate", base, "--json", "-")) == result


def test_the_example_of_the_docs_is_shown_with_its_uncertainty():
    told = core("case", "show", EXAMPLE)
    assert "Verdict: invest (student)" in told and "(P10) to" in told and "teacher in int8" in told
    assert len({line.index("provisioned") for line in told.splitlines()[3:7]}) == 1, "long names do not shift the columns"


@pytest.mark.parametrize("name", ["unknown key", "negative price"])
def test_a_refused_file_ends_with_one_sentence_and_exit_code_2_and_leaves_no_file(name: str, base: Path, tmp_path: Path):
    (old, new), told = REFUSED[name]
    base.write_text(BASE.replace(old, new, 1))
    kept = tmp_path / "result.json"
    kept.write_text("the last good one")
    for command in (["evaluate", base, "--json", kept], ["export", base, "--html", kept]):
        done = subprocess.run([sys.executable, "-m", "core", "case", *map(str, command)], cwd=ROOT, capture_output=True, text=True,
                              env=dict(os.environ))
        assert done.returncode == 2 and told in done.stderr and done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1 and "Traceback" not in done.stderr
    assert kept.read_text() == "the last good one" and sorted(tmp_path.iterdir()) == [base, kept]


def test_a_report_and_a_workbook_are_written_together(base: Path, tmp_path: Path):
    html, xlsx = tmp_path / "case.html", tmp_path / "case.xlsx"
    assert core("case", "export", base, "--html", html, "--xlsx", xlsx) == f"written: {html}\nwritten: {xlsx}\n"
    assert html.read_text().startswith("<!doctype html>") and "Ticket routing" in html.read_text()
    with ZipFile(BytesIO(xlsx.read_bytes())) as book:
        assert "xl/workbook.xml" in book.namelist()


def test_a_study_is_exported(tmp_path: Path):
    html, xlsx = tmp_path / "study.html", tmp_path / "study.xlsx"
    assert core("study", "export", "example", "--html", html) == f"written: {html}\n"
    assert "recorded example" in html.read_text()
    assert core("study", "export", "example", "--xlsx", xlsx) == f"written: {xlsx}\n" and xlsx.read_bytes()[:2] == b"PK"
    with pytest.raises(UserError, match="'nobody' is not known"):
        core("study", "export", "nobody", "--html", html)
    with pytest.raises(UserError, match="case"):
        core("study", "export", "example", "--case", "nothing", "--html", html)


def test_a_saved_case_is_exported_with_its_own_inputs(tmp_path: Path):
    saved = core("study", "freeze", "example", "Quiet", "--set", "predictions_per_day=5000").split()[0]
    core("study", "export", "example", "--case", saved, "--html", tmp_path / "quiet.html")
    assert "5,000 predictions a day" in (tmp_path / "quiet.html").read_text()


@pytest.mark.parametrize(("arguments", "told"), [
    ([], "export: no file is asked for; add --html FILE, --xlsx FILE or both."),
    (["--html", "-"], "html: '-' is not accepted, as a report is a file"),
    (["--html", "{}/none/x.html"], "cannot be written, as there is no folder"),
    (["--html", "{}"], "as it is a folder; add the name of a file"),
    (["--html", "/"], "as it is a folder; add the name of a file"),
    (["--html", "{}/x", "--xlsx", "{}/./x"], "is the file of the HTML report as well"),
    (["--html", "{}/case.toml"], "is the case itself; name another file")])
def test_a_place_that_cannot_be_written_is_told_in_one_sentence(arguments: list[str], told: str, base: Path, tmp_path: Path):
    with pytest.raises(UserError) as caught:
        core("case", "export", base, *(argument.format(tmp_path) for argument in arguments))
    assert told in str(caught.value) and base.read_text() == BASE and list(tmp_path.iterdir()) == [base]


def test_both_files_are_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first, second = tmp_path / "a.html", tmp_path / "b.xlsx"
    first.write_text("the last good one")
    writes = Path.write_bytes

    def full_disk(path: Path, content: bytes) -> int:
        if "b.xlsx" in path.name:
            raise OSError(28, "No space left on device")
        return writes(path, content)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(UserError, match=r"b\.xlsx cannot be written \(No space left on device\); choose another place\."):
        output.write_files({first: b"new", second: b"new"})
    assert first.read_text() == "the last good one" and list(tmp_path.iterdir()) == [first]
