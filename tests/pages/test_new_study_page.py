"""New study: own data, three numbers, a preset, and a study that is queued as asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import tasks
from core.errors import UserError
from core.spec import preset
from core.studies import read, submit
from pages.ui.spec_form import _numbers
from pages.ui.text import duration, plain
from tests.pages.conftest import Opener, texts
from tests.pages.made import make_study

ROWS = [f"text number {i} of kind {i % 2},{'good' if i % 2 else 'bad'}" for i in range(120)]
CSV = "\n".join(["body,verdict", *ROWS]).encode()


def _start(app: AppTest) -> AppTest:
    next(b for b in app.button if b.label == "Start").click().run()
    assert not app.exception, app.exception[0].message
    return app


def test_start_queues_the_study_with_the_numbers_and_shows_it(page: Opener) -> None:
    app = page("new_study")
    app.number_input(key="new-case-predictions_per_day").set_value(5_000_000)
    app.number_input(key="new-case-latency_limit_ms").set_value(25.0)
    app.run()
    _start(app)
    [row] = read.summaries()
    study = read.get(row.id)
    assert (study.case.predictions_per_day, study.case.latency_limit_ms) == (5_000_000, 25.0)
    assert study.case.accuracy_margin_points is None and study.case.engineering_hours is None
    assert study.spec == preset("quick", "snippets")
    assert row.job_state == "queued"
    assert app.query_params["study"] == row.id
    assert "p99 within 25 ms" in texts(app) and "Starts in a moment" in texts(app)


def test_the_expected_time_is_that_of_the_plan(page: Opener) -> None:
    app = page("new_study")
    expected = sum(step.expected_s for step in submit.preview(preset("quick", "snippets")))
    assert f"Expected to take **{duration(expected)}** on this machine, with 3 students (quick)" in texts(app)


def test_every_default_is_shown_and_a_changed_one_makes_the_study_custom(page: Opener) -> None:
    app = page("new_study")
    keys = {item.key for kind in ("number_input", "selectbox", "checkbox", "text_input") for item in app.get(kind)}
    spec = preset("quick", "snippets")
    for part in ("teacher", "distil", "training", "measure", "evaluate"):
        for name in type(getattr(spec, part)).model_fields:
            assert f"spec-quick-{part}-{name}" in keys
    assert any("KL" in item.value for item in app.get("latex"))
    field = app.number_input(key="spec-quick-distil-temperature")
    assert "softens both sets of logits" in field.help and field.help.endswith("Default: 2.")
    field.set_value(4.0).run()
    app.text_input(key="spec-quick-name").set_value("Hot")
    _start(app.run())
    study = read.get(read.summaries()[0].id)
    assert (study.spec.distil.temperature, study.spec.preset, study.name) == (4.0, "custom", "Hot")


def test_an_own_file_is_previewed_imported_and_chosen(page: Opener) -> None:
    app = page("new_study")
    app.file_uploader(key="upload").upload("reviews.csv", CSV).run()
    assert not app.exception
    chosen = {box.label: box.value for box in app.selectbox}
    assert (chosen["Text column"], chosen["Label column"], chosen["Split column"]) == ("body", "verdict", "(make new splits)")
    next(b for b in app.button if b.label == "Import").click().run()
    assert not app.exception
    assert app.selectbox(key="new-task").value == "reviews"
    assert "Imported as reviews" in texts(app)
    assert tasks.info("reviews").labels == ("bad", "good")
    _start(app)
    assert read.get(read.summaries()[0].id).spec.task == "reviews"


def test_a_file_is_imported_by_its_path(page: Opener, tmp_path: Path) -> None:
    (tmp_path / "by path.csv").write_bytes(CSV)
    app = page("new_study")
    app.text_input(key="import-path").set_value(str(tmp_path / "by path.csv")).run()
    next(b for b in app.button if b.label == "Import").click().run()
    assert not app.exception
    assert app.selectbox(key="new-task").value == "by-path" and sum(tasks.info("by-path").texts.values()) == len(ROWS)


def test_a_path_without_a_file_is_refused_in_one_sentence(page: Opener, tmp_path: Path) -> None:
    app = page("new_study")
    app.text_input(key="import-path").set_value(str(tmp_path / "nothing.csv")).run()
    assert not app.exception and [box.value for box in app.error] == [
        plain(f"file: {tmp_path / 'nothing.csv'} is not there or cannot be read; check the path.")]


def test_the_hub_is_asked_for_what_the_form_says(page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def answer(dataset: str, **said: object) -> None:  # the Hub itself is tried in the tests of tasks
        asked.update(said, dataset=dataset)
        raise UserError("dataset_id: refused.")

    monkeypatch.setattr(tasks, "import_hub", answer)
    app = page("new_study")
    app.session_state["open-hub"] = True
    app.run()
    typed = {"Data set id": "acme/films", "Text column": "review", "Label column": "stars", "Revision": "abc"}
    for label, value in typed.items():
        next(field for field in app.text_input if field.label == label).set_value(value)
    next(b for b in app.button if b.label == "Fetch").click().run()
    assert asked == {"dataset": "acme/films", "config": None, "text_column": "review", "label_column": "stars",
                     "revision": "abc", "name": None}
    assert "dataset_id: refused." in texts(app)


def test_an_imported_task_is_deleted_once_that_is_confirmed(page: Opener) -> None:
    tasks.import_file(CSV, "mine.csv", name="mine")
    app = page("new_study")
    assert not [b for b in app.button if b.key == "delete-task"], "a bundled task stays"
    app.selectbox(key="new-task").select("mine").run()
    app.button(key="delete-task").click().run()
    assert not app.exception
    assert "The task mine is deleted" in texts(app) and app.selectbox(key="new-task").value == "snippets"
    assert "mine" not in [info.id for info in tasks.list_tasks()]


def test_a_task_that_a_live_study_needs_is_not_deleted(page: Opener) -> None:
    tasks.import_file(CSV, "mine.csv", name="mine")
    make_study("waiting", "queued", task="mine")
    app = page("new_study")
    app.selectbox(key="new-task").select("mine").run()
    app.button(key="delete-task").click().run()
    assert "'mine' is used by study 'waiting', which is queued; cancel its run first." in texts(app)
    assert tasks.info("mine").id == "mine"


def test_a_bad_file_is_refused_in_one_sentence_and_nothing_remains(page: Opener) -> None:
    app = page("new_study")
    app.file_uploader(key="upload").upload("one.csv", b"body,verdict\n" + b"some text,good\n" * 50).run()
    next(box for box in app.selectbox if box.label == "Label column").set_value("verdict")
    next(b for b in app.button if b.label == "Import").click().run()
    assert not app.exception
    assert "holds only one label or none" in texts(app)
    assert "one" not in [info.id for info in tasks.list_tasks()]
    app.file_uploader(key="upload").upload("broken.csv", b"\xff\xfe\x00").run()
    assert not app.exception and len(app.error) == 1


def test_values_that_do_not_go_together_are_refused_before_the_start(page: Opener) -> None:
    app = page("new_study")
    app.selectbox(key="spec-quick-device").set_value("cuda").run()
    assert not app.exception
    if "device: 'cuda' cannot be used here" in texts(app):  # only where there is no GPU
        assert not [b for b in app.button if b.label == "Start"]


def test_unlabelled_texts_are_added_to_a_bundled_task_and_removed_again(page: Opener) -> None:
    app = page("new_study")
    app.session_state["open-texts"] = True
    app.run()
    app.file_uploader(key="upload-texts").upload("plots *new*.txt", b"a text\nthat nobody\nlabelled\nlabelled").run()
    next(b for b in app.button if b.label == "Add the texts").click().run()
    assert not app.exception
    assert "3 texts added from file plots *new*.txt, unlabelled. 1 text left out: already in the task" in texts(app)
    assert tasks.info("snippets").texts["unlabelled"] == 1_025 and "1,025 unlabelled" in texts(app)
    app.button(key="delete-texts").click().run()
    assert "The texts added to snippets are removed" in texts(app) and tasks.info("snippets").texts["unlabelled"] == 1_022


def test_a_task_that_a_live_study_needs_takes_no_texts(page: Opener) -> None:
    make_study("waiting", "queued")
    app = page("new_study")
    app.session_state["open-texts"] = True
    app.run()
    app.file_uploader(key="upload-texts").upload("more.txt", b"a text").run()
    next(b for b in app.button if b.label == "Add the texts").click().run()
    assert "is used by study 'waiting', which is queued" in texts(app) and tasks.info("snippets").texts["unlabelled"] == 1_022


def test_the_method_is_explained_chosen_and_reaches_the_study(page: Opener) -> None:
    app = page("new_study")
    said = texts(app)
    assert "**black box**: distilled from the teacher's answers alone" in said and "some families have: depth, pretrained, width" in said
    app.selectbox(key="spec-quick-distil-method").select("hidden states").run()
    _start(app)
    assert read.get(read.summaries()[0].id).spec.distil.method == "hidden states"


def test_kept_layers_of_a_student_can_be_read_and_changed_in_its_row() -> None:
    def script(base) -> None:  # type: ignore[no-untyped-def]  # it runs apart from this file
        import streamlit as st

        from pages.ui import spec_form

        st.session_state["made"] = spec_form.review(base)

    base = preset("quick", "snippets", students=[{"name": "a", "layers": 3, "keep_layers": [0, 2, 5]}, {"name": "b", "layers": 1}])
    app = AppTest.from_function(script, kwargs={"base": base}, default_timeout=60).run()
    assert not app.exception and app.session_state["made"] == base
    assert list(app.dataframe[0].value["keep_layers"])[:1] == ["0, 2, 5"]
    assert _numbers(" 1, 2 ,5") == ["1", "2", "5"] and _numbers(" ") is None is _numbers(None)
    with pytest.raises(UserError, match="keep_layers, number 1: 'last' is not accepted"):
        preset("quick", "snippets", students=[{"name": "a", "layers": 1, "keep_layers": _numbers("last")}])
