"""The ONNX file that goes with an exported artefact."""

from __future__ import annotations

from pathlib import Path

from core.compress.export import write_onnx
from core.errors import UserError
from core.models.artifact import agreement, read_card
from core.models.build import classifier
from core.models.served import ServedTokeniser
from core.runtimes.onnx import FILE
from core.runtimes.registry import opened


def add_onnx(folder: Path) -> tuple[tuple[str, str], ...]:
    """Adds model.onnx to an artefact's folder, once ONNX Runtime gives the artefact's own answers with it.

    Returns (name, what it is) of each file added. Raises UserError where it cannot be exported or answers otherwise.
    """
    card = read_card(folder)
    tokeniser = ServedTokeniser(folder, card.max_length)
    write_onnx(classifier(folder, card.labels), tokeniser(card.reference_texts[:4]), tokeniser.pad_id, folder / FILE)
    equal = agreement(card, opened("onnxruntime", folder).answer(card.reference_texts).tolist())
    if equal < len(card.reference_texts):
        raise UserError(f"onnx: {len(card.reference_texts) - equal} of {len(card.reference_texts)} reference texts are answered "
                        "otherwise than before; export it with --no-onnx.")
    said = (f"the model as ONNX for any number of rows and tokens; ONNX Runtime gave the same answers to all "
            f"{len(card.reference_texts)} reference texts")
    return ((FILE, said),)
