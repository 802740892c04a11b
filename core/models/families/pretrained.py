"""Another pretrained model, by its Hub id or a local folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from transformers import PreTrainedModel

from core.models.build import classifier
from core.models.families import Beginning
from core.models.sources import locate

if TYPE_CHECKING:
    from core.spec import StudentSpec

TAKES = ("source",)
NEEDS = ("source",)
COST = None
LAYERED = True


def start(student: StudentSpec, beginning: Beginning) -> tuple[PreTrainedModel, Path]:
    """That model with a head of its own over the task's labels."""
    folder = locate(student.source or "")
    return classifier(folder, beginning.labels, beginning.seed), folder
