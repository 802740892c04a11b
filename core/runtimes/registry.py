"""Which runtimes there are, which are installed here, and how one is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from core import words
from core.errors import UserError
from core.runtimes.base import Runtime

Kind = Literal["torch", "torch.compile", "onnxruntime", "openvino", "tensorrt"]
Form = Literal["safetensors", "onnx"]


@dataclass(frozen=True)
class RuntimeInfo:
    """title: as people write it. module: what must be importable. install: the command that installs it. form: what it loads.

    cuda: the package whose build serves on a GPU; None: it serves on the CPU alone. cpu: whether it serves there.
    """

    title: str
    module: str
    install: str
    form: Form
    opener: Callable[[], type[Runtime]]
    cuda: str | None = "torch"
    cpu: bool = True


def _torch() -> type[Runtime]:
    from core.runtimes.eager import EagerRuntime

    return EagerRuntime


def _compiled() -> type[Runtime]:
    from core.runtimes.eager import CompiledRuntime

    return CompiledRuntime


def _onnx() -> type[Runtime]:
    from core.runtimes.onnx import OnnxRuntime

    return OnnxRuntime


def _tensorrt() -> type[Runtime]:
    from core.runtimes.onnx import TensorRTRuntime

    return TensorRTRuntime


def _openvino() -> type[Runtime]:
    from core.runtimes.openvino import OpenVinoRuntime

    return OpenVinoRuntime


RUNTIMES: dict[str, RuntimeInfo] = {
    "torch": RuntimeInfo(words.RUNTIMES["torch"], "torch", "pip install torch", "safetensors", _torch),
    "torch.compile": RuntimeInfo(words.RUNTIMES["torch.compile"], "torch", "pip install torch", "safetensors", _compiled),
    "onnxruntime": RuntimeInfo(words.RUNTIMES["onnxruntime"], "onnxruntime", "pip install onnxruntime", "onnx", _onnx, "onnxruntime-gpu"),
    "openvino": RuntimeInfo(words.RUNTIMES["openvino"], "openvino", "pip install openvino", "onnx", _openvino, None),
    "tensorrt": RuntimeInfo(words.RUNTIMES["tensorrt"], "tensorrt", "pip install onnxruntime-gpu tensorrt-cu12", "onnx", _tensorrt,
                            "onnxruntime-gpu", cpu=False),
}


def installed(kind: str) -> bool:
    """Whether the runtime's package can be imported here; nothing is imported."""
    return find_spec(RUNTIMES[kind].module) is not None


def device_of(kind: str, device: str) -> str:
    """Where the runtime serves on a machine whose models are on `device`: there, or on the CPU if it knows no other."""
    return "cpu" if RUNTIMES[kind].cuda is None else device


def opened(kind: str, folder: Path, device: str = "cpu", threads: int | None = None, precision: str = "fp32") -> Runtime:
    """A runtime with the artefact of `folder` loaded. Raises UserError for an unknown or missing one."""
    if kind not in RUNTIMES:
        raise UserError(f"runtime: {kind!r} is not known; choose one of {', '.join(RUNTIMES)}.")
    if not installed(kind):
        raise UserError(f"runtime: {RUNTIMES[kind].title} is not installed; run `{RUNTIMES[kind].install}`.")
    return RUNTIMES[kind].opener()(folder, device, threads, precision)
