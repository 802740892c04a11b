"""Item 5: do the tools and the infrastructure run the option?"""

from __future__ import annotations

from core.checklist.evidence import Tooling
from core.checklist.thresholds import Thresholds
from core.checklist.verdict import ItemVerdict, Status
from core.formats import show

Outcome = tuple[Status, str, str]


def tooling(seen: Tooling, limits: Thresholds) -> ItemVerdict:
    """Item 5: answers after saving and loading again, on the target, within the teacher's terms."""
    rule = (f"Passes if the saved model, loaded again on the machine that will serve, gives at least {limits.equal_answers:.1%} "
            "of the answers it gave before; warns if that was tried only elsewhere or the teacher's terms are unread; fails "
            "below that, or if the terms forbid it.")
    status, reason, action = _tooling(seen, limits)
    return ItemVerdict(5, status, rule, reason, {"reload_agreement": seen.agreement}, action)


def _tooling(seen: Tooling, limits: Thresholds) -> Outcome:
    if seen.teacher_terms_allow is False:
        return "fail", "The teacher's terms forbid training a student from it.", "Choose a teacher whose licence allows it."
    if seen.agreement.value is None:
        return ("not enough evidence", "The saved model has not been loaded again and run.",
                "Load it again on the machine that will serve; a study that runs to its end does so.")
    told = f"The saved model, loaded again, gives {show(seen.agreement)} of the answers it gave before"
    if seen.agreement.value < limits.equal_answers:
        return ("fail", f"{told}; {limits.equal_answers:.1%} is the least.", "Find out what saving or the runtime changes.")
    if not seen.target_is_this_machine:
        return ("warn", f"{told}, but that is known only of this machine.",
                "Say that this machine is the one that will serve, or run the study there.")
    if seen.teacher_terms_allow is None:
        return ("warn", f"{told}; whether the teacher's terms allow a student is not stated.",
                "Read the teacher's licence and state what it allows.")
    return "pass", f"{told}, on the machine that will serve.", ""
