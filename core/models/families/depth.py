"""Some of the teacher's layers, evenly spread and always with the last, and its embeddings and head (Sanh et al. 2019)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from transformers import PreTrainedModel

from core.models.build import classifier, cut
from core.models.families import Beginning

if TYPE_CHECKING:
    from core.spec import StudentSpec

TAKES = ("layers",)
NEEDS = ("layers",)
COST = None
LAYERED = True


def start(student: StudentSpec, beginning: Beginning) -> tuple[PreTrainedModel, Path]:
    """The teacher's copy with fewer layers."""
    return cut(classifier(beginning.teacher, beginning.labels), student.layers or 0, student.keep_layers), beginning.teacher
