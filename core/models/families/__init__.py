"""Student families: how a student starts, before it learns. A new family is one file here.

Each file has a docstring whose first paragraph says what the family is, TAKES, NEEDS, COST, START_TOKENS, LAYERED and TRIED (see
core/families.py), and `start(student, beginning)`, which gives the untrained student and the folder whose tokenizer it uses. A family whose
architecture Transformers does not know registers it there, so that an artefact of it loads like any other.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.families import known

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from core.spec import StudentSpec


def register() -> None:
    """Makes every family's architecture known to Transformers."""
    for name in known():
        importlib.import_module(f"{__name__}.{name}")


@dataclass(frozen=True)
class Beginning:
    """What a student starts from: the teacher's artefact, the task's labels, a seed; labelled texts with label numbers, by which
    a family may judge what matters in the teacher, cut at max_length tokens."""

    teacher: Path
    labels: Sequence[str]
    seed: int
    texts: Sequence[str]
    answers: Sequence[int]
    max_length: int


def start(student: StudentSpec, beginning: Beginning) -> tuple[PreTrainedModel, Path]:
    """The student before it learns, and the folder of its tokenizer. Raises UserError for what cannot be built."""
    made: tuple[PreTrainedModel, Path] = importlib.import_module(f"{__name__}.{student.family}").start(student, beginning)
    return made


def named(labels: Sequence[str]) -> dict[str, Any]:
    """Names of the classes, as a configuration of Transformers holds them."""
    return {"num_labels": len(labels), "id2label": dict(enumerate(labels)), "label2id": {name: i for i, name in enumerate(labels)}}
