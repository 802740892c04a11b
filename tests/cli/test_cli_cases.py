"""study freeze and study cases: a case saved, shown with its own figures, recomputed, renamed and deleted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.errors import UserError
from core.store import models
from core.studies import cases, read
from tests.pages.made import make_study


def core(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["study", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def frozen(*settings: str) -> str:
    make_study("mine")
    return core("freeze", "mine", "Peak season", *settings).split()[0]


def test_a_frozen_case_is_listed_and_shown_with_its_changes() -> None:
    case_id = frozen("--set", "predictions_per_day=9e8", "--set", "case.monthly_growth=0.02")
    assert re.search(rf"^{case_id} .* NPV .* Peak season$", core("cases", "mine"), re.M)
    said = core("cases", "mine", "--case", case_id)
    assert "predictions_per_day: 40 M predictions a day -> 900 M predictions a day" in said
    assert "monthly_growth: 0 % (default) -> 2 %" in said and "Verdict: " in said and "measured " in said


def test_it_keeps_its_figures_until_it_is_recomputed_beside_the_old_one(tmp_path: Path) -> None:
    case_id = frozen()
    before = core("cases", "mine", "--case", case_id)
    figures = read.get("mine").models[0].figures
    models.save_figures("mine", "minilm", "teacher", {"throughput_per_s": figures["throughput_per_s"].__class__(
        3_000.0, "1/s", figures["throughput_per_s"].provenance)})
    assert core("cases", "mine", "--case", case_id) == before
    said = core("cases", "mine", "--case", case_id, "--recompute")
    assert re.search(r"^monthly_saving_usd: \S+ per month -> \S+ per month$", said, re.M) and "recomputed" in said
    file = tmp_path / "cases.json"
    core("cases", "mine", "--json", str(file))
    old, new = json.loads(file.read_text())
    assert (old["id"], new["base"]) == (case_id, case_id) and old["outcome"] != new["outcome"]
    assert set(old["outcome"]["figures"]["npv_usd"]) == {"value", "low", "high", "unit", "provenance"}


def test_it_is_renamed_and_deleted() -> None:
    case_id = frozen()
    assert "Black Friday" in core("cases", "mine", "--case", case_id, "--rename", "Black Friday")
    assert core("cases", "mine", "--case", case_id, "--delete") == f"case {case_id} is deleted\n"
    assert cases.listed("mine") == ()


@pytest.mark.parametrize(("arguments", "message"), [
    (("cases", "nobody"), "study: 'nobody' is not known"), (("cases", "example", "--case", "nothing"), "case: 'nothing' is not known here"),
    (("cases", "example", "--delete"), "case: none is named; say which one with --case ID."),
    (("cases", "example", "--case", "a-million", "--delete"), "'A million a day' ships with the example"),
    (("freeze", "example", " "), "give the case a name"), (("freeze", "example", "x", "--set", "speed=1"), "'speed' is not a setting"),
    (("freeze", "example", "x", "--set", "usd_per_hour=-1"), "usd_per_hour: -1 is not accepted")])
def test_what_is_wrong_is_one_sentence(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        core(*arguments)
