"""One training loop for teachers, students and controls: AdamW, linear warm-up and decay, batches by tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim import AdamW, Optimizer, SparseAdam
from torch.optim.lr_scheduler import LambdaLR
from transformers import PreTrainedModel

from core.models.batching import batches, padded
from core.models.dropout import own_dropout
from core.models.first_token import first_token_alone
from core.spec import TrainingSpec

Report = Callable[[float, float, float], None]  # share done, tokens seen, loss
Reports = Callable[[float, float, Sequence[float]], None]  # the same with the loss of each learner
BYTES_A_WEIGHT = 16  # the weight, its gradient and AdamW's two moments, in fp32


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


@dataclass(frozen=True)
class Batch:
    """Texts of one step on the model's device. rows: their numbers in the examples; input_ids, attention_mask: int64 (texts, tokens);
    labels: int64 (texts,), -1 for none; soft_targets: the teacher's logits (texts, labels), None where there are none."""

    rows: np.ndarray
    input_ids: torch.Tensor
    attention_mask: torch.Tensor
    labels: torch.Tensor
    soft_targets: torch.Tensor | None


Loss = Callable[[Any, Batch], torch.Tensor]  # what the model gave (its logits in fp32), the batch; a scalar


@dataclass(frozen=True)
class Learner:
    """A model and how it learns. more: modules that its loss trains along, such as projections. asks: what else the model is to give,
    such as {"output_hidden_states": True}. logits_alone: the loss reads nothing but the logits, so that what does not lead to them
    need not be computed."""

    model: PreTrainedModel
    loss: Loss
    learning_rate: float
    more: Sequence[nn.Module] = ()
    asks: Mapping[str, Any] = field(default_factory=dict)
    logits_alone: bool = False


def fit_together(weights: Sequence[int], free_bytes: float) -> bool:
    """Whether models of so many weights may learn at once: all that they hold within half of the free memory; the rest is for the batch."""
    return BYTES_A_WEIGHT * sum(weights) <= free_bytes / 2


def train(
    model: PreTrainedModel, examples: Examples, loss: Loss, spec: TrainingSpec, *,
    epochs: int, learning_rate: float, report: Report | None = None,
) -> Trained:
    """Train `model` in place on the device it is on, by a loss that reads the logits alone.

    `report` is called after each step and may raise to stop.
    """
    one = None if report is None else lambda share, tokens, losses: report(share, tokens, losses[0])
    return train_together([Learner(model, loss, learning_rate, logits_alone=True)], examples, spec, epochs=epochs, report=one)[0]


def train_together(
    learners: Sequence[Learner], examples: Examples, spec: TrainingSpec, *, epochs: int, report: Reports | None = None,
) -> list[Trained]:
    """Train models in place in one pass of the same batches; each becomes what it would have become alone."""
    torch.manual_seed(spec.seed)
    device = next(learners[0].model.parameters()).device
    order = np.random.default_rng(spec.seed)
    lengths = [len(row) for row in examples.ids]
    plan = [rows for _ in range(epochs) for rows in batches(lengths, spec.batch_tokens, order)]
    courses = [_Course(learner, spec, len(plan)) for learner in learners]
    tokens = 0
    with ExitStack() as lighter:
        for learner in learners:
            if device.type == "cpu":
                lighter.enter_context(own_dropout(learner.model, spec.seed))
            if learner.logits_alone and not learner.asks:
                lighter.enter_context(first_token_alone(learner.model))
        for step, rows in enumerate(plan):
            batch = _batch(examples, rows, device)
            for course in courses:
                course.step(batch)
            tokens += sum(lengths[i] for i in rows)
            if report:
                report((step + 1) / len(plan), tokens, [course.smooth for course in courses])
    return [Trained(course.seconds, tokens, len(plan), course.smooth) for course in courses]


class _Course:
    """One learner on its way through the plan."""

    def __init__(self, learner: Learner, spec: TrainingSpec, steps: int) -> None:
        self.learner, self.seconds, self.smooth, self.taken = learner, 0.0, 0.0, 0
        self.optimisers, self.schedules = _optimisers(learner, spec, steps)
        self.chance = _Chance(next(learner.model.parameters()).device)
        learner.model.train()

    def step(self, batch: Batch) -> None:
        """One update."""
        started = perf_counter()
        self.chance.resume()
        value = _step(self.learner, batch)
        self.chance.pause()
        for optimiser in self.optimisers:
            optimiser.step()
        for schedule in self.schedules:
            schedule.step()
        for optimiser in self.optimisers:
            optimiser.zero_grad(set_to_none=True)
        self.smooth = value if self.taken == 0 else 0.9 * self.smooth + 0.1 * value
        self.taken += 1
        self.seconds += perf_counter() - started


class _Chance:
    """Random numbers (of dropout) that are one learner's own, whoever learns beside it; they start where torch's stand now."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.pause()

    def pause(self) -> None:
        """Remembers where they stand."""
        self.state = torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else torch.get_rng_state()

    def resume(self) -> None:
        """Goes on from there."""
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(self.state, self.device)
        else:
            torch.set_rng_state(self.state)


def _batch(examples: Examples, rows: np.ndarray, device: torch.device) -> Batch:
    table, mask = (torch.from_numpy(array).to(device) for array in padded([examples.ids[i] for i in rows], examples.pad_id))
    labels = torch.as_tensor(examples.labels[rows], dtype=torch.long, device=device)
    soft = None if examples.soft_targets is None else torch.as_tensor(examples.soft_targets[rows], device=device)
    return Batch(rows, table, mask, labels, soft)


def _step(learner: Learner, batch: Batch) -> float:
    device = batch.input_ids.device
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=_has_bf16(device)):
        given = learner.model(input_ids=batch.input_ids, attention_mask=batch.attention_mask, **learner.asks)
    given.logits = given.logits.float()
    result = learner.loss(given, batch)
    result.backward()
    return float(result.detach())


def _has_bf16(device: torch.device) -> bool:
    """Whether bf16 is native here: emulated (T4, V100) or on a CPU it is slower than fp32."""
    return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def _optimisers(learner: Learner, spec: TrainingSpec, steps: int) -> tuple[list[Optimizer], list[LambdaLR]]:
    """AdamW for all weights; embeddings stay as they are, or, where a family consists of them, only rows that were read are updated."""
    # The dense gradient of the word embeddings costs more than a layer; frozen or sparse, it is never computed.
    model, learning_rate = learner.model, learner.learning_rate
    table, learns = model.get_input_embeddings(), bool(getattr(model, "learns_embeddings", False))
    for parameter in table.parameters():
        parameter.requires_grad_(learns or not spec.freeze_embeddings)
    table.sparse = learns  # type: ignore[assignment]
    rows = list(table.parameters()) if learns else []
    weights = [p for module in (model, *learner.more) for p in module.parameters() if p.requires_grad and not any(p is row for row in rows)]
    groups = [{"params": [p for p in weights if p.ndim > 1], "weight_decay": spec.weight_decay},
              {"params": [p for p in weights if p.ndim <= 1], "weight_decay": 0.0}]
    optimiser = AdamW(groups, lr=learning_rate, fused=True)
    warmup = max(1, round(steps * spec.warmup_share))

    def factor(step: int) -> float:
        return min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))

    optimisers: list[Optimizer] = [optimiser, *([SparseAdam(rows, lr=learning_rate)] if rows else [])]
    return optimisers, [LambdaLR(each, factor) for each in optimisers]
