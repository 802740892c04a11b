"""Claims about speed, size and accuracy, against what the study measured. One function a claim. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.claims.evidence import (
    MORE_PROCESSES,
    MORE_TEXTS,
    NEW_STUDY,
    Answer,
    Evidence,
    by_api,
    figure_of,
    half_depth,
    served_on,
    settled,
    waiting,
)
from core.claims.published import Claim
from core.claims.rules import SEEDS_NEEDED, Finding, judge, method
from core.figures import Figure, compute, derived
from core.records import CascadePoint, ModelRecord

NO_STUDENT = "No student is measured yet."
A_STUDENT = "A student whose speed and answers are measured: run a study."
A_HALF = "A depth student that keeps half of the teacher's layers: name one in a new study."


def speed_up(seen: Evidence, claim: Claim) -> Answer:
    """C1: throughput of the verdict's student over its teacher's, within one mirrored pass."""
    student = seen.student
    if student is None or "throughput_speedup" not in student.figures:
        return waiting(NO_STUDENT, A_STUDENT, seen.page, _of_all(seen, "throughput_speedup", "latency_speedup"))
    ratio = student.figures["throughput_speedup"]
    found = judge(f"Throughput of {student.name} over the teacher's", ratio, claim.bounds["speedup"], need=MORE_PROCESSES)
    beside = _of_all(seen, "throughput_speedup", "latency_speedup", but=(student, "throughput_speedup"))
    return settled([found], beside, served_on(student, seen, ratio))


def response_time(seen: Evidence, claim: Claim) -> Answer:
    """C3: 1 - 1 / speed-up of the mean latency, one text at a time; ratios are taken within one mirrored pass."""
    student = seen.student
    ratio = student.figures.get("latency_speedup") if student else None
    if student is None or ratio is None:
        return waiting(NO_STUDENT, A_STUDENT, seen.page, _of_all(seen, "latency_mean_ms"))
    found = judge(f"Reduction of the mean latency by {student.name}", reduction(ratio), claim.bounds["reduction"], need=MORE_PROCESSES)
    beside = {f"Mean latency of {who(model)}": model.figures["latency_mean_ms"] for model in (seen.teacher, student)
              if model is not None and "latency_mean_ms" in model.figures}
    others = {f"Reduction by {model.name}": reduction(model.figures["latency_speedup"]) for model in seen.students
              if model is not student and "latency_speedup" in model.figures}
    told = "network and queues are part of the teacher's calls alone" if by_api(seen) else "network and queues are not part of it"
    return settled([found], beside | others, served_on(student, seen, ratio), f"One text at a time, tokenisation included; {told}.")


def reduction(speedup: Figure) -> Figure:
    """Share of the teacher's mean latency that is saved: 1 - 1 / (teacher's mean latency / student's); the interval's ends move along."""
    made = derived(1 - 1 / speedup.value if speedup.value else None, "share", "1 − 1 / speed-up of the mean latency",
                   {"speed-up of the mean latency": speedup})
    if speedup.low is None or speedup.high is None or speedup.low <= 0:
        return made
    return replace(made, low=1 - 1 / speedup.low, high=1 - 1 / speedup.high)


def retention(seen: Evidence, claim: Claim) -> Answer:
    """C4: accuracy of the verdict's student over its teacher's, on the same test texts of the study's task."""
    student = seen.student
    if student is None or "retention" not in student.figures:
        return waiting("No student has answered test texts yet.", A_STUDENT, seen.page, _of_all(seen, "retention"))
    kept = student.figures["retention"]
    found = judge(f"Retention of {student.name}", kept, claim.bounds["retention"], need=MORE_TEXTS)
    return settled([found], _of_all(seen, "retention", but=(student, "retention")), served_on(student, seen, kept),
                   f"On the task {seen.study.spec.task}, not on GLUE or SQuAD.")


