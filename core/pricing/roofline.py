"""How fast a model can be on a GPU that nobody has measured it on: the roofline model, with a wide range.

Williams, Waterman, Patterson, "Roofline: an insightful visual performance model for multicore architectures", CACM 52(4), 2009: work
takes at least as long as its arithmetic at the peak rate, and at least as long as its bytes at the memory's rate. No program reaches
either rate, so both are taken times an efficiency. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

# Shares of both peaks that are reached, by judgement: small models launch many short kernels and leave a GPU idle between them; large
# matrices in well-tuned kernels seldom get beyond the higher one.
EFFICIENCY = (0.1, 0.6)
BATCH_TOKENS = 65_536  # of a batch on a GPU, as core.runtimes.base has it
ITEM_BYTES = {"fp32": 4, "fp16": 2, "bf16": 2}


@dataclass(frozen=True)
class Shape:
    """What a transformer's work follows from. weights: parameters outside the embeddings. width: of a token's vector, inner: of the
    feed-forward part."""

    weights: int
    layers: int
    width: int
    inner: int


@dataclass(frozen=True)
class Work:
    """Of one text: floating-point operations, and bytes that pass between the GPU and its memory."""

    flop: float
    moved_bytes: float


@dataclass(frozen=True)
class Roof:
    """flops_per_s, bytes_per_s: peaks of one GPU. gpus: how many, each with texts of its own. cores: of the host, for all of them."""

    flops_per_s: float
    bytes_per_s: float
    gpus: int = 1
    cores: int = 1


@dataclass(frozen=True)
class Rate:
    """Texts a second: at the lower and the higher efficiency, and their geometric middle. bound: what binds, arithmetic or memory."""

    low: float
    middle: float
    high: float
    bound: str


def work(shape: Shape, tokens: float, precision: str) -> Work:
    """A text of so many tokens, in batches of BATCH_TOKENS.

    FLOP: two for each weight and token, and attention's two products of 2 x tokens^2 x width in each layer. Bytes: the weights once a
    batch; of each layer the outputs of its six matrices (five of `width`, one of `inner`), once written and once read.
    """
    flop = 2 * shape.weights * tokens + shape.layers * 4 * tokens**2 * shape.width
    numbers = shape.weights * tokens / BATCH_TOKENS + 2 * shape.layers * (5 * shape.width + shape.inner) * tokens
    return Work(flop, numbers * ITEM_BYTES[precision])


def rate(text: Work, roof: Roof, tokenise_s: float = 0.0) -> Rate:
    """tokenise_s: one text on one core of the host, before the GPU has it; on one core at the low end, spread over all at the high one."""
    arithmetic_s, memory_s = text.flop / roof.flops_per_s, text.moved_bytes / roof.bytes_per_s
    least_s = max(arithmetic_s, memory_s)
    low, high = (roof.gpus / (least_s / share + tokenise_s / cores)
                 for share, cores in zip(EFFICIENCY, (1.0, max(roof.cores / roof.gpus, 1.0)), strict=True))
    return Rate(low, sqrt(low * high), high, "arithmetic" if arithmetic_s >= memory_s else "memory")
