"""PyTorch, eager and compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, PreTrainedModel

import core.models.quiet  # noqa: F401
from core.models.families import register
from core.runtimes.base import BATCH_TOKENS, Run, Runtime, batched

register()  # here, so that the time of a load is the model's alone
DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


def logits(
    model: PreTrainedModel, ids: Sequence[Sequence[int]], pad_id: int, progress: Callable[[float], None] | None = None
) -> np.ndarray:
    """Answers of `model` to tokenised texts: float32 (texts, labels), in the order of `ids`."""
    model.eval()
    device = next(model.parameters()).device
    return batched(_run(model, device), ids, pad_id, int(model.config.num_labels or 0), BATCH_TOKENS[device.type], progress)


def _run(model: PreTrainedModel, device: torch.device) -> Run:
    @torch.inference_mode()
    def run(table: np.ndarray, mask: np.ndarray) -> np.ndarray:
        ids, seen = (torch.from_numpy(array).to(device) for array in (table, mask))
        found: np.ndarray = model(input_ids=ids, attention_mask=seen).logits.float().cpu().numpy()
        return found

    return run


class EagerRuntime(Runtime):
    """An artefact served by PyTorch as it is."""

    name = "torch"

    def open(self) -> None:
        """Loads the safetensors in the precision asked for."""
        if self.threads:
            torch.set_num_threads(self.threads)
        self.model = AutoModelForSequenceClassification.from_pretrained(
            self.folder, trust_remote_code=False, use_safetensors=True, dtype=DTYPES[self.precision], local_files_only=True).to(self.device)
        self.model.eval()
        self._answer = _run(self.model, torch.device(self.device))

    def run(self, table: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Logits of one padded batch."""
        return self._answer(table, mask)


class CompiledRuntime(EagerRuntime):
    """An artefact served by torch.compile; one compilation serves all lengths."""

    name = "torch.compile"

    def open(self) -> None:
        """Loads and wraps the model; it is compiled at the first call, which counts as warm-up."""
        super().open()
        self._answer = _run(torch.compile(self.model, dynamic=True), torch.device(self.device))  # type: ignore[arg-type]
