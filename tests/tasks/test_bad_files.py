"""Every bad file gets one clear sentence, and nothing of it remains."""

import json
import os

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import tasks
from core.errors import UserError

GOOD = [f"film {i} was fine,{'good' if i % 2 else 'bad'}" for i in range(100)]
HEADER = "text,label"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DISTILL_ROI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def lines(*changed: tuple[int, str], header: str = HEADER) -> bytes:
    """A good CSV with some lines (numbered from 1, the header's) replaced."""
    content = [header, *GOOD]
    for number, line in changed:
        content[number - 1] = line
    return "\n".join(content).encode()


def objects(*changed: tuple[int, str]) -> bytes:
    content = [json.dumps({"text": f"film {i}", "label": i % 2}) for i in range(100)]
    for number, line in changed:
        content[number - 1] = line
    return "\n".join(content).encode("utf-8", "surrogatepass")


def parquet(columns: dict) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def labelled(labels: list[str]) -> bytes:
    return pd.DataFrame({"text": [f"text {i}" for i in range(len(labels))], "label": labels}).to_csv(index=False).encode()


def with_split(counts: dict[str, int]) -> bytes:
    splits = [split for split, count in counts.items() for _ in range(count)]
    frame = pd.DataFrame({"text": [f"t {i}" for i in range(len(splits))], "label": [f"l{i % 2}" for i in range(len(splits))]})
    return frame.assign(split=splits).to_csv(index=False).encode()


