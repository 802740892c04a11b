"""An artefact's tokenizer as it is served: from tokenizer.json alone, without transformers or torch in the process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from core.errors import UserError


class ServedTokeniser:
    """Cuts texts at max_length tokens, special tokens included; the same ids as the training's Tokeniser gives.

    Raises UserError for a folder without tokenizer.json.
    """

    def __init__(self, folder: Path, max_length: int) -> None:
        file = folder / "tokenizer.json"
        if not file.is_file():
            raise UserError(f"tokenizer: {folder.name!r} has no tokenizer.json; save the model with a fast tokenizer.")
        self.tokenizer = Tokenizer.from_file(str(file))
        self.tokenizer.enable_truncation(max_length)
        self.tokenizer.no_padding()
        self.max_length = max_length
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.pad_id = int(config.get("pad_token_id") or 0)

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, not padded."""
        return [found.ids for found in self.tokenizer.encode_batch_fast(list(texts))]

    def length(self, text: str) -> int:
        """Tokens of the whole text, special tokens once, also of what is cut off."""
        found = self.tokenizer.encode(text)
        return len(found.ids) + sum(part.special_tokens_mask.count(0) for part in found.overflowing)
