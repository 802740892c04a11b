"""A mean of token vectors with a small head: each token has one vector, what the teacher makes of it when it stands alone.

The vectors are the teacher's outputs for every token of its vocabulary between its special tokens, reduced to `dimensions` by
principal components; they and the head then learn. A text's vector is the mean over its tokens, special ones left out by their
vectors of 0. The first vectors follow Model2Vec (Tulkens and van Dongen 2024); the mean of vectors as a classifier is Iyyer et al. 2015.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from core.models.build import classifier
from core.models.families import Beginning, named
from core.models.vectors import OnVectors, VectorConfig, reduced, token_vectors

if TYPE_CHECKING:
    from core.spec import StudentSpec

TAKES = ("dimensions",)
NEEDS = ()
COST = 0.01
TRIED = {"dimensions": (32, 64, 128, 256)}
START_TOKENS = 91_566  # each of 30,522 tokens between two special ones
DIMENSIONS, HIDDEN = 128, 64


class StaticConfig(VectorConfig):
    """hidden_size of the head's inner layer."""

    model_type = "distill-roi-static"

    def __init__(self, hidden_size: int = HIDDEN, **more: Any) -> None:
        self.hidden_size = hidden_size
        super().__init__(**more)


class StaticForSequenceClassification(OnVectors):
    """The mean of the token vectors of a text, then one inner layer."""

    config_class = StaticConfig
    rate_factor = 10.0

    def __init__(self, config: StaticConfig) -> None:
        super().__init__(config)
        self.inner = nn.Linear(config.dimensions, config.hidden_size)
        self.head = nn.Linear(config.hidden_size, int(config.num_labels or 0))
        self.post_init()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_: Any) -> SequenceClassifierOutput:
        """input_ids, attention_mask: int64 (texts, tokens)."""
        seen = attention_mask.unsqueeze(-1).to(self.vectors.weight.dtype)
        mean = (self.vectors(input_ids) * seen).sum(1) / seen.sum(1).clamp(min=1)
        return SequenceClassifierOutput(logits=self.head(torch.nn.functional.gelu(self.inner(mean))))


AutoConfig.register(StaticConfig.model_type, StaticConfig, exist_ok=True)
AutoModelForSequenceClassification.register(StaticConfig, StaticForSequenceClassification, exist_ok=True)


@lru_cache(maxsize=1)
def _of_tokens(teacher: Path, labels: tuple[str, ...]) -> torch.Tensor:
    """The teacher's vectors: computed once for all static students of a run, and their controls."""
    return token_vectors(classifier(teacher, labels), teacher)


def start(student: StudentSpec, beginning: Beginning) -> tuple[PreTrainedModel, Path]:
    """Token vectors from the teacher, a head at random."""
    vectors = reduced(_of_tokens(beginning.teacher, tuple(beginning.labels)), student.dimensions or DIMENSIONS)
    torch.manual_seed(beginning.seed)
    config = StaticConfig(dimensions=vectors.shape[1], vocab_size=len(vectors), pad_token_id=0, **named(beginning.labels))
    model = StaticForSequenceClassification(config)
    model.vectors.weight.data.copy_(vectors)
    return model, beginning.teacher
