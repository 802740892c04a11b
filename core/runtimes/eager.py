"""PyTorch in eager mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel

from core.models.artifact import read_card
from core.models.tokens import Tokeniser, batches, padded

BATCH_TOKENS = {"cpu": 2_048, "cuda": 65_536}


@torch.inference_mode()
def logits(
    model: PreTrainedModel, ids: Sequence[Sequence[int]], pad_id: int, progress: Callable[[float], None] | None = None
) -> np.ndarray:
    """Answers of `model` to tokenised texts: float32 (texts, labels), in the order of `ids`."""
    model.eval()
    device = next(model.parameters()).device
    out = np.zeros((len(ids), int(model.config.num_labels or 0)), dtype=np.float32)
    done = 0
    for rows in batches([len(row) for row in ids], BATCH_TOKENS[device.type]):
        table, mask = padded([ids[i] for i in rows], pad_id, device)
        out[rows] = model(input_ids=table, attention_mask=mask).logits.float().cpu().numpy()
        done += len(rows)
        if progress:
            progress(done / len(ids))
    return out


class EagerRuntime:
    """An artefact served by PyTorch as it is."""

    name = "torch"
    precision = "fp32"

    def __init__(self, folder: Path, device: str, threads: int | None = None) -> None:
        if threads:
            torch.set_num_threads(threads)
        self.card = read_card(folder)
        self.tokeniser = Tokeniser(folder, self.card.max_length)
        self.model = AutoModelForSequenceClassification.from_pretrained(
            folder, trust_remote_code=False, use_safetensors=True, dtype=torch.float32, local_files_only=True).to(device)

    def answer(self, texts: Sequence[str]) -> np.ndarray:
        """Label numbers (texts,) for raw texts; tokenises, batches by length, synchronises with the device."""
        return logits(self.model, self.tokeniser(texts), self.tokeniser.pad_id).argmax(-1)
