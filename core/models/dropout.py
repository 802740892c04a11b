"""Dropout by a generator of a model's own: on a CPU torch draws a tenth of a small student's training time in one thread.

The rule is torch's: each value is 0 with probability p and divided by 1 - p otherwise (Srivastava et al. 2014). Here p is a multiple of
2^-16, and four values are drawn at once from SFC64.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

STEPS = 2**16


@contextmanager
def own_dropout(model: nn.Module, seed: int) -> Iterator[None]:
    """Within the block the model's Dropout modules draw from a generator that starts at `seed`; attention's own dropout stays torch's."""
    draw = np.random.SFC64(seed)
    modules = [module for module in model.modules() if type(module) is nn.Dropout]
    for module in modules:
        module.forward = _forward(module, draw)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for module in modules:
            del module.forward


def _forward(module: nn.Dropout, draw: np.random.SFC64):  # type: ignore[no-untyped-def]
    def forward(values: torch.Tensor) -> torch.Tensor:
        return values * _noise(values.shape, module.p, draw) if module.training and module.p else values

    return forward


def _noise(shape: torch.Size, p: float, draw: np.random.SFC64) -> torch.Tensor:
    """0 or 1 / (1 - p), fp32, of that shape."""
    count = shape.numel()
    drawn = draw.random_raw(-(-count // 4)).view(np.uint16)[:count]
    kept = drawn >= round(p * STEPS)
    return torch.from_numpy(np.multiply(kept, np.float32(1 / (1 - p)), dtype=np.float32)).view(shape)
