"""One vector for each token of a teacher's vocabulary, for students that look at tokens one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import AutoTokenizer, PreTrainedConfig, PreTrainedModel

ROWS = 1_024  # tokens that pass through the teacher together


class VectorConfig(PreTrainedConfig):
    """dimensions of a token's vector, vocab_size: how many tokens have one."""

    def __init__(self, dimensions: int = 128, vocab_size: int = 30_522, **more: Any) -> None:
        self.dimensions, self.vocab_size = dimensions, vocab_size
        super().__init__(**more)


class OnVectors(PreTrainedModel):
    """What models over token vectors share: the vectors, which learn."""

    learns_embeddings = True

    def __init__(self, config: VectorConfig) -> None:
        super().__init__(config)
        self.vectors = nn.Embedding(config.vocab_size, config.dimensions)

    def get_input_embeddings(self) -> nn.Module:
        """The vectors."""
        return self.vectors

    def set_input_embeddings(self, value: nn.Module) -> None:
        """Other vectors in their place."""
        self.vectors = value  # type: ignore[assignment]


@torch.inference_mode()
def token_vectors(teacher: PreTrainedModel, folder: Path) -> torch.Tensor:
    """The teacher's last hidden state of each token between its special tokens, float32 (tokens, hidden); special tokens have 0."""
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    teacher.eval()
    example = tokenizer("a", return_special_tokens_mask=True)
    place = example["special_tokens_mask"].index(0)
    ids = torch.tensor(example["input_ids"][: place + 1] + example["input_ids"][place + 1:][-1:]).repeat(len(tokenizer), 1)
    ids[:, place] = torch.arange(len(tokenizer))
    found = torch.cat([teacher.base_model(input_ids=rows).last_hidden_state[:, place].float() for rows in ids.split(ROWS)])
    found[torch.tensor(tokenizer.all_special_ids)] = 0.0
    return found


def reduced(vectors: torch.Tensor, dimensions: int) -> torch.Tensor:
    """The first principal components, (tokens, dimensions), scaled to a mean length of 1; rows of 0 stay 0."""
    rows = vectors.abs().sum(1) > 0
    seen = vectors[rows] - vectors[rows].mean(0)
    if dimensions < seen.shape[1]:
        _, axes = torch.linalg.eigh(seen.T @ seen)
        seen = seen @ axes.flip(1)[:, :dimensions]
    made = torch.zeros(len(vectors), seen.shape[1])
    made[rows] = seen / seen.norm(dim=1).mean()
    return made
