"""Filters over windows of three, four and five tokens, the strongest answer of each kept (Kim 2014; a student as in Tang et al. 2019).

Token vectors start as the teacher's word embeddings, reduced to `dimensions` by principal components, and learn.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from core.models.build import classifier
from core.models.families import Beginning, named
from core.models.vectors import OnVectors, VectorConfig, reduced

if TYPE_CHECKING:
    from core.spec import StudentSpec

TAKES = ("dimensions",)
NEEDS = ()
COST = 0.15
TRIED = {"dimensions": (32, 64, 128, 256)}
DIMENSIONS, FILTERS = 128, 64
WINDOWS = (3, 4, 5)


class ConvolutionalConfig(VectorConfig):
    """filters of each window."""

    model_type = "distill-roi-convolutional"

    def __init__(self, filters: int = FILTERS, **more: Any) -> None:
        self.filters = filters
        super().__init__(**more)


class ConvolutionalForSequenceClassification(OnVectors):
    """Convolutions of three widths over token vectors, the largest value of each filter, one linear layer."""

    config_class = ConvolutionalConfig
    rate_factor = 5.0

    def __init__(self, config: ConvolutionalConfig) -> None:
        super().__init__(config)
        self.filters = nn.ModuleList(nn.Conv1d(config.dimensions, config.filters, width, padding=width // 2) for width in WINDOWS)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(len(WINDOWS) * config.filters, int(config.num_labels or 0))
        self.post_init()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_: Any) -> SequenceClassifierOutput:
        """input_ids, attention_mask: int64 (texts, tokens)."""
        seen = attention_mask.unsqueeze(1).to(self.head.weight.dtype)
        found = self.vectors(input_ids).transpose(1, 2) * seen
        tops = [torch.relu(layer(found)[..., : input_ids.shape[1]] * seen).amax(-1) for layer in self.filters]
        return SequenceClassifierOutput(logits=self.head(self.dropout(torch.cat(tops, -1))))


AutoConfig.register(ConvolutionalConfig.model_type, ConvolutionalConfig, exist_ok=True)
AutoModelForSequenceClassification.register(ConvolutionalConfig, ConvolutionalForSequenceClassification, exist_ok=True)


def start(student: StudentSpec, beginning: Beginning) -> tuple[PreTrainedModel, Path]:
    """Token vectors from the teacher's embeddings, filters and head at random."""
    weight: torch.Tensor = classifier(beginning.teacher, beginning.labels).get_input_embeddings().weight  # type: ignore[assignment]
    vectors = reduced(weight.detach(), student.dimensions or DIMENSIONS)
    torch.manual_seed(beginning.seed)
    config = ConvolutionalConfig(dimensions=vectors.shape[1], vocab_size=len(vectors), pad_token_id=0, **named(beginning.labels))
    model = ConvolutionalForSequenceClassification(config)
    model.vectors.weight.data.copy_(vectors)
    return model, beginning.teacher
