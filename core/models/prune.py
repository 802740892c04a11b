"""Structured pruning: whole attention heads and feed-forward neurons go, so that every runtime gains by it.

Importance is the mean of |gradient x activation| over calibration texts (Michel, Levy and Neubig 2019, equation 3, for heads;
Molchanov et al. 2017, equation 7, for neurons).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from transformers import PreTrainedModel

from core.errors import UserError
from core.models.batching import padded
from core.models.build import layers_of


@dataclass(frozen=True)
class Block:
    """The parts of one layer that pruning touches."""

    attention: nn.Module
    output: nn.Linear
    rises: nn.Linear
    falls: nn.Linear


def pruned(model: PreTrainedModel, ids: Sequence[Sequence[int]], labels: Sequence[int], pad_id: int,
           heads: float = 0.25, neurons: float = 0.25) -> PreTrainedModel:
    """A copy without the least important share of heads and of feed-forward neurons in every layer; one head always stays.

    ids, labels: calibration texts and their label numbers. Raises UserError for an architecture that is not known here.
    """
    smaller = copy.deepcopy(model).eval()
    blocks = [_block(layer) for layer in layers_of(smaller)]
    for weight in smaller.parameters():
        weight.requires_grad_(True)
    important = _importance(smaller, blocks, ids, labels, pad_id)
    for block, (of_heads, of_neurons) in zip(blocks, important, strict=True):
        _cut_heads(block, _kept(of_heads, heads))
        _cut_neurons(block, _kept(of_neurons, neurons))
    return smaller


def shape(model: PreTrainedModel) -> tuple[int, int]:
    """Heads and feed-forward neurons of each layer; all layers are alike. Raises UserError for an architecture that is not known here."""
    block = _block(layers_of(model)[0])
    return _heads(block), block.falls.in_features


def shrink(model: PreTrainedModel, heads: int, neurons: int) -> None:
    """Leaves the first heads and neurons of every layer, in place: the shape into which the weights of a pruned model fit."""
    for layer in layers_of(model):
        block = _block(layer)
        _cut_heads(block, range(heads))
        _cut_neurons(block, range(neurons))


def _kept(importance: np.ndarray, share: float) -> list[int]:
    """Indices that stay, in their old order."""
    stay = max(1, len(importance) - round(share * len(importance)))
    return sorted(np.argsort(-importance, kind="stable")[:stay].tolist())


def _block(layer: nn.Module) -> Block:
    try:
        return Block(layer.get_submodule("attention.self"), layer.get_submodule("attention.output.dense"),  # type: ignore[arg-type]
                     layer.get_submodule("intermediate.dense"), layer.get_submodule("output.dense"))  # type: ignore[arg-type]
    except AttributeError:
        raise UserError(f"prune: {type(layer).__name__} is not built as BERT's layers are, which is what can be pruned here; "
                        "choose another compression.") from None


def _importance(model: PreTrainedModel, blocks: Sequence[Block], ids: Sequence[Sequence[int]], labels: Sequence[int], pad_id: int
                ) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each layer the importance of its heads and of its neurons."""
    seen: dict[nn.Module, torch.Tensor] = {}

    def watch(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        inputs[0].retain_grad()
        seen[module] = inputs[0]

    watched = [part for block in blocks for part in (block.output, block.falls)]
    hooks = [part.register_forward_pre_hook(watch) for part in watched]
    sums = {part: torch.zeros(part.in_features) for part in watched}
    try:
        for start in range(0, len(ids), 16):
            table, mask = (torch.from_numpy(array) for array in padded(ids[start: start + 16], pad_id))
            loss = nn.functional.cross_entropy(model(input_ids=table, attention_mask=mask).logits, torch.tensor(labels[start: start + 16]))
            model.zero_grad()
            loss.backward()
            for part in watched:
                found = seen[part]
                assert found.grad is not None, "retain_grad was asked for"
                sums[part] += _felt(part, found.detach(), found.grad, blocks)
    finally:
        for hook in hooks:
            hook.remove()
    return [(_by_head(block, sums[block.output]), sums[block.falls].numpy()) for block in blocks]


def _felt(part: nn.Linear, activation: torch.Tensor, gradient: torch.Tensor, blocks: Sequence[Block]) -> torch.Tensor:
    """|gradient x activation| of each input of a matrix, summed over texts: of a head as a whole, so signs cancel within it."""
    product = (activation * gradient).sum(1)
    heads = next((_heads(block) for block in blocks if block.output is part), None)
    if heads is None:
        return product.abs().sum(0)
    together = product.view(len(product), heads, -1).sum(-1).abs().sum(0)
    return together.repeat_interleave(product.shape[1] // heads)


def _heads(block: Block) -> int:
    return int(block.attention.num_attention_heads)  # type: ignore[arg-type]


def _by_head(block: Block, importance: torch.Tensor) -> np.ndarray:
    found: np.ndarray = importance.view(_heads(block), -1)[:, 0].numpy()
    return found


def _cut_heads(block: Block, keep: Sequence[int]) -> None:
    size = block.output.in_features // _heads(block)
    rows = torch.tensor([head * size + i for head in keep for i in range(size)])
    for name in ("query", "key", "value"):
        setattr(block.attention, name, _rows(getattr(block.attention, name), rows))
    _columns(block.output, rows)
    block.attention.num_attention_heads = len(keep)  # type: ignore[assignment]
    block.attention.all_head_size = len(rows)  # type: ignore[assignment]


def _cut_neurons(block: Block, keep: Sequence[int]) -> None:
    chosen = torch.tensor(keep)
    block.rises.weight = nn.Parameter(block.rises.weight.detach()[chosen])
    block.rises.bias = nn.Parameter(block.rises.bias.detach()[chosen])
    block.rises.out_features = len(keep)
    _columns(block.falls, chosen)


def _rows(linear: nn.Linear, keep: torch.Tensor) -> nn.Linear:
    made = nn.Linear(linear.in_features, len(keep), bias=linear.bias is not None)
    made.weight = nn.Parameter(linear.weight.detach()[keep])
    if linear.bias is not None:
        made.bias = nn.Parameter(linear.bias.detach()[keep])
    return made


def _columns(linear: nn.Linear, keep: torch.Tensor) -> None:
    linear.weight = nn.Parameter(linear.weight.detach()[:, keep])
    linear.in_features = len(keep)
