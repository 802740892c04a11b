"""Which method each student of a study learns by, what it is called, and which families it suits."""

from __future__ import annotations

from core import families
from core.errors import UserError
from core.spec import Method, StudentSpec, StudySpec

LAYERED: tuple[Method, ...] = ("hidden states", "relations")  # they compare layers
HARD_LABELS = "hard labels"  # of a control
IN_WORDS = {
    "logits": "distilled from the teacher's logits and the labels",
    "hidden states": "distilled from the teacher's logits, hidden states and attention scores, and the labels",
    "relations": "distilled from the teacher's logits and the relations in its last layer's attention, and the labels",
    "self": "distilled in generations: the first from the teacher's logits and the labels, each further one from those of the one before",
    "black box": "distilled from the teacher's answers alone, without its probabilities, and the labels",
    HARD_LABELS: "trained on the labels alone",
}


def method_of(spec: StudySpec, student: StudentSpec) -> Method:
    """The student's own, else the study's."""
    return student.method or spec.distil.method


def generations(spec: StudySpec, student: StudentSpec) -> int:
    """How often it is trained anew: more than once only by the method self."""
    return spec.distil.generations if method_of(spec, student) == "self" else 1


def passes(spec: StudySpec, student: StudentSpec) -> int:
    """Passes over its texts that a student and its control make, all generations together."""
    return (student.epochs or spec.distil.epochs) * generations(spec, student)


def called(spec: StudySpec, student: StudentSpec) -> str:
    """As a model's record says it: "logits", "self, 2 generations"."""
    count = generations(spec, student)
    method = method_of(spec, student)
    return f"{method}, {count} generation{'s' if count > 1 else ''}" if method == "self" else method


def told(method: str) -> str:
    """A record's method as a half sentence; as it stands where it is not known here."""
    return IN_WORDS.get(method.partition(",")[0], method)


def suits(method: Method, family: str) -> bool:
    """Whether students of the family can learn by the method."""
    return method not in LAYERED or families.known()[family].layered


def check(spec: StudySpec) -> None:
    """Raises UserError for a student that is to be compared layer by layer and has no layers."""
    for student in spec.students:
        method = method_of(spec, student)
        if not suits(method, student.family):
            raise UserError(f"students: {student.name!r} is a {student.family} student, which has no layers to learn by the method "
                            f"{method!r}; give it the method logits, self or black box.")


def check_search(spec: StudySpec, layers: int) -> None:
    """Raises UserError for a search that has nothing to try: no family that it can size, or no method for any of them.

    layers: the teacher's.
    """
    wanted = spec.search.families or tuple(families.known())
    able = [name for name in wanted if families.searchable(families.known()[name], layers)]
    if not able:
        raise UserError(f"search.families: none of {', '.join(wanted)} can be made smaller here without a source; name others.")
    if not any(suits(method, name) for method in spec.search.methods for name in able):
        raise UserError(f"search.methods: {', '.join(spec.search.methods)} needs layers, and {', '.join(able)} students have none; "
                        "name logits or black box, or another family.")
