"""The shape of a stored model, read from its configuration and the heads of its weight files; torch is not needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from core.errors import UserError
from core.pricing.roofline import Shape
from core.studies.plan import LAYER_KEYS

KEYS = {"layers": LAYER_KEYS, "width": ("hidden_size", "dim", "d_model"), "inner": ("intermediate_size", "hidden_dim", "d_ff")}


def shape_of(folder: Path) -> Shape:
    """Layers, widths and weights outside the embeddings. Raises UserError where they cannot be read or do not tell the work."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        found = {name: _first(config, keys) for name, keys in KEYS.items()}
        weights = sum(_weights(file) for file in folder.glob("*.safetensors"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError):
        raise UserError("model: its files do not state its layers, widths and weights; measure it instead of estimating.") from None
    if config.get("num_hidden_groups", found["layers"]) < found["layers"]:
        raise UserError("model: its layers share their weights, which says too little of its work; measure it instead of estimating.")
    if not weights:
        raise UserError("model: its weights are gone; run the study again.")
    return Shape(weights, **found)


def _first(config: Mapping[str, Any], keys: tuple[str, ...]) -> int:
    return int(next(config[key] for key in (*(key for key in keys if key in config), keys[0])))


def _weights(file: Path) -> int:
    """Numbers in a safetensors file, those of embeddings left out."""
    with safe_open(file, framework="np") as opened:
        return sum(prod(opened.get_slice(name).get_shape()) for name in opened.keys() if "embed" not in name)  # noqa: SIM118
