"""Good files: every format gives the same task; storage, names and limits."""

import io
import json
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import tasks
from core.errors import UserError
from core.tasks import files, prepare, reading, storage, table


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DISTILL_ROI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def rows(count: int = 120) -> pd.DataFrame:
    """Texts with everything that a format must keep: quotes, separators, line breaks, formulas, other scripts."""
    hard = [
        'She said "no", twice;\tthen left', "line one\nline two", "=SUM(A1:A9)", "+1 ünïcödé 你好 🙂", "-x", "'quoted'",
        "NA", "null",
    ]
    texts = [f"{hard[i % len(hard)]} {i}" for i in range(count)]
    return pd.DataFrame({"id": range(count), "review": texts, "mood": [("good", "bad", "so so")[i % 3] for i in range(count)]})


def encoded(frame: pd.DataFrame, suffix: str) -> bytes:
    if suffix == ".parquet":
        return frame.to_parquet(index=False)
    if suffix in (".jsonl", ".ndjson", ".json"):
        return "\n".join(json.dumps(record, ensure_ascii=False) for record in frame.to_dict("records")).encode()
    return frame.to_csv(index=False, sep="\t" if suffix in (".tsv", ".tab") else ",").encode()


@pytest.mark.parametrize("suffix", reading.SUFFIXES)
def test_every_format_gives_the_same_task(suffix, home):
    info = tasks.import_file(encoded(rows(), suffix), f"mine{suffix}", name="My Moods!")
    task = tasks.load("my-moods")
    assert info == task.info == tasks.info("my-moods") == tasks.list_tasks()[-1]
    assert (info.labels, info.origin) == (("bad", "good", "so so"), "imported")
    assert info.texts == {"train": 84, "validation": 18, "test": 18, "unlabelled": 0}
    everything = pd.concat([task.train, task.validation, task.test])
    assert sorted(everything["text"]) == sorted(rows()["review"])
    expected = dict(zip(rows()["review"], rows()["mood"], strict=True))
    assert all(expected[text] == info.labels[label] for text, label in zip(everything["text"], everything["label"], strict=True))
    reference = tasks.import_file(encoded(rows(), ".jsonl"), "x.jsonl", name="reference")
    assert tasks.load(reference.id).fingerprint == task.fingerprint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding, newline):
    text = rows().drop(index=[i for i in range(120) if i % 8 == 1]).to_csv(index=False, lineterminator=newline)
    seen = tasks.preview(text.encode(encoding), "a.csv")
    assert (seen.encoding, seen.rows, seen.columns) == (encoding, 105, ("id", "review", "mood"))


def test_a_semicolon_file_and_a_tsv_with_bare_quotes():
    assert tasks.preview(rows().to_csv(index=False, sep=";").encode(), "a.csv").columns == ("id", "review", "mood")
    bare = "text\tlabel\n" + "\n".join(f'"Good" film {i}, "they say\t{i % 2}' for i in range(80))
    tasks.import_file(bare.encode(), "a.tsv", name="bare")
    assert tasks.load("bare").train["text"].str.startswith('"Good" film').all()


def test_preview_guesses_and_shows(tmp_path):
    frame = rows().assign(split=["train"] * 80 + ["dev"] * 20 + ["Test"] * 20)
    path = tmp_path / "moods.csv"
    path.write_bytes(encoded(frame, ".csv"))
    seen = tasks.preview(path, path.name)
    assert (seen.text_column, seen.label_column, seen.split_column, seen.rows) == ("review", "mood", "split", 120)
    assert seen.head.iloc[2].tolist() == ["2", "=SUM(A1:A9) 2", "so so", "train"]
    assert len(seen.head) == 5
    info = tasks.import_file(path, path.name, name="given")
    assert (info.texts["train"], info.texts["validation"], info.texts["test"]) == (80, 20, 20)
    made = tasks.import_file(path, path.name, name="made", split_column="")
    assert made.texts["train"] == 84


def test_content_decides_where_names_say_nothing():
    frame = rows().rename(columns={"review": "a", "mood": "b"})
    seen = tasks.preview(encoded(frame, ".csv"), "x.csv")
    assert (seen.text_column, seen.label_column) == ("a", "b")
    swapped = tasks.import_file(encoded(frame.assign(c=["u", "v"] * 60), ".csv"), "x.csv", name="swapped", label_column="b")
    assert swapped.labels == ("bad", "good", "so so")


@pytest.mark.parametrize(("values", "labels"), [
    ([i % 11 for i in range(220)], tuple(map(str, range(11)))), ([i % 2 == 0 for i in range(220)], ("false", "true")),
    ([float(i % 3) for i in range(220)], ("0", "1", "2"))])
@pytest.mark.parametrize("suffix", [".parquet", ".jsonl"])
def test_labels_of_other_types(values, labels, suffix):
    frame = pd.DataFrame({"text": [f"text {i}" for i in range(220)], "label": values})
    assert tasks.import_file(encoded(frame, suffix), f"a{suffix}", name="typed").labels == labels


