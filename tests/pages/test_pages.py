"""Every page, over an empty data folder and over studies in each state."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from conftest import PAGES, Opener, texts
from made import make_study

from core.settings import ROOT
from core.spec import CaseInputs
from core.studies import read, submit


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
    assert "depth-1 keeps 97.5 % of the teacher's accuracy at 6× its throughput, and so does the control of " in texts(app)
    assert [metric.label for metric in app.metric] == ["Retention", "Latency p99", "Throughput", "Provisioned cost"]
    assert sum(f"**{n} " in texts(app) for n in range(1, 7)) == 6
    assert list(app.dataframe[-1].value["Study"]) == ["snippets, quick"]


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
    assert len(app.get("plotly_chart")) == 6
    title = r"depth-3 loses 1\.20? points, its control loses 1\.92? points: no certain gain from the teacher"
    assert re.search(title, said)
    assert "depth-1 reaches 6× the teacher's throughput" in said
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
