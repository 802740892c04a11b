"""A linear model over hashed single tokens and pairs: a table of weights, added up.

Weights of label y for a text with tokens t: the mean over its n-grams of table[hash(n-gram), y], plus a bias (Weinberger et al. 2009
for the hashing; Joulin et al. 2017 for pairs). Nothing comes from the teacher but its answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from core.models.families import Beginning, named

if TYPE_CHECKING:
    from core.spec import StudentSpec

TAKES = ("dimensions",)
NEEDS = ()
COST = 0.002
TRIED = {"dimensions": (16_384, 65_536, 262_144, 1_048_576)}
BUCKETS = 262_144
FIRST, SECOND = 2_654_435_761, 40_503  # odd multipliers (Knuth, The Art of Computer Programming 3, 6.4)
SCALE = 10.0  # so that the table learns in steps like those of other weights


class LinearConfig(PreTrainedConfig):
    """buckets: rows of the table of weights."""

    model_type = "distill-roi-linear"

    def __init__(self, buckets: int = BUCKETS, vocab_size: int = 30_522, **more: Any) -> None:
        self.buckets, self.vocab_size = buckets, vocab_size
        super().__init__(**more)


class LinearForSequenceClassification(PreTrainedModel):
    """Hashed tokens and pairs of tokens, each with a weight for each label."""

    config_class = LinearConfig
    learns_embeddings = True
    rate_factor = 100.0

    def __init__(self, config: LinearConfig) -> None:
        super().__init__(config)
        self.table = nn.Embedding(config.buckets, int(config.num_labels or 0))
        self.bias = nn.Parameter(torch.zeros(int(config.num_labels or 0)))
        self.post_init()
        nn.init.zeros_(self.table.weight)

    def get_input_embeddings(self) -> nn.Module:
        return self.table

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_: Any) -> SequenceClassifierOutput:
        """input_ids, attention_mask: int64 (texts, tokens)."""
        pairs = input_ids[:, :-1] * FIRST + input_ids[:, 1:] * SECOND
        rows = torch.cat([input_ids * FIRST, pairs], 1) % self.config.buckets
        seen = torch.cat([attention_mask, attention_mask[:, 1:]], 1).unsqueeze(-1).to(self.bias.dtype)
        mean = (self.table(rows) * seen).sum(1) / seen.sum(1).clamp(min=1)
        return SequenceClassifierOutput(logits=SCALE * mean + self.bias)


AutoConfig.register(LinearConfig.model_type, LinearConfig, exist_ok=True)
AutoModelForSequenceClassification.register(LinearConfig, LinearForSequenceClassification, exist_ok=True)


def start(student: StudentSpec, beginning: Beginning) -> tuple[PreTrainedModel, Path]:
    """A table of zeros; dimensions: its rows."""
    torch.manual_seed(beginning.seed)
    vocabulary = AutoConfig.from_pretrained(beginning.teacher, trust_remote_code=False).vocab_size
    config = LinearConfig(student.dimensions or BUCKETS, vocabulary, pad_token_id=0, **named(beginning.labels))
    return LinearForSequenceClassification(config), beginning.teacher
