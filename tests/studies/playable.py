"""A finished study whose teacher and students have real, tiny model files, one of them also in ONNX Runtime."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from core import settings
from core.figures import measured
from core.store import models, studies
from tests.pages.made import make_study


def playable(study_id: str, artefact: Path, onnx: Path, **made) -> str:
    """Saves the artefact as the files of each of its models, and the ONNX folder as a variant of depth-1. Returns the id."""
    make_study(study_id, **made)
    temperature = measured(2.0, "ratio", source="made for a test", device="Test CPU", as_of="2026-11-20")
    for model in studies.get(study_id).models:
        folder = settings.folder("models", study_id) / f"{model.name}-{model.role}"
        shutil.copytree(artefact, folder)
        figures = {} if model.name == "depth-3" else {"confidence_temperature": temperature}
        models.save_model(study_id, replace(model, figures=figures), folder)
    trained = studies.get(study_id).model("depth-1", "student")
    folder = settings.folder("models", study_id) / "depth-1-onnx"
    shutil.copytree(onnx, folder)
    models.save_model(study_id, replace(trained, runtime="onnxruntime", figures={}, details={}), folder)
    return study_id
