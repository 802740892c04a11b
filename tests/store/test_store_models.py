"""Models, figures, artefacts and predictions."""

from dataclasses import replace

import pytest

from core.errors import UserError
from core.figures import derived, measured, not_measured
from core.records import Bin, CascadePoint, ModelRecord, Regression
from core.store import models, studies

SPEED = measured(3.4, "ms", source="run 1", device="cpu", as_of="2026-01-02", low=3.1, high=3.9)
SIZE = measured(22.7e6, "parameters", source="run 1", device="cpu", as_of="2026-01-02")
ENERGY = not_measured("J", "no GPU")
RATIO = derived(0.5, "ratio", "a / b", {"a": SPEED, "b": SIZE})
STUDENT = ModelRecord("depth-3", "student", "depth", "logits", "plain", "torch", "fp32", "cpu",
                      {"latency": SPEED, "energy": ENERGY}, {"train_s": 12.5, "layers": [0, 2, 5]})


def test_a_model_comes_back_with_figures_intervals_and_provenance(study):
    record = replace(STUDENT, figures={"latency": SPEED, "energy": ENERGY, "ratio": RATIO})
    models.save_model(study, record)
    found = studies.get(study).model("depth-3", "student")
    assert found == record
    assert found.figures["energy"].value is None


def test_saving_again_replaces_the_model_and_same_figures_and_keeps_the_others(study, home):
    models.save_model(study, STUDENT, home / "models" / "a")
    faster = replace(SPEED, value=1.0)
    models.save_model(study, replace(STUDENT, method="hidden states", figures={"latency": faster}))
    (found,) = studies.get(study).models
    assert found.method == "hidden states" and found.figures == {"latency": faster, "energy": ENERGY}
    assert models.artifact_path(study, "depth-3", "student") == home / "models" / "a"


def test_another_precision_or_role_is_another_model_in_order_of_saving(study):
    for record in (STUDENT, replace(STUDENT, precision="int8"), replace(STUDENT, role="control")):
        models.save_model(study, record)
    found = studies.get(study)
    assert [(m.role, m.precision) for m in found.models] == [("student", "fp32"), ("control", "fp32")]
    assert [(m.role, m.precision) for m in found.variants] == [("student", "int8")]


def test_later_figures_join_the_model(study):
    models.save_model(study, STUDENT)
    models.save_figures(study, "depth-3", "student", {"size": SIZE})
    models.save_figures(study, "depth-3", "student", {})
    assert studies.get(study).models[0].figures == {"latency": SPEED, "energy": ENERGY, "size": SIZE}


def test_the_artifact_path_moves_with_the_data_folder(study, home, monkeypatch):
    models.save_model(study, STUDENT, home / "models" / "a")
    home.rename(home.with_name("moved"))
    monkeypatch.setenv("DISTILL_ROI_HOME", str(home.with_name("moved")))
    assert models.artifact_path(study, "depth-3", "student") == home.with_name("moved") / "models" / "a"


def test_evaluations_keep_texts_in_order_and_replace_earlier_ones(study):
    models.save_model(study, STUDENT)
    models.save_model(study, replace(STUDENT, role="teacher"))
    models.save_evaluation(study, "depth-3", "teacher", "test", [0, 1], [1, 1])
    models.save_evaluation(study, "depth-3", "student", "test", [0], [0])
    models.save_evaluation(study, "depth-3", "student", "test", [0, 1], [0, 0], groups=["a", "b"])
    assert [(e.role, e.split, e.labels, e.predictions, e.groups) for e in models.evaluations(study)] == [
        ("student", "test", [0, 1], [0, 0], ["a", "b"]), ("teacher", "test", [0, 1], [1, 1], None)]


def test_confidences_come_back_beside_the_answers_and_are_none_where_nobody_computed_them(study):
    models.save_model(study, STUDENT)
    models.save_evaluation(study, "depth-3", "student", "test", [0, 1], [0, 0], confidences=[0.75, 0.5])
    models.save_evaluation(study, "depth-3", "student", "validation", [0, 1], [0, 0])
    assert [(e.split, e.confidences) for e in models.evaluations(study)] == [("test", [0.75, 0.5]), ("validation", None)]


def test_a_cascade_comes_back_with_its_figures_and_replaces_an_earlier_one(study):
    share = measured(0.25, "share", source="run 1", device="cpu", as_of="2026-01-02", low=0.2, high=0.31)
    first, second = (CascadePoint(threshold, share, share, ENERGY) for threshold in (0.0, 0.875))
    models.save_model(study, replace(STUDENT, cascade=(first,)))
    models.save_model(study, replace(STUDENT, role="control"))
    models.save_cascade(study, "depth-3", "student", [first, second])
    models.save_model(study, STUDENT)  # a record without a cascade keeps the stored one
    assert [model.cascade for model in studies.get(study).models] == [(first, second), ()]


JUDGED = replace(
    STUDENT, slices={"length: short (up to 9 words)": {"latency": SPEED, "energy": ENERGY}, "slice: ä": {}},
    reliability=(Bin(0.6, 0.5, 0.4, 0.6, 90), Bin(0.9, 1.0, 0.8, 1.0, 12)),
    regressions=(Regression("=1 <b>", "good", "good", "poor", 0.9),))


def test_slices_bins_and_regressions_come_back_whole_and_stay_unless_others_come(study):
    models.save_model(study, JUDGED)
    models.save_model(study, STUDENT)
    assert studies.get(study).models == (JUDGED,)
    models.save_judged(study, replace(STUDENT, figures={}, slices={"label: poor": {"energy": ENERGY}}))
    (found,) = studies.get(study).models
    assert (found.slices, found.reliability, found.regressions) == ({"label: poor": {"energy": ENERGY}}, (), ())
    assert found.figures == STUDENT.figures, "nothing else of the record is written"
    models.save_model(study, replace(STUDENT, role="control"))
    assert studies.get(study).models[1].slices == {}, "as a row of an older version, whose columns are null"


def test_what_is_unknown_is_named(study):
    with pytest.raises(UserError, match="study 'first' has no student 'x'"):
        models.save_judged(study, replace(STUDENT, name="x"))
    with pytest.raises(UserError, match="study 'first' has no student 'x'"):
        models.save_cascade(study, "x", "student", ())
    with pytest.raises(UserError, match="study 'first' has no student 'x'"):
        models.save_figures(study, "x", "student", {"size": SIZE})
    with pytest.raises(UserError, match="study: 'nope' is not known"):
        models.save_model("nope", STUDENT)
    models.save_model(study, STUDENT)
    with pytest.raises(UserError, match="student 'depth-3' of study 'first' has no files"):
        models.artifact_path(study, "depth-3", "student")
