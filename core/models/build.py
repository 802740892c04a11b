"""Classifiers from folders, and depth students cut out of a teacher."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedModel

import core.models.quiet  # noqa: F401
from core.errors import UserError, first_line
from core.models.families import register
from core.models.layers import kept_layers

LAYER_COUNTS = ("num_hidden_layers", "n_layers", "num_layers")


def is_adapted(folder: Path, labels: Sequence[str]) -> bool:
    """Whether the model in `folder` already classifies into exactly these labels, in any order."""
    config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    return any("SequenceClassification" in name for name in config.architectures or ()) and \
        sorted(map(str, config.id2label.values())) == sorted(labels)


def classifier(folder: Path, labels: Sequence[str], seed: int = 0) -> PreTrainedModel:
    """A sequence classifier over `labels` in fp32; a head that the folder does not have starts at random, by `seed`.

    Its outputs are in the order of `labels`, also where the folder's own order differs. Raises UserError.
    """
    register()
    keep = is_adapted(folder, labels)
    names = {} if keep else {"num_labels": len(labels), "id2label": dict(enumerate(labels)),
                             "label2id": {name: i for i, name in enumerate(labels)}}
    torch.manual_seed(seed)
    try:
        model = AutoModelForSequenceClassification.from_pretrained(
            folder, trust_remote_code=False, use_safetensors=True, dtype=torch.float32,
            ignore_mismatched_sizes=not keep, local_files_only=True, **names)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise UserError(f"model: {folder.name!r} cannot be loaded as a text classifier ({first_line(error)}); "
                        "choose an encoder that Transformers knows.") from None
    return _reordered(model, labels) if keep else model


def placed(model: PreTrainedModel, device: str) -> PreTrainedModel:
    """The same model, moved to "cpu" or "cuda:N"."""
    nn.Module.to(model, torch.device(device))
    return model


def parameters(model: nn.Module) -> int:
    """Number of weights."""
    return sum(weight.numel() for weight in model.parameters())


def depth(model: PreTrainedModel) -> int:
    """Number of transformer layers."""
    return len(_layers(model)[1])


def layers_of(model: PreTrainedModel) -> nn.ModuleList:
    """The transformer layers, first to last. Raises UserError where none are found."""
    return _layers(model)[1]


def cut(teacher: PreTrainedModel, keep: int, which: Sequence[int] | None = None) -> PreTrainedModel:
    """A copy of the teacher with only `keep` of its layers (Sanh et al. 2019, section 3); embeddings and head are copied too.

    which: the numbers of these layers, from 0; None: spread over all of them. Raises UserError for layers that it has not.
    """
    indices = kept_layers(depth(teacher), keep, which)
    student = copy.deepcopy(teacher)
    path, layers = _layers(student)
    parent, _, name = path.rpartition(".")
    setattr(student.get_submodule(parent), name, nn.ModuleList(layers[i] for i in indices))
    for key in LAYER_COUNTS:
        if hasattr(student.config, key):
            setattr(student.config, key, keep)
    return student


def _layers(model: PreTrainedModel) -> tuple[str, nn.ModuleList]:
    count = next((getattr(model.config, key) for key in LAYER_COUNTS if hasattr(model.config, key)), None)
    for path, module in model.named_modules():
        if isinstance(module, nn.ModuleList) and len(module) == count:
            return path, module
    raise UserError(f"teacher: no stack of layers was found in {type(model).__name__}; "
                    "choose a pretrained student instead of depth.")


def _reordered(model: PreTrainedModel, labels: Sequence[str]) -> PreTrainedModel:
    place = {str(name): int(i) for i, name in (model.config.id2label or {}).items()}
    order = torch.tensor([place[name] for name in labels])
    if not torch.equal(order, torch.arange(len(order))):
        head = [m for m in model.modules() if isinstance(m, nn.Linear) and m.out_features == len(labels)][-1]
        with torch.no_grad():
            head.weight.copy_(head.weight[order])
            if head.bias is not None:
                head.bias.copy_(head.bias[order])
    model.config.id2label = dict(enumerate(labels))
    model.config.label2id = {name: i for i, name in enumerate(labels)}
    return model
