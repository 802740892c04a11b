"""A made study whose students have real files: small, with random weights, saved as a study saves them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from core import settings
from core.compress import export, quantise
from core.models.artifact import Card, read_card, save, write_card
from core.models.build import classifier, cut
from core.models.served import ServedTokeniser
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
from core.runtimes.onnx import FILE, OnnxRuntime
from core.store import models, studies
from tests.conftest import sentences
from tests.pages.made import make_study

LABELS = ("good | _fine_", "poor")  # with marks that Markdown would read


def study_with_files(study_id: str, tiny_model: Path, layers: tuple[int, ...] = (1, 2), **made) -> str:
    """A finished study; "depth-1" has a model of layers[0] layers and the teacher one of layers[1]."""
    make_study(study_id, **made)
    record = studies.get(study_id)
    texts, _ = sentences(40)
    for (name, role), keep in zip((("depth-1", "student"), ("minilm", "teacher")), layers, strict=True):
        model, tokeniser = cut(classifier(tiny_model, LABELS), keep), Tokeniser(tiny_model, 32)
        answers = logits(model, tokeniser(texts), tokeniser.pad_id).argmax(-1).tolist()
        folder = settings.folder("models", study_id) / f"{name}-{role}"
        save(model, tokeniser, Card(LABELS, 32, tuple(texts), tuple(answers), {"seconds": 1.5}), folder)
        models.save_model(study_id, record.model(name, role), folder)
    return study_id


def onnx_variants(tiny_model: Path, place: Path) -> dict[str, Path]:
    """By precision: folders of depth-1 for ONNX Runtime, in fp32 and in int8, made as a study makes them."""
    texts, _ = sentences(40)
    model, tokeniser = cut(classifier(tiny_model, LABELS), 1), Tokeniser(tiny_model, 32)
    base = save(model, tokeniser, Card(LABELS, 32, tuple(texts), (0,) * 40, {}), place / "base")
    made = {precision: place / precision for precision in ("fp32", "int8")}
    for folder in made.values():
        folder.mkdir()
        export.write_beside(base, folder)
    export.write_onnx(model, ServedTokeniser(base, 32)(texts[:4]), tokeniser.pad_id, made["fp32"] / FILE)
    quantise.dynamic(made["fp32"] / FILE, made["int8"] / FILE, quantise.Format("uint8", False, False))
    for folder in made.values():
        answers = OnnxRuntime(folder, threads=1).answer(texts).tolist()
        write_card(replace(read_card(folder), reference_answers=tuple(answers)), folder)
    return made


def add_variants(study_id: str, made: dict[str, Path]) -> None:
    """Gives depth-1 these variants; one in compiled PyTorch, which has its own files; and one that could not be made."""
    base = studies.get(study_id).model("depth-1", "student")
    place = settings.folder("models", study_id)
    row = replace(base, variant="uncompressed", details={"check": "40 of 40 validation texts answered as before", "seconds": 9.0})
    for precision, folder in made.items():
        kept = shutil.copytree(folder, place / f"depth-1-student-onnxruntime-{precision}-uncompressed")
        models.save_model(study_id, replace(row, runtime="onnxruntime", precision=precision), kept)
    models.save_model(study_id, replace(row, runtime="torch.compile"), place / "depth-1-student")
    models.save_model(study_id, replace(row, runtime="tensorrt", details={"failed": "TensorRT is not installed."}, figures={}))
