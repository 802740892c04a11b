"""Quality on the Study page: the answers first, the evidence once it is opened, and nothing in a text comes alive."""

from __future__ import annotations

from dataclasses import replace

import pytest
import streamlit as st

from core.figures import Figure, measured
from core.records import Bin, ModelRecord, Regression
from core.store import models, studies
from tests.pages.conftest import Opener, make_study, texts
from tests.studies.test_seeds_of_studies import run, with_seeds

EVIL = "**bold** <b>x</b> $a$ [link](http://x) :material/home: =1+1"


def figure(value: float, unit: str, half: float | None = None) -> Figure:
    low, high = (None, None) if half is None else (value - half, value + half)
    return measured(value, unit, source="made for a test", device="Test CPU", as_of="2026-11-20", low=low, high=high)


def slice_of(value: float, half: float, p: float, **more: Figure) -> dict[str, Figure]:
    return {"texts": figure(300, "count"), "accuracy": figure(0.7, "share", 0.04), "accuracy_difference": figure(value, "points", half),
            "mcnemar_p_slice": figure(p, "p"), **more}


CLASS = {"precision": figure(0.81, "share", 0.03), "recall": figure(0.7, "share", 0.04), "f1": figure(0.75, "share", 0.03)}
SLICES = {"label: fresh": slice_of(-1.0, 2.0, 0.7, **CLASS), f"part: {EVIL}": slice_of(-9.0, 3.0, 0.001),
          "swapped: gender": {"texts": figure(220, "count"), "flips": figure(0.05, "share", 0.02)}}
BINS = (Bin(0.6, 0.5, 0.45, 0.55, 900), Bin(0.9, 0.8, 0.77, 0.83, 1000))
MORE = {"ece": figure(0.1, "share"), "ece_by_chance": figure(0.02, "share", 0.01), "ece_scaled": figure(0.021, "share"),
        "log_loss": figure(0.5, "nats", 0.03), "brier": figure(0.3, "", 0.02), "flips": figure(0.05, "share", 0.02),
        "repeated_errors": figure(0.74, "share", 0.05), "repeated_errors_by_chance": figure(0.22, "share", 0.02),
        "repeated_errors_excess": figure(52.0, "points", 5.0), "repeated_errors_over_control": figure(8.0, "points", 4.0),
        "gap_label": figure(6.0, "points", 2.0), "gap_added_label": figure(4.0, "points", 3.0)}


@pytest.fixture
def judged() -> None:
    make_study("mine")
    for model in studies.get("mine").models:
        if model.role != "control":
            models.save_figures("mine", model.name, model.role, MORE)
            models.save_judged("mine", _record(model))


def _record(model: ModelRecord) -> ModelRecord:
    kept = () if model.role == "teacher" else (Regression(EVIL, "fresh", "fresh", "rotten", 0.987),)
    return replace(model, slices=SLICES, reliability=BINS, regressions=kept)


def opened(page: Opener, *parts: str):
    app = page("study")
    for part in parts:
        app.session_state[part] = True
    return app.run()


def test_the_answers_come_first(page: Opener, judged: None) -> None:
    said = texts(page("study"))
    assert "- depth-3 is within the margin of 4 points." in said and "- depth-1 is within the margin of 4 points." in said
    assert "depth-1 repeats 74 % of its teacher's errors, surely more than its control (8 points more); the gap between classes " \
           "is surely wider than the teacher's, by 4 points." in said
    assert "surer than it is right" not in said, "evidence waits until it is opened"


def test_the_evidence_is_about_the_best_student_and_can_be_about_another(page: Opener, judged: None) -> None:
    app = opened(page, "calibration", "slices", "inherited")
    said = texts(app)
    assert "student depth-1 is surer than it is right: calibration error 10 %, 2.1 % after scaling" in said
    assert "student depth-1 surely loses 9 points on part: **bold**" in said.replace("\u2060", "")
    assert "5 % of the answers of student depth-1 flip when names and terms of identity are swapped" in said
    tables = [table.value for table in app.dataframe]
    classes = next(table for table in tables if "Precision" in table)
    assert list(classes["Class"]) == ["label: fresh"] and classes["Precision"][0].startswith("81 % (78")
    assert any(list(table.get("Terms", [])) == ["swapped: gender"] for table in tables)
    app.selectbox(key="quality-model").select("teacher").run()
    assert not app.exception and "Accuracy of teacher by slice" not in texts(app), "made figures of the teacher have differences"


def test_regressions_stand_side_by_side_as_plain_text(page: Opener, judged: None) -> None:
    app = opened(page, "regressions")
    table = app.table[0].value
    assert table.columns.tolist() == ["Text", "Truth", "Teacher", "Answer", "Confidence"] and table.iloc[0].tolist()[1:] == [
        "fresh", "fresh", "rotten", "98\\.7 %"]
    shown = table["Text"][0]
    assert "\\*\\*bold\\*\\*" in shown and "\\<b\\>" in shown and "\\$a\\$" in shown and "\\[link\\]" in shown


def test_an_older_study_says_that_it_was_not_looked_at(page: Opener) -> None:
    make_study("mine")
    app = page("study")
    assert "run it again to see them" in texts(app)
    assert not [box for box in app.selectbox if box.key == "quality-model"]


def test_several_seeds_are_told_with_what_they_prove(page: Opener) -> None:
    study = run("s0", 0, 1.5, distil={"seeds": 6})
    said = texts(page("study", study="s0"))
    assert ("Not known for depth-2 (depth, logits): 1.5 points over 1 seed; a verdict on a method needs 6 seeds, 5 more than there are, "
            "so set distil.seeds to 6.") in said
    run("s1", 1, 0.5)
    assert "1 point over 2 seeds; a verdict on a method needs 6 seeds, 4 more" in texts(page("study", study="s0"))
    with_seeds(study, {seed: 0.5 + seed / 10 for seed in range(1, 6)})
    st.cache_resource.clear()  # the end of a stage would do it
    said = texts(page("study", study="s0"))
    assert "Distillation beats its control beyond the interval for 1 family: depth-2 (depth, logits): 0.9 points (0." in said
    app = page("study", study="s0")
    app.session_state["seeds-table"] = True
    app.run()
    table = next(frame.value for frame in app.dataframe if "Verdict" in frame.value.columns)
    assert table.iloc[0].tolist()[:5] == ["depth-2", "depth", "logits", "beats", 6]


def test_the_page_tells_from_which_texts_students_and_controls_learnt(page: Opener) -> None:
    run("s0", 0, 1.5)
    assert "learnt from" not in texts(page("study", study="s0")), "an older study"
    st.cache_resource.clear()
    models.save_details("s0", "depth-2", "student", {"texts": 3_500, "labelled": 1_000, "unlabelled": 500, "made": 2_000})
    models.save_details("s0", "depth-2", "control", {"texts": 1_500, "labelled": 1_500, "unlabelled": 0, "made": 0})
    said = texts(page("study", study="s0"))
    assert ("Students learnt from 3,500 texts (1,000 labelled, 500 unlabelled, 2,000 made by the teacher's vocabulary) and controls learnt "
            "from 1,500 texts, all labelled; a control reads its own more often") in said


def test_how_students_learnt_is_said_where_it_is_not_by_logits(page: Opener) -> None:
    make_study("usual")
    make_study("s")
    assert "Methods:" not in texts(page("study", study="usual"))
    student = studies.get("s").model("depth-1", "student")
    assert student is not None
    models.save_model("s", replace(student, method="self, 2 generations"))
    assert "Methods: depth-3 by logits; depth-1 by self, 2 generations." in texts(page("study", study="s"))
