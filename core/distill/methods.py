"""How a student learns from a batch: losses over what a model gives, made of the pure ones in losses.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from core.distill.inner import Source, Values
from core.distill.losses import (
    answer_loss,
    attention_loss,
    attention_scores,
    composite_loss,
    hidden_state_loss,
    relation_loss,
    true_label_loss,
)
from core.distill.training import Batch, Loss
from core.models.inside import PARTS, Watch, heads_of, size_of


def by_logits(temperature: float, soft_weight: float) -> Loss:
    """Soft targets and true labels (see composite_loss); the true labels alone where a batch has no soft targets."""

    def loss(given: Any, batch: Batch) -> torch.Tensor:
        return composite_loss(given.logits, batch.soft_targets, batch.labels, temperature, soft_weight)

    return loss


def by_answers(soft_weight: float) -> Loss:
    """The teacher's answers and the true labels (see answer_loss); the true labels alone where a batch has no answers."""

    def loss(given: Any, batch: Batch) -> torch.Tensor:
        if batch.soft_targets is None or soft_weight == 0:
            return true_label_loss(given.logits, batch.labels)
        return answer_loss(given.logits, batch.soft_targets, batch.labels, soft_weight)

    return loss


def layer_map(student: int, teacher: int, cut: Sequence[int] | None = None) -> list[int]:
    """For each of the student's layers the teacher's that it imitates, both counted from 1.

    cut: the teacher's layers, counted from 0, that the student was cut from. Without it they are evenly spread, the last imitates
    the last: layer m of M imitates m * N / M of N, rounded (Jiao et al. 2020, section 3, the uniform strategy).
    """
    if cut is not None:
        return [1 + i for i in cut]
    return [max(1, round(m * teacher / student)) for m in range(1, student + 1)]


def inner_names(method: str, layers: Sequence[int]) -> list[str]:
    """What the method compares, in these layers of a model (see core/models/inside.py); of two models in the same order."""
    if method == "relations":
        return [f"{part}-{layers[-1]}" for part in PARTS]
    return ["hidden-0", *(f"{part}-{layer}" for layer in layers for part in ("hidden", "query", "key"))]


class HiddenStates(nn.Module):
    """The mean over layers of hidden_state_loss, that of the embeddings included, and the mean over layers of attention_loss.

    Where sizes differ a matrix of its own, which learns, takes the student's hidden states to the teacher's size; it is not kept.
    """

    def __init__(self, student: PreTrainedModel, teacher: PreTrainedModel, layers: Sequence[int]) -> None:
        super().__init__()
        self.hidden = [(f"hidden-{own}", f"hidden-{its}") for own, its in enumerate([0, *layers])]
        self.attention = [(own, its, heads_of(student, own), heads_of(teacher, its)) for own, its in enumerate(layers, 1)]
        sizes = size_of(student, "hidden-0"), size_of(teacher, "hidden-0")
        self.projections = nn.ModuleDict({name: nn.Linear(*sizes, bias=False) for name, _ in self.hidden} if sizes[0] != sizes[1] else {})

    def forward(self, student: Values, teacher: Values, mask: torch.Tensor) -> torch.Tensor:
        """A scalar. student, teacher: inner_names' values, (texts, tokens, size) each; mask (texts, tokens)."""
        states = [hidden_state_loss(self._sized(own, student[own]), teacher[its], mask) for own, its in self.hidden]
        scores = [attention_loss(attention_scores(student[f"query-{own}"], student[f"key-{own}"], own_heads),
                                 attention_scores(teacher[f"query-{its}"], teacher[f"key-{its}"], its_heads), mask)
                  for own, its, own_heads, its_heads in self.attention]
        return torch.stack(states).mean() + torch.stack(scores).mean()

    def _sized(self, name: str, values: torch.Tensor) -> torch.Tensor:
        sized: torch.Tensor = self.projections[name](values) if name in self.projections else values
        return sized


class Relations(nn.Module):
    """The sum of relation_loss over queries, keys and values of the last layer; relation heads as many as divide both sizes, and no
    more than the teacher has heads."""

    def __init__(self, student: PreTrainedModel, teacher: PreTrainedModel, layers: Sequence[int]) -> None:
        super().__init__()
        self.names = list(zip(inner_names("relations", range(1, len(layers) + 1)), inner_names("relations", layers), strict=True))
        sizes = [(size_of(student, own), size_of(teacher, its)) for own, its in self.names]
        self.heads = max(count for count in range(1, heads_of(teacher, layers[-1]) + 1)
                         if all(size % count == 0 for pair in sizes for size in pair))

    def forward(self, student: Values, teacher: Values, mask: torch.Tensor) -> torch.Tensor:
        """A scalar. student, teacher: inner_names' values, (texts, tokens, size) each; mask (texts, tokens)."""
        return torch.stack([relation_loss(student[own], teacher[its], mask, self.heads) for own, its in self.names]).sum()


COMPARISONS = {"hidden states": HiddenStates, "relations": Relations}


def by_layers(base: Loss, weight: float, comparison: nn.Module, watch: Watch, teacher: Source) -> Loss:
    """base + weight * comparison of what the student, which `watch` watches, and the teacher compute on the way."""

    def loss(given: Any, batch: Batch) -> torch.Tensor:
        inner: torch.Tensor = comparison(watch.taken(), teacher(batch), batch.attention_mask)
        return base(given, batch) + weight * inner

    return loss
