"""The page Data and size: the law and its worth, how small, the pilot; and what is said where there is no curve."""

from __future__ import annotations

import streamlit as st

from core.case import CaseInputs
from core.store import studies
from tests.pages.conftest import Opener, texts
from tests.pages.curved import give_curve
from tests.pages.made import SAID, make_study


def test_a_study_with_a_curve_says_what_twice_the_texts_would_bring_in_points_and_dollars(page: Opener) -> None:
    make_study("mine", case=SAID.model_copy(update={"usd_per_error": 0.01}))
    give_curve()
    app = page("learning", study="mine")
    said = texts(app)
    assert "Twice the texts would raise the accuracy of depth-3 by" in said
    assert "What 5,120 texts in place of 2,560 would bring" in said and "Worth of it" in said
    assert "Of the two students that were tried, the larger is not better than depth-1 (13.7 M parameters)" in said
    assert "By the law, the preset full would take depth-3 from 78.8 % to" in said
    assert "No prediction can be checked yet" in said
    for part in ("more-table", "seen-table", "steps-table", "pilot-table"):
        app.session_state[part] = True
    app.run()
    assert not app.exception


def test_an_error_without_a_price_is_said_and_no_dollars_are_made_up(page: Opener) -> None:
    make_study("mine")
    give_curve()
    said = texts(page("learning", study="mine"))
    assert "what an error costs is not priced; state usd_per_error on the Checklist" in said
    assert "Worth of it not measured" in said


def test_a_study_without_a_curve_says_how_to_get_one_and_still_shows_its_sizes(page: Opener) -> None:
    make_study("mine")
    app = page("learning", study="mine")
    said = texts(app)
    assert "run one with curve.points=5" in said and "A prediction rests on a learning curve" in said
    assert "depth-1 (13.7 M parameters)" in said
    assert app.button(key="new-curve")


def test_too_few_sizes_give_a_chart_and_the_reason_why_there_is_no_law(page: Opener) -> None:
    make_study("mine")
    give_curve(points=3)
    said = texts(page("learning", study="mine"))
    assert "There is no law yet: curve.points: a law needs 4 sizes" in said and "There is nothing to predict" in said


def test_a_larger_study_checks_the_prediction(page: Opener) -> None:
    make_study("mine")
    give_curve(texts=640)
    make_study("later")
    give_curve("later", texts=2_560, points=1)
    assert "0 of 1 prediction held" in texts(page("learning", study="mine")), "four points more were predicted, and nothing was gained"
    give_curve(texts=640, b=0.0)
    st.cache_resource.clear()
    assert "1 of 1 prediction held" in texts(page("learning", study="mine")), "nothing was predicted, and nothing was gained"


def test_the_example_is_shown(page: Opener) -> None:
    assert "Data and size" in texts(page("learning"))


def test_an_early_study_says_that_nothing_is_known_yet(page: Opener) -> None:
    make_study("mine", "running")
    assert "until then there is nothing to compare" in texts(page("learning", study="mine"))
    assert studies.get("mine").case != CaseInputs()
