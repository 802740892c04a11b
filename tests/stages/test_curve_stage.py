"""Stage "curve" on a tiny teacher: parts within parts, every point a real training, resumed and cancelled in the middle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import tasks
from core.case import CaseInputs
from core.errors import Cancelled
from core.quality.laws import Seen
from core.spec import CurveSpec, StudySpec, parse
from core.stages.adapt import adapt
from core.stages.curve import Part, curve, parts, rows_of
from core.stages.distil import distil
from core.stages.transfer import label
from core.store import models, studies
from core.studies.learning import seen_of
from tests.conftest import sentences
from tests.stages.staged import Context


class Live(Context):
    """A run whose live points are kept."""

    def point(self, series, x, y):
        self.points.append((series, x, y))


def context_of(results, stop_at=None):
    found = Live(study=studies.get("one"), argument="depth-1", results=results, seen=[], points=[])
    if stop_at is not None:
        def progress(share, detail=""):
            if stop_at in detail:
                raise Cancelled
        found.progress = progress
    return found


@pytest.fixture
def trained(own_home, tiny_model):
    """The results of the stages before the curve, of a study that is stored."""
    texts, labels = sentences(400)
    file = "\n".join(["text\tlabel", *(f"{t}\t{lab}" for t, lab in zip(texts, labels, strict=True))])
    tasks.import_file(file.encode(), "a.tsv", name="easy")
    spec = parse(StudySpec, {"task": "easy", "preset": "custom", "device": "cpu", "students": [{"name": "depth-1", "layers": 1}],
                             "teacher": {"source": str(tiny_model), "tokens": 8_000, "epochs": 2},
                             "training": {"max_length": 32, "batch_tokens": 256}, "distil": {"tokens": 6_000, "epochs": 2},
                             "curve": {"points": 3, "seeds": 2}})
    studies.create("one", spec, CaseInputs(), {"cpu": "Test CPU", "cores": 2, "threads": 2, "gpus": []}, "abc")
    results = {}
    for name, stage in (("adapt", adapt), ("label", label), ("distil:depth-1", distil)):
        results[name] = stage(context_of(results))
    return results


def test_each_part_is_judged_on_all_validation_texts_and_lies_in_the_students_details(trained):
    context = context_of(trained)
    done = curve(context)
    record = studies.get("one").model("depth-1", "student")
    found, task = record.details["curve"], tasks.load("easy")
    whole = record.details["texts"]
    sizes = [(point["texts"], point["seed"]) for point in found["points"]]
    assert sizes == [(n, s) for n in (round(whole / 4), round(whole / 2), whole) for s in (0, 1)]
    assert found["judged"] == len(task.validation) and done["points"] == 6
    assert found["majority"] == pytest.approx(max(np.mean(task.validation["label"] == each) for each in (0, 1)))
    own = found["points"][4]
    used = record.details["tokens"], record.details["seconds"]
    assert (own["tokens"], own["seconds"]) == used, "the study's own student, not trained again"
    assert found["points"][0]["tokens"] < 0.4 * own["tokens"]
    accuracies = [(p["texts"], pytest.approx(100 * p["right"] / found["judged"])) for p in found["points"]]
    assert [point[1:] for point in context.points] == accuracies
    assert record.details["seconds"] > 0 and models.artifact_path("one", "depth-1", "student").exists(), "what distil kept stays"
    assert seen_of(record)[4] == Seen(whole, 0, 1 - own["right"] / found["judged"], found["judged"])


def test_a_stopped_curve_goes_on_where_it_was_and_gives_the_same(trained):
    whole = studies.get("one").model("depth-1", "student").details["texts"]
    with pytest.raises(Cancelled):
        curve(context_of(trained, stop_at=f"seed 1: {round(whole / 2):,} texts"))
    half = studies.get("one").model("depth-1", "student").details["curve"]["points"]
    assert len(half) == 3
    curve(context_of(trained))
    found = studies.get("one").model("depth-1", "student").details["curve"]["points"]
    assert found[:3] == half and len(found) == 6
    models.save_model("one", without_curve(studies.get("one").model("depth-1", "student")))
    curve(context_of(trained))
    again = studies.get("one").model("depth-1", "student").details["curve"]["points"]
    assert [point["right"] for point in again] == [point["right"] for point in found]


def without_curve(record):
    return replace(record, details={key: value for key, value in record.details.items() if key != "curve"})


def test_parts_of_a_seed_lie_within_one_another():
    two = CurveSpec(points=3, seeds=2)
    assert parts(100, two, 7, 4) == [Part(25, 7), Part(25, 8), Part(50, 7), Part(50, 8), Part(100, 7), Part(100, 8)]
    assert parts(100, CurveSpec(points=9, seeds=1), 0, 4)[0] == Part(6, 0), "fewer texts than two for each label are not tried"
    assert parts(3, CurveSpec(points=4, seeds=1), 0, 4) == [Part(3, 0)]
    assert [part.texts for part in parts(1000, CurveSpec(points=4, seeds=1, share=0.7), 0, 4)] == [343, 490, 700, 1000]
    small, large = (set(rows_of(Part(n, 8), 100)) for n in (25, 50))
    assert small < large and small != set(rows_of(Part(25, 7), 100)) and set(rows_of(Part(100, 8), 100)) == set(range(100))
