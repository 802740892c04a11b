"""One vector for each token of a teacher's vocabulary, for students that look at tokens one by one."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import AutoTokenizer, PreTrainedModel

ROWS = 1_024  # tokens that pass through the teacher together


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
