"""ONNX Runtime, on the CPU, on CUDA, and through its TensorRT provider."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort

from core.errors import UserError
from core.runtimes.base import Runtime

FILE = "model.onnx"


class OnnxRuntime(Runtime):
    """The model.onnx of an artefact served by ONNX Runtime."""

    name = "onnxruntime"

    def open(self) -> None:
        """Loads model.onnx. Raises UserError where the device's provider is not part of this build."""
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        if self.threads:
            options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        wanted = self.providers()
        missing = [name for name in wanted[:1] if name not in ort.get_available_providers()]
        if missing:
            raise UserError(f"runtime: {self.name!r} needs {missing[0]}, which this build of ONNX Runtime has not; "
                            "install onnxruntime-gpu in its place.")
        self.session = ort.InferenceSession(self.folder / FILE, options, providers=wanted)

    def providers(self) -> list[str]:
        """ONNX Runtime's execution providers, the wanted one first."""
        return ["CUDAExecutionProvider"] if self.device.startswith("cuda") else ["CPUExecutionProvider"]

    def run(self, table: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """Logits of one padded batch."""
        found: np.ndarray = self.session.run(None, {"input_ids": table, "attention_mask": mask})[0]
        return found.astype(np.float32, copy=False)


class TensorRTRuntime(OnnxRuntime):
    """The same file through NVIDIA's TensorRT, where ONNX Runtime is built with it."""

    name = "tensorrt"

    def providers(self) -> list[str]:
        """TensorRT first; CUDA takes what it cannot run."""
        return ["TensorrtExecutionProvider", "CUDAExecutionProvider"]
