"""An API's answers as a file leaves them: every kind of defect is mended, left out and counted, or refused in one sentence."""

import csv
import io
import json

import pandas as pd
import pytest

from core import answers, tasks
from core.answers.told import LEFT_OUT
from core.errors import UserError
from tests.conftest import sentences

ROWS = 10_000
HEADER = ["TEXT", " Label", "P_good", "p_Poor", "Latency-MS", "Prompt_Tokens", "cached_tokens", "completion_tokens", "reasoning_tokens",
          "request id"]
OTHERS, FORMULAS, QUOTED = 300, 10, 10
WANTED = {"no_text": 60, "no_answer": 120, "unknown_label": 80, "merged": 140, "outvoted": 40, "contradicting": 60, "label_mended": 200,
          "cut": 15, "p_missing": 50, "p_range": 40, "p_sum": 30, "p_against": 25, "p_normalised": 35, "latency_unit": 45,
          "latency_missing": 30, "latency_bad": 55, "tokens_missing": 20, "tokens_bad": 60}


@pytest.fixture
def task():
    """The id of a task of 9,000 easy texts, some of them odd ones that a file has to quote."""
    texts, labels = sentences(9_000)
    for i in range(FORMULAS):
        texts[i] = f"=HYPERLINK(\"http://x\"&A{i}) a film number {i}"
    for i in range(FORMULAS, FORMULAS + QUOTED):
        texts[i] = f"he said \"no\", then\nleft; film number {i}"
    for i in range(20, 20 + WANTED["cut"]):
        texts[i] = f"film number {i} " + "long " * 5_000
    file = io.StringIO()
    pd.DataFrame({"text": texts, "label": labels}).to_csv(file, index=False)
    return tasks.import_file(file.getvalue().encode(), "films.csv", name="films").id


def texts_of(task_id):
    task = tasks.load(task_id)
    parts = [getattr(task, split) for split in ("train", "validation", "test")]
    rows = pd.concat(parts).sort_values("text", kind="stable")
    return list(zip(rows["text"], [task.info.labels[i] for i in rows["label"]], strict=True))


def row(text, label):
    good = 0.9 if label == "good" else 0.1
    return {"text": text, "label": label, "good": good, "poor": 1 - good, "latency": 400, "input": 50, "cached": 10, "output": 4,
            "reasoning": 1, "id": "req_1"}


def defective(task_id):
    """Exactly ROWS rows, each with at most one kind of defect."""
    known = texts_of(task_id)
    odd = [pair for pair in known if pair[0].startswith("=") or '"' in pair[0] or len(pair[0]) > 1_000]
    assert len(odd) == FORMULAS + QUOTED + WANTED["cut"]
    plain = iter([pair for pair in known if pair not in odd])
    rows = [row(text + (" and more" if len(text) > 1_000 else ""), label) for text, label in odd]
    rows += [row(f"an unheard film {i}", "good") for i in range(OTHERS)]

    def add(kind, *changes):
        for i in range(WANTED[kind]):
            text, label = next(plain)
            change = changes[i % len(changes)]
            rows.append(row(text, label) | (change(text, label) if callable(change) else change))

    add("no_text", {"text": ""}, {"text": "   "}, {"text": "\t\n"})
    add("no_answer", {"label": ""}, {"label": " "})
    add("unknown_label", {"label": "I cannot help with that."}, {"label": "neutral"}, {"label": "good poor"})
    add("label_mended", lambda t, w: {"label": f" {w.upper()} "}, lambda t, w: {"label": f"\"{w}\""},
        lambda t, w: {"label": f"**{w.title()}**."})
    add("p_missing", {"good": ""}, {"good": "nan"}, {"poor": "high"}, {"good": "inf"})
    add("p_range", {"good": -0.1, "poor": 1.1}, {"good": 90, "poor": 10})
    add("p_sum", {"good": 0.2, "poor": 0.3}, {"good": 0.9, "poor": 0.9})
    add("p_against", lambda t, w: {"good": 0.2 if w == "good" else 0.8, "poor": 0.8 if w == "good" else 0.2})
    add("p_normalised", lambda t, w: {"good": 0.66 if w == "good" else 0.33, "poor": 0.33 if w == "good" else 0.66})
    add("latency_unit", {"latency": "400 ms"}, {"latency": "0.4s"}, {"latency": "4e2 milliseconds"})
    add("latency_missing", {"latency": ""})
    add("latency_bad", {"latency": -5}, {"latency": "fast"}, {"latency": 0}, {"latency": "inf"}, {"latency": "NaN"})
    add("tokens_missing", {"input": ""}, {"output": ""})
    add("tokens_bad", {"input": -1}, {"output": 3.5}, {"input": "many"}, {"cached": 51}, {"reasoning": 5})
    for _ in range(100):  # equal answers, one of them written otherwise
        text, label = next(plain)
        rows.extend([row(text, label), row(f" {text.upper()}  ", label)])
    for _ in range(WANTED["outvoted"]):
        text, label = next(plain)
        other = "poor" if label == "good" else "good"
        rows.extend([row(text, other), row(text, label), row(text, label)])
    for _ in range(WANTED["contradicting"] // 2):
        text, label = next(plain)
        rows.extend([row(text, label), row(text, "poor" if label == "good" else "good")])
    while len(rows) < ROWS:
        pair = next(plain, None)
        rows.append(row(*pair) if pair else row(f"another unheard film {len(rows)}", "poor"))
    assert len(rows) == ROWS
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADER)
    writer.writerows([list(each.values()) for each in rows])
    return file.getvalue().encode(), rows