def smaller(seen: Evidence, claim: Claim) -> Answer:
    """C6: 1 - student / teacher, in parameters and in bytes, of the student of half the layers; both are counted."""
    half, teacher = half_depth(seen), seen.teacher
    if half is None or teacher is None or "parameters" not in half.figures:
        return _no_half(seen)
    bound, findings = claim.bounds["reduction"], []
    for name, unit, label in (("parameters", "count", "Parameters saved by"), ("artifact_bytes", "bytes", "Bytes saved by")):
        less = compute(lambda student, teacher: 1 - student / teacher if teacher else None, "share",
                       f"1 − {name.replace('_', ' ')} of the student / those of the teacher",
                       student=figure_of(half, name, unit), teacher=figure_of(teacher, name, unit))
        findings.append(judge(f"{label} {half.name}", less, bound, exact=True))
    beside = {f"{label} of {who(model)}": figure_of(model, name, unit) for name, unit, label in (
        ("parameters", "count", "Parameters"), ("artifact_bytes", "bytes", "Bytes")) for model in (teacher, half)}
    return settled(findings, beside, "none needed: counted", "Only layers are cut; the word embeddings stay as they are.")


def faster(seen: Evidence, claim: Claim) -> Answer:
    """C7: throughput of the student of half the layers over its teacher's."""
    half = half_depth(seen)
    if half is None or "throughput_speedup" not in half.figures:
        return _no_half(seen)
    ratio = half.figures["throughput_speedup"]
    found = judge(f"Throughput of {half.name} over the teacher's", ratio, claim.bounds["speedup"], need=MORE_PROCESSES)
    return settled([found], _ratios(half, "latency_speedup"), served_on(half, seen, ratio))


def kept_and_faster(seen: Evidence, claim: Claim) -> Answer:
    """C8: retention and throughput of the student of half the layers; both must hold."""
    half = half_depth(seen)
    if half is None or not {"retention", "throughput_speedup"} <= set(half.figures):
        return _no_half(seen)
    ratio = half.figures["throughput_speedup"]
    findings = [judge(f"Retention of {half.name}", half.figures["retention"], claim.bounds["retention"], need=MORE_TEXTS),
                judge(f"Throughput of {half.name} over the teacher's", ratio, claim.bounds["speedup"], need=MORE_PROCESSES)]
    return settled(findings, _ratios(half, "latency_speedup"), served_on(half, seen, ratio),
                   f"On the task {seen.study.spec.task}, not on GLUE.")


def routine(seen: Evidence, claim: Claim) -> Answer:
    """C10: share of test texts that a student answers alone in the cascade that keeps the case's margin on validation texts."""
    margin = seen.margin.value
    chosen = None if margin is None else _widest(seen, margin)
    if chosen is None or margin is None:
        return waiting("No cascade of a student with its teacher was evaluated yet.",
                       "A study whose students have cascades with thresholds chosen on validation texts.", seen.page)
    student, point = chosen
    answered = share_answered(point)
    found = judge(f"Share answered by {student.name} alone", answered, claim.bounds["answered"], need=MORE_TEXTS)
    kept = _keeps_margin(student, point, margin)
    beside = {"Accuracy of this cascade": point.accuracy, "Share escalated to the teacher": point.escalated}
    return settled([found, kept], beside, served_on(student, seen, point.escalated))


def share_answered(point: CascadePoint) -> Figure:
    """1 - share escalated; the interval's ends change places."""
    sent = point.escalated
    made = derived(None if sent.value is None else 1 - sent.value, "share", "1 − share escalated to the teacher", {"share escalated": sent})
    return made if sent.low is None or sent.high is None else replace(made, low=1 - sent.high, high=1 - sent.low)


def _widest(seen: Evidence, margin: float) -> tuple[ModelRecord, CascadePoint] | None:
    """The student and the threshold that send the fewest validation texts to the teacher and keep the margin there."""
    found = [(point.checked_escalated.value, model, point) for model in seen.students for point in model.cascade
             if point.checked_escalated is not None and point.checked_escalated.value is not None
             and point.checked_difference is not None and point.checked_difference.low is not None
             and point.checked_difference.low > -margin]
    return min(found, key=lambda row: row[0])[1:] if found else None


