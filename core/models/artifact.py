"""A deployable model on disk: weights (safetensors), configuration, tokenizer, and reference answers to check a reload with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from core.models.tokens import Tokeniser

CARD = "artifact.json"


@dataclass(frozen=True)
class Card:
    """What a runtime needs besides the weights.

    reference: texts and the label numbers that the model gave when it was saved. training: how it was made
    (seconds, tokens, texts, steps, device, date).
    """

    labels: tuple[str, ...]
    max_length: int
    reference_texts: tuple[str, ...]
    reference_answers: tuple[int, ...]
    training: dict[str, Any]


def save(model: PreTrainedModel, tokeniser: Tokeniser, card: Card, folder: Path) -> Path:
    """Write the artefact to `folder`, whole or not at all; an older one there is replaced."""
    draft = folder.parent / f".draft-{folder.name}"
    shutil.rmtree(draft, ignore_errors=True)  # left by a process that was killed on its way
    draft.mkdir(parents=True)
    try:
        model.save_pretrained(draft, safe_serialization=True)
        tokeniser.save(draft)
        write_card(card, draft)
        shutil.rmtree(folder, ignore_errors=True)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def write_card(card: Card, folder: Path) -> None:
    """Writes the card, over one that is there."""
    (folder / CARD).write_text(json.dumps(asdict(card), ensure_ascii=False), encoding="utf-8")


def read_card(folder: Path) -> Card:
    """The card of an artefact."""
    data = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return Card(tuple(data["labels"]), data["max_length"], tuple(data["reference_texts"]), tuple(data["reference_answers"]),
                data["training"])


def bytes_on_disk(folder: Path) -> int:
    """Bytes that a deployment copies: weights, configuration and tokenizer, without the reference answers."""
    return sum(file.stat().st_size for file in folder.iterdir() if file.is_file() and file.name != CARD)


def agreement(card: Card, answers: Sequence[int]) -> int:
    """How many of the reference texts were answered as when the artefact was saved."""
    return sum(a == b for a, b in zip(card.reference_answers, answers, strict=True))
