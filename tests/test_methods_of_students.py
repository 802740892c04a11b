"""Which method a student learns by, what it is called, and which families it suits."""

from __future__ import annotations

import pytest

from core import methods
from core.errors import UserError
from core.records import ModelRecord
from core.spec import preset
from core.studies import expected, plan, submit
from core.studies.model_card import _title
from core.tasks import info


def spec(*students, **distil):
    return preset("quick", "snippets", students=[{"name": f"s{i}", **student} for i, student in enumerate(students)], distil=distil)


def test_a_students_own_method_goes_before_the_studys():
    study = spec({"layers": 1}, {"layers": 1, "method": "self"}, method="relations", generations=3, epochs=4)
    first, second = study.students
    assert [methods.method_of(study, each) for each in (first, second)] == ["relations", "self"]
    assert [methods.called(study, each) for each in (first, second)] == ["relations", "self, 3 generations"]
    assert [methods.passes(study, each) for each in (first, second)] == [4, 12]


def test_every_method_is_told_in_words():
    assert all(methods.told(methods.called(spec({"layers": 1}, method=name), spec({"layers": 1}).students[0])).startswith("distilled")
               for name in ("logits", "hidden states", "relations", "self", "black box"))
    assert methods.told("hard labels") == "trained on the labels alone" and methods.told("something new") == "something new"


@pytest.mark.parametrize("method", methods.LAYERED)
@pytest.mark.parametrize("family", ["static", "linear", "convolutional"])
def test_a_family_without_layers_is_refused_before_the_start(family, method):
    for study in (spec({"family": family, "method": method}), spec({"layers": 1}, {"family": family}, method=method)):
        name = study.students[-1].name
        with pytest.raises(UserError) as refused:
            submit.preview(study)
        assert str(refused.value) == (f"students: '{name}' is a {family} student, which has no layers to learn by the method '{method}'; "
                                      "give it the method logits, self or black box.")


def test_other_methods_suit_every_family_and_layers_suit_what_has_them():
    students = ({"family": "static"}, {"family": "linear"}, {"family": "convolutional"})
    assert all(submit.preview(spec(*students, method=method)) for method in ("logits", "self", "black box"))
    assert all(submit.preview(spec({"layers": 1}, {"family": "width", "width": 0.5}, method=method)) for method in methods.LAYERED)


def test_the_plan_counts_generations_and_the_teachers_layers():
    def seconds(method):
        study = spec({"layers": 1}, method=method, generations=3)
        return {step.key: step.expected_s for step in plan.steps(study, info("snippets"), {"cores": 2}, "cpu")}

    plain, born, layered = seconds("logits"), seconds("self"), seconds("relations")
    for stage in ("distil:s0", "control:s0"):
        assert born[stage] - expected.START_S == pytest.approx(3 * (plain[stage] - expected.START_S))
    assert layered["distil:s0"] - plain["distil:s0"] == pytest.approx(plain["label"] - expected.START_S)


def test_a_model_card_says_how_the_student_learnt():
    study = type("Study", (), {"spec": spec({"layers": 1}), "name": "a study", "models": ()})
    model = ModelRecord("s0", "student", "depth", "self, 2 generations", "student uncompressed", "torch", "fp32", "cpu")
    assert "distilled in generations" in _title(study, model)
