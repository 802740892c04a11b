"""The teacher with fewer heads and a smaller feed-forward part in every layer, the most important ones kept; fewer layers too if wanted.

Importance is measured on labelled texts (see core/models/prune.py). For teachers that are built as BERT is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import AutoConfig, AutoModelForSequenceClassification, BertConfig, BertForSequenceClassification, PreTrainedModel

from core.errors import UserError
from core.models.build import classifier, cut
from core.models.families import Beginning
from core.models.prune import pruned, shape, shrink
from core.models.tokens import Tokeniser

if TYPE_CHECKING:
    from core.spec import StudentSpec

TAKES = ("width", "layers")
NEEDS = ("width",)
COST = None
LAYERED = True
TRIED = {"width": (0.25, 0.5, 0.75)}
TEXTS = 128  # for what heads and neurons matter


class WidthConfig(BertConfig):
    """heads_kept and neurons_kept of each layer; the rest is the teacher's."""

    model_type = "distill-roi-width"

    def __init__(self, heads_kept: int | None = None, neurons_kept: int | None = None, **more: Any) -> None:
        self.heads_kept, self.neurons_kept = heads_kept, neurons_kept
        super().__init__(**more)


class WidthForSequenceClassification(BertForSequenceClassification):
    """BERT whose layers have some of their heads and neurons."""

    config_class = WidthConfig

    def __init__(self, config: WidthConfig) -> None:
        super().__init__(config)
        if config.heads_kept and config.neurons_kept:
            shrink(self, config.heads_kept, config.neurons_kept)


AutoConfig.register(WidthConfig.model_type, WidthConfig, exist_ok=True)
AutoModelForSequenceClassification.register(WidthConfig, WidthForSequenceClassification, exist_ok=True)


def start(student: StudentSpec, beginning: Beginning) -> tuple[PreTrainedModel, Path]:
    """The teacher's weights that matter most. Raises UserError for a teacher that is not built as BERT is, or no labelled texts."""
    teacher = classifier(beginning.teacher, beginning.labels)
    if not isinstance(teacher, BertForSequenceClassification):
        raise UserError(f"students: {student.name!r} is cut in width, and {type(teacher).__name__} is not built as BERT is; "
                        "choose another family.")
    if not beginning.texts:
        raise UserError(f"students: {student.name!r} is cut in width by what matters on labelled texts, and there are none; add some.")
    tokeniser = Tokeniser(beginning.teacher, beginning.max_length)
    whole = cut(teacher, student.layers) if student.layers else teacher
    lost = 1.0 - (student.width or 1.0)
    ids = tokeniser(list(beginning.texts[:TEXTS]))
    smaller = pruned(whole, ids, list(beginning.answers[:TEXTS]), tokeniser.pad_id, heads=lost, neurons=lost)
    heads, neurons = shape(smaller)
    config = WidthConfig(heads, neurons, **{key: value for key, value in whole.config.to_dict().items()
                                            if key not in ("model_type", "architectures")})
    made = WidthForSequenceClassification(config)
    made.load_state_dict(smaller.state_dict())
    return made, beginning.teacher
