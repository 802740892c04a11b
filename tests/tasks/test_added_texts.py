"""Unlabelled texts that are added to a task: every format, what leaks, what is double, what is damaged."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import tasks
from core.errors import UserError
from core.settings import folder
from core.tasks import bundled, reading, table, unlabelled
from core.tasks.splits import normalised

NEW = [f"a fresh text, number {i}, that nobody labelled" for i in range(20)]


def lines(texts):
    return "\n".join(texts).encode()


@pytest.mark.parametrize("suffix", unlabelled.SUFFIXES)
def test_every_format_adds_the_same_texts(suffix, small_task, tmp_path):
    before = tasks.load(small_task)
    frame = pd.DataFrame({"id": range(20), "text": NEW})
    data = {".txt": lines(NEW), ".parquet": frame.to_parquet(index=False)}
    for name in (".jsonl", ".ndjson", ".json"):
        data[name] = lines(json.dumps(record) for record in frame.to_dict("records"))
    for name in reading.DELIMITERS:
        data[name] = frame.to_csv(index=False, sep="," if name == ".csv" else "\t").encode()
    path = tmp_path / f"more{suffix}"
    path.write_bytes(data[suffix])
    info = tasks.add_texts(small_task, path, path.name)
    task = tasks.load(small_task)
    assert task.unlabelled == tuple(NEW) and info == task.info == tasks.info(small_task) and info in tasks.list_tasks()
    assert info.texts["unlabelled"] == 20 and f"20 texts added from file more{suffix}" in info.notes[-1]
    assert task.fingerprint != before.fingerprint and task.test.equals(before.test)


def test_what_stands_in_validation_or_test_would_leak_and_is_left_out_and_counted(small_task):
    task = tasks.load(small_task)
    held = [f"  {task.validation['text'][0].upper()} ", task.test["text"][0].replace(" ", "\t", 1), task.test["text"][1]]
    known = task.train["text"][0].title()
    info = tasks.add_texts(small_task, lines([*held, known, NEW[0], NEW[0].upper(), "", NEW[1]]), "mixed.txt")
    assert tasks.load(small_task).unlabelled == (NEW[0], NEW[1])
    assert info.notes[-3:] == ("2 texts added from file mixed.txt, unlabelled.", "3 texts left out: also in validation or test.",
                               "2 texts left out: already in the task, or twice in the file.")


@settings(max_examples=25)
@given(picked=st.lists(st.sampled_from([*NEW, "held out", "Held  OUT", "learnt"]), min_size=1))
def test_no_text_is_ever_added_that_the_task_knows(picked):
    rows = [pd.DataFrame({"text": [text], "label": [0]}) for text in ("learnt", "held out", "another")]
    task = bundled_like(*rows)
    kept, told = unlabelled._new(task, pd.Series(picked))
    keys = normalised(kept)
    assert not keys.duplicated().any() and not keys.isin(["held out", "learnt"]).any()
    assert set(kept) == set(picked) & set(NEW)
    assert len(kept) + sum(int(sentence.split()[0]) for sentence in told) == len(picked)


def bundled_like(train, validation, test):
    info = tasks.TaskInfo("t", "t", "", "", "", "imported", ("a",), {}, None)
    return tasks.Task(info, train, validation, test, (), "")


def test_a_second_file_adds_to_the_first_and_all_can_be_taken_away(small_task):
    before = tasks.load(small_task)
    tasks.add_texts(small_task, lines(NEW[:5]), "one.txt")
    tasks.add_texts(small_task, lines(NEW[3:8]), "two.txt")
    task = tasks.load(small_task)
    assert task.unlabelled == tuple(NEW[:8]) and len(task.info.notes) == len(before.info.notes) + 3
    with pytest.raises(UserError, match=r"'two.txt' adds nothing: 5 texts left out: already in the task"):
        tasks.add_texts(small_task, lines(NEW[3:8]), "two.txt")
    tasks.remove_texts(small_task)
    assert tasks.load(small_task).fingerprint == before.fingerprint and tasks.info(small_task) == before.info
    with pytest.raises(UserError, match="no texts were added to 'small'"):
        tasks.remove_texts(small_task)


def test_a_bundled_task_takes_texts_beside_it_and_the_facts_of_the_wheel_stay():
    own = bundled.infos()["r8"]
    tasks.add_texts("r8", lines(NEW), "news.txt")
    assert tasks.load("r8").unlabelled == tuple(NEW) and tasks.info("r8").texts["unlabelled"] == 20
    assert bundled.infos()["r8"] == own and bundled.load("r8").unlabelled == ()


def test_a_deleted_task_takes_its_added_texts_along(small_task):
    tasks.add_texts(small_task, lines(NEW), "more.txt")
    tasks.delete(small_task)
    assert not list(folder("unlabelled").iterdir())


def test_a_damaged_file_is_told_and_can_be_removed(small_task):
    tasks.add_texts(small_task, lines(NEW), "more.txt")
    (folder("unlabelled") / "small.parquet").write_bytes(b"PAR1 no more")
    assert "damaged" in tasks.info(small_task).notes[-1] and small_task in [info.id for info in tasks.list_tasks()]
    with pytest.raises(UserError, match="remove them and add them again"):
        tasks.load(small_task)
    tasks.remove_texts(small_task)
    assert tasks.load(small_task).unlabelled == ()


@pytest.mark.parametrize(("data", "name", "said"), [
    (b"\n \n", "a.txt", "'a.txt' is empty"), (b"\xff\xfe\x00", "a.txt", "encoding: "), (b"text", "a.pdf", "unknown kind; use one of .txt"),
    (b"text\n", "a.csv", "no records"), (b"text\n\"\"\nfine", "a.csv", "'text' is empty in line 2"),
    (b"id\n1\n2", "a.csv", "text_column: there is no column 'text'; the file has 'id'")])
def test_a_bad_file_is_refused_in_one_sentence_and_nothing_is_added(data, name, said, small_task):
    with pytest.raises(UserError) as refused:
        tasks.add_texts(small_task, data, name, "text" if name.endswith("csv") else None)
    assert said in str(refused.value) and "\n" not in str(refused.value)
    assert tasks.load(small_task).unlabelled == ()


def test_too_many_texts_are_refused(small_task, monkeypatch):
    monkeypatch.setattr(table, "MAX_ROWS", 10)
    with pytest.raises(UserError, match="more than 10; take a sample"):
        tasks.add_texts(small_task, lines(NEW), "more.txt")
    monkeypatch.setattr(table, "MAX_ROWS", 20)
    monkeypatch.setattr(unlabelled, "MAX_ROWS", 25)
    tasks.add_texts(small_task, lines(NEW), "more.txt")
    with pytest.raises(UserError, match="with these 10 texts more than 25"):
        tasks.add_texts(small_task, lines(f"{text} again" for text in NEW[:10]), "again.txt")


def test_a_long_text_is_cut_and_counted(small_task):
    info = tasks.add_texts(small_task, lines(["long " * 10_000, NEW[0]]), "long.txt")
    assert "1 text cut to 20,000 characters." in info.notes and len(tasks.load(small_task).unlabelled[0]) == 20_000
