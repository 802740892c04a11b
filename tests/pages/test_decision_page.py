"""The Decision page: its answer, numbers, options, charts and what to measure next; folded parts, presentation, empty states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from core.case import CaseInputs
from core.figures import Figure, measured
from core.records import CascadePoint, ModelRecord, StepPlan, StudyRecord
from core.spec import preset
from core.store import jobs, models, studies
from core.studies import narrative, read
from core.studies.decide import Decision, decide
from core.studies.headline import headline
from pages.ui import decision_charts, decision_money, decision_options, decision_parts, money_findings, present
from pages.ui.money_charts import Look
from tests.pages.conftest import Opener, texts
from tests.pages.made import MACHINE, SAID, make_study

DAY = date(2026, 11, 25)
BUSY = SAID.model_copy(update={
    "predictions_per_day": 200e6, "usd_per_error": 0.0, "redistil_every_months": 6, "redistil_owner": "Search", "redistil_trigger": "drift",
    "teacher_terms_allow": True, "target_is_this_machine": True})
DOUBT = BUSY.model_copy(update={"predictions_per_day": 20e6, "ranges": {"predictions_per_day": "4e6 to 1e8"}})


def seen(value: float, unit: str, half: float = 0.0) -> Figure:
    return measured(value, unit, source="test", device="cpu", as_of="2026-11-20", low=value - half, high=value + half)


def curve(loss: float) -> Iterator[CascadePoint]:
    """A student that loses `loss` points alone, and less the more of the texts go to the teacher."""
    for i in range(11):
        share = i / 10
        difference = seen(-loss * (1 - share) ** 2, "points", 0.9 * (1 - share))
        yield CascadePoint(0.0 if i == 0 else 0.5 + share / 2, seen(share, "share"), seen(0.8 - loss * (1 - share) / 100, "share", 0.018),
                           difference, seen(share, "share"), difference)


def with_cascades(study_id: str, case: CaseInputs, loss: float = 2.0) -> StudyRecord:
    make_study(study_id, case=case)
    models.save_cascade(study_id, "depth-1", "student", list(curve(loss)))
    models.save_cascade(study_id, "depth-3", "student", list(curve(0.6 * loss)))
    return read.get(study_id)


def decided(study_id: str, draws: int = 10_000) -> Decision:
    return decide(read.get(study_id), DAY, draws=draws)


def opened(app: AppTest, *keys: str) -> AppTest:
    for key in keys:
        app.session_state[key] = True
    app.run()
    assert not app.exception, [box.message for box in app.exception]
    return app


def test_the_page_opens_with_the_answer_the_verdict_and_three_numbers(page: Opener) -> None:
    make_study("mine", case=BUSY)
    app, said = page("decision"), decided("mine")
    assert said.ruling and said.outlook
    [head] = app.header
    sentence = narrative.answer(said.ruling)
    assert head.value.replace("\\", "") == sentence.removesuffix(" " + narrative.rests(said.ruling))
    assert sentence.startswith("Invest: student depth-1 instead of ")
    assert ":green-badge[:material/trending_up: invest]" in texts(app)
    assert [number.label for number in app.metric] == ["Monthly saving", "NPV, expected", "Payback"]
    assert app.metric[0].value.replace("\\", "") == "$1,330" and app.metric[2].value == "at once"
    assert "P10 to P90: $" in texts(app)


def test_what_the_answer_rests_on_is_counted_and_opens_to_each_figure(page: Opener) -> None:
    make_study("mine", case=BUSY)
    said = decided("mine").ruling
    assert said is not None
    table = decision_parts.rests_table(said)
    counts = narrative.evidence_counts(said)
    assert len(table) == sum(counts.values()) and list(table["Counts as"]).count("measured") == counts["measured"]
    assert list(table["Counts as"])[: counts["measured"]] == ["measured"] * counts["measured"], "the strongest evidence stands first"
    assert not table["Figure"].str.contains("_").any(), "figures have names, not keys"
    app = page("decision")
    part = next(box for box in app.expander if box.label == narrative.rests(said))
    assert not part.dataframe, "drawn once it is opened"
    opened(app, "rests-on")
    shown = next(box for box in app.expander if box.label == narrative.rests(said)).dataframe[0].value
    assert list(shown.columns) == ["Figure", "Of", "Value", "Origin", "Counts as", "In words"] and len(shown) == len(table)


def test_all_six_items_stand_in_one_table(page: Opener) -> None:
    make_study("mine", case=BUSY)
    [table] = page("decision").table
    assert list(table.value["Item"].str[0]) == ["1", "2", "3", "4", "5", "6"]
    assert table.value["Verdict"][3] == ":green-badge[:material/check_circle: pass]"


@pytest.mark.parametrize(("case", "button", "page_name"), [
    (BUSY.model_copy(update={"latency_limit_ms": None}), "Open the checklist", "Checklist"), (DOUBT, "Open the checklist", "Checklist"),
    (BUSY.model_copy(update={"accuracy_margin_points": 2.0}), "Start a study", "New study")])
def test_the_next_step_leads_to_the_page_that_does_it(page: Opener, case: CaseInputs, button: str, page_name: str) -> None:
    make_study("mine", case=case)
    app = page("decision")
    assert narrative.next_step(decided("mine").ruling, decided("mine").information) in texts(app)
    step = app.button(key="decision-next")
    assert step.label == button
    step.click().run()
    assert app.title[0].value == page_name


def test_payback_is_said_in_words_where_there_is_none(page: Opener) -> None:
    make_study("mine", case=SAID.model_copy(update={"predictions_per_day": 1e5}))
    app = page("decision")
    assert [number.value.replace("\\", "") for number in app.metric[::2]] == ["about $0", "does not pay back"]
    assert "within 24 months; median of 10,000 draws, discounted" in texts(app)
    assert ":red-badge[:material/block: do not invest]" in texts(app)


def test_before_draws_the_numbers_are_those_of_the_plain_values() -> None:
    make_study("mine", case=BUSY)
    saving, npv, payback = headline(decided("mine", draws=0).ruling)
    assert (npv.label, npv.note) == ("NPV", "over the control of depth-3 (labels alone), at the plain values")
    assert (payback.text, payback.note) == ("at once", "discounted") and saving.text == "$1,330"


def test_what_is_worth_measuring_has_its_worth_its_cost_and_a_link(page: Opener) -> None:
    make_study("mine", case=DOUBT)
    found, app = decided("mine").information, page("decision")
    best = next(row for row in found if row.net_usd > 0)
    look = Look()
    assert (f"The volume: worth {look.money(best.evppi_usd)}, less {look.money(best.cost_usd or 0)} for measuring it, leaves "
            f"{look.money(best.net_usd)}") in texts(app)
    links = {link.label.replace("\\", ""): link.page for link in app.get("page_link")}
    assert links["Read the predictions of the last weeks off the logs."] == "checklist"
    opened(app, "information")
    table = next(box.value for box in app.dataframe if "Worth knowing" in box.value)
    assert len(table) == len(found) and next(iter(table["Input"])) == "the volume"


def test_no_measurement_is_proposed_that_would_change_nothing(page: Opener) -> None:
    make_study("mine", case=BUSY)
    app = page("decision")
    assert f"**{narrative.NO_MEASUREMENT}**" in texts(app)
    assert "an input that cannot change the choice is worth nothing" in texts(app)


def test_options_stand_side_by_side_with_why_one_does_not_qualify(page: Opener) -> None:
    with_cascades("mine", BUSY.model_copy(update={"accuracy_margin_points": 2.0}))
    table = page("decision").dataframe[0].value.set_index("Option")
    assert set(table.index) == {"teacher", "depth-3", "control of depth-3", "depth-1", "control of depth-1", "cascade of depth-3",
                                "cascade of depth-1"}
    assert table.loc["teacher", "Role"] == "status quo" and table.loc["teacher", "NPV over status quo"] == "–"
    assert table.loc["depth-1", "Qualifies"] == "no"
    assert "straddles a loss of the margin of 2 points" in table.loc["depth-1", "Why it does not qualify"]
    assert table.loc["cascade of depth-1", "Qualifies"] == "yes" and not table.loc["cascade of depth-1", "Why it does not qualify"]
    assert table.loc["cascade of depth-1", "Here"] == "decided on" and table.loc["teacher", "Here"] == "compared with"
    assert table.loc["depth-1", "Difference to teacher"] == "−2 points (−2.90 to −1.10 points)"


def test_a_cascade_says_who_wins_and_shows_every_threshold(page: Opener) -> None:
    with_cascades("mine", BUSY.model_copy(update={"accuracy_margin_points": 2.0}))
    app, [first, second] = page("decision"), decided("mine").cascades
    best = next(choice for choice in (first, second) if choice.model.name == "depth-1")
    assert best.wins == "cascade"
    assert money_findings.cascade(best) in texts(app)
    share = f"{100 * best.point.escalated.value:.0f} %"
    assert f"The cascade wins: at threshold {best.point.threshold:g}, depth-1 answers all and sends {share} of the texts" in texts(app)
    opened(app, "cascade-table")
    table = next(box.value for box in app.dataframe if "Threshold" in box.value)
    assert len(table) == 11 and list(table["Chosen"]).count("chosen") == 1
    costs = [float(cost.removeprefix("$")) for cost in table["Bench cost per million"]]
    assert costs == sorted(costs) and costs[0] < 0.2 * costs[-1], "each text that is sent on costs the teacher's price as well"
    assert table["Threshold"][list(table["Chosen"]).index("chosen")] == f"{best.point.threshold:.3f}"


@pytest.mark.parametrize(("wins", "start"), [
    ("student", "The student alone wins: depth-1 keeps the margin"), ("teacher", "The teacher alone wins: no threshold of depth-1"),
    (None, "No threshold of depth-1 is known to keep the margin")])
def test_who_wins_is_said_plainly(wins: str | None, start: str) -> None:
    with_cascades("mine", BUSY)
    choice = next(c for c in decided("mine", draws=0).cascades if c.model.name == "depth-1")
    assert money_findings.cascade(replace(choice, wins=wins)).startswith(start)


def test_the_cascades_chart_has_four_parts_with_the_chosen_threshold_and_the_margin() -> None:
    with_cascades("mine", BUSY)
    choice = decided("mine", draws=0).cascades[0]
    waits = [seen(10.0 + i, "ms") for i in range(11)]
    chart = decision_options.chart(choice, waits, 4.0, Look())
    first, *_, last = zip(*(trace.y for trace in chart.data), strict=True)
    assert first == (0.0, choice.model.cascade[0].difference.value, choice.total_usd[0], 10.0)
    assert last == (100.0, 0.0, choice.total_usd[-1], 20.0)
    assert chart.data[1].error_y.array[0] == pytest.approx(0.9)
    lines = [(line.x0, line.y0) for line in chart.layout.shapes]
    assert sum(x == choice.point.threshold for x, _ in lines) == 4 and (0, -4.0) in lines
    assert [trace.yaxis for trace in chart.data] == ["y", "y2", "y3", "y4"], "a chart for each, no second axis in any"
    titles = {"escalated, %", "difference, points", "all costs (PV), USD", "p99, ms"}
    assert titles <= {note.text for note in chart.layout.annotations}


def test_a_finished_study_has_its_charts_and_folded_parts_cost_nothing(page: Opener) -> None:
    make_study("mine", case=BUSY)
    app = page("decision")
    assert len(app.get("plotly_chart")) == 6
    assert len(app.dataframe) == 1, "only the options; other tables are drawn once they are opened"


def test_charts_are_built_once_for_each_state_and_case(page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[float | None] = []
    real = decision_charts.build
    monkeypatch.setattr(decision_charts, "build", lambda found, look: built.append(found.case.predictions_per_day) or real(found, look))
    make_study("mine", case=BUSY)
    app = opened(page("decision"))
    assert built == [200e6]
    read.update_case("mine", BUSY.model_copy(update={"predictions_per_day": 100e6}))
    opened(app)
    assert built == [200e6, 100e6]


def test_sobol_indices_are_computed_once_they_are_opened(page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = decision_money.sobol
    monkeypatch.setattr(decision_money, "sobol", lambda case, best, other: asked.append(best) or real(case, best, other, base=64))
    make_study("mine", case=BUSY)
    app = page("decision")
    assert not asked
    opened(app, "sobol")
    assert asked == ["depth-1"]
    table = next(box.value for box in app.dataframe if "Alone" in box.value)
    assert len(table) == len(decided("mine").bars) and all(table["In all"].str.endswith(" %"))
    opened(app)
    assert asked == ["depth-1"], "kept between reruns"


def test_a_presentation_has_a_glossary_and_is_left_by_its_button(page: Opener) -> None:
    make_study("mine", case=BUSY)
    app = page("decision")
    assert "Glossary" not in texts(app)
    app.button(key="start-present").click().run()
    assert app.query_params["present"] == "1"
    said = texts(app)
    assert "Glossary" in said
    for word in ("NPV", "Payback", "P10, P90", "Control", "Retention", "Credited"):
        assert f"**{word}:** {present.GLOSSARY[word]}" in said
    app.button(key="leave-present").click().run()
    assert "present" not in app.query_params and "Glossary" not in texts(app)


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled"])
def test_without_a_measured_student_nothing_is_claimed(page: Opener, state: str) -> None:
    make_study("mine", state)
    app = page("decision")
    assert [head.value.replace("\\", "") for head in app.header] == [narrative.NOTHING]
    assert not app.metric and not app.get("plotly_chart") and not app.get("download_button") and not app.table
    said = {"queued": "waits for its turn", "running": "This study runs", "failed": "The disk is full", "cancelled": "was cancelled"}
    assert said[state] in texts(app)
    assert "Run a study" not in texts(app), "a run that is not done says its own next step"


def test_without_a_price_the_money_is_not_known_and_the_accuracy_still_shown(page: Opener) -> None:
    make_study("mine", machine={**MACHINE, "cores": 0})
    app = page("decision")
    assert ":gray-badge[:material/help: not enough evidence]" in texts(app)
    told = app.header[0].value.replace("\\", "")
    assert "saves an unknown amount (needs the hourly price of teacher, the hourly price of depth-3 and the other" in told
    assert [number.value for number in app.metric] == ["not known"] * 3
    assert "needs the hourly price of teacher, the hourly price of depth-3" in texts(app)
    assert len(app.get("plotly_chart")) == 1
    assert "That is known once the costs of both options are." in texts(app)
    assert "From which volume on it pays" not in texts(app)


def test_two_options_that_cost_the_same_are_said_to_and_not_charted_in_cents(page: Opener) -> None:
    same = BUSY.model_copy(update={"predictions_per_day": 4e9, "accuracy_margin_points": 2.0, "engineering_hours": 0.0})
    make_study("mine", case=same)
    models.save_figures("mine", "depth-1", "control", {"accuracy_difference": seen(-0.5, "points", 0.4)})
    models.save_figures("mine", "depth-1", "student", {"accuracy_difference": seen(-0.4, "points", 0.4)})
    said = decided("mine")
    assert (said.best_option, said.other) == ("depth-1", "control of depth-1")
    app = page("decision")
    assert [number.value.replace("\\", "") for number in app.metric[:2]] == ["about $0", "about $0"]
    assert "P10 to P90: about $0, over the control of depth-1" in texts(app)
    assert "Over the horizon both options cost the same, so there is nothing to chart." in texts(app)
    assert "At every volume looked at both options cost the same." in texts(app)
    assert len(app.get("plotly_chart")) == 1, "the accuracy alone"


def test_a_study_without_students_shows_the_teacher_alone(page: Opener) -> None:
    studies.create("bare", preset("quick", "snippets"), BUSY, MACHINE, "abc123")
    job = jobs.enqueue("bare", "cpu", [StepPlan("adapt", "Adapt", 1.0)])
    jobs.claim("cpu")
    jobs.finish(job, "done")
    models.save_model("bare", ModelRecord("minilm", "teacher", "depth", "fine-tuned", "as trained", "torch", "fp32", "cpu",
                                          {"throughput_per_s": seen(171.0, "1/s")}))
    app = page("decision")
    assert [head.value.replace("\\", "") for head in app.header] == [narrative.NOTHING]
    assert "Run a study" in texts(app) and app.button(key="decision-next").label == "Start a study"
    assert list(app.dataframe[0].value["Option"]) == ["teacher"]


def test_texts_of_users_are_never_markup(page: Opener) -> None:
    make_study("mine", name="<script>alert(1)</script> [x](http://y)", case=BUSY)
    app = page("decision")
    assert not any("](http" in item.value or "<script" in item.value.replace("\\<", "") for item in app.markdown)
