"""What GPUs can do at most, by the shipped table of their makers' figures. Pure: the table's text comes in."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

# The price list's name of a GPU where the table has another; lists that say only "A100" or "H100" mean the SXM module.
TABLE_NAMES = {"A100": "A100-40GB-SXM", "A100-80GB": "A100-80GB-SXM", "H100": "H100-SXM", "H200": "H200-SXM", "V100": "V100-SXM2-16GB"}
PEAKS = {"fp32": "fp32_tflops", "fp16": "fp16_tensor_dense_tflops", "bf16": "bf16_tensor_dense_tflops"}


@dataclass(frozen=True)
class Gpu:
    """bytes_per_s: of its memory. flops_per_s: peak by precision (fp32, fp16, bf16), without those that the table does not know."""

    name: str
    bytes_per_s: float
    flops_per_s: Mapping[str, float]
    source: str


def parse_gpus(text: str) -> dict[str, Gpu]:
    """The table (CSV with GB/s and TFLOP/s) by the names in it."""
    return {row["gpu"]: _gpu(row) for row in csv.DictReader(text.splitlines())}


def _gpu(row: Mapping[str, str]) -> Gpu:
    peaks = {precision: float(row[column]) * 1e12 for precision, column in PEAKS.items() if row[column]}
    return Gpu(row["gpu"], float(row["bandwidth_gb_s"]) * 1e9, peaks, row["source"])


def find_gpu(table: Mapping[str, Gpu], name: str) -> Gpu | None:
    """The GPU that the price list calls `name`; None where the table has no figures of the very same model."""
    return table.get(TABLE_NAMES.get(name, name))
