"""What became of every way to serve a model that was tried, and of the tools that were not: evidence for item 5 of the checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.formats import show
from core.records import ModelRecord, StudyRecord
from core.words import RUNTIMES

Outcome = Literal["works", "fails", "not installed", "not tried", "does not apply"]
VENDORS = {"torch": "PyTorch and Hugging Face Transformers", "torch.compile": "PyTorch", "onnxruntime": "ONNX Runtime",
           "openvino": "Intel OpenVINO", "tensorrt": "NVIDIA TensorRT"}
@dataclass(frozen=True)
class Attempt:
    """tool: whose it is. way: how a model was to be served. told: its speed, why it fails, or the command that installs it."""

    tool: str
    way: str
    outcome: Outcome
    told: str


ELSEWHERE = Attempt("TensorFlow Model Optimization Toolkit", "", "does not apply",
                    "It quantises and prunes Keras models of TensorFlow; teacher and students here are PyTorch models.")


def attempts(study: StudyRecord, name: str) -> tuple[Attempt, ...]:
    """Each runtime and precision on the student of that name (or the teacher where there is none), then the tools nobody tried."""
    role = "student" if study.model(name, "student") else "teacher"
    own = [model for model in (*study.models, *study.variants) if model.role == role and (role == "teacher" or model.name == name)]
    tried = [_attempt(model) for model in own]
    missing = [Attempt(VENDORS[key], RUNTIMES[key], "not tried", "Add it to the study's variants.")
               for key in RUNTIMES if key not in {model.runtime for model in own}]
    return (*tried, *missing, ELSEWHERE)


def _attempt(model: ModelRecord) -> Attempt:
    way, tool = model.way or "PyTorch, eager fp32", VENDORS.get(model.runtime, model.runtime)
    failed = str(model.details.get("failed", ""))
    if failed:
        return Attempt(tool, way, "not installed" if "is not installed" in failed else "fails", failed)
    rate, p99 = model.figures.get("throughput_per_s"), model.figures.get("latency_p99_ms")
    if rate is None or rate.value is None:
        return Attempt(tool, way, "works", "It answers; its speed is not measured yet.")
    told = f"{show(rate)}" + ("" if p99 is None or p99.value is None else f", p99 {show(p99)}")
    same = model.figures.get("variant_agreement")
    return Attempt(tool, way, "works", told + ("" if same is None else f"; {show(same)} of its answers as before") + ".")


def noise(models: Sequence[ModelRecord]) -> tuple[str, ...]:
    """Why the measurements of these models are noisy, a sentence each with the models that it concerns; empty where they are quiet."""
    found: dict[str, list[str]] = {}
    for model in models:
        for reason in model.details.get("noise", ()):
            found.setdefault(str(reason), []).append(model.name)
    return tuple(f"{reason} ({', '.join(dict.fromkeys(names))})" for reason, names in found.items())
