"""What runs in the oracle's own environment: python oracle_side.py MODEL IDS.json, which imports nothing of this project.

optimum-benchmark's PyTorch backend, loaded as its inference scenario loads it, forwards each row of token ids by itself under
its latency tracker, as `InferenceScenario.run_inference_latency_tracking` does with inputs that it made up. It answers each line
of standard input with a line: its p50 in ms.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from optimum_benchmark.backends.pytorch.backend import PyTorchBackend
from optimum_benchmark.backends.pytorch.config import PyTorchConfig
from optimum_benchmark.trackers.latency import LatencySessionTracker


def main(model: str, rows: str) -> None:
    """Loads, warms up and serves."""
    config = PyTorchConfig(model=model, task="text-classification", library="transformers", model_type="bert", device="cpu",
                           torch_dtype="float32", inter_op_num_threads=1, intra_op_num_threads=1)
    backend = PyTorchBackend(config)
    backend.load()
    texts = [backend.prepare_inputs(_inputs(row)) for row in json.loads(Path(rows).read_text(encoding="utf-8"))]
    tracker = LatencySessionTracker(device="cpu", backend="pytorch")
    _p50_ms(backend, tracker, texts)
    for _ in sys.stdin:
        sys.stdout.write(f"{_p50_ms(backend, tracker, texts)}\n")
        sys.stdout.flush()


def _inputs(row: list[int]) -> dict[str, Any]:
    ids = torch.tensor([row])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def _p50_ms(backend: PyTorchBackend, tracker: LatencySessionTracker, texts: list[dict[str, Any]]) -> float:
    with tracker.session():
        for inputs in texts:
            with tracker.track():
                backend.forward(inputs, {})
    return 1_000 * float(tracker.get_latency().p50)


if __name__ == "__main__":
    main(*sys.argv[1:])
