"""int8 for an ONNX file: dynamic, or static with calibration texts. Which format suits depends on the processor."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quant_pre_process,
    quantize_dynamic,
    quantize_static,
)

from core.errors import refused

MATRICES = ["MatMul", "Gemm"]  # what a transformer computes with; embeddings too in the dynamic kind, which only shrinks them


@dataclass(frozen=True)
class Format:
    """weights: "int8" or "uint8". per_channel: a scale for each column. reduce_range: 7 bits, which 16-bit sums cannot overflow."""

    weights: str
    per_channel: bool
    reduce_range: bool

    def __str__(self) -> str:
        return f"{self.weights}{', per channel' if self.per_channel else ''}{', 7 bits' if self.reduce_range else ''}"


def formats(features: Sequence[str]) -> tuple[Format, ...]:
    """Formats in the order in which they are worth trying on a processor with these instruction sets, the fastest first.

    Without VNNI the sums of products are kept in 16 bits and overflow with full-range signed weights.
    """
    if {"avx512_vnni", "avx_vnni", "amx_int8", "asimd"} & set(features):
        return (Format("int8", True, False), Format("uint8", False, False))
    return (Format("uint8", False, False), Format("int8", True, True), Format("int8", False, True))


def dynamic(source: Path, target: Path, chosen: Format) -> None:
    """Weights as 8-bit integers, activations quantised as they come. Raises UserError where ONNX Runtime cannot."""
    with _refused(chosen), _prepared(source) as ready:
        quantize_dynamic(ready, target, weight_type=_type(chosen), per_channel=chosen.per_channel, reduce_range=chosen.reduce_range)


def static(source: Path, target: Path, chosen: Format, calibration: Sequence[dict[str, np.ndarray]]) -> None:
    """Weights and activations as 8-bit integers; the ranges of activations are those of the calibration texts.

    Raises UserError where ONNX Runtime cannot.
    """
    reader = _Reader(calibration)
    with _refused(chosen), _prepared(source) as ready:
        quantize_static(ready, target, reader, quant_format=QuantFormat.QDQ, op_types_to_quantize=MATRICES,
                        per_channel=chosen.per_channel, reduce_range=chosen.reduce_range, weight_type=_type(chosen),
                        activation_type=QuantType.QUInt8, calibrate_method=CalibrationMethod.MinMax)


def _refused(chosen: Format) -> AbstractContextManager[None]:
    return refused(f"precision: this model cannot be had as {chosen}", "leave it in fp32")


def _type(chosen: Format) -> QuantType:
    return QuantType.QInt8 if chosen.weights == "int8" else QuantType.QUInt8


@contextmanager
def _prepared(source: Path) -> Iterator[Path]:
    """The file with shapes inferred and constants folded, as the quantisers want it."""
    logger = logging.getLogger()
    before = logger.level
    logger.setLevel(logging.ERROR)  # it recommends what was just done
    try:
        with tempfile.TemporaryDirectory() as folder:
            ready = Path(folder) / "ready.onnx"
            quant_pre_process(source, ready, skip_symbolic_shape=True)
            yield ready
    finally:
        logger.setLevel(before)


class _Reader(CalibrationDataReader):
    """One text after the other."""

    def __init__(self, rows: Sequence[dict[str, np.ndarray]]) -> None:
        self._rows = iter(rows)

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self._rows, None)
