"""How an exported model is used, as Python that its card shows; nothing of this product is needed to run it. Pure."""

from __future__ import annotations

ONNX = ("onnxruntime", "openvino", "tensorrt")
DTYPES = {"fp16": "float16", "bf16": "bfloat16"}
FOLDER = "PATH OF THIS FOLDER"

_PIPELINE = """\
from transformers import pipeline

classify = pipeline("text-classification", model="{folder}", truncation=True, max_length={length}{dtype})
{compiled}classify("A text.")"""
_SESSION = """\
import json
from pathlib import Path

import numpy as np
import {module}
from tokenizers import Tokenizer

folder = Path("{folder}")
names = json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"]
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
tokenizer.enable_truncation({length})
tokenizer.no_padding()
model = {load}
ids = np.array([tokenizer.encode("A text.").ids], dtype=np.int64)
inputs = {{"input_ids": ids, "attention_mask": np.ones_like(ids)}}
print(names[str({answer}.argmax())])"""
_LOADS = {
    "onnxruntime": ("onnxruntime", 'onnxruntime.InferenceSession(folder / "model.onnx")', "model.run(None, inputs)[0]"),
    "tensorrt": ("onnxruntime", 'onnxruntime.InferenceSession(folder / "model.onnx", '
                 'providers=["TensorrtExecutionProvider", "CUDAExecutionProvider"])', "model.run(None, inputs)[0]"),
    "openvino": ("openvino", 'openvino.compile_model(folder / "model.onnx", "CPU"{hint})', "model(inputs)[0]"),
}


def code(runtime: str, precision: str, max_length: int) -> str:
    """Python that classifies a text with the folder's model, served as it was measured; texts are cut at max_length tokens."""
    if runtime not in ONNX:
        dtype = f', dtype="{DTYPES[precision]}"' if precision in DTYPES else ""
        compiled = "classify.model.compile(dynamic=True)\n" if runtime == "torch.compile" else ""
        return _PIPELINE.format(folder=FOLDER, length=max_length, dtype=dtype, compiled=compiled)
    module, load, answer = _LOADS[runtime]
    hint = {"fp16": "f16", "bf16": "bf16"}.get(precision, "f32")
    load = load.replace("{hint}", f', {{"INFERENCE_PRECISION_HINT": "{hint}"}}')
    return _SESSION.format(folder=FOLDER, length=max_length, module=module, load=load, answer=answer)
