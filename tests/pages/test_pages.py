"""Every page, over an empty data folder and over studies in each state."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st

from core import settings
from core.case import CaseInputs
from core.errors import UserError
from core.jobs import logs
from core.settings import ROOT
from core.studies import cases, frozen, own_prices, read, submit
from pages.ui import reads, session
from tests.pages.conftest import PAGES, Opener, texts
from tests.pages.made import KEYS, MACHINE, SAID, make_study
from tests.studies.test_prices_own import BOX


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_data_folder_shows_the_example_marked_as_such(page: Opener, name: str) -> None:
    said = texts(page(name))
    assert read.example().name in said
    assert ":violet-badge[:material/inventory_2: Recorded example]" in said
    assert "Case: " in said and "Device: " in said and "Date: " in said
    assert read.example().commit in said


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled", "done"])
@pytest.mark.parametrize("name", ["overview", "checklist", "study"])
def test_a_study_of_the_users_is_shown_in_every_state(page: Opener, name: str, state: str) -> None:
    make_study("mine", state)
    said = texts(page(name))
    assert "Your study" in said and "Recorded example" not in said
    assert "p99 within 40 ms" in said and "40 M predictions a day" in said and "Test CPU, 2 cores" in said


def test_the_header_says_what_nobody_has_said(page: Opener) -> None:
    make_study("mine", case=CaseInputs())
    said = texts(page("overview"))
    assert "1 M predictions a day (default), no latency limit stated, margin 2 points (default)" in said


def test_the_newest_study_is_shown_and_the_address_chooses_another(page: Opener) -> None:
    make_study("older", name="The older one")
    make_study("newer", name="The newer one")
    assert "**The newer one**" in texts(page("study"))
    app = page("study", study="older")
    assert "**The older one**" in texts(app)
    assert app.query_params["study"] == "older"
    assert "Recorded example" in texts(page("overview", study="example"))


def test_an_unknown_study_in_the_address_is_said(page: Opener) -> None:
    make_study("mine")
    assert "not known here" in texts(page("overview", study="nonsense"))


def test_the_choice_in_the_sidebar_holds_on_other_pages(page: Opener) -> None:
    make_study("mine", name="My own")
    app = page("overview")
    app.selectbox(key="study_choice").select("example").run()
    assert "Recorded example" in texts(app)
    assert "Recorded example" in texts(app.switch_page("pages/study.py").run())


def test_the_overview_answers_in_one_sentence_with_four_figures_and_six_items(page: Opener) -> None:
    make_study("mine")
    app = page("overview")
    assert "depth-1 keeps 97.5 % of the teacher's accuracy at 6× its throughput: pilot" in texts(app)
    assert [metric.label for metric in app.metric] == ["Retention", "Latency p99", "Throughput", "Provisioned cost"]
    assert sum(f"**{n} " in texts(app) for n in range(1, 7)) == 6
    assert list(app.dataframe[-1].value["Study"]) == ["snippets, quick"]


def test_a_control_that_qualifies_too_is_named_with_what_it_keeps(page: Opener) -> None:
    make_study("mine", case=SAID.model_copy(update={"predictions_per_day": 4e9}))
    said = texts(page("overview"))
    assert "at 6× its throughput; the control of depth-3, trained on the labels alone, qualifies too (97.6 %): " in said


def test_a_price_that_nobody_knows_is_not_called_stale(page: Opener) -> None:
    make_study("mine", machine={**MACHINE, "cores": 0})
    app = page("prices")
    assert "The hourly price is not known: the machine's cores are unknown; choose an instance" in texts(app)
    assert "This price is stale" not in texts(app) and not app.metric
    read.update_case("mine", SAID.model_copy(update={"usd_per_hour": 0.5}))
    assert [metric.value for metric in page("prices").metric] == [r"\$0\.50"]


def test_a_study_is_deleted_with_its_files_once_that_is_confirmed(page: Opener, home: Path) -> None:
    make_study("older", name="The older one")
    make_study("mine")
    job = read.get("mine").job
    assert job is not None
    logs.write(job.id, "a line")
    kept = settings.folder("models", "mine", "depth-1-student") / "model.safetensors"
    kept.write_bytes(b"weights")
    mine = read.get("mine")
    cases.save(frozen.as_now(mine, reads.today()), mine.case, "Then")
    app = page("study", study="mine")
    assert "and log, and 1 saved case. There is no way back" in texts(app)
    app.button(key="delete-study").click().run()
    assert not app.exception
    assert "**The older one**" in texts(app) and "not known here" not in texts(app)
    assert [row.id for row in read.summaries()] == ["older"]
    assert not (home / "models" / "mine").exists() and not (home / "runs" / str(job.id)).exists()


@pytest.mark.parametrize("state", ["queued", "running", None])
def test_neither_the_example_nor_a_live_study_can_be_deleted(page: Opener, state: str | None) -> None:
    if state:
        make_study("mine", state)
    assert not [button for button in page("study").button if button.key == "delete-study"]
    with pytest.raises(UserError, match="cancel its run" if state else "is recorded and cannot be deleted"):
        submit.delete("mine" if state else "example")


@pytest.mark.parametrize(("stage", "state", "seconds", "apart"), [
    ("measure:1", "running", 5, True), ("control:depth-1", "running", 1, False), ("adapt", "failed", None, False)])
def test_while_speed_is_measured_the_panel_is_drawn_seldom_and_its_chart_not_again(
        page: Opener, monkeypatch: pytest.MonkeyPatch, stage: str, state: str, seconds: int | None, apart: bool) -> None:
    every: list[int | None] = []
    monkeypatch.setattr(st, "fragment", lambda run_every: lambda _: lambda: every.append(run_every))  # draws nothing
    make_study("mine", state, done=KEYS.index(stage))
    assert ("the loss is now" in texts(page("study"))) is apart
    assert every == [seconds]


def test_a_failed_run_says_why_and_can_be_repeated(page: Opener) -> None:
    make_study("mine", "failed")
    app = page("study")
    assert "This run failed: The disk is full; free some space & retry. What it had finished is kept." in texts(app)
    app.button(key="retry").click().run()
    assert not app.exception
    job = read.get("mine").job
    assert job is not None and job.state == "queued"
    assert [step.state for step in job.steps].count("done") == 3


def test_a_queued_run_says_how_many_it_waits_for_and_can_be_cancelled(page: Opener) -> None:
    make_study("first", "running")
    make_study("second", "queued")
    app = page("study", study="second")
    assert "Waits for 1 before it" in texts(app)
    app.button(key="cancel").click().run()
    assert not app.exception
    job = read.get("second").job
    assert job is not None and job.state == "cancelled"


def test_a_finished_study_has_its_charts_each_with_a_title_and_a_table(page: Opener) -> None:
    make_study("mine")
    app = page("study")
    said = texts(app)
    assert len(app.get("plotly_chart")) == 5, "the curves of a run that is done are drawn once they are asked for"
    title = r"depth-3 loses 1\.20? points, its control loses 1\.92? points: no certain gain from the teacher"
    assert re.search(title, said)
    assert "depth-1 reaches 6× the teacher's throughput" in said
    assert not app.dataframe, "tables are drawn once they are opened"
    for part in ("quality-table", "speed-table", "progress"):
        app.session_state[part] = True
    app.run()
    assert len(app.get("plotly_chart")) == 6 and "How the loss fell in each stage" in texts(app)
    quality = app.dataframe[0].value
    assert list(quality["Model"]) == ["teacher", "student depth-3", "control of depth-3", "student depth-1", "control of depth-1"]
    assert quality["Accuracy"][1].endswith(" % (77.0 to 80.6 %)")
    assert quality["Retention"][0] == "–" and quality["Retention"][1].endswith(" %)")
    assert "no energy counter" in " ".join(app.dataframe[3].value["In words"])


def test_names_are_shown_as_they_are_and_never_as_markup(page: Opener) -> None:
    evil = "<b>x</b> **y** $z$ :material/star: [a](http://b)"
    make_study("mine", name=evil)
    shown = [item.value for item in page("overview").markdown if "material" in item.value and "star" in item.value]
    assert shown == [r"**\<b\>x\</b\> \*\*y\*\* \$z\$ \:⁠material/star\: \[a\]\(http\://b\)**"]


def test_the_process_that_serves_pages_never_imports_torch_or_transformers() -> None:
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(ROOT / "app.py")!r}, default_timeout=60).run()
for name in {PAGES!r}:
    app.switch_page(f"pages/{{name}}.py").run()
    assert not app.exception, app.exception[0].message
print([name for name in sys.modules if name.partition(".")[0] in ("torch", "transformers", "mlperf_loadgen")])
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.strip() == "[]"


def test_a_study_may_be_cancelled_before_it_is_looked_at(page: Opener) -> None:
    make_study("mine", "queued")
    submit.cancel("mine")
    assert "This run was cancelled" in texts(page("overview"))


def test_a_what_if_whose_price_was_deleted_can_be_given_up(page: Opener) -> None:
    make_study("mine")
    own_prices.add(BOX, reads.today())
    app = page("decision", study="mine")
    app.session_state[session.WHAT_IF] = {"mine": SAID.model_copy(update={"instance": "own/box"}).model_dump_json()}
    app.run()
    assert not app.error and "what-if, not saved: 1 changed" in texts(app)
    own_prices.delete("own/box")
    app.run()
    assert "is not in the price list" in app.error[0].value
    app.button(key="give-up").click().run()
    assert not app.error and not app.exception and "what-if" not in texts(app)
