"""What a transformer computes on the way to its answer: hidden states, queries, keys and values, by layer.

Names: "hidden-0" goes into the first layer, "hidden-N" comes out of layer N; "query-N", "key-N" and "value-N" are layer N's, all heads
side by side. Each is (texts, tokens, size).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from core.errors import UserError
from core.models.build import layers_of

PARTS = ("query", "key", "value")
SPELLINGS = (PARTS, ("q_lin", "k_lin", "v_lin"), ("q", "k", "v"), ("query_proj", "key_proj", "value_proj"))  # BERT and its many relatives,
HEADS = ("num_attention_heads", "n_heads")                                                       # DistilBERT, MPNet, DeBERTa


class Watch:
    """Keeps, in `seen`, what `names` were at the model's last call. Where it watches a student, only calls in training count."""

    def __init__(self, model: PreTrainedModel, names: Iterable[str], training_only: bool = True) -> None:
        self.seen: dict[str, torch.Tensor] = {}
        layers = layers_of(model)
        for name in names:
            part, number = name.split("-")
            keep = self._keeper(name, model, training_only)
            if part != "hidden":
                _projection(layers[int(number) - 1], part).register_forward_hook(lambda _, __, out, keep=keep: keep(out))
            elif number != "0":
                layers[int(number) - 1].register_forward_hook(lambda _, __, out, keep=keep: keep(out))
            else:
                layers[0].register_forward_pre_hook(
                    lambda _, given, named, keep=keep: keep(given[0] if given else named["hidden_states"]), with_kwargs=True)

    def _keeper(self, name: str, model: nn.Module, training_only: bool) -> Callable[[Any], None]:
        def keep(value: Any) -> None:
            if model.training or not training_only:
                self.seen[name] = value[0] if isinstance(value, tuple) else value

        return keep

    def taken(self) -> dict[str, torch.Tensor]:
        """What was seen, in fp32; it is then forgotten, so that nothing outlives its step."""
        found = {name: value.float() for name, value in self.seen.items()}
        self.seen.clear()
        return found


def heads_of(model: PreTrainedModel, layer: int) -> int:
    """Attention heads of layer `layer`, counted from 1."""
    parts = [_attention(layers_of(model)[layer - 1])[0], model.config]
    return int(next(getattr(part, name) for part in parts for name in HEADS if isinstance(getattr(part, name, None), int)))


def size_of(model: PreTrainedModel, name: str) -> int:
    """The size of a token's vector of that name."""
    part, number = name.split("-")
    layers = layers_of(model)
    if part == "hidden":
        return _projection(layers[0], "query").in_features
    return _projection(layers[int(number) - 1], part).out_features


def _projection(layer: nn.Module, part: str) -> nn.Linear:
    attention, spelling = _attention(layer)
    found = getattr(attention, spelling[PARTS.index(part)])
    assert isinstance(found, nn.Linear)
    return found


def _attention(layer: nn.Module) -> tuple[nn.Module, tuple[str, ...]]:
    """The module with the projections of a layer, and what they are called there. Raises UserError for an architecture unknown here."""
    for module in layer.modules():
        for spelling in SPELLINGS:
            if all(isinstance(getattr(module, name, None), nn.Linear) for name in spelling):
                return module, spelling
    raise UserError(f"distil.method: queries, keys and values of a {type(layer).__name__} are not found; "
                    "choose the method logits, self or black box for this teacher and its students.")
