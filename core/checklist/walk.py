"""The six items in order, and the decision that they add up to."""

from __future__ import annotations

from core.checklist.evidence import Evidence, Worth
from core.checklist.money import cost, iteration, spending
from core.checklist.performance import accuracy, latency
from core.checklist.thresholds import Thresholds
from core.checklist.tooling import tooling
from core.checklist.verdict import ItemVerdict, Overall, Verdict
from core.figures import Figure
from core.formats import months as in_months
from core.formats import show
from core.words import why_unknown

DECISIVE = (2, 3, 5)
NEEDED = (1, 2, 3, 4)
NOTHING = 1.0  # less than one unit of money over a horizon of months is no gain

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
    """The first of these that holds: do not invest, not enough evidence, then invest or pilot."""
    expected = worth.npv if worth.expected_npv is None or worth.expected_npv.value is None else worth.expected_npv
    against = [_told(item) for item in items if item.status == "fail" and item.item in DECISIVE]
    if expected.value is not None and expected.value < NOTHING:
        against.append(f"{_value(worth)}.")
    if against:
        return "do not invest", tuple(against)
    lacking = [_told(item) for item in items if item.status == "not enough evidence" and item.item in NEEDED]
    if expected.value is None and not lacking:
        lacking.append(f"The NPV over {worth.other} is not known ({why_unknown(expected)}).")
    if lacking:
        return "not enough evidence", tuple(lacking)
    return _by_payback(items, worth, limits) if worth.positive is None else _by_draws(items, worth, worth.positive, limits)


def _by_draws(items: Items, worth: Worth, positive: Figure, limits: Thresholds) -> Decision:
    """Invest if nothing fails, a gain is likely and the median payback short; else a pilot that costs no more than it can teach."""
    median = None if worth.median_payback is None else worth.median_payback.value
    paid = ("half of the draws never pay back" if median is None else "the median discounted payback is at once" if median == 0
            else f"the median discounted payback is {show(worth.median_payback)}" if worth.median_payback else "")
    told = f"{_value(worth)}; a gain has a probability of {show(positive)}, and {paid}."
    open_items = tuple(_told(item) for item in items if item.status != "pass")
    likely = (positive.value or 0.0) >= limits.invest_probability
    if likely and median is not None and median <= limits.invest_months and all(item.status != "fail" for item in items):
        return "invest", (told, *open_items)
    needed = (f"Investing needs a probability of at least {limits.invest_probability:.0%}, a median payback of at most "
              f"{in_months(limits.invest_months)} and no failed item.")
    return "pilot", (told, needed, _budget(worth.most_for_a_pilot), *open_items)


def _budget(most: Figure | None) -> str:
    if most is None or not most.value:
        return "No single measurement would change this decision, so a pilot may cost next to nothing."
    return f"A pilot may cost at most {show(most)}: that is what the most valuable measurement is worth."


def _by_payback(items: Items, worth: Worth, limits: Thresholds) -> Decision:
    """Stands in for the probability of a gain where nothing was drawn."""
    months = worth.discounted_payback.value
    after = "at once" if months == 0 else f"after {show(worth.discounted_payback)}, discounted"
    told = f"{_value(worth)}; the upfront cost is paid back {after}."
    if months is None:
        return "do not invest", (f"It {worth.discounted_payback.provenance.reason or 'has no known payback'}.",)
    if months > limits.pilot_months:
        return "do not invest", (told, f"A pilot is proposed only if that takes at most {in_months(limits.pilot_months)}.")
    open_items = tuple(_told(item) for item in items if item.status != "pass")
    if months <= limits.invest_months and all(item.status != "fail" for item in items):
        return "invest", (told, *open_items)
    slow = (f"Investing needs a payback of at most {in_months(limits.invest_months)}.",) if months > limits.invest_months else ()
    return "pilot", (told, *slow, *open_items)


def _value(worth: Worth) -> str:
    if worth.expected_npv is not None and worth.expected_npv.value is not None:
        return (f"The expected NPV over {worth.other} is {_money(worth.expected_npv)} (at the plain values {_money(worth.npv)}, over "
                f"the status quo {_money(worth.npv_over_status_quo)})")
    return f"The NPV over {worth.other} is {_money(worth.npv)}, over the status quo {_money(worth.npv_over_status_quo)}"


def _money(amount: Figure) -> str:
    """An NPV in words; less than one unit of money is nothing over a horizon of months."""
    return "about 0" if amount.value is not None and abs(amount.value) < NOTHING else show(amount)


def _told(item: ItemVerdict) -> str:
    return f"{item.title} ({item.status}): {item.reason}"
