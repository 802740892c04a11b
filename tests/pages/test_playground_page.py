"""The playground: real models answer behind the page, texts stay text, and what cannot be asked says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.store import studies
from pages.ui import playground_ask
from tests.pages.conftest import Opener, make_study, texts
from tests.studies.playable import playable

EVIL = "**bold** <b>x</b> $a$ [link](http://x) :material/home: =1+1 warm film"


@pytest.fixture
def study(home, tiny_artifact, tiny_onnx) -> Iterator[str]:
    yield playable("mine", tiny_artifact, tiny_onnx)
    playground_ask.residents().close_all()


def test_answers_stand_side_by_side_and_the_threshold_moves_the_cascade_without_a_question(page: Opener, study: str) -> None:
    app = page("playground")
    app.default_timeout = 300  # the first question loads torch, on a busy machine
    assert not app.get("progress") and "Your last questions" not in texts(app)
    app.selectbox(key="playground-student-mine").select("depth-1, ONNX Runtime fp32").run()
    app.text_area(key="playground-text").set_value(EVIL)
    app.button(key="playground-ask").click().run()
    said = texts(app)
    assert not app.exception and not app.error
    assert "Teacher and student agree: '" in said and "loaded the models" in said and "this call, not a benchmark" in said
    assert "**teacher**" in said and "**student depth-1, ONNX Runtime fp32**" in said
    assert [metric.label for metric in app.metric] == ["Time of this call", "Price of this call"] * 3
    assert "Read: the first 32 of" in said and "measured p50 15 ms" in said
    assert "per million calls" in said and "of memory; it ends after" in said
    pid = playground_ask.residents().pid("mine")
    app.button(key="playground-ask").click().run()
    assert playground_ask.residents().pid("mine") == pid and "loaded the models" not in texts(app)
    table = app.table[0].value
    assert len(table) == 2 and "\\*\\*bold\\*\\*" in table["Text"][0] and "\\<b\\>" in table["Text"][0]
    slider = app.slider[0]
    assert "answered by the student" not in texts(slider.set_value(1.0).run())
    assert "Escalated: the student is" in texts(app)
    assert "Not escalated" in texts(app.slider[0].set_value(0.0).run())
    app.selectbox(key="playground-student-mine").select("depth-3").run()
    assert "Other models are chosen now: ask again" in texts(app)
    app.button(key="playground-end").click().run()
    assert playground_ask.residents().pid("mine") is None and not app.exception


def test_a_text_can_be_taken_and_an_empty_one_is_refused(page: Opener, study: str) -> None:
    app = page("playground")
    app.button(key="playground-ask").click().run()
    assert [box.value.replace("\\", "") for box in app.error] == ["text: it is empty; type what the models are to read."]
    box = app.selectbox(key="playground-example")
    assert box.options[0].startswith("test text, ")
    box.set_value("test-0").run()
    assert app.text_area(key="playground-text").value and not app.exception


@pytest.mark.parametrize(("state", "why"), [("queued", "No student of this study is trained yet"), ("done", "are gone; run it again"),
                                            ("failed", "ended before a student was trained"), (None, "without model files")])
def test_what_cannot_be_asked_says_why_and_what_to_do(page: Opener, state: str | None, why: str) -> None:
    if state:
        make_study("mine", state)
    app = page("playground")
    assert why in texts(app) and not app.text_area


def test_a_run_at_work_is_told_of(page: Opener, study: str) -> None:
    make_study("other", "running")
    app = page("playground", study="mine")
    assert "each question disturbs what it measures" in texts(app)
    assert studies.get("mine").job is not None


def test_a_student_answers_alone_where_the_teacher_has_no_files(page: Opener, study: str) -> None:
    import shutil

    from core import settings
    shutil.rmtree(settings.home() / "models" / "mine" / "minilm-teacher")
    app = page("playground")
    assert "so the student answers alone" in texts(app) and not app.slider
