"""What the playground's answers say, in sentences, and as text and JSON for the command line."""

from __future__ import annotations

from typing import Any

from core.figures import Figure, assumed
from core.formats import show
from core.studies.playground import Answer, Reply, Together

THIS_CALL = "this call, not a benchmark"


def agreement(reply: Reply) -> str:
    """Whether teacher and student say the same."""
    student, teacher = reply.student, reply.teacher
    if teacher is None:
        return f"{student.name} says {student.label!r}; the teacher cannot be asked here"
    if teacher.label == student.label:
        return f"Teacher and student agree: {student.label!r}"
    return f"They disagree: the teacher says {teacher.label!r} ({show(teacher.confidence)} sure), " \
           f"{student.name} says {student.label!r} ({show(student.confidence)} sure)"


def escalation(reply: Reply, found: Together, threshold: Figure) -> str:
    """What the cascade did, and why."""
    sure, limit = show(reply.student.confidence), show(threshold)
    if found.escalated:
        return f"Escalated: the student is {sure} sure, not more than {limit}, so the teacher answered too and both are paid"
    return f"Not escalated: the student is {sure} sure, more than {limit}, so its answer counts and the teacher is not paid"


def share(value: float) -> Figure:
    """A threshold as a figure."""
    return assumed(value, "share", by="user", source="threshold of the cascade")


def read_words(answer: Answer) -> str:
    """How much of the text was read."""
    if answer.whole > answer.tokens:
        return f"read: the first {answer.tokens:,} of {answer.whole:,} tokens"
    return f"read: all {answer.tokens:,} tokens"


def beside(answer: Answer) -> str:
    """What was measured, to stand beside this call."""
    return f"measured p50 {show(answer.p50)}" if answer.p50.value is not None else "p50 not measured yet"


def per_million(figure: Figure) -> str:
    """A price of a million calls."""
    return show(figure).replace("per million", "per million calls")


def lines(reply: Reply, found: Together | None, threshold: Figure) -> list[str]:
    """The answers, a line each."""
    told = [_line(each) for each in (reply.teacher, reply.student) if each is not None]
    told.append(f"{agreement(reply)}.")
    if found is not None:
        told.append(f"cascade: {found.label!r}, {show(found.confidence)} sure, {show(found.call_ms)}, {show(found.usd)} "
                    f"({per_million(found.usd_per_million)}). {escalation(reply, found, threshold)}.")
    told.append(f"Times and prices: {THIS_CALL}. Answered in {reply.seconds:.2f} s, of which {reply.loaded_s:.2f} s were loading.")
    return told


def _line(answer: Answer) -> str:
    return (f"{answer.name}: {answer.label!r}, {show(answer.confidence)} sure{'' if answer.calibrated else ' (not calibrated)'}, "
            f"{show(answer.call_ms)} ({beside(answer)}), {show(answer.usd)} ({per_million(answer.usd_per_million)}), {read_words(answer)}")


def to_json(reply: Reply, found: Together | None, threshold: Figure) -> dict[str, Any]:
    """The same as JSON values, each number as a figure object."""
    return {"text": reply.text, "teacher": _answer(reply.teacher), "student": _answer(reply.student), "threshold": threshold.to_dict(),
            "cascade": None if found is None else {
                "label": found.label, "escalated": found.escalated,
                **{name: getattr(found, name).to_dict() for name in ("confidence", "call_ms", "usd", "usd_per_million")}},
            "note": THIS_CALL}


def _answer(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {"model": answer.name, "label": answer.label, "calibrated": answer.calibrated, "tokens": answer.tokens,
            "tokens_of_the_text": answer.whole, "probabilities": {label: figure.to_dict() for label, figure in answer.probabilities},
            **{name: getattr(answer, name).to_dict() for name in ("call_ms", "usd", "usd_per_million")},
            "latency_p50_ms": answer.p50.to_dict()}
