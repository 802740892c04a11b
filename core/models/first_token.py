"""The last layer for the first token alone: all that the head of a BERT classifier reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention
from transformers import BertForSequenceClassification, PreTrainedModel
from transformers.models.bert.modeling_bert import BertLayer


class FirstToken(nn.Module):
    """What `layer` gives for the first token of each text: keys and values of all tokens, and everything else of one."""

    def __init__(self, layer: BertLayer) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor | None = None, *_: Any, **__: Any) -> torch.Tensor:
        """hidden: (texts, tokens, size); mask: (texts, 1, tokens, tokens), as scaled_dot_product_attention takes it; (texts, 1, size)."""
        attention, first = self.layer.attention, hidden[:, :1]
        own = attention.self
        query, key, value = (_by_heads(made, own.attention_head_size) for made in (own.query(first), own.key(hidden), own.value(hidden)))
        seen = scaled_dot_product_attention(query, key, value, None if mask is None else mask[:, :, :1],
                                            dropout_p=own.dropout.p if self.training else 0.0, scale=own.scaling)
        answer: torch.Tensor = self.layer.feed_forward_chunk(attention.output(seen.transpose(1, 2).flatten(2), first))
        return answer


@contextmanager
def first_token_alone(model: PreTrainedModel) -> Iterator[None]:
    """Within, `model` computes the first token alone in its last layer; its logits are the same. Other architectures stay as they are."""
    if not isinstance(model, BertForSequenceClassification) or model.config._attn_implementation != "sdpa":
        yield
        return
    layers = model.bert.encoder.layer
    whole = layers[-1]
    layers[-1] = FirstToken(whole)  # type: ignore[arg-type]
    layers[-1].train(model.training)
    try:
        yield
    finally:
        layers[-1] = whole


def _by_heads(made: torch.Tensor, size: int) -> torch.Tensor:
    """(texts, tokens, heads * size) to (texts, heads, tokens, size)."""
    return made.unflatten(-1, (-1, size)).transpose(1, 2)