BAD = {
    "latin-1": (lines((7, "caf\xe9,good")).replace("é".encode(), b"\xe9"), "a.csv",
                r"line 7 \(byte 1\d\d\) is not UTF-8; save the file as UTF-8"),
    "nul": (lines((4, "a\0b,good")), "a.csv", "line 4 holds a NUL"),
    "cut utf-16": (b"\xff\xfe" + "text,label\na,b".encode("utf-16-le")[:-1], "a.csv", "line 2 .* is not UTF-16"),
    "one class": (labelled(["a"] * 50), "a.csv", r"only one label or none \('a'\)"),
    "too many classes": (labelled([f"l{i}" for i in range(201) for _ in range(5)]), "a.csv", "201 different labels; at most 200"),
    "rare class": (labelled(["a"] * 50 + ["b"] * 50 + ["rare"] * 4), "a.csv", "'rare' has 4 texts; at least 5"),
    "few texts": (labelled(["a", "b"] * 25), "a.csv", r"validation has \d texts .* at least 10 .*about 67 in all"),
    "empty text": (lines((5, ",good"), (9, "  ,bad")), "a.csv", "text_column: 'text' is empty in lines 5, 9; write"),
    "many empty texts": (lines(*[(i, ",good") for i in range(11, 31)]), "a.csv", "lines 11, 12, 13, 14, 15 and 15 more"),
    "null label": (lines((8, "fine,")), "a.csv", "label_column: 'label' is empty in line 8"),
    "ragged": (lines((6, "one, two,good")), "a.csv", "line 6: 3 fields found where the header has 2"),
    "ragged after a text of two lines": (lines((3, '"a\nb",bad'), (6, "alone")), "a.csv", "line 7: 1 field found"),
    "ragged tsv": (b"text\tlabel\na\tb\nc\n", "a.tsv", "line 3: 1 field found"),
    "open quote": (lines((40, '"never closed,good')), "a.csv", "line 40: .* quotation mark is never closed"),
    "bare quote": (lines((40, '"half" closed,good')), "a.csv", "line 40: .* write a quotation mark inside them twice"),
    "huge field": (lines((12, f'"{"x" * 200_000}",good')), "a.csv", "line 12: .* over 131,072 characters"),
    "columns twice": (lines(header="text,text"), "a.csv", "columns: 'text' stands more than once"),
    "many columns": (",".join(map(str, range(101))).encode() + b"\n1", "a.csv", "columns: the file has 101"),
    "suffix": (lines(), "a.xlsx", "'a.xlsx' is of an unknown kind; use one of .csv"),
    "empty": (b"", "a.csv", "'a.csv' is empty"),
    "blank": (b" \n\n", "a.jsonl", "'a.jsonl' is empty"),
    "only a mark": (b"\xef\xbb\xbf", "a.csv", "no records"),
    "header only": (b"text,label\n", "a.csv", "no records below its header"),
    "unknown split": (with_split({"train": 50, "test": 20}).replace(b",test", b",tset"), "a.csv",
                      "'split' names no split in lines 52"),
    "short split": (with_split({"train": 80, "validation": 9, "test": 20}), "a.csv", "validation has 9 texts"),
    "no train": (with_split({"validation": 40, "test": 40}), "a.csv", "train has 0 texts"),
    "json": (objects((17, '{"text": "a", "label": }')), "a.jsonl",
             r"line 17: this is not valid JSON \(expecting value, column 24\)"),
    "json list": (objects((3, "[1, 2]")), "a.jsonl", "line 3: a JSON list was found"),
    "json nan key": (objects((3, '{"text": "a", "text": "b"}')), "a.jsonl", "'text' stands more than once"),
    "json deep": (objects((2, "[" * 100_000)), "a.jsonl", "line 2: this is not valid JSON"),
    "json surrogate": (objects((2, '{"text": "\\ud800", "label": 1}')), "a.jsonl", "line 2: .*half a surrogate pair"),
    "json nested text": (objects((9, '{"text": ["a"], "label": 1}')), "a.jsonl", "'text' holds nested values in line 9"),
    "json nested label": (objects((9, '{"text": "a", "label": {"b": 1}}')), "a.jsonl", "'label' holds nested values in line 9"),
    "json missing text": (objects((9, '{"label": 1}')), "a.jsonl", "'text' is empty in line 9"),
    "parquet": (b"PAR1 nonsense PAR1", "a.parquet", "not a readable Parquet file"),
    "parquet cut": (parquet({"text": ["a"], "label": ["b"]})[:-20], "a.parquet", "not a readable Parquet file"),
    "parquet empty": (parquet({"text": pa.array([], "string"), "label": pa.array([], "string")}), "a.parquet", "no rows"),
    "parquet null label": (parquet({"text": ["a", "b", "c"] * 40, "label": ["x", None, "y"] * 40}), "a.parquet",
                           "is empty in rows 2, 5, 8"),
    "parquet no text": (parquet({"label": [1, 2] * 40, "n": [1.5, 2.5] * 40}), "a.parquet",
                        "text_column: it could not be guessed"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_gets_one_sentence_and_leaves_nothing(case, home):
    data, filename, sentence = BAD[case]
    with pytest.raises(UserError, match=sentence) as caught:
        tasks.import_file(data, filename, name="bad")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 320
    assert list((home / "tasks").iterdir()) == []


@pytest.mark.parametrize(("key", "column", "sentence"), [
    ("text_column", "body", "text_column: there is no column 'body'; the file has 'text', 'label'"),
    ("label_column", "mood", "label_column: there is no column 'mood'"),
    ("split_column", "part", "split_column: there is no column 'part'"),
    ("group_column", "film", "group_column: there is no column 'film'"),
    ("label_column", "text", "must be different columns"),
])
def test_a_missing_column_is_answered_with_those_there_are(key, column, sentence):
    with pytest.raises(UserError, match=sentence):
        tasks.import_file(lines(), "a.csv", name="bad", **{"text_column": "text", "label_column": "label", key: column})


def test_nested_parquet_columns_are_named_and_others_still_work():
    data = parquet({"tokens": [["a"], ["b"]] * 60, "text": [f"t {i}" for i in range(120)], "label": [0, 1] * 60})
    with pytest.raises(UserError, match="column 'tokens' holds nested values"):
        tasks.import_file(data, "a.parquet", name="bad", text_column="tokens")
    assert tasks.import_file(data, "a.parquet", name="fine").labels == ("0", "1")


def test_size_is_checked_before_reading(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(UserError, match=r"'big.csv' has 100\.0 MB; at most 100 MB"):
        tasks.preview(path, path.name)


def test_only_regular_files_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    for name in ("pipe.csv", "folder.csv"):
        with pytest.raises(UserError, match="not a regular file"):
            tasks.preview(tmp_path / name, name)
    with pytest.raises(UserError, match="is not there"):
        tasks.preview(tmp_path / "gone.csv", "gone.csv")
