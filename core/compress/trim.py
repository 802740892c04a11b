"""A vocabulary without the tokens that the task's texts never use: a smaller file, and other answers only where they are missed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from core.errors import UserError

PIECE = "##"


def kept_tokens(tokenizer: dict[str, Any], used: Iterable[int]) -> list[int]:
    """Ids that stay, in rising order: those used, special tokens, and single characters with which any known word can be spelt.

    tokenizer: the content of tokenizer.json. Raises UserError unless it is WordPiece.
    """
    if tokenizer.get("model", {}).get("type") != "WordPiece":
        raise UserError("trim: only WordPiece vocabularies can be trimmed; leave the vocabulary of this model as it is.")
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    special = {token["id"] for token in tokenizer.get("added_tokens", [])} | {
        vocabulary[name] for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]") if name in vocabulary}
    letters = {number for token, number in vocabulary.items() if len(token.removeprefix(PIECE)) == 1}
    return sorted(special | letters | set(used))


def trimmed(model: PreTrainedModel, keep: list[int]) -> PreTrainedModel:
    """A copy whose word embeddings are the rows of `keep`, in that order. Raises UserError for a model without such rows."""
    smaller = copy.deepcopy(model)
    weight: torch.Tensor = smaller.get_input_embeddings().weight  # type: ignore[assignment]
    if len(weight) != smaller.config.vocab_size:
        raise UserError(f"trim: {type(model).__name__} has no row for each token; leave the vocabulary of this model as it is.")
    made = nn.Embedding(len(keep), weight.shape[1])
    made.weight = nn.Parameter(weight.detach()[torch.tensor(keep)].clone(), requires_grad=False)
    smaller.set_input_embeddings(made)
    smaller.config.vocab_size = len(keep)
    return smaller


def write_tokenizer(source: Path, folder: Path, keep: list[int]) -> None:
    """tokenizer.json with the kept tokens alone, numbered anew in the same order."""
    data = json.loads((source / "tokenizer.json").read_text(encoding="utf-8"))
    number = {old: new for new, old in enumerate(keep)}
    data["model"]["vocab"] = {token: number[old] for token, old in data["model"]["vocab"].items() if old in number}
    for token in data.get("added_tokens", []):
        token["id"] = number[token["id"]]
    for special in (data.get("post_processor") or {}).get("special_tokens", {}).values():
        special["ids"] = [number[old] for old in special["ids"]]
    for end in ("sep", "cls"):
        if end in (data.get("post_processor") or {}):
            name, old = data["post_processor"][end]
            data["post_processor"][end] = [name, number[old]]
    (folder / "tokenizer.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
