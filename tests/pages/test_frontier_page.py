"""The Frontier page: the answer, the chart, the panel of a variant, and the choice of one for the case."""

from __future__ import annotations

import pytest

from core.case import CaseInputs
from core.studies import read
from core.studies.decide import decide
from core.studies.frontier import Frontier, frontier
from core.studies.frontier_trials import Tried
from pages.ui import frontier_chart, reads
from pages.ui.money_charts import Look
from tests.pages.conftest import Opener, texts
from tests.pages.made import SAID, make_study


def found(**said: object) -> Frontier:
    case = read.example().case.model_copy(update=said)
    return frontier(decide(read.example(), reads.today(), case, 0), reads.today())


def test_the_page_answers_shows_the_chart_and_the_variant_that_the_case_is_about(page: Opener) -> None:
    app = page("frontier")
    said = texts(app)
    assert "The cheapest variant that passes is depth-2, ONNX Runtime int8: its accuracy differs" in said
    assert "The next cheaper one, depth-1, ONNX Runtime int8 ($0.00933 per million), does not pass: " in said
    assert app.selectbox(key="frontier-picked").value == "depth-2, ONNX Runtime int8"
    assert [metric.label for metric in app.metric] == ["Accuracy", "Retention", "Difference to teacher", "Latency p99", "Bench cost",
                                                       "Throughput"]
    assert len(app.get("plotly_chart")) == 1
    for part in ("frontier-table", "frontier-reasons"):
        app.session_state[part] = True
    app.run()
    assert not app.exception and "depth-1: The difference to the teacher is −5.1 points" in texts(app).replace("*", "")


def test_on_the_example_a_choice_is_tried_and_followed_by_other_pages(page: Opener) -> None:
    app = page("frontier")
    app.selectbox(key="frontier-picked").select("depth-3").run()
    app.button(key="frontier-choose").click().run()
    assert not app.exception and "what-if, not saved: 1 changed" in texts(app) and "about depth-3 (chosen)" in texts(app)
    assert app.button(key="frontier-choose").disabled and "depth-3, which somebody chose" in texts(app)
    said = texts(app.switch_page("pages/decision.py").run())
    assert not app.exception
    assert "The case is about depth-3 because somebody chose it; by the rules it would be about depth-2, ONNX Runtime int8." in said
    assert "Variant: the best that qualifies → **depth-3**" in texts(app.switch_page("pages/what_if.py").run())
    app.switch_page("pages/frontier.py").run()
    app.button(key="frontier-unchoose").click().run()
    assert not app.exception and "chosen" not in texts(app)


def test_in_a_study_of_ones_own_the_choice_is_kept(page: Opener) -> None:
    make_study("mine")
    app = page("frontier", study="mine")
    app.selectbox(key="frontier-picked").select("depth-3").run()
    app.button(key="frontier-choose").click().run()
    assert read.get("mine").case.variant == "depth-3" and "Saved with the study." in texts(app)
    assert "depth-3 keeps 98.5 % of the teacher's accuracy" in texts(page("overview", study="mine"))


def test_teacher_and_control_cannot_be_chosen(page: Opener) -> None:
    app = page("frontier")
    for name in ("teacher", "control of depth-2"):
        app.selectbox(key="frontier-picked").select(name).run()
        assert app.button(key="frontier-choose").disabled and "A case is about an option with a student" in texts(app)


def test_a_chosen_variant_that_is_gone_can_be_given_up_on_every_page(page: Opener) -> None:
    make_study("mine", case=SAID.model_copy(update={"variant": "depth-9"}))
    app = page("overview", study="mine")
    assert "variant: 'depth-9' is no student" in texts(app)
    app.button(key="unchoose").click().run()
    assert not app.exception and read.get("mine").case.variant is None and "depth-1 keeps" in texts(app)


@pytest.mark.parametrize("state", ["queued", "running", "failed"])
def test_before_anything_is_measured_it_says_what_to_do(page: Opener, state: str) -> None:
    make_study("mine", state)
    app = page("frontier", study="mine")
    assert "No model is measured yet: start a study, or wait" in texts(app) and not app.get("plotly_chart")


def test_markup_in_names_of_a_study_is_shown_as_text(page: Opener) -> None:
    make_study("mine", name="<b>bold</b> [link](x)", case=CaseInputs())
    app = page("frontier", study="mine")
    assert "<b>bold</b> [link](x)" in texts(app)


def test_a_click_picks_the_point(page: Opener) -> None:
    rows = [{"customdata": ["depth-1", "told"]}]
    assert frontier_chart.name_in({"selection": {"points": rows}}) == "depth-1"
    assert frontier_chart.name_in({"selection": {"points": []}}) is None and frontier_chart.name_in(None) is None


def test_points_are_full_hollow_or_crossed_and_lie_at_cost_and_accuracy() -> None:
    made = found(latency_limit_ms=10.0)
    marks = {p.name: frontier_chart.symbol(p) for p in made.points}
    assert marks["depth-2, ONNX Runtime int8"] == "circle" and marks["depth-1, ONNX Runtime int8"] == "circle-open"
    assert (marks["depth-3"], marks["control of depth-3"], marks["teacher"]) == ("circle-x-open", "square-x-open", "star-open-dot")
    chart = frontier_chart.chart(made, "depth-1", Look())
    students = next(trace for trace in chart.data if trace.name == "student")
    assert set(students.marker.symbol) == {"circle", "circle-open", "circle-x-open"} and students.marker.symbol[0] == "circle"
    at = dict(zip((row[0] for row in students.customdata), zip(students.x, students.y, strict=True), strict=True))
    assert at["depth-1"] == pytest.approx((made.point("depth-1").cost.value, 100 * made.point("depth-1").accuracy.value))
    named = [note.text for note in chart.layout.annotations]
    assert {"depth-1", "depth-2, ONNX Runtime int8", "serves today", "optimised teacher"} <= {text.strip() for text in named}
    assert "depth-2" not in named and "the teacher less the margin of 5 points" in named


def test_every_symbol_is_one_that_plotly_knows() -> None:
    from plotly.validator_cache import ValidatorCache

    known = set(ValidatorCache.get_validator("scatter.marker", "symbol").values)
    assert {f"{base}{end}" for base in ("circle", "square", "diamond") for end in ("", "-open", "-x-open")} <= known
    assert {f"{base}{end}" for base in ("star", "triangle-up") for end in ("", "-open", "-open-dot")} <= known


def test_ticks_are_money() -> None:
    told = [frontier_chart.money_text(tick) for tick in (0.0005, 0.002, 0.05, 2.0, 2000.0)]
    assert told == ["$0.0005", "$0.002", "$0.05", "$2", "$2,000"]
    assert frontier_chart.ticks(0.009, 0.11)[6:9] == [0.01, 0.02, 0.05] and frontier_chart.ticks(1e-6, 1e3)[1] == pytest.approx(1e-6)


def test_trials_of_a_search_are_faint_and_cannot_be_picked() -> None:
    made = found()
    point = made.point("depth-1")
    chart = frontier_chart.chart(made, None, Look(), (Tried("trial 1: <b>", point.accuracy, point.cost),))
    trace = next(trace for trace in chart.data if trace.name == "search: validation texts")
    assert trace.marker.opacity < 0.5 and trace.customdata is None and trace.text[0].startswith("trial 1: &lt;b>")
