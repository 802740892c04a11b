"""Which students learn in one pass."""

from core import groups
from core.spec import preset


def names(students, **distil):
    spec = preset("quick", "snippets", students=[{"name": name, "layers": 1, **more} for name, more in students.items()], distil=distil)
    return [groups.argument(group) for group in groups.groups(spec)]


def test_students_of_the_same_epochs_and_tokenizer_learn_together_in_the_studys_order():
    pretrained = {"family": "pretrained", "layers": None, "source": "org/name"}
    assert names({"a": {}, "b": {"epochs": 2}, "c": {"epochs": 3}, "d": pretrained, "e": {"epochs": 3}, "f": pretrained}) == [
        "a+b", "c+e", "d+f"], "2 are the study's epochs"


def test_who_learns_from_itself_learns_alone():
    assert names({"a": {}, "b": {"method": "self"}, "c": {}, "d": {"method": "self"}, "e": {"method": "relations"}}) == ["a+c+e", "b", "d"]
    assert names({"a": {}, "b": {}, "c": {"method": "logits"}}, method="self") == ["a", "b", "c"]


def test_a_stages_key_leads_back_to_its_students():
    spec = preset("quick", "snippets")
    assert groups.members(spec, "depth-1+depth-3") == (spec.students[2], spec.students[0])
    assert groups.members(spec, "depth-2") == (spec.students[1],), "as older runs name them"
    unchecked = spec.students[0].model_copy(update={"control": False})
    assert groups.controls((unchecked, spec.students[1])) == (spec.students[1],)
