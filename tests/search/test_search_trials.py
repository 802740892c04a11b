"""Who proposes: stored trials and the seed alone decide; what was cut short is tried again."""

import os
import shutil
import subprocess
import sys

import pytest

from core import settings
from core.errors import UserError
from core.search.space import AS_TRAINED, PASSES_CHEAP, Space, Tried, settled, space
from core.search.trials import Trials
from core.spec import StudentSpec, StudySpec, parse

ELSEWHERE = """
import sys
from pathlib import Path
from core.search.space import AS_TRAINED, space
from tests.search.test_search_trials import proposals, spec
asked = spec()
print(proposals(Path(sys.argv[1]), space(asked, 6, (AS_TRAINED, *asked.variants)), 4, 7))
"""


def spec(**changes):
    return parse(StudySpec, {"task": "r8", "variants": [{"runtime": "onnxruntime", "precision": "int8"}], **changes})


@pytest.fixture
def where():
    asked = spec()
    return space(asked, 6, (AS_TRAINED, *asked.variants))


def tell(trials, where, count):
    """Answers for so many trials, that follow from what is tried."""
    for _ in range(count):
        trial = trials.ask()
        tried = where.suggest(trial)
        ms = len(tried.student.family) / 10 + (tried.student.layers or 0)
        accuracy = min(0.9, 0.6 + 0.05 * (tried.student.layers or 1) + 0.001 * (tried.student.epochs or 1))
        if tried.rate == 2.0:
            trials.given_up(trial)
        else:
            trials.done(trial, accuracy, ms, {"accuracy": 0.7 - accuracy})


def proposals(file, where, count, seed=0):
    with Trials(file, seed) as trials:
        found = []
        for _ in range(count):
            trial = trials.ask()
            found.append((trial.number, where.suggest(trial)))
            trials.failed(trial)
        return found


def test_stored_trials_and_one_seed_propose_the_same_next_trial(tmp_path, where):
    for before in (3, 14):  # at random, and by what was learnt
        file = tmp_path / f"{before}.db"
        with Trials(file, 7) as trials:
            tell(trials, where, before)
        copies = [shutil.copy(file, tmp_path / f"{before}-{n}.db") for n in range(3)]
        here, other = (proposals(copies[n], where, 4, seed) for n, seed in ((0, 7), (1, 8)))
        assert here[0][0] == before and here != other, "another seed"
        done = subprocess.run([sys.executable, "-c", ELSEWHERE, copies[2]], cwd=settings.ROOT, env={**os.environ, "PYTHONHASHSEED": "3"},
                              capture_output=True, text=True, check=True)
        assert done.stdout.strip() == repr(here), "in another process too"


def test_what_was_cut_short_is_tried_again_with_the_same_parameters_before_anything_else(tmp_path, where):
    with Trials(tmp_path / "a.db", 0) as trials:
        trials.enqueue({}, own="depth-1")
        tell(trials, where, 2)
        cut = trials.ask()
        wanted = where.suggest(cut)
    with Trials(tmp_path / "a.db", 0) as trials:
        assert trials.resume() == [cut.number] and trials.resume() == []
        again = trials.ask()
        assert where.suggest(again) == wanted and again.number == cut.number + 1
        trials.given_up(again)
        assert len(trials.finished()) == 3
    with Trials(tmp_path / "a.db", 0, "another space") as trials:
        assert trials.all() == []


def test_cheap_families_come_as_they_usually_are_the_cheapest_first_in_each_way(tmp_path, where):
    with Trials(tmp_path / "a.db", 0) as trials:
        for parameters in where.usual():
            trials.enqueue(parameters)
        found = []
        while len(found) < 6:
            trial = trials.ask()
            found.append(where.suggest(trial))
            trials.given_up(trial)
    assert [tried.student.name for tried in found] == ["linear-262144"] * 2 + ["static-128"] * 2 + ["convolutional-128"] * 2
    assert [tried.way.precision for tried in found] == ["fp32", "int8"] * 3
    assert {(tried.student.epochs, tried.rate) for tried in found} == {(2 * PASSES_CHEAP[1], 1.0)}


def test_a_student_of_the_studys_own_is_a_point_of_the_space_where_it_can_be(tmp_path, where):
    own = StudentSpec(name="mine", layers=3)
    with Trials(tmp_path / "a.db", 0) as trials:
        trials.enqueue(where.parameters(own, 1))
        found = where.suggest(trials.ask())
    assert found.learning == Tried(settled(own, spec()), 1.0, AS_TRAINED).learning and found.way.precision == "int8"
    for other in (StudentSpec(name="a", family="pretrained", source="x"), StudentSpec(name="a", family="static", dimensions=100),
                  StudentSpec(name="a", layers=3, learning_rate=1e-3), StudentSpec(name="a", layers=3, epochs=7)):
        assert where.parameters(other, 0) == {}


def test_only_families_that_can_be_made_smaller_without_a_source_are_tried(where):
    assert where.names == ("convolutional", "depth", "linear", "static", "width")
    assert space(spec(), 1, (AS_TRAINED,)).names == ("convolutional", "linear", "static", "width"), "a teacher of one layer has no fewer"
    assert space(spec(search={"families": ["width"]}), 3, (AS_TRAINED,)).sizes(Space.family("width"))["layers"] == (1, 2, None)
    with pytest.raises(UserError, match="none of pretrained can be made smaller"):
        space(spec(search={"families": ["pretrained"]}), 6, (AS_TRAINED,))


def test_methods_that_look_into_layers_are_for_families_that_have_them():
    asked = space(spec(search={"methods": ["hidden states", "black box"]}), 6, (AS_TRAINED,))
    assert asked.fitting(Space.family("depth")) == ("hidden states", "black box")
    assert asked.fitting(Space.family("linear")) == ("black box",)
    assert space(spec(search={"methods": ["relations"]}), 6, (AS_TRAINED,)).fitting(Space.family("static")) == ("logits",)


def test_a_depth_student_keeps_layers_that_are_spread_or_stand_together(tmp_path):
    found = {}
    with Trials(tmp_path / "a.db", 0) as trials:
        here = space(spec(search={"families": ["depth"]}), 6, (AS_TRAINED,))
        for which in ("spread", "last", "first"):
            for layers in (1, 3, 5):
                trials.enqueue({"depth.layers": layers - 1, "depth.kept": which, "depth.passes": 0, "depth.rate": 1})
                found[which, layers] = here.suggest(trials.ask()).student
    kept = {key: student.keep_layers for key, student in found.items()}
    assert kept == {("spread", 1): None, ("spread", 3): None, ("spread", 5): None, ("last", 1): None, ("last", 3): (3, 4, 5),
                    ("last", 5): (1, 2, 3, 4, 5), ("first", 1): None, ("first", 3): (0, 1, 5), ("first", 5): (0, 1, 2, 3, 5)}
    assert found["last", 3].name == "depth-3-layers-3-4-5" and found["spread", 3].name == "depth-3"


def test_a_search_does_not_try_what_trains_each_student_several_times():
    with pytest.raises(UserError, match="'self' takes several generations and is not searched"):
        spec(search={"methods": ["logits", "self"]})
