"""C13, inherited bias, against what the study measured. Pure."""

from __future__ import annotations

from core.claims.evidence import MORE_TEXTS, NEW_STUDY, Answer, Evidence, served_on, settled, waiting
from core.claims.published import Claim
from core.claims.rules import Finding
from core.figures import Figure
from core.formats import show_with_interval
from core.records import ModelRecord

KINDS = {"label": "classes", "length": "lengths", "part": "parts of the data"}
MOST_BESIDE = 3  # slices shown beside the decision, the worst ones
NO_PROOF = "which does not refute that it can happen"


def biases(seen: Evidence, claim: Claim) -> Answer:
    """C13: whether the student repeats its teacher's errors, and whether it makes a gap between slices larger."""
    student = seen.student
    overall = student.figures.get("accuracy_difference") if student else None
    if student is None or overall is None or "repeated_errors" not in student.figures:
        return waiting("No student's errors were set against its teacher's yet.",
                       "A study that is evaluated by this version: run it again.", NEW_STUDY)
    larger = _larger(seen, student, overall)
    decided = {found.label for found in larger}
    beside = {label: figure for label, figure in _beside(seen, student).items() if label not in decided}
    return settled([_repeats(student), *larger], beside, served_on(student, seen, overall))


def _repeats(student: ModelRecord) -> Finding:
    """Errors of the teacher that the student repeats beyond its control, or without one beyond chance."""
    over = student.figures.get("repeated_errors_over_control")
    figure, than = (over, "its control repeats") if over is not None else (student.figures.get("repeated_errors_excess"), "chance gives")
    label = f"Teacher's errors that {student.name} repeats, less what {than}"
    if figure is None:
        return Finding(label, student.figures["repeated_errors"], "waiting", "the teacher errs on none of the test texts", MORE_TEXTS)
    if figure.low is not None and figure.low > 0:
        return Finding(label, figure, "holds", f"surely more than {than}")
    return Finding(label, figure, "undecided", f"not surely more than {than}, {NO_PROOF}", MORE_TEXTS)


def _larger(seen: Evidence, student: ModelRecord, overall: Figure) -> list[Finding]:
    """Gaps that the student surely widens and slices on which it surely loses more than on all texts; else what is open."""
    added = {_gap_label(kind): student.figures[f"gap_added_{kind}"] for kind in KINDS if f"gap_added_{kind}" in student.figures}
    found = [Finding(label, figure, "holds", "surely wider than the teacher's") for label, figure in added.items()
             if figure.low is not None and figure.low > 0]
    if overall.low is not None:
        told = f"surely more is lost than on all texts ({show_with_interval(overall)})"
        found += [Finding(_slice_label(name), figure, "holds", told) for name, figure in seen.slices.items()
                  if figure.high is not None and figure.high < overall.low]
    if found:
        return found
    label, figure = max(added.items(), key=lambda pair: pair[1].value or 0.0, default=("Difference to the teacher on all texts", overall))
    return [Finding(label, figure, "undecided", f"no gap is surely wider and no slice surely loses more, {NO_PROOF}", MORE_TEXTS)]


def _beside(seen: Evidence, student: ModelRecord) -> dict[str, Figure]:
    found = {f"Teacher's errors that {student.name} repeats": student.figures["repeated_errors"]}
    named = {"repeated_errors_by_chance": "The same by chance", "flips": f"Answers of {student.name} that flip when terms are swapped"}
    found |= {label: student.figures[name] for name, label in named.items() if name in student.figures}
    found |= {_gap_label(kind): student.figures[f"gap_added_{kind}"] for kind in KINDS if f"gap_added_{kind}" in student.figures}
    worst = sorted(seen.slices, key=lambda name: seen.slices[name].value or 0.0)[:MOST_BESIDE]
    return found | {_slice_label(name): seen.slices[name] for name in worst}


def _gap_label(kind: str) -> str:
    return f"Gap between {KINDS[kind]}, less the teacher's"


def _slice_label(name: str) -> str:
    return f"Difference to the teacher on {name}"
