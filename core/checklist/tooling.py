"""Item 5: do the tools and the infrastructure run the option?"""

from __future__ import annotations

from collections.abc import Mapping

from core.checklist.evidence import Tooling
from core.checklist.thresholds import Thresholds
from core.checklist.verdict import ItemVerdict, Status
from core.figures import Figure
from core.formats import show, show_with_interval
from core.units import BYTES_IN_MB
from core.words import label, lowered, why_unknown

Outcome = tuple[Status, str, str]
DOUBTFUL = ("experimental", "deprecated")


def tooling(seen: Tooling, limits: Thresholds) -> ItemVerdict:
    """Item 5: answers after saving and loading again, on the target, within its memory and the teacher's terms."""
    rule = (f"Passes if the saved model, loaded again on the machine that will serve, gives at least {limits.equal_answers:.1%} "
            "of the answers it gave before; warns if that was tried only elsewhere, the teacher's terms are unread, or the tool that "
            "serves it is stated to be experimental, deprecated or without support; fails "
            "below that, if the terms forbid it, or if it needs more memory than the limit that was stated, at the upper bound "
            "of what was measured.")
    status, reason, action = _tooling(seen, limits)
    limit = {} if seen.memory_limit.value is None else {**seen.memory, "memory_limit_mb": seen.memory_limit}
    effort = {f"integration_hours of {seen.tool}": seen.integration} if seen.tool else {}
    return ItemVerdict(5, status, rule, reason, {"reload_agreement": seen.agreement, **limit, **effort}, action)


def _tooling(seen: Tooling, limits: Thresholds) -> Outcome:
    if seen.teacher_terms_allow is False:
        return "fail", "The teacher's terms forbid training a student from it.", "Choose a teacher whose licence allows it."
    answers, fits = _answers(seen.agreement, limits), memory(seen.memory, seen.memory_limit)
    for status in ("fail", "not enough evidence"):
        for outcome in (answers, fits):
            if outcome[0] == status:
                return outcome
    told = f"{answers[1]}{fits[1]}"
    if doubt := _doubt(seen):
        return ("warn", f"{told}, but {seen.tool} is stated to be {doubt}.",
                "Serve it by a tool that is stable and supported, or find somebody who supports this one.")
    if not seen.target_is_this_machine:
        return ("warn", f"{told}, but that is known only of this machine.",
                "Say that this machine is the one that will serve, or run the study there.")
    if seen.teacher_terms_allow is None:
        return ("warn", f"{told}; whether the teacher's terms allow a student is not stated.",
                "Read the teacher's licence and state what it allows.")
    return "pass", f"{told}, on the machine that will serve.", ""


def _doubt(seen: Tooling) -> str:
    """What was stated against the tool that serves the option; empty for nothing."""
    found = [seen.maturity or ""] if seen.maturity in DOUBTFUL else []
    return " and ".join([*found, *(["without support"] if seen.support == "none" else [])])


def _answers(agreement: Figure, limits: Thresholds) -> Outcome:
    """By the answers after a reload; a pass is told without its full stop."""
    if agreement.value is None:
        return ("not enough evidence", "The saved model has not been loaded again and run.",
                "Load it again on the machine that will serve; a study that runs to its end does so.")
    told = f"The saved model, loaded again, gives {show(agreement)} of the answers it gave before"
    if agreement.value < limits.equal_answers:
        return "fail", f"{told}; {limits.equal_answers:.1%} is the least.", "Find out what saving or the runtime changes."
    return "pass", told, ""


def memory(needs: Mapping[str, Figure], limit: Figure) -> Outcome:
    """By the limit of memory (MB) and what is needed (bytes, by name): passes where no limit is stated or the target holds no model;
    a pass is told as the end of a sentence."""
    if limit.value is None or not needs:
        return "pass", "", ""
    allowed, most = f"the limit of {show(limit)}", limit.value * BYTES_IN_MB
    for name, figure in needs.items():
        upper = figure.value if figure.high is None else figure.high
        if upper is not None and upper > most:
            return ("fail", f"{_needs(name, figure)}, above {allowed}.",
                    "Choose a smaller student, a lighter runtime or a target with more memory.")
    unknown = next(((name, figure) for name, figure in needs.items() if figure.value is None), None)
    if unknown is not None:
        return ("not enough evidence", f"{label(unknown[0])} is not known ({why_unknown(unknown[1])}), and {allowed} is stated.",
                "Measure the option's memory: a study that runs to its end does so.")
    told = " and ".join(lowered(_needs(name, figure)) for name, figure in needs.items())
    return "pass", f"; {told}, within {allowed}", ""


def _needs(name: str, figure: Figure) -> str:
    return f"{label(name)} is {show_with_interval(figure) if figure.high is not None else show(figure)}"
