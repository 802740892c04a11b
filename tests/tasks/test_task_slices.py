"""Slices: the file's own column comes through an import; thirds by length hold every text once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import tasks
from core.errors import UserError
from core.tasks import slices, storage
from core.tasks.types import Task, TaskInfo


def rows(count=120):
    return pd.DataFrame({"text": [f"text {i} {'word ' * (i % 30)}" for i in range(count)],
                         "label": [("good", "bad")[i % 2] for i in range(count)],
                         "Slice": [("phone", "web", None)[i % 3] for i in range(count)]})


def imported(frame, name="mine"):
    return tasks.load(tasks.import_file(frame.to_csv(index=False).encode(), "a.csv", name=name).id)


def test_a_column_called_slice_is_kept_beside_each_text():
    task = imported(rows())
    assert task.info.slices == "Slice" and tasks.info("mine").slices == "Slice"
    assert task.info.description == "Texts of column 'text', labels of column 'label', slices of column 'Slice'."
    expected = dict(zip(rows()["text"].str.strip(), rows()["Slice"].fillna(""), strict=True))
    for part in (task.train, task.validation, task.test):
        assert [expected[text.strip()] for text in part["text"]] == part["slice"].tolist()
    assert imported(rows().drop(columns="Slice"), "without").fingerprint != task.fingerprint


def test_the_column_is_never_guessed_as_the_label_and_may_be_named_so():
    frame = rows().rename(columns={"label": "kind of mood"})
    assert tasks.preview(frame.to_csv(index=False).encode(), "a.csv").label_column == "kind of mood"
    info = tasks.import_file(rows().dropna().to_csv(index=False).encode(), "a.csv", name="asked", label_column="Slice")
    assert (info.labels, info.slices) == (("phone", "web"), None)


def test_too_many_slices_are_refused():
    frame = rows().assign(Slice=[f"s{i % 60}" for i in range(120)])
    with pytest.raises(UserError, match="slice: column 'Slice' holds 60 different values"):
        imported(frame)


def test_memberships_of_an_import():
    task = imported(rows())
    found = slices.memberships(task)
    assert [slices.kind(name) for name in found] == sorted((slices.kind(name) for name in found), key=slices.KINDS.index)
    assert {name for name in found if slices.kind(name) == "part"} == {"part: phone", "part: web"}
    assert (found["part: web"] == (task.test["slice"] == "web")).all()
    assert (found["label: bad"] == (task.test["label"] == 0)).all() and "label: good" in found
    assert all(len(inside) == len(task.test) for inside in found.values())


def test_a_task_stored_by_an_earlier_version_has_no_slices(tmp_path):
    task = imported(rows().drop(columns="Slice"))
    storage.save(task, tmp_path / "old")
    path = tmp_path / "old" / "task.json"
    path.write_text(path.read_text().replace(',\n  "slices": null', ""))
    assert '"slices"' not in path.read_text() and storage.read(tmp_path / "old").info.slices is None


def of_lengths(lengths):
    frame = pd.DataFrame({"text": [" ".join(["w"] * n) for n in lengths], "label": 0})
    return slices.memberships(Task(TaskInfo("t", "", "", "", "", "imported", ("a",), {}, None), frame, frame, frame, (), ""))


@given(st.lists(st.integers(1, 40), min_size=2, max_size=60))
def test_thirds_hold_every_text_once(lengths):
    thirds = [inside for name, inside in of_lengths(lengths).items() if slices.kind(name) == "length"]
    if thirds:
        assert (np.sum(thirds, axis=0) == 1).all() and len(thirds) > 1
    else:
        assert np.quantile(lengths, 1 / 3, method="inverted_cdf") == max(lengths)


def test_thirds_say_their_lengths():
    assert [name for name in of_lengths([3, 5, 9, 9, 12, 30]) if "length" in name] == [
        "length: short (up to 5 words)", "length: middle (6 to 9 words)", "length: long (over 9 words)"]
