"""One study against another: a planted regression is found, a harmless change is not, and machines are told apart."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from typer.testing import CliRunner

from core import tasks
from core.cli.root import app
from core.errors import UserError
from core.figures import Figure, Provenance
from core.machine import differences
from core.models.tokens import select
from core.store import models, studies
from core.studies import compare_words, frozen, read
from core.studies.compare import compare, earlier, previous
from core.studies.decide import decide
from core.studies.moved import moves
from core.studies.shared_texts import rows_read
from tests.pages.made import MACHINE, make_study
from tests.studies.answered import answered, rows_right

CENTRE = Provenance("measured", "test")


def figure(value, unit, half=None):
    return Figure(value, unit, CENTRE) if half is None else Figure(value, unit, CENTRE, value - half, value + half)


def compared(a="one", b="two", margin=2.0):
    return compare(studies.get(a), studies.get(b), margin)


def by_name(found):
    return {model.name: model for model in found.models}


def test_the_rows_are_those_that_the_evaluation_reads():
    lengths = np.random.default_rng(1).integers(5, 40, 500)
    for seed, tokens in ((0, 3_000), (7, 900), (7, 10**9)):
        taken = select(lengths.tolist(), tokens, 1, seed)
        assert np.array_equal(rows_read(len(taken), 500, seed), taken)


def test_a_planted_regression_is_found_with_its_texts():
    planted = rows_right(60)
    answered("one")
    answered("two", {"depth-1": planted})
    found = compared()
    lost, kept = by_name(found)["depth-1"], by_name(found)["depth-3"]
    assert [model.name for model in found.regressions] == ["depth-1"]
    assert (lost.outcome, lost.texts, lost.regressed, lost.fixed) == ("worse", 1200, 60, 0)
    assert lost.difference.value == pytest.approx(-5.0) and lost.difference.high < -2.0
    assert (kept.outcome, kept.regressed) == ("within margin", 0)
    test = tasks.load("snippets").test
    assert {one.row for one in lost.regressions} == set(planted) and found.texts_at_hand
    assert all(one.text == test["text"].iloc[one.row] and one.label != one.answer for one in lost.regressions)
    assert [one.sure for one in lost.regressions] == sorted((one.sure for one in lost.regressions), reverse=True)
    assert compare_words.answer(found).startswith("Regression: depth-1 lost 5 points (")


def test_a_harmless_change_is_not_a_regression():
    rows = rows_right(12)
    answered("one", {"depth-1": rows[:6]})
    answered("two", {"depth-1": rows[6:]})
    found = compared()
    model = by_name(found)["depth-1"]
    assert (model.regressed, model.fixed, model.outcome) == (6, 6, "within margin")
    assert not found.regressions and compare_words.answer(found) == "No regression: no model lost more than 2 points"


def test_what_cannot_be_settled_says_how_many_texts_would():
    answered("one", read=300)
    answered("two", {"depth-1": rows_right(5, 300)}, read=300)
    model = by_name(compared())["depth-1"]
    assert model.outcome == "inconclusive" and model.more > 0
    assert compare_words.verdict(model) == f"inconclusive: {model.more:,} more texts would settle it"


def test_a_control_that_lost_is_no_regression():
    answered("one")
    answered("two")
    stored = {(e.role, e.name): e for e in models.evaluations("two")}["control", "depth-1"]
    flipped = [1 - answer for answer in stored.predictions]
    models.save_evaluation("two", "depth-1", "control", "test", stored.labels, flipped)
    found = compared()
    assert by_name(found)["control of depth-1"].outcome == "worse" and not found.regressions


def test_only_texts_that_both_read_count():
    answered("one", read=1000)
    answered("two", {"depth-1": rows_right(60)}, read=1200)
    model = by_name(compared())["depth-1"]
    assert (model.texts, model.regressed) == (1000, 60)


def test_texts_are_matched_whatever_the_order_of_reading():
    answered("one", {"depth-1": rows_right(30)}, seed=5)
    answered("two", {"depth-1": rows_right(60)})
    found = compared()
    model, test = by_name(found)["depth-1"], tasks.load("snippets").test
    both = set(rows_read(1200, len(test), 0)) & set(rows_read(1200, len(test), 5))
    assert model.texts == len(both) < 1200 and model.fixed == 0 and found.texts_at_hand
    assert {one.row for one in model.regressions} == set(rows_right(60)[30:]) & both


def test_a_changed_task_gives_no_pairs_and_other_labels_no_texts():
    answered("one")
    answered("two")
    stored = models.evaluations("two")
    for one in stored:
        models.save_evaluation("two", one.name, one.role, "test", [1 - label for label in one.labels], one.predictions)
    found = compared()
    assert not found.judged and "were changed between the two studies" in compare_words.answer(found)
    for one in models.evaluations("one"):
        models.save_evaluation("one", one.name, one.role, "test", [1 - label for label in one.labels], one.predictions)
    found = compared()
    assert found.judged and not found.texts_at_hand and by_name(found)["depth-1"].regressions == ()


def test_texts_are_not_shown_once_the_teachers_reference_texts_differ_from_the_task(tmp_path):
    answered("one")
    answered("two", {"depth-1": rows_right(3)})
    home = studies.get("one")
    teacher = home.model("minilm", "teacher")
    from core import settings

    folder = settings.folder("models", "one", "teacher")
    texts = tasks.load("snippets").validation["text"].head(4).tolist()
    for reference, at_hand in ((texts, True), ([*texts[:3], "another text"], False)):
        (folder / "artifact.json").write_text(json.dumps({"reference_texts": reference}))
        models.save_model("one", teacher, folder)
        found = compared()
        assert found.texts_at_hand == at_hand
        assert {one.text is None for one in by_name(found)["depth-1"].regressions} == {not at_hand}


def test_figures_move_when_their_intervals_are_disjoint_and_not_when_they_meet():
    before = {"accuracy": figure(0.80, "share", 0.01), "macro_f1": figure(0.80, "share", 0.01), "latency_p50_ms": figure(10, "ms", 1),
              "throughput_per_s": figure(100, "1/s", 5), "parameters": figure(100, "count"), "latency_p99_ms": figure(20, "ms")}
    after = {"accuracy": figure(0.77, "share", 0.01), "macro_f1": figure(0.781, "share", 0.01), "latency_p50_ms": figure(7, "ms", 1),
             "throughput_per_s": figure(80, "1/s", 5), "parameters": figure(120, "count"), "latency_p99_ms": figure(90, "ms")}
    found = moves(before, after, same_machine=True)
    assert {move.name: move.direction for move in found.moved} == {
        "accuracy": "worse", "latency_p50_ms": "better", "throughput_per_s": "worse", "parameters": "up"}
    assert found.without == ("latency_p99_ms",) and found.judged == 5
    elsewhere = moves(before, after, same_machine=False)
    assert {move.name for move in elsewhere.moved} == {"accuracy", "parameters"}
    assert set(elsewhere.elsewhere) == {"latency_p50_ms", "throughput_per_s", "latency_p99_ms"}


def test_a_slice_that_fell_is_among_what_moved():
    answered("one")
    answered("two")
    for study_id, accuracy in (("one", 0.8), ("two", 0.6)):
        student = studies.get(study_id).model("depth-1", "student")
        slices = {"length: long": {"accuracy": figure(accuracy, "share", 0.05), "texts": figure(400, "count")},
                  "length: short": {"accuracy": figure(0.8, "share", 0.05)}}
        models.save_judged(study_id, replace(student, slices=slices))
    found = by_name(compared())["depth-1"].moves
    assert [(move.name, move.direction) for move in found.moved] == [("accuracy in length: long", "worse")]
    assert not any("in length" in name for name in found.without)
    assert compare_words.moved(found.moved[0]) == "Accuracy in length: long: 80 % (75.0 to 85.0 %), then 60 % (55.0 to 65.0 %): worse"


def test_variants_are_compared_by_their_figures_and_one_that_fails_now_is_told():
    answered("one")
    answered("two")
    for study_id, accuracy in (("one", 0.8), ("two", 0.6)):
        student = studies.get(study_id).model("depth-1", "student")
        for precision, shown, details in (("int8", {"accuracy": figure(accuracy, "share", 0.05)}, {}),
                                          ("fp32", {"accuracy": figure(0.8, "share", 0.05)}, {}),
                                          ("int8-static", {}, {"failed": "No calibration."} if study_id == "two" else {})):
            models.save_model(study_id, replace(student, runtime="onnxruntime", precision=precision, figures=shown, details=details))
    found = compared()
    told = compare_words.worth_telling(found.variants)
    assert len(found.variants) == 3 and [len(model.moves.moved) for model in told] == [1, 0]
    assert "int8" in told[0].name and told[0].moves.moved[0].direction == "worse"
    assert compare_words.verdict(told[1]) == "not compared: it could not be served this time: No calibration."
    assert "3 in both studies, 2 with something to tell" in compare_words.other_ways(found)
    assert [model.name for model in found.models] == ["teacher", "depth-3", "control of depth-3", "depth-1", "control of depth-1"]
    said = run("one", "two").stdout
    assert "int8" in said and "60 % (55.0 to 65.0 %): worse" in said and not found.gone and not found.new


def test_speed_is_not_judged_between_machines_and_the_page_says_which():
    answered("one")
    answered("two", machine={**MACHINE, "cpu": "Other CPU", "packages": {"torch": "2.14.0"}})
    said = compare_words.machines(compared())
    assert said.startswith("Measured on different machines") and "CPU: Test CPU against Other CPU" in said
    assert "torch: 2.13.0 against 2.14.0" in said
    assert differences(MACHINE, {**MACHINE, "packages": {"torch": "2.13.0", "streamlit": "9"}}) == ()


def test_previous_is_the_newest_finished_study_of_the_task():
    for study_id, more in (("a", {}), ("b", {}), ("c", {"task": "r8"}), ("d", {"state": "cancelled"}), ("e", {})):
        make_study(study_id, **more)
    assert previous(studies.get("e")) == "b" and previous(studies.get("a")) is None and previous(studies.get("c")) is None


def item_6(study_id, margin=2.0, **said):
    study = studies.get(study_id)
    case = study.case.model_copy(update={"accuracy_margin_points": margin, "redistil_every_months": 6, "redistil_owner": "Ada",
                                         "redistil_trigger": "drift", "predictions_per_day": 400e6, **said})
    return decide(study, date(2026, 11, 25), case, 0, earlier(study)).verdict.items[5]


def test_item_6_warns_of_a_regression_against_the_previous_study_by_the_margin_of_the_case():
    answered("one", name="October")
    assert earlier(studies.get("one")) is None and item_6("one").reason.endswith(".") and "previous" not in item_6("one").reason
    answered("two", {"depth-1": rows_right(60)}, name="November")
    found = item_6("two")
    assert found.status == "warn" and ("Against the previous study of the task, October (one), depth-1 lost 5 points (3.8 to 6.3 points), "
                                       "more than the margin of 2 points.") in found.reason
    assert found.figures["change_points of depth-1"] == by_name(compared())["depth-1"].difference, "as study compare has it"
    assert "(on the page Study, or by python -m core study compare one two)" in found.action
    assert "and none is ruled out for depth-1" in item_6("two", 4.0).reason and item_6("two", 4.0).status == "pass"
    assert item_6("two", 9.0).reason.endswith("No regression against the previous study of the task, October (one).")
    assert item_6("two", redistil_owner=None).status == "not enough evidence"


def test_where_the_previous_study_shares_no_texts_item_6_says_so():
    make_study("bare")
    answered("two")
    assert item_6("two").status == "pass"
    assert "is not known: the answers to the test texts are not stored in both studies." in item_6("two").reason


def test_a_saved_case_keeps_what_the_previous_study_said():
    answered("one", name="October")
    answered("two", {"depth-1": rows_right(60)})
    two = studies.get("two")
    basis = frozen.as_now(two, date(2026, 11, 25))
    assert basis.earlier.id == "one"
    studies.delete("one")
    assert earlier(two) is None
    again = frozen.from_json(json.loads(json.dumps(frozen.to_json(basis))), "two", recorded=False)
    assert again.earlier == basis.earlier and "October (one)" in frozen.decide_on(again, two.case, 0).verdict.items[5].reason
    old = {key: value for key, value in frozen.to_json(basis).items() if key != "earlier"}
    assert frozen.from_json(old, "two", recorded=False).earlier is None


def test_what_cannot_be_compared_is_refused():
    for study_id, more in (("a", {}), ("b", {"task": "r8"}), ("c", {"state": "cancelled"})):
        make_study(study_id, **more)
    for other, message in (("a", "named twice"), ("b", "compare studies of one task"), ("c", "'c' is cancelled")):
        with pytest.raises(UserError, match=message):
            compare(studies.get("a"), studies.get(other), 2.0)
    with pytest.raises(UserError, match="0 is not a margin"):
        compare(studies.get("a"), read.example(), 0)


def run(*arguments):
    return CliRunner().invoke(app, ["study", "compare", *arguments], catch_exceptions=True)


def test_the_exit_status_stands_in_a_pipeline(tmp_path):
    answered("one")
    answered("two", {"depth-1": rows_right(60)})
    answered("three", {"depth-1": rows_right(2)})
    make_study("bare")
    lost, fine, unknown = (
        run("one", *rest, "--margin", "2") for rest in (("two", "--json", str(tmp_path / "c.json")), ("three",), ("bare",)))
    assert lost.exit_code == 3 and "Regression: depth-1 lost 5 points" in lost.stdout
    assert fine.exit_code == 0 and "No regression" in fine.stdout
    assert isinstance(unknown.exception, UserError) and "run the study anew" in str(unknown.exception)
    assert run("one", "two", "--margin", "9").exit_code == 0
    data = json.loads((tmp_path / "c.json").read_text())
    rows = {model["name"]: model for model in data["models"]}
    assert data["regression"] is True and rows["depth-1"]["outcome"] == "worse" and len(rows["depth-1"]["regressions"]) == 60
    assert rows["depth-1"]["difference"]["unit"] == "points"
    assert isinstance(run("one", "nobody").exception, UserError)
    assert run("one", "two").exit_code == 0  # the study's own case allows 4 points: inconclusive
    only = run("one", "two", "--margin", "2", "--json", "-")
    assert only.exit_code == 3 and json.loads(only.stdout)["after"] == "two"


def test_a_text_from_outside_cannot_drive_the_terminal():
    from core.cli.comparing import _on_one_line

    assert _on_one_line("a\x1b[31m b\nc\r" + "x" * 200).startswith("a[31m b c xxx")
    assert len(_on_one_line("x" * 200)) == 110