def _keeps_margin(student: ModelRecord, point: CascadePoint, margin: float) -> Finding:
    """Whether the cascade keeps the margin on test texts as well; what does not is no cascade at equal accuracy, and decides nothing."""
    difference, label = point.difference, f"Accuracy of the cascade of {student.name} less the teacher's"
    if difference.low is not None and difference.low > -margin:
        return Finding(label, difference, "holds", f"within the margin of {margin:g} points")
    return Finding(label, difference, "undecided", f"not surely within the margin of {margin:g} points", MORE_TEXTS)


def soft_labels(seen: Evidence, claim: Claim) -> Answer:
    """C11: accuracy of each student less its control's, over seeds in pairs; with one seed what is seen decides nothing."""
    pairs = [model for model in seen.students if "gain_over_control" in model.figures]
    if not pairs:
        return waiting("No student has been set against its control yet.", "A student with its control: run a study.", seen.page)
    known = {model.name: seen.gains.get(model.name, (model.figures["gain_over_control"], 1)) for model in pairs}
    findings = [method(f"Gain of {name} over its control", gain, seeds) for name, (gain, seeds) in known.items()]
    remark = f"One seed compares two models; a claim about a method needs {SEEDS_NEEDED} seeds, in pairs."
    found = settled(findings, {}, served_on(pairs[0], seen, pairs[0].figures["gain_over_control"]), remark)
    if found.verdict != "undecided":
        return found
    return replace(found, need=f"The same study with distil.seeds of at least {SEEDS_NEEDED}, or run it again with other training.seed.",
                   page=NEW_STUDY)


def black_box(seen: Evidence, claim: Claim) -> Answer:
    """C14: accuracy of students by both methods is shown; how efficiently each learns needs several sizes of the transfer set."""
    pairs = {name: [model for model in seen.students if model.method == name] for name in ("black box", "logits")}
    if not all(pairs.values()):
        return waiting("No student here learns from its teacher's answers alone beside one that learns from its logits.",
                       "Two students of one size, one by the method black box and one by logits.", NEW_STUDY)
    beside = {f"Accuracy of {model.name}, by {name}": figure_of(model, "accuracy", "share")
              for name, models in pairs.items() for model in models}
    return waiting("One transfer set shows what each method reaches with it, not how efficiently it learns.",
                   "The same study with transfer sets of several sizes (distil.tokens).", NEW_STUDY, beside)


def _no_half(seen: Evidence) -> Answer:
    """No student of half the teacher's layers has what is needed."""
    waits_here = seen.page != NEW_STUDY and half_depth(seen) is not None
    return waiting("No student that keeps half of the teacher's layers is measured.", A_HALF, seen.page if waits_here else NEW_STUDY)


def who(model: ModelRecord) -> str:
    """A model in words."""
    return "the teacher" if model.role == "teacher" else model.name


def _of_all(seen: Evidence, *names: str, but: tuple[ModelRecord, str] | None = None) -> dict[str, Figure]:
    """Figures of all students by name and student, without the one that decides."""
    found: dict[str, Figure] = {}
    for model in seen.students:
        wanted = [name for name in names if but is None or (model is not but[0] or name != but[1])]
        found |= {f"{key} of {model.name}": figure for key, figure in _named(model.figures, wanted).items()}
    return found


LABELS = {"throughput_speedup": "Throughput speed-up", "latency_speedup": "Speed-up of the mean latency", "retention": "Retention",
          "latency_mean_ms": "Mean latency"}


def _named(figures: Mapping[str, Figure], names: list[str]) -> dict[str, Figure]:
    return {LABELS[name]: figures[name] for name in names if name in figures}


def _ratios(model: ModelRecord, *names: str) -> dict[str, Figure]:
    return {f"{key} of {model.name}": figure for key, figure in _named(model.figures, list(names)).items()}
