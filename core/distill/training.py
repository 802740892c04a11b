"""One training loop for teachers, students and controls: AdamW, linear warm-up and decay, batches by tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from torch.optim import AdamW, Optimizer, SparseAdam
from torch.optim.lr_scheduler import LambdaLR
from transformers import PreTrainedModel

from core.models.batching import batches, padded
from core.spec import TrainingSpec

Report = Callable[[float, float, float], None]  # share done, tokens seen, loss


@dataclass(frozen=True)
class Examples:
    """What a model learns from: token ids, label numbers (-1: none) and, for students, the teacher's logits (rows, labels)."""

    ids: Sequence[Sequence[int]]
    labels: np.ndarray
    pad_id: int
    soft_targets: np.ndarray | None = None


@dataclass(frozen=True)
class Trained:
    """What a training run used: wall seconds, real tokens (without padding), optimiser steps, last mean loss."""

    seconds: float
    tokens: int
    steps: int
    loss: float


Loss = Callable[[torch.Tensor, torch.Tensor | None, torch.Tensor], torch.Tensor]  # student logits, soft targets, labels


def train(
    model: PreTrainedModel, examples: Examples, loss: Loss, spec: TrainingSpec, *,
    epochs: int, learning_rate: float, report: Report | None = None,
) -> Trained:
    """Train `model` in place on the device it is on. `report` is called after each step and may raise to stop."""
    torch.manual_seed(spec.seed)
    device = next(model.parameters()).device
    order = np.random.default_rng(spec.seed)
    lengths = [len(row) for row in examples.ids]
    plan = [rows for _ in range(epochs) for rows in batches(lengths, spec.batch_tokens, order)]
    optimisers, schedules = _optimisers(model, spec, learning_rate, len(plan))
    model.train()
    started, tokens, smooth = perf_counter(), 0, 0.0
    for step, rows in enumerate(plan):
        value = _step(model, examples, rows, loss, device)
        for optimiser in optimisers:
            optimiser.step()
        for schedule in schedules:
            schedule.step()
        model.zero_grad(set_to_none=True)
        tokens += sum(lengths[i] for i in rows)
        smooth = value if step == 0 else 0.9 * smooth + 0.1 * value
        if report:
            report((step + 1) / len(plan), tokens, smooth)
    return Trained(perf_counter() - started, tokens, len(plan), smooth)


def _step(model: PreTrainedModel, examples: Examples, rows: np.ndarray, loss: Loss, device: torch.device) -> float:
    table, mask = (torch.from_numpy(array).to(device) for array in padded([examples.ids[i] for i in rows], examples.pad_id))
    labels = torch.as_tensor(examples.labels[rows], dtype=torch.long, device=device)
    soft = None if examples.soft_targets is None else torch.as_tensor(examples.soft_targets[rows], device=device)
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=_has_bf16(device)):
        answer = model(input_ids=table, attention_mask=mask).logits
    result = loss(answer.float(), soft, labels)
    result.backward()
    return float(result.detach())


def _has_bf16(device: torch.device) -> bool:
    """Whether bf16 is native here: emulated (T4, V100) or on a CPU it is slower than fp32."""
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def _optimisers(model: PreTrainedModel, spec: TrainingSpec, learning_rate: float, steps: int
                ) -> tuple[list[Optimizer], list[LambdaLR]]:
    """AdamW for all weights; embeddings stay as they are, or, where a family consists of them, only rows that were read are updated."""
    # The dense gradient of the word embeddings costs more than a layer; frozen or sparse, it is never computed.
    table, learns = model.get_input_embeddings(), bool(getattr(model, "learns_embeddings", False))
    for parameter in table.parameters():
        parameter.requires_grad_(learns or not spec.freeze_embeddings)
    table.sparse = learns  # type: ignore[assignment]
    rows = list(table.parameters()) if learns else []
    weights = [p for p in model.parameters() if p.requires_grad and not any(p is row for row in rows)]
    groups = [{"params": [p for p in weights if p.ndim > 1], "weight_decay": spec.weight_decay},
              {"params": [p for p in weights if p.ndim <= 1], "weight_decay": 0.0}]
    optimiser = AdamW(groups, lr=learning_rate, fused=True)
    warmup = max(1, round(steps * spec.warmup_share))

    def factor(step: int) -> float:
        return min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))

    optimisers: list[Optimizer] = [optimiser, *([SparseAdam(rows, lr=learning_rate)] if rows else [])]
    return optimisers, [LambdaLR(each, factor) for each in optimisers]
