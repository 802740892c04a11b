"""The page Claims: over an empty data folder, over studies in each state, filtered, and with names that want to be markup."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import ROOT
from core.spec import preset
from core.store import jobs, models, studies
from core.studies import read
from tests.pages.conftest import Opener, texts
from tests.pages.made import MACHINE, SAID, make_study

IDS = [f"C{n}" for n in range(1, 15)]
LONG = "a" + "-very-long.name_of-a-student" + "x" * 11


@pytest.fixture
def page() -> Opener:
    """Opens the page at once, not by way of the overview."""

    def open_page(study: str | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if study:
            app.query_params["study"] = study
        app.switch_page("pages/claims.py").run()
        assert not app.exception, [box.message for box in app.exception]
        return app

    return open_page


def shown(app: AppTest) -> list[str]:
    """The ids of the claims that are drawn."""
    return [item.value.strip("*") for item in app.markdown if re.fullmatch(r"\*\*C\d+\*\*", item.value)]


def badges(app: AppTest) -> list[str]:
    return [found[1] for item in app.markdown if (found := re.search(r"-badge\[:material/\w+: (holds|does not hold|undecided|waiting)\]",
                                                                      item.value))]


def test_the_example_shows_every_claim_with_a_word_a_rule_and_both_hardwares(page: Opener) -> None:
    app = page()
    said = texts(app)
    assert read.example().name in said and shown(app) == IDS and len(badges(app)) == 14
    assert said.count("**Rule:**") == said.count("**Hardware here:**") == said.count("**Hardware of the claim:**") == 14
    assert "First article: an article on when distillation pays, which cites MLPerf Inference 2023" in said
    assert "Cost of a million predictions, computed: within the claimed $0.115 to $0.125 per million" in said
    assert not app.dataframe, "what else was seen is drawn once it is opened"


def test_the_tally_counts_the_words_of_the_cards(page: Opener) -> None:
    make_study("mine")
    app = page("mine")
    words = badges(app)
    told = app.subheader[0].value
    assert f"{words.count('undecided')} are undecided" in told and f"{words.count('waiting')} wait." in told
    assert words.count("holds") + words.count("does not hold") + words.count("undecided") + words.count("waiting") == 14


def test_a_claim_shows_our_number_with_its_interval_and_where_it_comes_from(page: Opener) -> None:
    make_study("mine")
    said = texts(page("mine"))
    assert re.search(r"\*\*9\d\.?\d* %\*\* \(9\d\.\d to 9\d\.\d %\)", said), "the retention of C4"
    assert "Measured: study made for a test, on Test CPU, 2 cores, 20 Nov 2026." in said
    assert "Test CPU, 2 cores, student and teacher alike, both in torch" in said


@pytest.mark.parametrize("verdict", ["holds", "undecided", "waiting", "does not hold"])
def test_the_filter_leaves_the_claims_of_one_verdict(page: Opener, verdict: str) -> None:
    make_study("mine")
    app = page("mine")
    expected = [key for key, word in zip(shown(app), badges(app), strict=True) if word == verdict]
    app.segmented_control(key="claims-status").set_value(verdict).run()
    assert not app.exception
    assert shown(app) == expected and set(badges(app)) <= {verdict}
    assert expected or "No claim has this verdict." in texts(app)


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled"])
def test_before_anything_is_measured_the_claims_say_what_they_wait_for_and_where(page: Opener, state: str) -> None:
    make_study("mine", state)
    app = page("mine")
    assert badges(app).count("waiting") == 13 and badges(app)[1] == "holds"
    assert app.subheader[0].value == "1 holds and 13 wait."
    assert texts(app).count("**Waits for:**") == 13
    where = "Study" if state in ("queued", "running") else "New study"
    assert where in {link.label for link in app.get("page_link")}


def test_what_a_claim_waits_for_has_a_link_to_where_it_is_supplied(page: Opener) -> None:
    make_study("mine")
    app = page("mine")
    app.segmented_control(key="claims-status").set_value("waiting").run()
    assert len(app.get("page_link")) == texts(app).count("**Waits for:**") > 0


def test_what_else_was_seen_is_a_table_with_origins_once_it_is_opened(page: Opener) -> None:
    make_study("mine")
    app = page("mine")
    app.session_state["beside-C1"] = True
    app.run()
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table.columns) == ["What", "Value", "Origin", "In words"]
    assert set(table["Origin"]) == {"measured"} and all("depth" in what for what in table["What"])


def test_long_names_and_markup_stay_as_they_are(page: Opener) -> None:
    name = "<b>x</b> **y** $z$ [a](http://b)"
    make_study("mine", name=name)
    spec = preset("quick", "snippets", name=name, students=[{"name": LONG, "layers": 3}])
    studies.create("long", spec, SAID, MACHINE, "abc123")
    jobs.enqueue("long", "cpu", [])
    for model in read.get("mine").models:
        if model.role == "teacher" or model.name == "depth-3":
            models.save_model("long", model if model.role == "teacher" else type(model)(**{**vars(model), "name": LONG}))
    app = page("long")
    drawn = "\n".join(item.value for kind in ("markdown", "caption") for item in app.get(kind))
    assert LONG.replace("-", r"\-").replace(".", r"\.").replace("_", r"\_") in drawn and f"of {LONG}" not in drawn
    assert "<b>" not in drawn and "[a](http" not in drawn
    assert shown(app) == IDS
