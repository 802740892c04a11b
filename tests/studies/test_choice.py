"""The variant that somebody chose for a case: everything follows it, and one that is not there is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.case import CaseInputs
from core.errors import UserError
from core.figures import measured
from core.records import StudyRecord
from core.spec import parse, preset
from core.studies import frozen, narrative, read, submit
from core.studies.casefile import parse_case
from core.studies.choice import check_planned, choosable
from core.studies.differences import changes
from core.studies.filecase import decide_file
from core.studies.options import option_name
from core.studies.report import assumptions
from tests.studies.casefile_refusals import BASE
from tests.studies.test_options import DAY, decided

SLOWER = "depth-1, OpenVINO fp32"


def with_slower(agreement: float = 0.99) -> StudyRecord:
    """The example with a second variant of depth-1, slower than its fastest one."""
    fast = next(m for m in read.example().variants if option_name(m) == "depth-1, ONNX Runtime int8")
    def seen(value: float, unit: str):
        return measured(value, unit, source="test", device="cpu", as_of="2026-11-20")
    figures = {**fast.figures, "throughput_per_s": seen(2000.0, "1/s"), "variant_agreement": seen(agreement, "share")}
    slower = replace(fast, runtime="openvino", precision="fp32", figures=figures)
    return replace(read.example(), variants=(*read.example().variants, slower))


@pytest.mark.parametrize("name", ["depth-3", "depth-3, ONNX Runtime int8", "cascade of depth-1"])
def test_the_verdict_is_about_the_variant_that_was_chosen(name: str) -> None:
    free, mine = decided(), decided(variant=name)
    assert free.best_option == "depth-2, ONNX Runtime int8" == mine.ruling.automatic and free.ruling.facts.chosen == ""
    assert (mine.best_option, mine.against.option, mine.verdict.items[1].figures) == (
        name, name, {**mine.verdict.items[1].figures, "latency_p99_ms": mine.ruling.candidate(name).latency.p99})
    assert mine.best.name == name.partition(",")[0].removeprefix("cascade of ")
    assert mine.other == free.other, "what it is compared with does not depend on the choice"


def test_one_that_does_not_qualify_can_be_chosen_and_the_verdict_says_what_it_lacks() -> None:
    mine = decided(variant="depth-1")
    assert not mine.qualifies and mine.verdict.items[2].status == "not enough evidence"


def test_a_variant_that_is_not_the_fastest_of_its_model_is_an_option_once_it_is_chosen() -> None:
    study = with_slower()
    assert SLOWER not in {option.name for option in decided(study).options}
    mine = decided(study, variant=SLOWER, draws=64)
    assert mine.best_option == SLOWER and mine.outlook is not None
    assert "depth-1, ONNX Runtime int8" in {option.name for option in mine.options}, "the fastest stays beside it"


def test_a_name_that_is_not_there_is_refused_with_those_that_are() -> None:
    for name in ("depth-9", "control of depth-2", "teacher", "teacher, ONNX Runtime int8"):
        with pytest.raises(UserError, match=rf"^variant: '{name}' is no student .*'depth-3'; .*'cascade of depth-1', or leave it out"):
            decided(variant=name)
    with pytest.raises(UserError, match=r"^variant: "):
        decided(with_slower(agreement=0.5), variant=SLOWER)
    assert SLOWER in choosable(with_slower()) and SLOWER not in choosable(with_slower(agreement=0.5))


def test_a_choice_that_a_study_cannot_come_to_have_is_refused_before_it_starts() -> None:
    spec = preset("quick", "snippets")
    for name in ("depth-2", "depth-2, ONNX Runtime int8", "cascade of depth-3"):
        check_planned(spec, CaseInputs(variant=name))
    with pytest.raises(UserError, match=r"^variant: 'dept-2' is none of this study's students; write one of depth-3, depth-2, depth-1,"):
        submit.submit(spec, CaseInputs(variant="dept-2"))
    assert read.summaries() == []
    check_planned(preset("search", "snippets"), CaseInputs(variant="linear-262144, ONNX Runtime fp32"))
    with pytest.raises(UserError, match="variant"):
        parse(CaseInputs, {"variant": ""})


def test_while_the_study_runs_a_choice_waits_for_its_model() -> None:
    study = read.example()
    assert study.job is not None
    running = replace(study, job=replace(study.job, state="running"), models=study.models[:2], variants=())
    waiting = decided(running, variant="depth-1")
    assert waiting.best_option and waiting.ruling.facts.chosen == ""


def test_a_cascade_whose_cost_is_unknown_is_no_reason_to_refuse_the_case() -> None:
    mine = decided(variant="cascade of depth-2", status_quo="api")
    assert mine.best_option != "cascade of depth-2" and mine.ruling.facts.chosen == ""


def test_that_somebody_chose_is_said() -> None:
    mine = decided(variant="depth-3")
    told = narrative.choice(mine.ruling)
    assert told == "The case is about depth-3 because somebody chose it; by the rules it would be about depth-2, ONNX Runtime int8."
    assert narrative.choice(decided().ruling) == "" and assumptions(mine.ruling)[0] == told
    same = decided(variant="depth-2, ONNX Runtime int8").ruling
    assert narrative.choice(same).endswith("because somebody chose it; the rules would take it too.")


def test_the_choice_is_one_input_among_others_and_is_kept_with_a_saved_case() -> None:
    said = CaseInputs(variant="depth-3")
    assert [(c.name, c.before, c.after) for c in changes(CaseInputs(), said)] == [("variant", "the best that qualifies", "depth-3")]
    kept = frozen.from_json(frozen.to_json(frozen.as_now(with_slower(), DAY)), "example", True)
    assert frozen.decide_on(kept, CaseInputs(variant=SLOWER), draws=0).best_option == SLOWER


def test_a_case_file_chooses_among_its_students() -> None:
    second = BASE[BASE.index('[[option]]\nname = "student"'):].replace('"student"\nrole', '"small"\nrole').replace("1500.0", "100.0")
    assert decide_file(parse_case(BASE + second), DAY, 0).ruling.best == "small"
    said = "discount_rate = 0.0\nvariant = "
    mine = decide_file(parse_case((BASE + second).replace("discount_rate = 0.0", f'{said}"student"')), DAY, 0).ruling
    assert (mine.best, mine.automatic) == ("student", "small")
    with pytest.raises(UserError, match=r"^variant: 'teacher' is no student that this case can be about; write one of 'student', or leave"):
        decide_file(parse_case(BASE.replace("discount_rate = 0.0", f'{said}"teacher"')), DAY, 0)
