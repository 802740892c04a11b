"""Saved cases: frozen with their measurements and prices, computed anew beside the old one, and the example's own three."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.case import Activity, CaseInputs
from core.errors import UserError
from core.figures import Figure
from core.records import CascadePoint
from core.roi.options import value
from core.store import models
from core.studies import cases, frozen, outcome, own_prices, prices, read, submit
from core.studies.decide import decide
from core.studies.differences import Change, Words, changed, changes
from core.studies.document import to_document
from core.studies.frozen import Basis
from tests.pages.made import SAID, make_study

DAY = date(2026, 11, 25)
BUSY = SAID.model_copy(update={"predictions_per_day": 4e8, "instance": "aws/m6i.large"})


@pytest.fixture
def study() -> str:
    return make_study("mine", case=BUSY)


def now(study_id: str = "mine", day: date = DAY) -> Basis:
    return frozen.as_now(read.get(study_id), day)


def measured_again(rate: float = 300.0) -> None:
    """The teacher of the study turns out faster than it was measured first."""
    teacher = next(m for m in read.get("mine").models if m.role == "teacher")
    models.save_figures("mine", "minilm", "teacher", {"throughput_per_s": replace(teacher.figures["throughput_per_s"], value=rate)})


def test_what_is_frozen_comes_back_figure_by_figure_through_json(study: str) -> None:
    figure = Figure(1 / 3, "share", read.get(study).models[0].figures["accuracy"].provenance, 0.1 + 0.2, 0.4)
    models.save_cascade(study, "depth-1", "student", [CascadePoint(0.5, figure, figure, figure)])
    basis = now()
    back = frozen.from_json(json.loads(json.dumps(frozen.to_json(basis))), study, recorded=False)
    assert back == replace(basis, study=replace(basis.study, curves=()))


def test_a_case_answers_as_it_did_after_the_study_is_measured_again_and_prices_have_changed(study: str) -> None:
    inputs = BUSY.model_copy(update={"predictions_per_day": 5e8})
    before = to_document(frozen.decide_on(now(), inputs))
    saved = cases.save(now(), inputs, "Peak season")
    measured_again()
    own_prices.add({"provider": "aws", "instance": "m6i.large", "region": "us-east-1", "vcpus": "2", "memory_gib": "8",
                    "usd_per_hour": "0.5"}, DAY)
    found = cases.get(study, saved.id)
    after = to_document(frozen.decide_on(cases.basis_of(found), found.inputs))
    assert {**after, "curves": before["curves"]} == before, "to the last digit"
    assert outcome.outcome(frozen.decide_on(now(), inputs)) != found.outcome == cases.outcome_of(saved), "the study itself moved on"


def test_a_case_is_judged_by_the_day_it_was_saved_on(study: str) -> None:
    saved = cases.save(now(day=date(2026, 8, 1)), BUSY, "Then")  # the list that ships is of 20 July 2026
    then, today = (frozen.decide_on(basis, BUSY).verdict.items[0].reason for basis in (cases.basis_of(saved), now()))
    assert "over 90 days old" in today and "over 90 days old" not in then


@pytest.mark.parametrize(("changes_figures", "changes_price", "told"), [
    (False, False, ()), (True, False, ("measurement",)), (False, True, ("price",)), (True, True, ("measurement", "price"))])
def test_what_is_newer_is_said(study: str, changes_figures: bool, changes_price: bool, told: tuple[str, ...]) -> None:
    saved = cases.save(now(), BUSY, "Then")
    if changes_figures:
        measured_again()
    if changes_price:
        own_prices.add({"provider": "aws", "instance": "m6i.large", "region": "us-east-1", "vcpus": "2", "memory_gib": "8",
                        "usd_per_hour": "0.5"}, DAY)
    assert cases.newer(saved, cases.basis_of(saved), read.get(study), DAY + timedelta(days=1)) == told


def test_a_price_of_another_machine_is_nothing_new(study: str) -> None:
    saved = cases.save(now(), BUSY, "Then")
    own_prices.add({"provider": "acme", "instance": "huge", "region": "here", "vcpus": "64", "usd_per_hour": "9"}, DAY)
    assert cases.newer(saved, cases.basis_of(saved), read.get(study), DAY) == ()


def test_recomputing_makes_a_copy_and_says_what_moved(study: str) -> None:
    old = cases.save(now(), BUSY, "Then")
    measured_again(900.0)
    new = cases.recompute(old, read.get(study), DAY)
    assert (new.name, new.base, new.inputs) == ("Then, recomputed 25 Nov 2026", old.id, old.inputs)
    assert [case.id for case in cases.listed(study)] == [old.id, new.id]
    before, after = cases.outcome_of(old), cases.outcome_of(new)
    assert value(after.figures["monthly_saving_usd"]) < value(before.figures["monthly_saving_usd"])
    assert cases.recomputed_from(new) == old
    assert cases.newer(new, cases.basis_of(new), read.get(study), DAY) == ()


def test_a_copy_rests_on_the_same_figures_and_is_not_taken_for_recomputed(study: str) -> None:
    old = cases.save(now(), BUSY, "Then")
    measured_again()
    copied = cases.copy(old, "Twin")
    assert (copied.base, copied.outcome, copied.rests_on) == (old.id, old.outcome, old.rests_on) and copied.id != old.id
    assert cases.recomputed_from(copied) is None
    cases.delete(old)
    assert cases.get(study, copied.id).outcome == copied.outcome


def test_a_long_name_leaves_room_for_the_day(study: str) -> None:
    old = cases.save(now(), BUSY, "x" * 80)
    assert len(cases.recompute(old, read.get(study), DAY).name) == 80


def test_cases_go_with_their_study_and_not_with_another(study: str) -> None:
    make_study("other")
    mine, other = cases.save(now(), BUSY, "a"), cases.save(now("other"), SAID, "b")
    with pytest.raises(UserError, match=f"case: '{other.id}' is not known here"):
        cases.get(study, other.id)
    submit.delete(study)
    with pytest.raises(UserError, match=f"case: '{mine.id}' is not known here"):
        cases.get(study, mine.id)
    assert cases.get("other", other.id) == other


def test_nothing_is_frozen_before_a_student_is_measured_or_with_bad_inputs(study: str) -> None:
    make_study("young", "running")
    with pytest.raises(UserError, match="'early' has nothing to freeze yet"):
        cases.save(now("young"), BUSY, "early")
    with pytest.raises(UserError, match="'aws/nothing' is not in the price list"):
        cases.save(now(), BUSY.model_copy(update={"instance": "aws/nothing"}), "bad")
    assert cases.listed("young") == cases.listed(study) == ()


def test_prices_are_held_only_inside_the_block_and_after_an_error_too() -> None:
    listed = prices.instances()
    with pytest.raises(RuntimeError), prices.held(listed[:1]):
        assert prices.instances() == listed[:1]
        raise RuntimeError
    assert prices.instances() == listed


# The example's own cases.

@pytest.mark.shipped
def test_the_shipped_cases_come_to_three_different_verdicts_and_each_is_right() -> None:
    million, many, api = (cases.outcome_of(case) for case in cases.shipped())
    assert million.verdict == "do not invest" and api.verdict == "not enough evidence"
    assert many.verdict in ("invest", "pilot")
    assert value(million.figures["npv_usd"]) < 0 < value(many.figures["npv_usd"]), "the volume alone turns it"
    assert value(api.figures["npv_usd"]) > 0, "it is the quality that is missing, not the money"


def test_two_shipped_cases_differ_by_the_volume_alone_and_the_third_by_the_api() -> None:
    million, many, api = (case.inputs for case in cases.shipped())
    assert changed(million, many) == ("predictions_per_day",)
    assert set(changed(million, api)) == {"status_quo", "api_provider", "api_model", "api_input_tokens", "api_output_tokens"}


@pytest.mark.shipped
def test_the_verdicts_of_shipped_cases_rest_on_nothing_of_the_users() -> None:
    before = [cases.outcome_of(case) for case in cases.shipped()]
    own_prices.add({"provider": "aws", "instance": "c7g.large", "region": "here", "vcpus": "2", "memory_gib": "4",
                    "usd_per_hour": "0.001"}, DAY)
    assert [cases.outcome_of(case) for case in cases.shipped()] == before
    assert cases.newer(cases.shipped()[0], cases.basis_of(cases.shipped()[0]), read.example(), DAY) == ()


def test_a_shipped_case_stays_and_can_be_copied() -> None:
    case = cases.get(read.EXAMPLE, "a-million")
    for change in (cases.delete, lambda each: cases.rename(each, "x")):
        with pytest.raises(UserError, match="'A million a day' ships with the example and stays as it is; copy it first"):
            change(case)
    copied = cases.copy(case, "Mine")
    assert not copied.shipped and copied.study_id == read.EXAMPLE and copied.outcome == cases.outcome_of(case)
    assert cases.basis_of(copied).study.recorded
    cases.rename(copied, "Ours")
    assert [each.name for each in cases.listed(read.EXAMPLE)][3:] == ["Ours"]


# What serves today is not the measured teacher.

@pytest.mark.parametrize(("said", "why"), [
    ({"status_quo": "api", "api_usd_per_call": 0.001}, "an API serves today, and its answers to the test texts are not measured"),
    ({"status_quo": "bill", "monthly_bill_usd": 1e5, "bill_predictions_per_month": 1e9}, "only the bill is known")])
def test_nobody_knows_how_a_student_compares_with_an_api_or_a_bill(said: dict[str, object], why: str) -> None:
    inputs = BUSY.model_copy(update=said)
    decision = decide(read.example(), DAY, inputs)
    item = decision.verdict.items[2]
    assert item.status == "not enough evidence" and why in item.reason
    assert item.figures["difference_points"].value is None
    assert decision.other == decision.roi.status_quo.name, "nothing else is known to be right enough either"
    assert not any(found.accuracy.difference.value is not None for found in decision.ruling.candidates)


def test_errors_cannot_be_priced_against_an_api_that_nobody_measured() -> None:
    decision = decide(read.example(), DAY, BUSY.model_copy(update={"status_quo": "api", "api_usd_per_call": 0.001, "usd_per_error": 0.01}))
    assert decision.against.npv_usd.value is None and decision.verdict.overall == "not enough evidence"


# Differences in words.

def test_changes_are_told_in_words_with_units() -> None:
    base = CaseInputs(predictions_per_day=1e6, ranges={"engineering_hours": "60 to 240"})
    now = CaseInputs(predictions_per_day=2.5e7, monthly_growth=0.02, basis="batch", teacher_terms_allow=True, redistil_owner="Team <A>",
                     activities=[Activity(activity="label", hours=8, usd_per_hour=40), Activity(activity="build", hours=2)])
    assert changes(base, now) == (
        Change("predictions_per_day", "1 M predictions a day", "25 M predictions a day"), Change("monthly_growth", "0 % (default)", "2 %"),
        Change("basis", "provisioned", "batch"), Change("engineering_hours", "120 h", "120 h (default)"),
        Change("activities", "not stated", "label: 8 h at $40.00; build: 2 h"), Change("redistil_owner", "not stated", "Team <A>"),
        Change("teacher_terms_allow", "not stated", "yes"), Change("ranges.engineering_hours", "60 to 240", "no range"))


def test_values_that_look_the_same_in_three_figures_are_told_with_all_digits() -> None:
    (change,) = changes(CaseInputs(predictions_per_day=1_234_567), CaseInputs(predictions_per_day=1_234_568))
    assert (change.before, change.after) == ("1,234,567 predictions a day", "1,234,568 predictions a day")


def test_a_profile_of_the_day_is_told_by_its_weights_and_gives_the_peak() -> None:
    words = Words(CaseInputs(hourly_profile=[1.0] * 23 + [3.0]))
    assert words("hourly_profile").endswith("1, 3") and "default" not in words("peak_to_mean")


def test_equal_cases_have_no_changes() -> None:
    assert changes(SAID, SAID.model_copy()) == ()
