"""C12, distillation beside quantisation and pruning, against what the study measured. Pure."""

from __future__ import annotations

from core.claims.evidence import MORE_PROCESSES, MORE_TEXTS, NEW_STUDY, Answer, Evidence, by_api, served_on, settled, waiting
from core.claims.published import Bound, Claim
from core.claims.rules import Finding, judge
from core.figures import Figure, not_measured
from core.records import ModelRecord

# The published table has words only; this is how they are read.
LOW, MODERATE = Bound(-1.0, 0.0, "points", "more is better"), Bound(-5.0, 0.0, "points", "more is better")
SOME, SIGNIFICANT = Bound(1.0, 1.0, "ratio", "more is better"), Bound(2.0, 2.0, "ratio", "more is better")
READ_AS = ("The published table gives words; here a low loss is at most 1 point, a moderate one at most 5, and a significant gain twice "
           "the speed.")


def three_methods(seen: Evidence, claim: Claim) -> Answer:
    """C12: accuracy and throughput of the student, of the teacher in int8 and of the pruned teacher, all against the teacher as it is."""
    rows = {"distillation": (seen.student, MODERATE, SIGNIFICANT), "quantisation": (_teacher(seen, "int8", ""), LOW, SOME),
            "pruning": (_teacher(seen, "", "pruned"), MODERATE, SOME)}
    known = {name: row for name, row in rows.items() if row[0] is not None and "throughput_speedup" in row[0].figures}
    beside = {f"{label} by {name}": model.figures[key] for name, (model, *_) in known.items() if model is not None
              for key, label in (("artifact_bytes", "Size on disk"), ("resident_bytes", "Resident memory")) if key in model.figures}
    missing = [name for name in rows if name not in known]
    if missing:
        lacking = " and ".join(missing)
        if by_api(seen):
            return waiting(f"The teacher is an API, which nobody here can quantise or prune: {lacking} is missing.",
                           "A study whose teacher has weights, with the preset full.", NEW_STUDY, beside)
        return waiting(f"Not all three methods are measured in this study: {lacking} is missing.",
                       "A study whose variants serve the teacher in int8 and pruned: the preset full has both.", NEW_STUDY, beside)
    findings = [found for name, (model, loss, gain) in known.items() if model is not None for found in _row(name, model, loss, gain)]
    return settled(findings, beside, served_on(seen.student, seen, findings[0].figure) if seen.student else "", READ_AS)


def _teacher(seen: Evidence, precision: str, taken: str) -> ModelRecord | None:
    """The teacher's variant of that precision and with that taken away; of several, the fastest."""
    found = [model for model in seen.study.variants if model.role == "teacher" and model.precision.startswith(precision)
             and (taken in model.variant.split(", ") if taken else "pruned" not in model.variant)]
    return max(found, key=lambda model: _figure(model, "throughput_speedup", "ratio").value or 0.0, default=None)


def _row(name: str, model: ModelRecord, loss: Bound, gain: Bound) -> tuple[Finding, Finding]:
    return (judge(f"Accuracy against the teacher after {name}", _figure(model, "accuracy_difference", "points"), loss, need=MORE_TEXTS),
            judge(f"Throughput against the teacher by {name}", _figure(model, "throughput_speedup", "ratio"), gain, need=MORE_PROCESSES))


def _figure(model: ModelRecord, name: str, unit: str) -> Figure:
    return model.figures.get(name, not_measured(unit, f"{model.name} has no such figure yet"))
