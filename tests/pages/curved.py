"""Learning curves for studies that are made for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.records import ModelRecord
from core.store import models
from core.studies import read

JUDGED = 2_000


def curve(texts: int = 2_560, points: int = 6, seeds: int = 2, a: float = 0.15, b: float = 0.08, c: float = 0.5) -> dict[str, Any]:
    """Details "curve" of a student whose errors fall by a law; the second seed errs on three texts more."""
    sizes = [texts >> i for i in reversed(range(points))]
    right = {n: round(JUDGED * (1 - a - b * (n / texts) ** -c)) for n in sizes}
    rows = [{"texts": n, "seed": seed, "right": right[n] - 3 * seed, "tokens": 27 * n, "seconds": n / 100}
            for n in sizes for seed in range(seeds)]
    return {"judged": JUDGED, "majority": 0.5, "device": "Test CPU, 2 cores", "date": "2026-11-20", "points": rows}


def give_curve(study_id: str = "mine", student: str = "depth-3", **how: Any) -> ModelRecord:
    """Gives a stored student a learning curve, and the texts and tokens of its training."""
    model = read.get(study_id).model(student, "student")
    assert model is not None
    found = curve(**how)
    texts = max(point["texts"] for point in found["points"])
    made = replace(model, details={**model.details, "texts": texts, "tokens": 2 * 27 * texts, "curve": found})
    models.save_model(study_id, made)
    return made
