"""What follows from learning curves: the gain in points and dollars by hand, the size that is enough, predictions and their checks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from typer.testing import CliRunner

from core.case import CaseInputs
from core.cli import app
from core.spec import StudySpec, preset
from core.store import models, studies
from core.studies import absorbing, learning, pilot, read
from core.studies.decide import decide
from core.studies.document import from_document, to_document
from tests.pages.curved import JUDGED, give_curve
from tests.pages.made import SAID, make_study

TODAY = date(2026, 11, 28)
PRICED = SAID.model_copy(update={"usd_per_error": 0.01, "monthly_growth": 0.0, "horizon_months": 12, "months_to_go_live": 2,
                                 "discount_rate": 0.0, "usd_per_hour": 0.36, "predictions_per_day": 1_000.0})


def grown(case=PRICED, **how):
    make_study("mine", case=case)
    give_curve(**how)
    study = read.get("mine")
    curve = learning.learnt(study)
    return curve, learning.more(decide(study, TODAY, draws=0), curve, TODAY).figures


def test_the_gain_is_the_law_s_and_its_worth_is_errors_saved_times_their_price():
    curve, figures = grown()
    gain = figures["gain_points"]
    assert gain.value == pytest.approx(100 * 0.08 * (1 - 2**-0.5), abs=0.15) and gain.low < gain.value < gain.high
    assert gain.provenance.evidence == "measured" and "from 2,560 to 5,120 texts" in gain.provenance.source
    predictions = 1_000 * 365 / 12 * 10  # ten months after go-live, undiscounted
    assert figures["gain_usd"].value == pytest.approx(gain.value / 100 * 0.01 * predictions)
    assert figures["gain_usd"].low == pytest.approx(gain.low / 100 * 0.01 * predictions)
    assert figures["labelling_usd"].value == pytest.approx(5.0 / 3600 * 0.36) and figures["more_training_usd"].value == pytest.approx(
        60.0 / 3600 * 0.36), "as many texts again take as long again"
    assert figures["collecting_usd"].value == 0, "the task has over twice the texts"
    costs = 65.0 / 3600 * 0.36
    assert figures["net_gain_usd"].value == pytest.approx(figures["gain_usd"].value - costs)
    assert figures["net_gain_usd"].low == pytest.approx(figures["gain_usd"].low - costs)
    assert curve.texts == 2_560 and curve.judged == JUDGED


def test_texts_that_the_task_does_not_have_cost_what_nobody_has_said():
    _, figures = grown(texts=8_192)
    assert figures["collecting_usd"].value is None and "nobody has said what it costs" in figures["collecting_usd"].provenance.reason
    assert figures["net_gain_usd"].value is None and figures["gain_usd"].value is not None


def test_an_api_teacher_labels_by_the_call():
    api = {"status_quo": "api", "api_usd_per_call": 0.002}
    _, figures = grown(case=PRICED.model_copy(update=api))
    assert figures["labelling_usd"].value == pytest.approx(0.002 * 2_560)
    studies.delete("mine")
    _, figures = grown(case=PRICED.model_copy(update={"status_quo": "api"}))
    assert figures["labelling_usd"].value is None and figures["net_gain_usd"].value is None


def test_a_curve_goes_through_the_document_and_a_study_without_one_has_none():
    make_study("mine")
    assert learning.learnt(read.get("mine")) is None
    assert (learning.learnt(read.example()) is not None) == bool(read.example().spec.curve.points)
    give_curve()
    study = read.get("mine")
    again = from_document(json.loads(json.dumps(to_document(decide(study, TODAY, draws=0)))), "copy")
    assert learning.learnt(again).seen == learning.learnt(study).seen


def answered(study_id, shares, texts=1_000):
    """Stores answers of students to the same texts, right on that share of them, and the accuracy that follows."""
    labels = [1] * texts
    for name, share in shares.items():
        predictions = [int(i < share * texts) for i in range(texts)]
        models.save_evaluation(study_id, name, "student", "test", labels, predictions)
        model = read.get(study_id).model(name, "student")
        figure = replace(model.figures["accuracy"], value=share, low=share - 0.02, high=share + 0.02)
        models.save_figures(study_id, name, "student", {"accuracy": figure})


def test_the_smallest_student_that_no_larger_one_beats_on_the_same_texts_is_enough():
    make_study("mine")
    answered("mine", {"depth-3": 0.80, "depth-1": 0.798})
    found = absorbing.absorbing(read.get("mine"))
    assert [model.name for model in found.students] == ["depth-1", "depth-3"] and found.few
    assert found.enough.name == "depth-1" and found.steps[0].difference.value == pytest.approx(0.2)
    answered("mine", {"depth-3": 0.80, "depth-1": 0.78})
    found = absorbing.absorbing(read.get("mine"))
    assert found.enough.name == "depth-3", "two points on the same texts are no chance, though the intervals of both overlap"
    assert found.steps[0].difference.low > 0 and "same texts" in found.steps[0].difference.provenance.source
    assert found.to_teacher.value == pytest.approx(1.2)


def test_without_stored_answers_the_intervals_themselves_decide():
    make_study("mine")
    found = absorbing.absorbing(read.get("mine"))
    assert found.enough.name == "depth-1" and "not at hand" in found.steps[0].difference.provenance.source
    half = 100 * np.hypot(0.018, 0.018)
    assert found.steps[0].difference.high - found.steps[0].difference.value == pytest.approx(half)


def predicted(texts=2_560, name="full", **how):
    make_study("mine")
    give_curve(texts=texts, **how)
    study = read.get("mine")
    curve = learning.learnt(study)
    return study, curve, pilot.aim_of(study, curve, name)


def test_an_aim_is_the_preset_s_budget_or_all_texts_of_the_task():
    study, curve, aim = predicted(name="standard")
    assert aim.texts == min(900_000 // 4 // 27, learning.texts_of(study)) and aim.passes == 4
    assert pilot.aim_of(study, curve, "full").texts == learning.texts_of(study), "the task has no more"
    beyond = pilot.presets_beyond(study)
    assert beyond[-1] == "full" and "standard" in beyond and "quick" not in beyond
    assert pilot.aim_of(study, curve, "quick").texts < curve.texts


def test_a_prediction_adds_the_law_s_gain_to_what_was_reached_and_is_less_sure_than_that():
    study, curve, _ = predicted()
    same_passes = pilot.predict(study, curve, pilot.Aim("more", 2 * curve.texts, 2, 1_900)).accuracy
    gain = learning.gain(curve, 2 * curve.texts)
    assert same_passes.value == pytest.approx(curve.model.figures["accuracy"].value + gain.value / 100, abs=0.003)
    assert same_passes.high - same_passes.low > (gain.high - gain.low) / 100
    more_passes = pilot.predict(study, curve, pilot.Aim("more", 2 * curve.texts, 8, 1_900)).accuracy
    assert more_passes.value > same_passes.value and more_passes.provenance.evidence == "default", "the worth of a pass is assumed"
    assert more_passes.high - more_passes.low > same_passes.high - same_passes.low
    few_tests = pilot.predict(study, curve, pilot.Aim("more", 2 * curve.texts, 2, 100)).accuracy
    assert few_tests.high - few_tests.low > 1.5 * (same_passes.high - same_passes.low)


def test_an_aim_with_no_more_texts_is_not_predicted():
    study, curve, _ = predicted()
    found = pilot.predict(study, curve, pilot.Aim("quick", curve.texts, 2, 1_900)).accuracy
    assert found.value is None and "gives this student no more texts" in found.provenance.reason


def test_only_later_studies_of_the_same_student_check_a_prediction():
    make_study("other", task="r8")
    give_curve("other", texts=2_560, points=1)
    make_study("mine")
    give_curve(texts=640, b=0.02)
    assert pilot.checks() == [], "one of another task was earlier"
    make_study("later")
    give_curve("later", texts=2_560, points=1)
    one, = pilot.checks()
    assert (one.study_id, one.later_id, one.student, one.prediction.aim.texts) == ("mine", "later", "depth-3", 2_560)
    assert one.held == (one.prediction.accuracy.low <= one.reached.value <= one.prediction.accuracy.high)
    give_curve("later", texts=640, points=1)
    assert pilot.checks() == [], "no larger study"


def test_students_made_otherwise_are_other_students():
    here = preset("quick", "snippets", students=[{"name": "a", "layers": 2}, {"name": "b", "family": "static", "dimensions": 64}])
    there = StudySpec(task="snippets", students=({"name": "c", "layers": 2}, {"name": "b", "layers": 1}))
    assert pilot._made(here, "a") == pilot._made(there, "c") and pilot._made(here, "b") != pilot._made(there, "b")
    assert pilot._made(here, "a") != pilot._made(there.model_copy(
        update={"distil": there.distil.model_copy(update={"method": "black box"})}), "c")


def test_the_command_prints_and_writes_it(tmp_path):
    make_study("mine", case=PRICED)
    give_curve()
    done = CliRunner().invoke(app, ["study", "learning", "mine", "--json", str(tmp_path / "learning.json")])
    assert done.exit_code == 0, done.output
    assert "5,120 texts would bring" in done.output and "Gain in accuracy" in done.output and "students by size" in done.output
    data = json.loads((tmp_path / "learning.json").read_text())
    assert data["curve"]["more"]["figures"]["gain_usd"]["unit"] == "USD" and len(data["curve"]["points"]) == 12
    assert data["predictions"][-1]["preset"] == "full" and data["sizes"]["enough"] == "depth-1"
    make_study("none")
    assert "run one with curve.points=5" in CliRunner().invoke(app, ["study", "learning", "none"]).output
    assert studies.get("none").case != CaseInputs()
