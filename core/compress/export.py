"""An ONNX file of a classifier, with everything else that serves it beside it."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import PreTrainedModel

from core.errors import refused
from core.models.batching import padded
from core.models.first_token import first_token_alone

logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)  # it misses torchvision, which nothing here needs
BESIDE = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "artifact.json")
OPSET = 20


class _Logits(nn.Module):
    """The classifier as a function of two tensors that gives one."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


def write_onnx(model: PreTrainedModel, ids: list[list[int]], pad_id: int, file: Path) -> None:
    """Writes the model as ONNX for any number of rows and tokens. ids: a few real texts to trace it with (at least two lengths).

    Inputs input_ids and attention_mask, int64 (batch, sequence); output logits, float32 (batch, labels). The last layer computes what
    the head reads and no more. Raises UserError where the exporter cannot.
    """
    table, mask = (torch.from_numpy(array) for array in padded(ids, pad_id))
    rows, tokens = torch.export.Dim("batch"), torch.export.Dim("sequence")
    shapes = {name: {0: rows, 1: tokens} for name in ("input_ids", "attention_mask")}
    module = _Logits(model).eval().cpu()
    with first_token_alone(model), torch.no_grad(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), refused(
            f"onnx: {type(model).__name__} cannot be exported", "serve it in PyTorch, or export it with --no-onnx"):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(module, (table, mask), dynamo=True, input_names=["input_ids", "attention_mask"],
                                    output_names=["logits"], dynamic_shapes=shapes, opset_version=OPSET, verbose=False)
    assert program is not None, "the exporter answers with a program, or raises"
    program.save(str(file))


def write_beside(source: Path, folder: Path, vocabulary: int | None = None) -> None:
    """Copies configuration, tokenizer and card of an artefact. vocabulary: the number of tokens where it has changed."""
    for name in BESIDE:
        if (source / name).is_file() and not (folder / name).exists():
            shutil.copyfile(source / name, folder / name)
    if vocabulary is not None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        (folder / "config.json").write_text(json.dumps(config | {"vocab_size": vocabulary}, indent=2), encoding="utf-8")


def inputs_of(ids: list[list[int]], pad_id: int) -> list[dict[str, np.ndarray]]:
    """Each text as what an ONNX session reads, one row each."""
    found = (padded([row], pad_id) for row in ids)
    return [{"input_ids": table, "attention_mask": mask} for table, mask in found]
