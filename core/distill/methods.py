"""How a student learns from a batch: losses over what a model gives, made of the pure ones in losses.py."""

from __future__ import annotations

from typing import Any

import torch

from core.distill.losses import composite_loss
from core.distill.training import Batch, Loss


def by_logits(temperature: float, soft_weight: float) -> Loss:
    """Soft targets and true labels (see composite_loss); the true labels alone where a batch has no soft targets."""

    def loss(given: Any, batch: Batch) -> torch.Tensor:
        return composite_loss(given.logits, batch.soft_targets, batch.labels, temperature, soft_weight)

    return loss
