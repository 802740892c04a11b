"""The page What-if: a slider answers at once, changes are listed and undone, cases are saved, opened, recomputed and compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from core.case import CaseInputs
from core.settings import ROOT
from core.store import models
from core.studies import cases, frozen, read
from core.studies.cases import SavedCase
from pages.ui import what_if_answer
from tests.pages.conftest import Opener, texts
from tests.pages.made import SAID, make_study

DAY = date(2026, 11, 25)
At = Callable[..., AppTest]


@pytest.fixture
def at() -> At:
    """Opens the page by its address, as a link does."""

    def open_at(study: str, case: str | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        app.query_params["study"] = study
        app.run()
        if case:
            app.query_params["case"] = case
        app.switch_page("pages/what_if.py").run()
        assert not app.exception, app.exception[0].message
        return app

    return open_at


def saved(study_id: str = "mine", name: str = "Then", **said: object) -> SavedCase:
    study = read.get(study_id)
    return cases.save(frozen.as_now(study, DAY), study.case.model_copy(update=said), name)


def slide(app: AppTest, name: str, value: float, study: str = "mine") -> AppTest:
    return app.slider(key=f"what-{study}-{name}").set_value(value).run()


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception[0].message
    return app


def compared(app: AppTest, *which: str, study: str = "mine") -> dict[str, list[str]]:
    app.session_state["what-compare"] = True
    app.session_state[f"what-compared-{study}"] = list(which)
    app.run()
    table = app.table[-1].value
    return {str(row[0]): [str(cell).replace("\\", "") for cell in row[1:]] for row in table.itertuples(index=False)}


def test_it_opens_on_the_studys_own_case_with_nothing_changed(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    said = texts(app)
    assert "As in the study's own case: nothing is changed" in said and "what-if, not saved" not in said
    labels = ["Monthly saving", "NPV, plain values", "Payback, discounted", "Chance of paying back"]
    assert [metric.label for metric in app.metric] == labels
    assert "P10 to P90: " in said and "1 Volume and cost per prediction" in said
    assert app.button(key="undo").disabled and app.button(key="undo-all").disabled
    assert app.select_slider(key="what-mine-volume").value == 40e6 and app.number_input(key="what-mine-engineering_hours").value == 80


def test_the_plain_answer_is_drawn_before_the_draws_and_the_draws_before_the_script_ends(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    seen: list[tuple[bool, bool, str]] = []
    show = what_if_answer.show_answer

    def watched(place: object, decision: object, base: object, waiting: bool) -> None:
        show(place, decision, base, waiting)  # type: ignore[arg-type]
        seen.append((waiting, decision.outlook is not None, decision.case.monthly_growth))  # type: ignore[attr-defined]

    with patch.object(what_if_answer, "show_answer", watched):
        slide(app, "monthly_growth", 3.0)
    assert seen == [(True, False, 0.03), (False, True, 0.03)]


def test_a_slider_changes_the_answer_and_the_change_is_listed_with_both_values(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    before = [metric.value for metric in app.metric]
    app.select_slider(key="what-mine-volume").set_value(4e8).run()
    slide(app, "monthly_growth", 3.0)
    said = texts(app)
    assert [metric.value for metric in app.metric] != before
    assert "2 changed against the study's own case" in said and "what-if, not saved: 2 changed" in said
    assert "Predictions a day: 40 M predictions a day → **400 M predictions a day**" in said
    assert "Growth a month: 0 % (default) → **3 %**" in said
    assert said.count(":orange-badge[:material/edit: changed] from ") >= 2
    assert app.number_input(key="what-mine-predictions_per_day").value == 400_000_000, "the field follows the slider"
    assert read.get("mine").case == SAID


def test_other_pages_show_the_same_what_if(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    app.number_input(key="what-mine-latency_limit_ms").set_value(1.0).run()
    for name in ("overview", "checklist"):
        said = texts(app.switch_page(f"pages/{name}.py").run())
        assert "what-if, not saved: 1 changed" in said and "p99 within 1 ms" in said
    assert app.switch_page("pages/what_if.py").run().number_input(key="what-mine-latency_limit_ms").value == 1.0


def test_steps_are_undone_one_by_one_and_all_at_once_and_that_too(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    for hours in (100, 200, 300):
        app.number_input(key="what-mine-engineering_hours").set_value(hours).run()
    press(app, "undo")
    assert "80 h → **200 h**" in texts(app) and app.number_input(key="what-mine-engineering_hours").value == 200
    press(app, "undo-all")
    assert "nothing is changed" in texts(app) and app.number_input(key="what-mine-engineering_hours").value == 80
    press(app, "undo")
    assert "80 h → **200 h**" in texts(app)
    press(press(app, "undo"), "undo")
    assert "nothing is changed" in texts(app) and "what-if, not saved" not in texts(app) and app.button(key="undo").disabled


def test_one_change_is_taken_back_alone_and_a_range_with_it(page: Opener) -> None:
    make_study("mine", case=CaseInputs(**{**SAID.model_dump(), "ranges": {"engineering_hours": "60 to 240"}}))
    app = page("what_if")
    slide(app, "monthly_growth", 3.0)
    app.number_input(key="what-mine-engineering_hours").set_value(300).run()
    assert "Range of engineering: 60 to 240 → **no range**" in texts(app), "the range was around another value"
    press(app, "back-ranges.engineering_hours")
    assert "2 changed against" in texts(app) and "80 h → **300 h**" in texts(app)
    app.number_input(key="what-mine-engineering_hours").set_value(200).run()
    press(app, "back-engineering_hours")
    assert "1 changed against" in texts(app) and "Growth a month: " in texts(app), "value and range come back together"


def test_an_emptied_field_and_a_stated_default_are_changes_too(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    app.number_input(key="what-mine-engineering_hours").set_value(None).run()
    assert "Engineering: 80 h → **120 h (default)**" in texts(app)
    slide(app, "horizon_months", 36)
    slide(app, "horizon_months", 24)
    assert "Horizon: 24 months (default) → **24 months**" in texts(app)


def test_a_case_beyond_a_sliders_range_moves_the_sliders_end(page: Opener) -> None:
    make_study("mine", case=SAID.model_copy(update={"horizon_months": 96, "monthly_growth": 0.5}))
    app = page("what_if")
    assert (app.slider(key="what-mine-horizon_months").max, app.slider(key="what-mine-monthly_growth").value) == (96, 50.0)


def test_the_rest_of_the_inputs_is_folded_and_counts_at_once(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    app.session_state["what-more-mine"] = True
    app.session_state["what-group-mine"] = "Fleet"
    app.run()
    app.number_input(key="what-mine-min_instances").set_value(30).run()
    assert "Fewest instances: 2 (default) → **30**" in texts(app)


@pytest.mark.parametrize("key", ["usd_per_hour", "latency_limit_ms"])
def test_a_bad_input_is_one_sentence_and_changes_nothing(page: Opener, key: str) -> None:
    make_study("mine")
    app = page("what_if")
    app.number_input(key=f"what-mine-{key}").set_value(0.0).run()
    (told,) = [box.value.replace("\\", "") for box in app.error]
    assert told.startswith(f"{key}: 0.0 is not accepted; ") and told.endswith(". Nothing was changed.")
    assert "nothing is changed" in texts(app)
    assert not app.run().error, "it is told once"


def test_what_cannot_be_computed_is_refused_before_it_is_tried(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    app.session_state["what-more-mine"] = True
    app.session_state["what-group-mine"] = "What serves today, and what else could"
    app.run()
    app.text_input(key="what-mine-api_provider").set_value("openai").run()
    app.number_input(key="what-mine-api_input_tokens").set_value(100).run()
    app.number_input(key="what-mine-api_output_tokens").set_value(5).run()
    app.text_input(key="what-mine-api_model").set_value("gpt-none").run()
    assert "'gpt-none' of 'openai' is not in genai-prices" in texts(app) and "Nothing was changed." in texts(app)
    assert app.text_input(key="what-mine-api_model").value == "" and app.metric


def test_a_what_if_of_another_page_that_cannot_be_computed_can_be_undone_here(page: Opener) -> None:
    make_study("mine")
    app = page("overview")
    bad = SAID.model_copy(update={"instance": "aws/nothing"}).model_dump_json()
    app.session_state["what_if"], app.session_state["what_if_history"] = {"mine": bad}, {"mine": [None]}
    app.switch_page("pages/what_if.py").run()
    assert "'aws/nothing' is not in the price list" in texts(app) and not app.metric
    next(b for b in app.button if b.label == "Undo the last step").click().run()
    assert app.metric and "nothing is changed" in texts(app)


def test_a_case_is_saved_and_its_address_opens_it_again(page: Opener, at: At) -> None:
    make_study("mine")
    app = page("what_if")
    app.select_slider(key="what-mine-volume").set_value(4e8).run()
    app.text_input(key="what-name-mine").set_value("Peak <b>season</b>")
    press(app, "save-case")
    (case,) = cases.listed("mine")
    assert (case.name, case.inputs) == ("Peak <b>season</b>", SAID.model_copy(update={"predictions_per_day": 4e8}))
    assert app.query_params["case"] == case.id and "Saved." in texts(app)
    assert ":orange-badge[:material/edit_note: case\\: Peak \\<b\\>season\\</b\\>]" in [item.value for item in app.markdown]
    again = at("mine", case.id)
    assert [metric.value for metric in again.metric] == [metric.value for metric in app.metric]
    assert "As in Peak <b>season</b>: nothing is changed" in texts(again)


@pytest.mark.parametrize("name", ["", "  "])
def test_a_case_needs_a_name(page: Opener, name: str) -> None:
    make_study("mine")
    app = page("what_if")
    app.text_input(key="what-name-mine").set_value(name)
    press(app, "save-case")
    assert "give the case a name of 1 to 80" in texts(app) and cases.listed("mine") == ()


def test_a_link_shows_the_figures_of_then_and_says_that_newer_ones_exist(at: At) -> None:
    make_study("mine")
    case = saved(predictions_per_day=4e8)
    before = [metric.value for metric in at("mine", case.id).metric]
    teacher = read.get("mine").models[0]
    models.save_figures("mine", "minilm", "teacher", {"throughput_per_s": replace(teacher.figures["throughput_per_s"], value=900.0)})
    app = at("mine", case.id)
    assert [metric.value for metric in app.metric] == before
    assert "A newer measurement exists. This case keeps the figures that it was saved with." in texts(app)
    press(app, "recompute")
    old, new = cases.listed("mine")
    assert old == case and app.query_params["case"] == new.id
    assert [metric.value for metric in app.metric] != before
    moved = {row[0]: row[1:] for row in app.table[0].value.itertuples(index=False)}
    assert moved["Monthly saving"][2] == "changed" and moved["Monthly saving"][0] != moved["Monthly saving"][1]
    assert "A newer measurement exists" not in texts(app)


def test_a_case_is_copied_renamed_and_deleted(at: At) -> None:
    make_study("mine")
    case = saved(predictions_per_day=4e8)
    app = at("mine", case.id)
    next(b for b in app.button if b.label == "Copy").click().run()
    assert [each.name for each in cases.listed("mine")] == ["Then", "Then, copy"]
    copied = app.query_params["case"]
    app.text_input(key=f"what-rename-{copied}").set_value("Twin")
    press(app, "rename-case")
    assert cases.get("mine", copied).name == "Twin" and "As in Twin: nothing is changed" in texts(app)
    press(app, "delete-case")
    assert cases.listed("mine") == (case,) and "As in the study's own case" in texts(app) and "case" not in app.query_params


def test_the_choice_opens_a_case_and_the_studys_own_again(page: Opener) -> None:
    make_study("mine")
    case = saved(predictions_per_day=4e8)
    app = page("what_if")
    app.selectbox(key="what-case-mine").select(case.id).run()
    assert app.query_params["case"] == case.id and "400 M predictions a day, p99" in texts(app)
    slide(app, "monthly_growth", 3.0)
    assert "1 changed against Then" in texts(app)
    app.selectbox(key="what-case-mine").select("").run()
    assert "case" not in app.query_params and "40 M predictions a day, p99" in texts(app) and "nothing is changed" in texts(app)


def test_an_open_case_stays_open_while_other_pages_are_looked_at_until_one_resets_it(at: At) -> None:
    make_study("mine")
    case = saved(predictions_per_day=4e8)
    app = at("mine", case.id)
    assert "case: Then" in texts(app.switch_page("pages/checklist.py").run())
    assert "As in Then" in texts(app.switch_page("pages/what_if.py").run()) and app.query_params["case"] == case.id
    app.switch_page("pages/checklist.py").run()
    next(b for b in app.button if b.label == "Reset").click().run()
    assert "As in the study's own case" in texts(app.switch_page("pages/what_if.py").run())


def test_a_dead_link_says_so(at: At) -> None:
    make_study("mine")
    app = at("mine", "gone")
    assert "The case in this address is not known here" in texts(app) and "As in the study's own case" in texts(app)
    assert "case" not in app.query_params


def test_a_what_if_becomes_the_studys_case_only_by_its_button(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    assert "adopt" not in [button.key for button in app.button]
    slide(app, "monthly_growth", 3.0)
    press(app, "adopt")
    assert read.get("mine").case == SAID.model_copy(update={"monthly_growth": 0.03})
    assert "nothing is changed" in texts(app) and "These inputs are the study's own now." in texts(app)


def test_four_cases_side_by_side_with_a_mark_on_what_differs(page: Opener) -> None:
    make_study("mine")
    first, second = saved(name="First"), saved(name="Second", predictions_per_day=4e9, redistil_owner="Team *A*")
    app = page("what_if")
    slide(app, "monthly_growth", 3.0)
    rows = compared(app, first.id, second.id, "own", "now")
    assert rows["Predictions a day"] == ["40 M predictions a day", "**≠ 4 B predictions a day**", "40 M predictions a day",
                                         "40 M predictions a day"]
    assert rows["Growth a month"][-1] == "**≠ 3 %**" and rows["Owner of updates"][1] == "**≠ Team *A***"
    assert rows["Verdict"][0] == cases.outcome_of(first).verdict and "NPV" in rows and "Chance of paying back" in rows
    assert "Latency limit" not in rows, "only inputs that differ are shown"
    assert rows["Monthly saving"][2] == rows["Monthly saving"][0] and rows["Monthly saving"][1].startswith("**≠ ")


def test_one_case_alone_is_not_compared(page: Opener) -> None:
    make_study("mine")
    app = page("what_if")
    app.session_state["what-compare"] = True
    app.session_state["what-compared-mine"] = ["own", "deleted"]
    assert "Choose two to four cases" in texts(app.run()) and not app.table


def test_the_example_offers_its_three_cases_that_stay(at: At) -> None:
    for case in cases.shipped():
        app = at("example", case.id)
        assert f"As in {case.name}: nothing is changed" in texts(app) and case.why in texts(app)
        assert f"{cases.outcome_of(case).verdict}]" in " ".join(item.value for item in app.markdown[:12])
        assert not {"delete-case", "rename-case", "adopt", "recompute"} & {button.key for button in app.button}


@pytest.mark.parametrize("state", ["queued", "running"])
def test_before_a_student_is_measured_it_says_when_it_starts(page: Opener, state: str) -> None:
    make_study("mine", state)
    app = page("what_if")
    assert "What-ifs start when the first student is measured." in texts(app) and not app.metric


def test_another_study_has_a_what_if_of_its_own(page: Opener) -> None:
    make_study("older", name="The older one")
    make_study("mine")
    case = saved()
    app = page("what_if")
    app.selectbox(key="what-case-mine").select(case.id).run()
    app.selectbox(key="study_choice").select("older").run()
    assert "not known here" not in texts(app) and "As in the study's own case" in texts(app) and "case" not in app.query_params
