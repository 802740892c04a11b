"""OpenVINO on the CPU."""

from __future__ import annotations

import numpy as np
import openvino

from core.runtimes.base import Runtime
from core.runtimes.onnx import FILE


class OpenVinoRuntime(Runtime):
    """The model.onnx of an artefact served by OpenVINO."""

    name = "openvino"

    def open(self) -> None:
        """Reads and compiles model.onnx for one stream; precision fp32 is kept unless bf16 or fp16 is asked for."""
        hint = {"bf16": "bf16", "fp16": "f16"}.get(self.precision, "f32")
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": hint}
        if self.threads:
            options["INFERENCE_NUM_THREADS"] = str(self.threads)
        core = openvino.Core()
        self.model = core.compile_model(core.read_model(self.folder / FILE), "CPU", options)
        self.request = self.model.create_infer_request()

    def run(self, table: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Logits of one padded batch."""
        found = self.request.infer({"input_ids": table, "attention_mask": mask})[0]
        return np.array(found, dtype=np.float32)
