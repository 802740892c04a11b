"""A made study whose students have real files: small, with random weights, saved as a study saves them."""

from __future__ import annotations

from pathlib import Path

from core import settings
from core.models.artifact import Card, save
from core.models.build import classifier, cut
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
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
