"""Made studies whose models have also answered test texts of the bundled task, right or wrong where a test says so."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from sqlalchemy import update

from core import tasks
from core.figures import measured
from core.store import models, studies, tables
from core.store.engine import write
from tests.pages.made import make_study

MODELS = (("minilm", "teacher"), ("depth-3", "student"), ("depth-3", "control"), ("depth-1", "student"), ("depth-1", "control"))


def answered(study_id: str, wrong: dict[str, Collection[int]] | None = None, read: int = 1200, seed: int = 0, **made) -> str:
    """A finished study that read `read` test texts. wrong: by student's name ("minilm": the teacher), the rows of the test split
    that it has wrong; every model has each tenth text wrong beside."""
    make_study(study_id, **made)
    if seed:
        spec = studies.get(study_id).spec
        changed = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": seed})}).model_dump(mode="json")
        with write() as connection:
            connection.execute(update(tables.studies).where(tables.studies.c.id == study_id).values(spec=changed))
    test = tasks.load("snippets").test
    rows = np.random.default_rng(seed).permutation(len(test))[:read]
    labels = test["label"].to_numpy()[rows]
    left = measured(len(test) - read, "count", source="test", device="", as_of="2026-11-20")
    for name, role in MODELS:
        bad = (rows % 10 == 0) | (np.isin(rows, list((wrong or {}).get(name, ()))) & (role != "control"))
        answers = np.where(bad, (labels + 1) % 2, labels)
        sure = None if role == "teacher" else np.linspace(0.5, 1.0, read).tolist()
        models.save_evaluation(study_id, name, role, "test", labels.tolist(), answers.tolist(), None, sure)
        models.save_figures(study_id, name, role, {"test_texts_left": left})
    assert studies.get(study_id).job.state == "done"
    return study_id


def rows_right(count: int, read: int = 1200) -> list[int]:
    """Rows that such a study reads and that every model has right, in the order of reading."""
    order = np.random.default_rng(0).permutation(len(tasks.load("snippets").test))[:read]
    return [int(row) for row in order if row % 10][:count]
