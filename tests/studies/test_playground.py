"""One text through real models: probabilities, time, price, the cascade, and why a study cannot be asked."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace

import pytest

from core import settings
from core.cli import main
from core.errors import UserError
from core.figures import measured
from core.store import studies
from core.store.tables import now
from core.studies import playground, playground_words, read, sample_texts
from core.studies.decide import decide
from core.studies.options import option_name
from core.studies.resident import Residents
from tests.pages.made import SAID, make_study
from tests.studies.playable import playable

LONG = "a warm and bright film " * 40


@pytest.fixture
def residents():
    made = Residents()
    yield made
    made.close_all()


@pytest.fixture
def decision(tiny_artifact, tiny_onnx):
    playable("mine", tiny_artifact, tiny_onnx, case=SAID.model_copy(update={"usd_per_hour": 3.6, "student_usd_per_hour": 0.36}))
    return decide(studies.get("mine"), now().date(), draws=0)


def model(decision, name):
    return next(each for each in playground.answerers(decision.study) if option_name(each) == name)


def test_a_text_is_answered_by_teacher_student_and_cascade(decision, residents):
    student, teacher = model(decision, "depth-1, ONNX Runtime fp32"), model(decision, "teacher")
    reply = playground.ask(residents, decision, student, teacher, f"  {LONG}  ")
    mine, theirs = reply.student, reply.teacher
    assert (mine.label, mine.tokens, mine.whole) == (theirs.label, 32, 202) and reply.text == LONG.strip()
    assert sum(share.value for _, share in mine.probabilities) == pytest.approx(1)
    assert mine.confidence.value == pytest.approx(theirs.confidence.value, abs=1e-4) and 0.5 < mine.confidence.value < 1
    assert mine.calibrated and mine.confidence.provenance.kind == "derived" and mine.confidence.provenance.evidence == "measured"
    assert mine.call_ms.provenance.kind == "measured" and "not a benchmark" in mine.call_ms.provenance.source
    for answer, usd_per_hour in ((mine, 0.36), (theirs, 3.6)):
        assert answer.usd.value == pytest.approx(answer.call_ms.value / 1000 * usd_per_hour / 3600)
        assert answer.usd_per_million.value == pytest.approx(answer.usd.value * 1e6) and answer.usd_per_million.unit == "USD/1e6"
    assert theirs.p50.value == 15 and mine.p50.value is None, "the variant of this made study was never measured"
    assert reply.loaded_s > 0 and reply.seconds > reply.loaded_s
    again = playground.ask(residents, decision, student, teacher, "a dull film")
    assert again.loaded_s == 0 and again.seconds < 2
    told = "\n".join(playground_words.lines(reply, playground.together(reply, 0.0), playground_words.share(0.0)))
    assert "read: the first 32 of 202 tokens" in told and "this call, not a benchmark" in told and "per million calls" in told


def test_the_cascade_escalates_up_to_its_threshold_and_pays_both(decision, residents):
    reply = playground.ask(residents, decision, model(decision, "depth-1"), model(decision, "teacher"), "a warm film")
    sure = reply.student.confidence.value
    alone, both = playground.together(reply, sure - 1e-6), playground.together(reply, sure)
    assert not alone.escalated and alone.usd == reply.student.usd and alone.call_ms == reply.student.call_ms
    assert both.escalated and both.label == reply.teacher.label
    assert both.call_ms.value == pytest.approx(reply.student.call_ms.value + reply.teacher.call_ms.value)
    assert both.usd.value == pytest.approx(reply.student.usd.value + reply.teacher.usd.value)
    assert playground.together(replace(reply, teacher=None), 1.0) is None
    assert "Escalated" in playground_words.escalation(reply, both, playground_words.share(sure))
    assert playground_words.agreement(reply) == f"Teacher and student agree: '{reply.student.label}'"
    other = replace(reply.student, probabilities=reply.student.probabilities[::-1])
    assert playground_words.agreement(replace(reply, student=other)).startswith("They disagree: the teacher says")
    assert "cannot be asked" in playground_words.agreement(replace(reply, teacher=None))


def test_a_model_without_a_temperature_is_not_called_calibrated_and_an_unknown_price_stays_unknown(decision, residents):
    study = replace(decision.study, machine={**decision.study.machine, "cores": 0})
    unpriced = decide(study, now().date(), SAID, draws=0)
    reply = playground.ask(residents, unpriced, model(decision, "depth-3"), None, "a warm film")
    assert not reply.student.calibrated and reply.teacher is None
    assert reply.student.usd.value is None and reply.student.usd_per_million.value is None


def test_texts_are_bounded_and_empty_ones_refused(decision, residents):
    for text, why in (("", "it is empty"), (" \n\t", "it is empty"), ("x" * 5001, "5,001 characters are too many; at most 5,000")):
        with pytest.raises(UserError, match=rf"^text: {why}"):
            playground.ask(residents, decision, model(decision, "depth-1"), None, text)
    assert residents.pid("mine") is None, "nothing is started for them"
    assert playground.checked("\ud800 x" + "y" * 4997) == "? x" + "y" * 4997


def test_why_a_study_cannot_be_asked():
    assert "ships its figures without model files" in playground.why_not(read.example())
    make_study("failed", "failed")
    make_study("old")
    make_study("queued", "queued")
    for name, why in (("queued", "ask once its run has made one"), ("failed", "ended before a student was trained"), ("old", "are gone")):
        assert why in playground.why_not(studies.get(name)), name


def test_files_that_are_deleted_are_missed(decision):
    assert playground.why_not(decision.study) == ""
    shutil.rmtree(settings.home() / "models" / "mine")
    assert "are gone; run it again" in playground.why_not(decision.study)
    with pytest.raises(UserError, match="the files of 'depth-1' of study 'mine' are gone"):
        playground.ask(Residents(), decision, decision.study.model("depth-1", "student"), None, "a")


def test_without_a_chosen_threshold_one_is_named_as_what_it_is(decision):
    assert playground.threshold_of(decision, model(decision, "depth-1"))[1].startswith("an arbitrary threshold")
    example = read.example()
    chosen = decide(example, now().date(), draws=0)
    name = chosen.cascades[0].model.name
    assert playground.threshold_of(chosen, example.model(name, "student")) == (
        chosen.cascades[0].point.threshold, "the case's threshold, chosen on validation texts")
    unchosen = replace(chosen, cascades=())
    assert "the middle of this model's thresholds" in playground.threshold_of(unchosen, example.model(name, "student"))[1]


def test_texts_to_try_are_test_texts_of_each_label_and_the_student_s_regressions():
    found = sample_texts.of_task("snippets")
    assert sorted({one.truth for one in found}) == ["fresh", "rotten"] and len({one.key for one in found}) == len(found) == 4
    assert found == sample_texts.of_task("snippets")
    wrong = read.example().model("depth-1", "student").regressions
    offered = sample_texts.regressions(wrong)
    assert [one.text for one in offered] == [each.text for each in wrong[:12]]


def test_the_command_line_answers_too(decision, tmp_path, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["core", "study", "ask", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    code, told, _ = run("mine", "a warm film", "--student", "depth-1", "--variant", "onnx runtime FP32", "--threshold", "1",
                        "--json", str(tmp_path / "a.json"))
    assert code == 0 and told.startswith("teacher: '") and "cascade: '" in told and "Escalated: the student is" in told
    assert "depth-1, ONNX Runtime fp32: '" in told and "Times and prices: this call, not a benchmark." in told
    kept = json.loads((tmp_path / "a.json").read_text())
    assert kept["cascade"]["escalated"] is True and kept["student"]["call_ms"]["provenance"]["kind"] == "measured"
    for arguments, why in ((("mine", " "), "text: it is empty"), (("mine", "a", "--student", "x"), "has no 'x'; it has teacher, depth-3"),
                           (("example", "a"), "study: 'example' cannot be asked.")):
        code, told, refused = run(*arguments)
        assert (code, told) == (2, "") and why in refused and len(refused.strip().splitlines()) == 1


def test_a_price_is_the_machine_s_time():
    ms = measured(36.0, "ms", source="", device="", as_of="")
    usd = measured(1.0, "USD/h", source="", device="", as_of="")
    assert playground.price(ms, usd).value == pytest.approx(1e-5)
    assert playground.per_million(playground.price(ms, usd)).value == pytest.approx(10.0)
