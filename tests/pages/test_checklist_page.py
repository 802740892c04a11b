"""The Checklist page: what is typed is kept and changes the verdict; on the example it is only tried."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.case import CaseInputs
from core.studies import read
from tests.pages.conftest import Opener, texts
from tests.pages.made import SAID, make_study


def _opened(app: AppTest) -> AppTest:
    """The page with the inputs of every item unfolded."""
    for item in range(1, 7):
        app.session_state[f"open-inputs-{item}"] = True
    return app.run()


def _save(app: AppTest, item: int) -> AppTest:
    button = next(b for b in app.button if b.label in ("Save", "Try as a what-if") and f"-{item}-" in b.id)
    return button.click().run()


def test_each_item_has_its_question_reason_rule_figures_and_action(page: Opener) -> None:
    make_study("mine")
    app = page("checklist")
    said = texts(app)
    assert [head.value for head in app.subheader][:2] == ["Verdict", "1 Volume and cost per prediction"]
    assert "Does the distilled model meet the latency requirement?" in said
    assert "p99 is 4.2 ms" in said and "within the limit of 40 ms" in said
    assert "Needs a limit and 662 queries." not in said, "a rule is drawn once it is opened"
    app.session_state["rule-2"] = True
    assert "Needs a limit and 662 queries." in texts(app.run())
    assert "**Next:** Test it under the case's load before it serves." in said
    assert "**6 Iteration and updates:** State the interval, owner and trigger of re-distillation." in said


def test_a_changed_limit_is_saved_and_the_item_fails(page: Opener) -> None:
    make_study("mine")
    app = _opened(page("checklist"))
    app.number_input(key="case-mine-2-latency_limit_ms").set_value(1.0)
    _save(app, 2)
    assert not app.exception
    assert "Saved with the study" in texts(app)
    assert read.get("mine").case == SAID.model_copy(update={"latency_limit_ms": 1.0})
    assert "above the limit of 1 ms" in texts(app) and "p99 within 1 ms" in texts(app)
    assert ":red-badge[:material/block: do not invest]" in texts(app)


def test_an_emptied_field_means_that_nobody_has_said_it(page: Opener) -> None:
    make_study("mine")
    app = _opened(page("checklist"))
    field = app.number_input(key="case-mine-4-engineering_hours")
    assert field.value == 80 and field.placeholder == "default 120"
    field.set_value(None)
    _save(app, 4)
    assert read.get("mine").case.engineering_hours is None
    assert "The engineering hours are not stated" in texts(app)


def test_words_and_choices_are_saved_too(page: Opener) -> None:
    make_study("mine")
    app = _opened(page("checklist"))
    app.text_input(key="case-mine-6-redistil_owner").set_value("Team <A>")
    app.text_input(key="case-mine-6-redistil_trigger").set_value("drift")
    app.number_input(key="case-mine-6-redistil_every_months").set_value(6)
    _save(app, 6)
    app.selectbox(key="case-mine-5-target_is_this_machine").set_value(True)
    _save(app, 5)
    app.selectbox(key="case-mine-1-instance").set_value("aws/g4dn.xlarge")
    _save(app, 1)
    assert not app.exception
    case = read.get("mine").case
    assert (case.redistil_owner, case.redistil_trigger, case.redistil_every_months) == ("Team <A>", "drift", 6)
    assert case.target_is_this_machine is True and case.instance == "aws/g4dn.xlarge"
    assert "Re-distilled every 6 months the NPV is" in texts(app)


def test_a_value_out_of_bounds_is_refused_in_one_sentence(page: Opener) -> None:
    make_study("mine")
    app = _opened(page("checklist"))
    app.number_input(key="case-mine-1-usd_per_hour").set_value(0.0)
    _save(app, 1)
    assert "usd_per_hour: 0.0 is not accepted; input should be greater than 0." in texts(app)
    assert read.get("mine").case == SAID


def test_on_the_example_inputs_are_a_what_if_that_can_be_reset(page: Opener) -> None:
    app = _opened(page("checklist"))
    own = read.example().case.latency_limit_ms
    app.number_input(key="case-example-2-latency_limit_ms").set_value(0.5)
    _save(app, 2)
    assert "what-if, not saved" in texts(app) and "p99 within 0.5 ms" in texts(app)
    assert read.example().case.latency_limit_ms == own
    assert "p99 within 0.5 ms" in texts(app.switch_page("pages/overview.py").run())
    _opened(app.switch_page("pages/checklist.py").run())
    next(b for b in app.button if b.label == "Reset").click().run()
    assert "what-if, not saved" not in texts(app) and "p99 within 0.5 ms" not in texts(app)
    assert app.number_input(key="case-example-2-latency_limit_ms").value == own


def test_without_a_measured_student_the_walk_says_when_it_starts(page: Opener) -> None:
    make_study("mine", "running", case=CaseInputs())
    assert "The walk starts when the first student is measured." in texts(page("checklist"))