def test_ten_thousand_rows_with_every_kind_of_defect_are_all_accounted_for(task):
    data, rows = defective(task)
    found = answers.import_answers(data, "calls.csv", task=task, name="Every defect", provider="openai",
                                   model="gpt-4o-mini", day="2026-11-20")
    assert found.id == "every-defect" and found.counts == WANTED
    assert found.rows == ROWS == found.texts + sum(found.counts[kind] for kind in LEFT_OUT)
    lost = sum(WANTED[kind] for kind in ("p_missing", "p_range", "p_sum", "p_against"))
    assert found.probabilities == found.texts - lost
    assert found.ignored == ("request id",)
    assert found.calls["latency_p50_ms"].value == 400 == found.calls["latency_mean_ms"].value
    assert found.calls["latency_p50_ms"].calls == ROWS - WANTED["latency_bad"] - WANTED["latency_missing"]
    assert {name: found.calls[name].value for name in ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens")} == {
        "input_tokens": 50, "cached_tokens": 10, "output_tokens": 4, "reasoning_tokens": 1}
    unheard = sum("unheard" in each["text"] for each in rows)
    assert found.splits["other"] == unheard
    assert sum(found.splits[split] for split in ("train", "validation", "test")) == found.texts - unheard
    said = " ".join(found.summary)
    assert f"{found.texts:,} texts with an answer from 10,000 rows of calls.csv." in said and "120 rows without an answer." in said


def test_what_is_stored_is_what_the_rows_say(task):
    data, _ = defective(task)
    answers.import_answers(data, "calls.csv", task=task, name="Every defect")
    kept = answers.load("every-defect")
    of_task = tasks.load(task)
    assert kept.info == answers.info("every-defect") and kept.info.labels == ("good", "poor")
    train = of_task.train
    at = kept.rows(train["text"].tolist())
    assert (at >= 0).sum() == kept.info.splits["train"]
    assert (kept.labels[at[at >= 0]] == train["label"].to_numpy()[at >= 0]).all()  # the majority of these answers is the truth
    formulas = [text for text in kept.table["text"] if text.startswith("=")]
    assert len(formulas) == FORMULAS and all("HYPERLINK" in text for text in formulas)
    assert sum("\n" in text for text in kept.table["text"]) == QUOTED
    probabilities = kept.probabilities
    has = ~pd.isna(probabilities[:, 0])
    assert has.sum() == kept.info.probabilities and probabilities[has].sum(axis=1) == pytest.approx(1.0)
    assert (probabilities[has].argmax(axis=1) == kept.labels[has]).all()
    everywhere = [text for split in ("train", "validation", "test") for text in getattr(of_task, split)["text"]]
    assert len(kept.others(everywhere)) == kept.info.splits["other"]


def test_answers_are_never_replaced_silently_and_can_be_deleted(small_task):
    data = b"text,label\na warm film,good\n"
    assert answers.import_answers(data, "a.csv", task=small_task, name="First").source == "answers:first"
    with pytest.raises(UserError, match="name: there are answers 'first' already"):
        answers.import_answers(data, "a.csv", task=small_task, name="first")
    assert [each.id for each in answers.list_answers(small_task)] == ["first"] and not answers.list_answers("other")
    answers.delete("first")
    assert not answers.list_answers()
    with pytest.raises(UserError, match="answers: 'first' is not known"):
        answers.load("first")


def test_changed_files_are_not_believed(small_task, own_home):
    answers.import_answers(b"text,label\na warm film,good\na dull film,poor\n", "a.csv", task=small_task, name="a")
    table = own_home / "answers" / "a" / "answers.parquet"
    pd.read_parquet(table).assign(label=0).to_parquet(table, index=False)
    with pytest.raises(UserError, match="damaged or were changed"):
        answers.load("a")


