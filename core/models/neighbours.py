"""Words that a model takes for similar: the nearest among its own token embeddings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch.nn import functional
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.models.tokens import Tokeniser

NEAR = 15  # candidates for a word, as in TinyBERT (Jiao et al. 2020, algorithm 1)
ROWS = 1_024  # words compared with the vocabulary together


@torch.inference_mode()
def neighbours(model: PreTrainedModel, folder: Path, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The NEAR words of the vocabulary whose input embeddings are nearest by cosine, for each of `words` that is one token.

    folder: where the model's tokenizer is. Only whole words of letters are candidates; words of several tokens are left out.
    """
    tokenizer = Tokeniser(folder, max_length=8).tokenizer
    known = _whole_words(tokenizer)
    table = functional.normalize(_table(model)[list(known)], dim=1)
    row = {token: i for i, token in enumerate(known)}
    names = list(known.values())
    asked = {word: row[token] for word, token in _single(tokenizer, sorted(set(words))).items() if token in row}
    parts = torch.tensor(list(asked.values()), dtype=torch.long).split(ROWS)
    nearest = [rows for part in parts for rows in (table[part] @ table.T).topk(min(NEAR + 1, len(names)), dim=1).indices.tolist()]
    return {word: tuple(names[i] for i in rows if i != own)[:NEAR] for (word, own), rows in zip(asked.items(), nearest, strict=True)}


def _table(model: PreTrainedModel) -> torch.Tensor:
    return next(model.get_input_embeddings().parameters()).detach().float().cpu()


def mask_word(folder: Path) -> str:
    """The word by which a tokenizer marks a hidden word, such as [MASK]; "" where it has none."""
    return str(Tokeniser(folder, max_length=8).tokenizer.mask_token or "")


def _whole_words(tokenizer: PreTrainedTokenizerBase) -> dict[int, str]:
    """By token, those that are a word of letters by themselves."""
    special = set(tokenizer.all_special_ids)
    told = {token: str(tokenizer.decode([token])).strip() for token in range(len(tokenizer)) if token not in special}
    words = {word: token for token, word in told.items() if word.isalpha()}
    alone = _single(tokenizer, list(words))
    return {token: word for word, token in words.items() if alone.get(word) == token}


def _single(tokenizer: PreTrainedTokenizerBase, words: list[str]) -> dict[str, int]:
    """Those words that are one token within a text, after a space, and that token."""
    if not words:
        return {}
    rows = tokenizer([f" {word}" for word in words], add_special_tokens=False, return_attention_mask=False)["input_ids"]
    return {word: row[0] for word, row in zip(words, rows, strict=True) if len(row) == 1}
