"""Items 2 and 3: is the option fast enough, and is it right often enough?"""

from __future__ import annotations

from core.checklist.evidence import Accuracy, Latency
from core.checklist.thresholds import Thresholds
from core.checklist.verdict import ItemVerdict, Status
from core.figures import Figure
from core.formats import show, show_interval
from core.words import why_unknown

Outcome = tuple[Status, str, str]


def latency(seen: Latency, limits: Thresholds) -> ItemVerdict:
    """Item 2: the p99 latency against the limit."""
    rule = (f"Passes if the upper bound of the p99 latency, measured under the case's load, is within the limit; warns if the "
            f"interval straddles it or there was no load; fails if the lower bound is above it. "
            f"Needs a limit and {limits.p99_queries:,} queries. What LoadGen's early stopping guarantees under load is such a bound.")
    status, reason, action = _latency(seen, limits)
    return ItemVerdict(2, status, rule, reason, {"latency_p99_ms": seen.p99, "latency_limit_ms": seen.limit}, action)


def _latency(seen: Latency, limits: Thresholds) -> Outcome:
    if seen.limit.value is None:
        return "not enough evidence", "Nobody has said which p99 latency users accept.", "State the latency limit in ms."
    measure = f"Measure with at least {limits.p99_queries:,} queries."
    if seen.queries is not None and seen.queries < limits.p99_queries:
        return "not enough evidence", f"A p99 needs {limits.p99_queries:,} queries; {seen.queries:,} were sent.", measure
    if seen.p99.value is None or seen.queries is None:
        return "not enough evidence", f"The p99 latency is not known{_why(seen.p99)}.", measure
    if seen.bound is not None and seen.bound.value is not None and seen.bound.value <= seen.limit.value:
        return ("pass", f"p99 is {show(seen.p99)} under load, and LoadGen's early stopping guarantees {show(seen.bound)}: within the "
                f"limit of {show(seen.limit)}.", "")
    return _against_limit(seen, seen.p99.value, seen.limit.value, limits)


def _against_limit(seen: Latency, p99: float, limit: float, limits: Thresholds) -> Outcome:
    low, high = seen.p99.low, seen.p99.high
    sampled = low is not None and high is not None
    low, high = (p99, p99) if low is None or high is None else (low, high)
    doubts = [] if seen.under_load else ["measured without load (SingleStream only)"]
    doubts += [] if sampled else [f"without an interval, as there were fewer than {limits.speed_invocations} invocations"]
    told = f"p99 is {show(seen.p99)}" + (f" ({show_interval(seen.p99)})" if sampled else "") + "".join(f", {d}" for d in doubts)
    allowed = f"the limit of {show(seen.limit)}"
    if low > limit:
        return "fail", f"{told}: above {allowed}.", "Choose a smaller student, a faster machine or a higher limit."
    if high > limit:
        return "warn", f"{told}: the interval straddles {allowed}.", "Repeat the measurement with more invocations."
    if not doubts:
        return "pass", f"{told}: within {allowed}.", ""
    repeat = f"Measure in at least {limits.speed_invocations} invocations."
    return "warn", f"{told}: within {allowed}.", repeat if seen.under_load else "Test it under the case's load before it serves."


def accuracy(seen: Accuracy, limits: Thresholds) -> ItemVerdict:
    """Item 3: the paired difference in accuracy against the margin."""
    rule = (f"Passes if the lower bound of the paired difference in accuracy is above minus the margin; warns if a slice surely loses, "
            f"and more than {limits.slice_margins:g} margins or errors are not priced; fails if the upper bound is below minus the "
            "margin. An interval that straddles it is not enough evidence.")
    status, reason, action = _accuracy(seen, limits)
    figures = {"difference_points": seen.difference, "accuracy_margin_points": seen.margin,
               **{f"difference_points in {name}": figure for name, figure in seen.slices.items()}}
    return ItemVerdict(3, status, rule, reason, figures, action)


def _accuracy(seen: Accuracy, limits: Thresholds) -> Outcome:
    low, high, margin = seen.difference.low, seen.difference.high, seen.margin.value
    if margin is None:
        return ("not enough evidence", "Nobody has said how many accuracy points may be lost.",
                "State the accuracy margin in points.")
    if seen.difference.value is None or low is None or high is None:
        why = _why(seen.difference) if seen.difference.value is None else ": it has no interval"
        return ("not enough evidence", f"The paired difference to the teacher is not known{why}.",
                "Evaluate teacher and student on the same test texts.")
    told = f"The difference to the teacher is {show(seen.difference)} ({show_interval(seen.difference)})"
    allowed = f"the margin of {show(seen.margin)}"
    if high < -margin:
        return "fail", f"{told}: a loss beyond {allowed}.", "Train longer, take a larger student or accept a larger margin."
    if low <= -margin:
        return "not enough evidence", f"{told}: the interval straddles a loss of {allowed}.", _more(seen)
    return _within_margin(seen, f"{told}: within {allowed}", margin * limits.slice_margins)


def _within_margin(seen: Accuracy, told: str, most: float) -> Outcome:
    weak = {name: figure for name, figure in seen.slices.items() if figure.value is not None and figure.value < -most}
    if weak:
        worst = min(weak, key=lambda name: weak[name].value or 0.0)
        return ("warn", f"{told}, but {show(weak[worst])} on the slice {worst}.",
                f"Add training texts like those of the slice {worst}.")
    if not seen.errors_are_priced:
        return ("warn", f"{told}, but what an error costs is not priced.",
                "Estimate what one wrong answer costs, and set it against the saving.")
    return "pass", f"{told}.", ""


def _more(seen: Accuracy) -> str:
    if not seen.more_texts:
        return "Evaluate on more texts."
    if seen.texts_left is not None and seen.texts_left < seen.more_texts:
        return (f"Add labelled texts: {seen.more_texts:,} more would settle it and the test split has {seen.texts_left:,} left; "
                "or train longer.")
    return f"Evaluate on {seen.more_texts:,} more texts: raise evaluate.test_tokens."


def _why(figure: Figure) -> str:
    return f" ({why_unknown(figure)})" if why_unknown(figure) else ""
