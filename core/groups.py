"""Which students of a study learn together: in one pass over the same batches, in one stage."""

from __future__ import annotations

from core.spec import StudentSpec, StudySpec

Group = tuple[StudentSpec, ...]
JOINT = "+"  # between names in a stage's key; no student's name has it


def groups(spec: StudySpec) -> tuple[Group, ...]:
    """All students, those together that read the same token ids as often as one another; in the order of the first of each group.

    Whoever learns by the method self learns alone: its generations follow one another.
    """
    found: dict[tuple[object, ...], list[StudentSpec]] = {}
    for student in spec.students:
        found.setdefault(_common(spec, student), []).append(student)
    return tuple(tuple(group) for group in found.values())


def controls(group: Group) -> Group:
    """Those of a group that have a control."""
    return tuple(student for student in group if student.control)


def argument(group: Group) -> str:
    """The part of a stage's key that names the group: "A+B+C"."""
    return JOINT.join(student.name for student in group)


def members(spec: StudySpec, named: str) -> Group:
    """The students that `argument` named, in that order."""
    by_name = {student.name: student for student in spec.students}
    return tuple(by_name[name] for name in named.split(JOINT))


def _common(spec: StudySpec, student: StudentSpec) -> tuple[object, ...]:
    """What students have in common that learn together. A pretrained student reads by a tokenizer of its own."""
    alone = student.name if (student.method or spec.distil.method) == "self" else None
    return student.epochs or spec.distil.epochs, student.source, alone