def test_groups_stay_together():
    frame = rows(300).assign(author=[f"author {i % 30}" for i in range(300)])
    info = tasks.import_file(encoded(frame, ".csv"), "a.csv", name="grouped", group_column="author")
    task = tasks.load("grouped")
    groups = [set(part["group"]) for part in (task.train, task.validation, task.test)]
    assert info.groups == "author"
    assert sum(map(len, groups)) == len(set.union(*groups)) == 30


def test_unlabelled_rows_and_long_texts_are_kept_and_noted():
    frame = rows(200).assign(split=["train"] * 160 + ["unlabelled"] * 40)
    frame.loc[160:, "mood"] = None
    frame.loc[5, "review"] = "long " * 5_000
    info = tasks.import_file(encoded(frame, ".jsonl"), "a.jsonl", name="more")
    assert info.texts["unlabelled"] == 40
    assert info.notes == ("1 text cut to 20,000 characters, the first in line 6.",)
    assert max(map(len, tasks.load("more").train["text"])) <= prepare.MAX_CHARACTERS


def test_duplicates_across_splits_are_counted():
    frame = pd.concat([rows(), rows().head(40).assign(review=lambda part: part["review"].str.upper())])
    info = tasks.import_file(encoded(frame, ".csv"), "a.csv", name="doubles")
    assert sum(info.texts.values()) + sum(int(note.split()[0]) for note in info.notes) == 160
    assert any("removed from train" in note for note in info.notes)


def test_seed_and_process_independent_content():
    data = encoded(rows(), ".csv")
    infos = [tasks.import_file(data, "a.csv", name=f"s{i}", seed=seed) for i, seed in enumerate((0, 0, 1))]
    prints = [tasks.load(info.id).fingerprint for info in infos]
    assert prints[0] == prints[1] != prints[2]


@given(st.text(max_size=30))
@settings(max_examples=60)
def test_a_name_never_leaves_the_folder(name):
    try:
        folder = files.registry.new_folder(name)
    except UserError:
        return
    assert folder.parent.name == "tasks"
    assert files.registry.ID.fullmatch(folder.name)


@pytest.mark.parametrize("name", ["r8", "R8", "../r8", "...", "", "你好"])
def test_names_that_are_taken_or_empty(name):
    with pytest.raises(UserError, match="name: "):
        tasks.import_file(encoded(rows(), ".csv"), "a.csv", name=name)


def test_a_task_is_never_overwritten_and_can_be_deleted(home):
    data = encoded(rows(), ".csv")
    tasks.import_file(data, "a.csv", name="mine")
    with pytest.raises(UserError, match="choose another name"):
        tasks.import_file(data, "a.csv", name="Mine")
    tasks.delete("mine")
    assert list((home / "tasks").iterdir()) == []
    with pytest.raises(UserError, match="not known"):
        tasks.delete("mine")


def test_a_failure_in_the_middle_leaves_nothing(home):
    with pytest.raises(RuntimeError):
        storage.publish(lambda folder: (folder / "half").write_text("x") and fail(), tasks_folder(home) / "broken")
    assert list((home / "tasks").iterdir()) == []


def test_what_a_killed_import_left_is_swept_and_never_listed(home):
    left = tasks_folder(home) / f"{storage.UNFINISHED}abc"
    left.mkdir()
    assert len(tasks.list_tasks()) == 4
    os.utime(left, (0, 0))
    tasks.import_file(encoded(rows(), ".csv"), "a.csv", name="next")
    assert [path.name for path in (home / "tasks").iterdir()] == ["next"]


@pytest.mark.parametrize("damage", ["task.json", "train.parquet", "test.parquet"])
def test_changed_files_are_noticed(home, damage):
    tasks.import_file(encoded(rows(), ".csv"), "a.csv", name="mine")
    path = home / "tasks" / "mine" / damage
    if damage == "test.parquet":  # readable, but other texts
        pd.DataFrame({"text": ["x"], "label": [0]}).to_parquet(path)
    else:
        path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(UserError, match="damaged or were changed"):
        tasks.load("mine")


def test_a_small_parquet_that_unpacks_to_much_is_refused_before_it_is_unpacked():
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000, dtype="int32")), pa.array(["x" * 1_000_000]))
    out = io.BytesIO()
    pq.write_table(pa.table({"text": texts, "label": [i % 2 for i in range(1_000)]}), out)
    with pytest.raises(UserError, match=r"unpacks to 1,000 MB; at most 500 MB"):
        tasks.preview(out.getvalue(), "a.parquet")
    assert len(out.getvalue()) < 3_000_000


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(table, "MAX_ROWS", 100)
    for suffix in (".csv", ".jsonl", ".parquet"):
        with pytest.raises(UserError, match="more than 100"):
            tasks.preview(encoded(rows(), suffix), f"a{suffix}")
        tasks.preview(encoded(rows(100), suffix), f"a{suffix}")


def tasks_folder(home):
    folder = home / "tasks"
    folder.mkdir(parents=True)
    return folder


def fail():
    raise RuntimeError
