"""Each item's rule, one test for each outcome that it can have."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checklist import Accuracy, Against, Cost, Iteration, Latency, Spending, Thresholds, Tooling, qualifies, why_not
from core.checklist.money import cost, iteration, spending
from core.checklist.performance import accuracy, latency
from core.checklist.tooling import tooling
from core.figures import assumed, catalogue, derived, measured, not_measured

LIMITS = Thresholds()
LACKS = "not enough evidence"


def seen(value, unit, low=None, high=None):
    return measured(value, unit, source="run 1", device="cpu", as_of="2026-11-01", low=low, high=high)


def said(value, unit):
    return assumed(value, unit, by="user")


def unsaid(value, unit):
    return assumed(value, unit, by="default")


def worked_out(value, unit):
    return derived(value, unit, "formula", {})


def unknown(unit):
    return not_measured(unit, "not run yet")


PRICED = Cost(said(5e6, "1/day"), worked_out(0.72, "USD/1e6"), "the status quo", worked_out(2.16, "USD/1e6"),
              catalogue(0.75, "USD/h", source="list", as_of="2026-10-01"), False, seen(1666.8, "1/s"))


@pytest.mark.parametrize(("change", "status", "word"), [
    ({}, "pass", "the status quo"),
    ({"price_is_stale": True}, "warn", "90 days"),
    ({"price": said(0.75, "USD/h")}, "warn", "assumed price"),
    ({"price": unsaid(0.75, "USD/h")}, "warn", "assumed price"),
    ({"capacity": worked_out(1666.8, "1/s")}, "warn", "derived"),
    ({"usd_per_million": worked_out(2.16, "USD/1e6"), "other": "the control, trained on labels alone,"}, "fail",
     "the control, trained on labels alone, costs the same"),
    ({"usd_per_million": worked_out(9.0, "USD/1e6")}, "fail", "costs less"),
    ({"volume": unsaid(1e6, "1/day")}, LACKS, "default"),
    ({"usd_per_million": unknown("USD/1e6")}, LACKS, "not run yet"),
    ({"other_usd_per_million": unknown("USD/1e6")}, LACKS, "the status quo"),
])
def test_item_1_cost(change, status, word):
    item = cost(replace(PRICED, **change), LIMITS)
    assert (item.item, item.status) == (1, status)
    assert word in item.reason
    assert (item.action == "") == (status == "pass")


FAST = Latency(seen(8.0, "ms", 7.5, 8.5), said(10.0, "ms"), 662, under_load=True)


@pytest.mark.parametrize(("change", "status", "word"), [
    ({}, "pass", "within the limit"),
    ({"p99": seen(10.0, "ms", 9.5, 10.5)}, "warn", "straddles"),
    ({"under_load": False}, "warn", "SingleStream only"),
    ({"p99": seen(8.0, "ms")}, "warn", "fewer than 5 invocations"),
    ({"p99": seen(12.0, "ms", 11.0, 13.0)}, "fail", "above the limit"),
    ({"p99": seen(12.0, "ms"), "under_load": False}, "fail", "above the limit"),
    ({"limit": unknown("ms")}, LACKS, "Nobody has said"),
    ({"queries": 661}, LACKS, "661"),
    ({"p99": unknown("ms"), "queries": None}, LACKS, "not run yet"),
])
def test_item_2_latency(change, status, word):
    item = latency(replace(FAST, **change), LIMITS)
    assert (item.item, item.status) == (2, status)
    assert word in item.reason
    assert (item.action == "") == (status == "pass")


GOOD = Accuracy(seen(-0.4, "points", -1.5, 0.7), said(2.0, "points"), slices={"short": seen(-3.9, "points")},
                errors_are_priced=True)


@pytest.mark.parametrize(("change", "status", "word"), [
    ({}, "pass", "within the margin"),
    ({"errors_are_priced": False}, "warn", "not priced"),
    ({"slices": {"short": seen(-4.1, "points"), "long": seen(-5.0, "points")}}, "warn", "slice long"),
    ({"difference": seen(-5.0, "points", -6.0, -4.0)}, "fail", "beyond"),
    ({"difference": seen(-1.5, "points", -2.6, -0.4), "more_texts": 1234}, LACKS, "straddles"),
    ({"difference": seen(-1.0, "points")}, LACKS, "no interval"),
    ({"difference": unknown("points")}, LACKS, "not run yet"),
    ({"margin": unknown("points")}, LACKS, "Nobody has said"),
])
def test_item_3_accuracy(change, status, word):
    item = accuracy(replace(GOOD, **change), LIMITS)
    assert (item.item, item.status) == (3, status)
    assert word in item.reason
    assert (item.action == "") == (status == "pass")


def test_item_3_says_how_many_more_texts_would_settle_it():
    doubtful = replace(GOOD, difference=seen(-1.5, "points", -2.6, -0.4), more_texts=1234)
    assert "1,234 more texts" in accuracy(doubtful, LIMITS).action


@given(low=st.floats(-10, 10), width=st.floats(0, 10))
def test_item_3_decides_by_the_interval_alone(low, width):
    status = accuracy(replace(GOOD, difference=seen(low + width / 2, "points", low, low + width), slices={}), LIMITS).status
    assert status == ("pass" if low > -2 else "fail" if low + width < -2 else LACKS)


SPENT = Spending(worked_out(12_000.0, "USD"), worked_out(35_000.0, "USD"), said(120.0, "h"))


@pytest.mark.parametrize(("change", "status", "word"), [
    ({}, "pass", "$35,000"),
    ({"most": worked_out(12_000.0, "USD")}, "pass", "$12,000"),
    ({"most": worked_out(11_000.0, "USD")}, "fail", "at most $11,000"),
    ({"most": worked_out(-5.0, "USD")}, "fail", "no upfront cost at all"),
    ({"hours": unsaid(120.0, "h")}, LACKS, "default"),
    ({"upfront": unknown("USD")}, LACKS, "upfront cost"),
    ({"most": unknown("USD")}, LACKS, "most that may be spent"),
])
def test_item_4_upfront(change, status, word):
    item = spending(replace(SPENT, **change))
    assert (item.item, item.status) == (4, status)
    assert word in item.reason
    assert (item.action == "") == (status == "pass")


WORKS = Tooling(seen(0.995, "share"), teacher_terms_allow=True, target_is_this_machine=True)


@pytest.mark.parametrize(("change", "status", "word"), [
    ({}, "pass", "99.5"),
    ({"target_is_this_machine": None}, "warn", "this machine"),
    ({"target_is_this_machine": False}, "warn", "this machine"),
    ({"teacher_terms_allow": None}, "warn", "terms"),
    ({"agreement": seen(0.99, "share")}, "fail", "99.5%"),
    ({"teacher_terms_allow": False}, "fail", "forbid"),
    ({"teacher_terms_allow": False, "agreement": unknown("share")}, "fail", "forbid"),
    ({"agreement": unknown("share")}, LACKS, "has not been loaded"),
])
def test_item_5_tooling(change, status, word):
    item = tooling(replace(WORKS, **change), LIMITS)
    assert (item.item, item.status) == (5, status)
    assert word in item.reason
    assert (item.action == "") == (status == "pass")


FITS = replace(WORKS, memory={"peak_memory_bytes": seen(6.9e8, "bytes", 6.8e8, 7.0e8)}, memory_limit=said(700.0, "MB"))


@pytest.mark.parametrize(("change", "status", "word"), [
    ({}, "pass", "peak memory is 690 MB (680 to 700 MB), within the limit of 700 MB"),
    ({"memory_limit": said(699.9, "MB")}, "fail", "Peak memory is 690 MB (680 to 700 MB), above the limit of 700 MB"),
    ({"memory_limit": said(699.9, "MB"), "agreement": unknown("share")}, "fail", "above the limit"),
    ({"memory": {"peak_memory_bytes": seen(6.9e8, "bytes")}, "memory_limit": said(690.0, "MB")}, "pass", "within the limit of 690 MB"),
    ({"memory": {**FITS.memory, "device_bytes": seen(1.2e9, "bytes")}}, "fail", "GPU memory of the process is 1.2 GB, above"),
    ({"memory": {**FITS.memory, "device_bytes": seen(5e8, "bytes")}}, "pass", "GPU memory of the process is 500 MB, within"),
    ({"memory": {"peak_memory_bytes": unknown("bytes")}}, LACKS, "Peak memory is not known (not run yet)"),
    ({"memory": {"peak_memory_bytes": unknown("bytes")}, "memory_limit": unknown("MB")}, "pass", "on the machine that will serve"),
    ({"memory": {}}, "pass", "on the machine that will serve"),
    ({"target_is_this_machine": None}, "warn", "within the limit of 700 MB, but that is known only of this machine"),
])
def test_item_5_holds_memory_against_the_limit(change, status, word):
    item = tooling(replace(FITS, **change), LIMITS)
    assert (item.item, item.status) == (5, status)
    assert word in item.reason
    assert (item.action == "") == (status == "pass")
    assert ("memory_limit_mb" in item.figures) == (replace(FITS, **change).memory_limit.value is not None)


BROUGHT = replace(FITS, tool="ONNX Runtime", support="vendor", maturity="stable", integration=said(16.0, "h"))


@pytest.mark.parametrize(("change", "status", "word"), [
    ({}, "pass", "on the machine that will serve"),
    ({"support": None, "maturity": None, "integration": unknown("h")}, "pass", "on the machine that will serve"),
    ({"support": "in-house", "maturity": "beta"}, "pass", "on the machine that will serve"),
    ({"maturity": "experimental"}, "warn", "but ONNX Runtime is stated to be experimental."),
    ({"maturity": "deprecated", "support": "none"}, "warn", "but ONNX Runtime is stated to be deprecated and without support."),
    ({"support": "none", "teacher_terms_allow": None}, "warn", "without support"),
    ({"support": "none", "agreement": seen(0.9, "share")}, "fail", "is the least"),
])
def test_item_5_warns_of_a_doubtful_tool(change, status, word):
    item = tooling(replace(BROUGHT, **change), LIMITS)
    assert item.status == status and word in item.reason
    assert (item.action == "") == (status == "pass")
    assert "integration_hours of ONNX Runtime" in item.figures


PLAN = Iteration(said(6.0, "months"), worked_out(9_000.0, "USD"), worked_out(4_000.0, "USD"), "Ada", "accuracy falls by a point")


@pytest.mark.parametrize(("change", "status", "word"), [
    ({}, "pass", "$4,000"),
    ({"npv_at_half": worked_out(0.0, "USD")}, "warn", "only at the planned interval"),
    ({"npv": worked_out(0.0, "USD"), "npv_at_half": worked_out(-9.0, "USD")}, "fail", "cost more"),
    ({"interval": unknown("months")}, LACKS, "no interval."),
    ({"interval": unknown("months"), "owner": "", "trigger": " "}, LACKS, "no interval, owner and trigger."),
    ({"owner": "", "trigger": ""}, LACKS, "no owner and trigger."),
    ({"npv": unknown("USD")}, LACKS, "not run yet"),
    ({"npv_at_half": unknown("USD")}, LACKS, "not run yet"),
])
def test_item_6_iteration(change, status, word):
    item = iteration(replace(PLAN, **change))
    assert (item.item, item.status) == (6, status)
    assert word in item.reason
    assert (item.action == "") == (status == "pass")


SAME = Against("October (one)", "No regression against October (one).", {}, "python -m core study compare one two")
WORSE = replace(SAME, told="Against October (one), depth-1 lost 5 points.", worse={"depth-1": seen(-5.0, "points", -6.0, -4.0)})


@pytest.mark.parametrize(("change", "status", "words"), [
    ({"against": SAME}, "pass", "$4,000. No regression against October (one)."),
    ({"against": WORSE}, "warn", "$4,000. Against October (one), depth-1 lost 5 points."),
    ({"against": WORSE, "npv_at_half": worked_out(0.0, "USD")}, "warn", "only at the planned interval. Against October (one), depth-1"),
    ({"against": WORSE, "npv": worked_out(0.0, "USD")}, "fail", "more than they leave. Against October (one), depth-1"),
    ({"against": WORSE, "owner": ""}, LACKS, "no owner. Against October (one), depth-1"),
])
def test_item_6_cites_the_previous_study(change, status, words):
    item, alone = iteration(replace(PLAN, **change)), iteration(replace(PLAN, **{**change, "against": None}))
    assert item.status == status and words in item.reason
    if alone.status == "pass" and status == "warn":
        assert "python -m core study compare one two" in item.action
    else:
        assert (item.status, item.action) == (alone.status, alone.action)
    assert ("change_points of depth-1" in item.figures) == (change["against"] is WORSE)


def test_another_option_qualifies_if_items_2_and_3_and_the_memory_neither_fail_nor_lack():
    unloaded, unpriced = replace(FAST, under_load=False), replace(GOOD, errors_are_priced=False)
    assert qualifies(unloaded, unpriced, FITS)
    assert qualifies(unloaded, unpriced, replace(WORKS, agreement=unknown("share"))), "of item 5 the memory alone counts"
    assert not qualifies(replace(FAST, limit=unknown("ms")), unpriced, FITS)
    assert not qualifies(unloaded, replace(GOOD, difference=seen(-5.0, "points", -6.0, -4.0)), FITS)
    assert not qualifies(unloaded, unpriced, replace(FITS, memory_limit=said(600.0, "MB")))
    assert "above the limit of 600 MB" in why_not(unloaded, unpriced, replace(FITS, memory_limit=said(600.0, "MB")), LIMITS)
    assert why_not(unloaded, unpriced, FITS, LIMITS) == ""


def test_a_changed_threshold_changes_rule_and_outcome():
    item = tooling(replace(WORKS, agreement=seen(0.98, "share")), Thresholds(equal_answers=0.97))
    assert item.status == "pass" and "97.0%" in item.rule
    assert latency(replace(FAST, queries=100), Thresholds(p99_queries=100)).status == "pass"
