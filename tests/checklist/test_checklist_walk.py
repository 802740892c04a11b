"""The overall decision: the order of its rules, and the reasons it gives."""

from dataclasses import replace

import pytest

from core.checklist import Accuracy, Cost, Evidence, Iteration, Latency, Spending, Thresholds, Tooling, Worth, walk
from core.figures import Figure, assumed, catalogue, derived, measured, not_measured


def seen(value, unit, low=None, high=None):
    return measured(value, unit, source="run 1", device="cpu", as_of="2026-11-01", low=low, high=high)


def said(value, unit):
    return assumed(value, unit, by="user")


def worked_out(value, unit):
    return derived(value, unit, "formula", {})


def unknown(unit, reason="needs price of depth-3"):
    return not_measured(unit, reason)


SOUND = Evidence(
    option="depth-3",
    cost=Cost(said(5e6, "1/day"), worked_out(0.72, "USD/1e6"), "the status quo", worked_out(2.16, "USD/1e6"),
              catalogue(0.75, "USD/h", source="list", as_of="2026-10-01"), False, seen(1666.8, "1/s")),
    latency=Latency(seen(8.0, "ms"), said(10.0, "ms"), 662),
    accuracy=Accuracy(seen(-0.4, "points", -1.5, 0.7), said(2.0, "points")),
    spending=Spending(worked_out(12_000.0, "USD"), worked_out(35_000.0, "USD"), said(120.0, "h")),
    tooling=Tooling(seen(1.0, "share"), True, True),
    iteration=Iteration(said(6.0, "months"), worked_out(9_000.0, "USD"), worked_out(4_000.0, "USD"), "Ada", "drift"),
    worth=Worth("the status quo", worked_out(23_000.0, "USD"), worked_out(23_000.0, "USD"), worked_out(10.0, "months")),
)
SLOW = {"latency": replace(SOUND.latency, p99=seen(20.0, "ms"))}
WRONG = {"accuracy": replace(SOUND.accuracy, difference=seen(-5.0, "points", -6.0, -4.0))}
FORBIDDEN = {"tooling": replace(SOUND.tooling, teacher_terms_allow=False)}
UNSTATED = {"cost": replace(SOUND.cost, volume=assumed(1e6, "1/day", by="default"))}
NO_LIMIT = {"latency": replace(SOUND.latency, limit=unknown("ms"))}
NO_HOURS = {"spending": replace(SOUND.spending, hours=assumed(120.0, "h", by="default"))}
NO_OWNER = {"iteration": replace(SOUND.iteration, owner="")}
UNTRIED = {"tooling": replace(SOUND.tooling, agreement=unknown("share"))}
SAME_COST = {"cost": replace(SOUND.cost, usd_per_million=SOUND.cost.other_usd_per_million)}


def worth(**changes):
    return {"worth": replace(SOUND.worth, **changes)}


def payback(months):
    return worth(discounted_payback=worked_out(months, "months"))


@pytest.mark.parametrize(("changes", "overall"), [
    ({}, "invest"),
    (payback(12.0), "invest"),
    (payback(12.1), "pilot"),
    (payback(24.0), "pilot"),
    (payback(24.1), "do not invest"),
    (worth(discounted_payback=unknown("months", "does not pay back within 24 months")), "do not invest"),
    (SLOW, "do not invest"), (WRONG, "do not invest"), (FORBIDDEN, "do not invest"),
    (worth(npv=worked_out(0.0, "USD")), "do not invest"),
    (UNSTATED, "not enough evidence"), (NO_LIMIT, "not enough evidence"), (NO_HOURS, "not enough evidence"),
    (worth(npv=unknown("USD")), "not enough evidence"),
    (NO_OWNER, "invest"), (UNTRIED, "invest"),
    (SAME_COST, "pilot"),
])
def test_the_decision(changes, overall):
    verdict = walk(replace(SOUND, **changes))
    assert verdict.overall == overall
    assert verdict.reasons
    assert [item.item for item in verdict.items] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("against", [SLOW, WRONG, FORBIDDEN, worth(npv=worked_out(-1.0, "USD"))])
def test_a_failure_that_decides_comes_before_missing_evidence(against):
    assert walk(replace(SOUND, **(NO_HOURS | against))).overall == "do not invest"


def test_missing_evidence_comes_before_payback():
    assert walk(replace(SOUND, **(NO_LIMIT | payback(30.0)))).overall == "not enough evidence"


def test_the_reasons_name_both_npvs_and_every_open_item():
    verdict = walk(replace(SOUND, **(NO_OWNER | worth(npv=worked_out(1_000.0, "USD"), other="the control"))))
    said_in_all = " ".join(verdict.reasons)
    assert "the control is $1,000" in said_in_all and "status quo $23,000" in said_in_all
    assert "no owner" in said_in_all and "SingleStream only" in said_in_all
    assert "Volume and cost" not in said_in_all


def test_every_reason_to_decline_is_given():
    verdict = walk(replace(SOUND, **(SLOW | WRONG | worth(npv=worked_out(-1.0, "USD")))))
    assert len(verdict.reasons) == 3


def test_thresholds_are_open_to_change():
    assert walk(replace(SOUND, **payback(20.0)), Thresholds(invest_months=20.0)).overall == "invest"


def test_every_item_is_worded_and_carries_figures():
    for item in walk(SOUND).items:
        assert item.rule.endswith(".") and item.reason.endswith(".") and item.title
        assert item.figures and all(isinstance(figure, Figure) for figure in item.figures.values())
        assert item.status == "pass" or item.action.endswith(".")