def test_probabilities_as_one_json_column_in_json_lines_and_parquet(small_task):
    rows = [{"text": "a warm film", "label": "good", "probabilities": {"Good": 0.8, "poor": 0.2}},
            {"text": "a dull film", "label": "poor", "probabilities": {"poor": 1.0}},
            {"text": "a bleak film", "label": "poor", "probabilities": {"bad": 1.0}},
            {"text": "a stale film", "label": "poor", "probabilities": "{broken"},
            {"text": "a long film", "label": "poor", "probabilities": {"poor": 10**400}, "input_tokens": 10**400}]
    lines = "\n".join(json.dumps(each) for each in rows).encode()
    found = answers.import_answers(lines, "a.jsonl", task=small_task, name="lines")
    assert found.probabilities == 2 and found.counts["p_missing"] == 3 and "input_tokens" not in found.calls
    assert answers.load("lines").probabilities[:2].tolist() == [[0.8, 0.2], [0.0, 1.0]]
    sink = io.BytesIO()
    pd.DataFrame([{**each, "probabilities": json.dumps(each["probabilities"])} for each in rows[:2]]).to_parquet(sink)
    assert answers.import_answers(sink.getvalue(), "a.parquet", task=small_task, name="parquet").probabilities == 2
    nested = io.BytesIO()
    pd.DataFrame(rows[:2]).to_parquet(nested)
    with pytest.raises(UserError, match="'probabilities' holds nested values"):
        answers.import_answers(nested.getvalue(), "b.parquet", task=small_task, name="nested")


@pytest.mark.parametrize(("data", "said"), [
    (b"text,label\na warm film,positive\na dull film,negative\n", "no row of 'label' answers a text with a label of the task .*'positive'"),
    (b"text,label\n,good\n", "no row of 'label' answers a text"),
    (b"words,label\na warm film,good\n", "text_column: no column is called text; the file has 'words', 'label'"),
    (b"text,verdict\na warm film,good\n", "label_column: no column is called label"),
    (b"text,label,p_good\na warm film,good,0.5\n", "p_poor is missing beside p_good"),
    (b"text,label,p_good,p_poor,probabilities\na warm film,good,1,0,{}\n", "keep one of the two"),
    (b"Text,text,label\na,b,good\n", "differ only in case"),
    (b"text,label\na warm film,good,odd\n", "line 2: 3 fields"),
    (b"text,label\na w\xe9rm film,good\n", "encoding: line 2 .* save the file as UTF-8"),
    (b'text,label\n"a warm film,good\n', "quotation mark is never closed"),
    (b"text,label\n", "no records"),
    (b"", "is empty"),
])
def test_a_file_of_no_use_is_refused_in_one_sentence_and_leaves_nothing(small_task, own_home, data, said):
    with pytest.raises(UserError, match=said):
        answers.import_answers(data, "a.csv", task=small_task, name="bad")
    assert not list((own_home / "answers").iterdir())


def test_bounds_of_size_rows_and_names(small_task, monkeypatch):
    with pytest.raises(UserError, match="unknown kind"):
        answers.import_answers(b"x", "a.xls", task=small_task, name="bad")
    with pytest.raises(UserError, match="give answers another name"):
        answers.import_answers(b"x", "a.csv", task=small_task, name="???")
    with pytest.raises(UserError, match="date: 'soon' is no day"):
        answers.import_answers(b"text,label\na,good\n", "a.csv", task=small_task, name="bad", day="soon")
    monkeypatch.setattr("core.tasks.table.MAX_ROWS", 2)
    with pytest.raises(UserError, match="more than 2"):
        answers.import_answers(b"text,label\na,good\nb,good\nc,poor\n", "a.csv", task=small_task, name="bad")
    monkeypatch.setattr("core.tasks.reading.MAX_BYTES", 10)
    with pytest.raises(UserError, match="at most 0 MB"):
        answers.import_answers(b"text,label\na,good\n", "a.csv", task=small_task, name="bad")


def test_labels_that_differ_in_case_alone_must_be_written_exactly():
    from core.answers.labels import Labels

    labels = Labels(("A", "a", "b c"))
    assert (labels.number("A"), labels.number("a"), labels.number(" B_C. ")) == (0, 1, 2)
    assert labels.number("a.") is None and not labels.is_exact("B C")


def test_the_interval_of_a_percentile_needs_enough_calls():
    import numpy as np

    from core.answers.calls import statistics

    few, many = (statistics({"latency_ms": np.arange(1.0, n + 1)}) for n in (50, 1_000))
    assert few["latency_p99_ms"].low is None and many["latency_p99_ms"].low < 990 < many["latency_p99_ms"].high
    assert few["latency_p50_ms"].low < 25 < few["latency_p50_ms"].high and few["latency_p50_ms"].calls == 50
