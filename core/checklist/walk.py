"""The six items in order, and the decision that they add up to."""

from __future__ import annotations

from core.checklist.evidence import Evidence, Worth
from core.checklist.money import cost, iteration, spending
from core.checklist.performance import accuracy, latency
from core.checklist.thresholds import Thresholds
from core.checklist.tooling import tooling
from core.checklist.verdict import ItemVerdict, Overall, Verdict
from core.formats import show

DECISIVE = (2, 3, 5)
NEEDED = (1, 2, 3, 4)

Items = tuple[ItemVerdict, ...]
Decision = tuple[Overall, tuple[str, ...]]


def walk(evidence: Evidence, thresholds: Thresholds | None = None) -> Verdict:
    """The verdict on one option: six items, the overall decision and its reasons."""
    limits = thresholds or Thresholds()
    items = (
        cost(evidence.cost, limits), latency(evidence.latency, limits), accuracy(evidence.accuracy, limits),
        spending(evidence.spending), tooling(evidence.tooling, limits), iteration(evidence.iteration),
    )
    overall, reasons = _decide(items, evidence.worth, limits)
    return Verdict(overall, reasons, items)


def _decide(items: Items, worth: Worth, limits: Thresholds) -> Decision:
    """The first of these that holds: do not invest, not enough evidence, invest or pilot by payback."""
    against = [_told(item) for item in items if item.status == "fail" and item.item in DECISIVE]
    if worth.npv.value is not None and worth.npv.value <= 0:
        against.append(f"{_value(worth)}.")
    if against:
        return "do not invest", tuple(against)
    lacking = [_told(item) for item in items if item.status == "not enough evidence" and item.item in NEEDED]
    if worth.npv.value is None and not lacking:
        lacking.append(f"The NPV over {worth.other} is not known ({worth.npv.provenance.reason}).")
    if lacking:
        return "not enough evidence", tuple(lacking)
    return _by_payback(items, worth, limits)


def _by_payback(items: Items, worth: Worth, limits: Thresholds) -> Decision:
    """Stands in for the probability of a gain until uncertainty is simulated."""
    months = worth.discounted_payback.value
    after = "at once" if months == 0 else f"after {show(worth.discounted_payback)}, discounted"
    told = f"{_value(worth)}; the upfront cost is paid back {after}."
    if months is None:
        return "do not invest", (f"It {worth.discounted_payback.provenance.reason or 'has no known payback'}.",)
    if months > limits.pilot_months:
        return "do not invest", (told, f"A pilot is proposed only if that takes at most {limits.pilot_months:g} months.")
    open_items = tuple(_told(item) for item in items if item.status != "pass")
    if months <= limits.invest_months and all(item.status != "fail" for item in items):
        return "invest", (told, *open_items)
    slow = (f"Investing needs a payback of at most {limits.invest_months:g} months.",) if months > limits.invest_months else ()
    return "pilot", (told, *slow, *open_items)


def _value(worth: Worth) -> str:
    return f"The NPV over {worth.other} is {show(worth.npv)}, over the status quo {show(worth.npv_over_status_quo)}"


def _told(item: ItemVerdict) -> str:
    return f"{item.title} ({item.status}): {item.reason}"
