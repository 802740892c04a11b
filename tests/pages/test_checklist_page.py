"""The Checklist page: what is typed is kept and changes the verdict; on the example it is only tried."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.case import CaseInputs
from core.studies import read
from tests.pages.conftest import Opener, texts
from tests.pages.made import SAID, make_study
from tests.studies.answered import answered, rows_right


def _step(app: AppTest, number: int) -> AppTest:
    """The page at one step."""
    app.session_state["walk-step"] = number
    return app.run()


def _open(app: AppTest, part: str) -> AppTest:
    app.session_state[f"open-{part}"] = True
    return app.run()


def test_the_walk_opens_at_the_first_gap_and_names_the_next(page: Opener) -> None:
    make_study("mine")
    app = page("checklist")
    said = texts(app)
    assert "6 Iteration and updates" in [head.value for head in app.subheader]
    assert "How is the model evaluated and updated after distillation?" in said
    assert "**Next:** State the interval, owner and trigger of re-distillation." in said
    assert "**Next gap: 1 Volume and cost per prediction**" in said
    app.button(key="next-gap").click().run()
    assert "1 Volume and cost per prediction" in [head.value for head in app.subheader]


def test_each_step_has_its_question_reason_and_rule(page: Opener) -> None:
    make_study("mine")
    app = _step(page("checklist"), 2)
    said = texts(app)
    assert "Does the distilled model meet the latency requirement?" in said
    assert "p99 is 4.2 ms" in said and "within the limit of 40 ms" in said
    assert "Needs a limit and 662 queries." not in said, "a rule is drawn once it is opened"
    app.session_state["rule-2"] = True
    assert "Needs a limit and 662 queries." in texts(app.run())
    assert "**Next:** Test it under the case's load before it serves." in said


def test_a_changed_limit_is_kept_at_once_and_the_item_fails(page: Opener) -> None:
    make_study("mine")
    app = _step(page("checklist"), 2)
    app.number_input(key="case-mine-2-latency_limit_ms").set_value(1.0).run()
    assert not app.exception
    assert "Saved with the study." in texts(app)
    assert read.get("mine").case == SAID.model_copy(update={"latency_limit_ms": 1.0})
    assert "above the limit of 1 ms" in texts(app) and "p99 within 1 ms" in texts(app)
    assert ":red-badge[:material/block: do not invest]" in texts(app)


def test_an_emptied_field_means_that_nobody_has_said_it(page: Opener) -> None:
    make_study("mine")
    app = _step(page("checklist"), 4)
    field = app.number_input(key="case-mine-4-engineering_hours")
    assert field.value == 80 and field.placeholder == "default 120"
    field.set_value(None).run()
    assert read.get("mine").case.engineering_hours is None
    assert "The engineering hours are not stated" in texts(app)


def test_words_and_choices_are_kept_too(page: Opener) -> None:
    make_study("mine")
    app = _step(page("checklist"), 6)
    app.text_input(key="case-mine-6-redistil_owner").set_value("Team <A>").run()
    app.text_input(key="case-mine-6-redistil_trigger").set_value("drift").run()
    app.number_input(key="case-mine-6-redistil_every_months").set_value(6).run()
    assert "Re-distilled every 6 months the NPV is" in texts(app)
    _step(app, 5).selectbox(key="case-mine-5-target_is_this_machine").set_value(True).run()
    _step(app, 1).selectbox(key="case-mine-1-instance").set_value("aws/g4dn.xlarge").run()
    assert not app.exception
    case = read.get("mine").case
    assert (case.redistil_owner, case.redistil_trigger, case.redistil_every_months) == ("Team <A>", "drift", 6)
    assert case.target_is_this_machine is True and case.instance == "aws/g4dn.xlarge"


def test_a_limit_of_memory_is_kept_and_another_student_is_taken(page: Opener) -> None:
    make_study("mine")
    app = _step(page("checklist"), 5)
    assert "Peak memory" not in texts(app)
    app.number_input(key="case-mine-5-memory_limit_mb").set_value(425.0).run()
    assert read.get("mine").case.memory_limit_mb == 425.0
    assert "peak memory is 420 MB, within the limit of 425 MB" in texts(app), "that of one layer; with three it is 440 MB"
    app.number_input(key="case-mine-5-memory_limit_mb").set_value(400.0).run()
    assert "above the limit of 400 MB" in texts(app) and ":red-badge[:material/block: do not invest]" in texts(app)


def test_what_is_known_of_a_tool_is_kept_and_stands_beside_what_was_tried(page: Opener) -> None:
    make_study("mine")
    app = _step(page("checklist"), 5)
    table = app.table[0].value
    assert list(table["Tool"])[-1] == "TensorFlow Model Optimization Toolkit" and set(table["Stated by you"]) == {"not stated"}
    app = _open(app, "case-mine-5-tools")
    app.selectbox(key="case-mine-5-tool-torch-support").set_value("none").run()
    app.number_input(key="case-mine-5-tool-torch-integration_hours").set_value(16.0).run()
    app.selectbox(key="case-mine-5-tool-tfmot-maturity").set_value("deprecated").run()
    assert not app.exception
    said = {key: tool.model_dump(exclude_none=True) for key, tool in read.get("mine").case.tools.items()}
    assert said == {"torch": {"support": "none", "integration_hours": 16.0}, "tfmot": {"maturity": "deprecated"}}
    assert "PyTorch and Hugging Face Transformers is stated to be without support" in texts(app)
    assert app.table[0].value.iloc[0]["Stated by you"] == "no support, 16 h to integrate"
    assert app.table[0].value.iloc[-1]["Stated by you"] == "deprecated"
    assert "Upfront it costs $9,600" in texts(_step(app, 4)), "80 hours and 16"
    app = _open(_step(app, 5), "case-mine-5-tools")
    app.selectbox(key="case-mine-5-tool-tfmot-maturity").set_value(None).run()
    assert set(read.get("mine").case.tools) == {"torch"}


def test_item_6_cites_the_previous_study(page: Opener) -> None:
    answered("one", name="The *first* one")
    answered("two", {"depth-1": rows_right(100)})
    said = texts(_step(page("checklist", study="two"), 6))
    assert "Against the previous study of the task, The *first* one (one), depth-1 lost" in said
    assert "Change in accuracy" in said and "previous study" not in texts(_step(page("checklist", study="one"), 6))


def test_a_range_and_activities_are_kept_and_change_the_spread(page: Opener) -> None:
    make_study("mine")
    app = _open(_step(page("checklist"), 4), "case-mine-4-ranges")
    app.text_input(key="case-mine-4-range-engineering_hours").set_value("40 to 400").run()
    assert read.get("mine").case.ranges == {"engineering_hours": "40 to 400"}
    assert "with nine chances in ten at most" in texts(app) or "one time in ten" in texts(app)
    app.text_input(key="case-mine-4-range-engineering_hours").set_value("lots").run()
    assert "'lots' is no range" in texts(app) and "Nothing was changed." in texts(app)
    assert read.get("mine").case.ranges == {"engineering_hours": "40 to 400"}


def test_inputs_that_contradict_each_other_are_refused_in_one_sentence(page: Opener) -> None:
    make_study("mine")
    app = _open(_step(page("checklist"), 1), "case-mine-1-0")
    app.number_input(key="case-mine-1-peak_to_mean").set_value(3.0).run()
    app.text_input(key="case-mine-1-hourly_profile").set_value(", ".join(["1"] * 24)).run()
    assert "keep one of them. Nothing was changed." in texts(app)
    assert read.get("mine").case.hourly_profile is None and read.get("mine").case.peak_to_mean == 3.0


def test_a_value_out_of_bounds_is_refused_in_one_sentence(page: Opener) -> None:
    make_study("mine")
    app = _step(page("checklist"), 1)
    app.number_input(key="case-mine-1-usd_per_hour").set_value(0.0).run()
    assert "usd_per_hour: 0.0 is not accepted; write a number above 0 and at most 10,000" in texts(app)
    assert read.get("mine").case == SAID


def test_on_the_example_inputs_are_a_what_if_that_can_be_reset(page: Opener) -> None:
    app = _step(page("checklist"), 2)
    own = read.example().case.latency_limit_ms
    app.number_input(key="case-example-2-latency_limit_ms").set_value(0.5).run()
    assert "what-if, not saved" in texts(app) and "p99 within 0.5 ms" in texts(app)
    assert read.example().case.latency_limit_ms == own
    assert "p99 within 0.5 ms" in texts(app.switch_page("pages/overview.py").run())
    app.switch_page("pages/checklist.py").run()
    next(b for b in app.button if b.label == "Reset").click().run()
    assert "what-if, not saved" not in texts(app) and "p99 within 0.5 ms" not in texts(app)
    assert _step(app, 2).number_input(key="case-example-2-latency_limit_ms").value == own


def test_without_a_measured_student_the_walk_says_when_it_starts(page: Opener) -> None:
    make_study("mine", "running", case=CaseInputs())
    assert "The walk starts when the first student is measured." in texts(page("checklist"))
