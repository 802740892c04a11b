"""The Study page's comparison with the previous study of the task."""

from __future__ import annotations

from pages.ui import compared
from tests.pages.conftest import Opener, texts
from tests.pages.made import MACHINE, make_study
from tests.studies.answered import answered, rows_right


def opened(page: Opener, monkeypatch, study: str) -> str:
    """The page's words with the comparison open, as AppTest cannot open a part."""
    monkeypatch.setattr(compared.tables, "folded", lambda label, icon, key, draw: (compared.st.subheader(label), draw())
                        if key == "compared" else None)
    app = page("study", study=study)
    said = texts(app)
    return said + "\n".join(frame.value.to_csv() for frame in app.dataframe)


def test_a_regression_is_the_first_thing_said_with_its_texts(page: Opener, monkeypatch) -> None:
    answered("one", name="The *first* one")
    answered("two", {"depth-1": rows_right(100)})
    said = opened(page, monkeypatch, "two")
    assert "Against the previous study of this task" in said and "The *first* one (one)" in said
    assert "Regression: depth-1 lost" in said and "of 1,200 texts read in both, 100 became wrong and 0 right" in said
    assert "Texts that were right and are wrong now: 100." in said


def test_a_change_of_machine_and_no_regression_are_said(page: Opener, monkeypatch) -> None:
    answered("one")
    answered("two", machine={**MACHINE, "cpu": "Other *CPU*"})
    said = opened(page, monkeypatch, "two")
    assert "No regression: no model lost more than 4 points" in said
    assert "Measured on different machines" in said and "Other *CPU*" in said


def test_without_stored_answers_it_says_why_and_the_first_study_has_no_such_part(page: Opener, monkeypatch) -> None:
    make_study("one")
    make_study("two")
    said = opened(page, monkeypatch, "two")
    assert "Not known whether anything got worse: the answers to the test texts are not stored in both studies" in said
    assert "Against the previous study" not in opened(page, monkeypatch, "one")
    assert "Against the previous study" not in opened(page, monkeypatch, "example")
