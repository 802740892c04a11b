"""A study whose teacher is an API, on every page and in every report; and the way to import answers."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from typer.testing import CliRunner

from core import answers, tasks
from core.cli import app as cli
from core.reports.html import report
from core.reports.workbook import workbook
from core.store import studies
from core.studies import claims, read
from core.studies.decide import decide
from core.studies.estimates import estimable
from core.studies.frontier import frontier
from core.studies.frontier_words import answer
from core.studies.report import of_study
from pages.ui.frontier_chart import chart
from pages.ui.money_charts import Look
from tests.pages.conftest import PAGES, Opener, texts
from tests.pages.made_api import SAID, make_api_study

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize("name", [page for page in PAGES if page not in ("prices", "machine", "new_study")])
def test_every_page_shows_the_study(page: Opener, name: str) -> None:
    make_api_study("s1")
    app = page(name, "s1")
    assert not app.error, [box.value for box in app.error]


def test_the_study_page_says_whose_answers_they_are_and_what_became_of_the_file(page: Opener) -> None:
    make_api_study("s1")
    app = page("study", "s1")
    app.session_state["answers-rows"] = True
    told = texts(app.run())
    assert "The teacher is the API **gpt-4o-mini**" in told and "120 rows without an answer." in told
    assert "depth-1 answers most: 1,030" in told and "network included" in told


def test_the_decision_compares_with_the_api_and_prices_its_tokens(page: Opener) -> None:
    make_api_study("s1")
    decision = decide(studies.get("s1"), TODAY, draws=0)
    roles = {option.name: option.role for option in decision.roi.options}
    assert roles == {"API teacher": "status_quo", "depth-3": "student", "control of depth-3": "control", "depth-1": "student",
                     "control of depth-1": "control", "cascade of depth-3": "cascade"}
    call = decision.roi.status_quo.parts[0].figures["usd_per_call"]
    assert call.value == pytest.approx((180.5 * 0.15 + 3.2 * 0.6) / 1e6)
    assert decision.verdict is not None and decision.against.npv_usd.value > 0
    app = page("decision", "s1")
    [table] = [frame.value for frame in app.dataframe if "Qualifies" in frame.value]
    row = table.set_index("Option").loc["API teacher"]
    assert (row["Role"], row["Basis"]) == ("status quo", "api") and row["p99"].startswith("1,300 ms")


def test_reports_claims_and_the_command_line_read_well() -> None:
    make_api_study("s1")
    decision = decide(studies.get("s1"), TODAY)
    dossier = of_study(decision, TODAY)
    html = report(dossier)
    assert "API teacher" in html and "which does not run on this machine" in html and "calls <b>" not in html
    assert "the API gpt-4o-mini, known by its answers of 2026-11-20" in html and "calls &lt;b&gt;.csv" in html
    assert workbook(dossier)[:2] == b"PK"
    judged = {each.claim.id: each for each in claims.assess(decision)}
    assert "an API" in judged["C1"].findings[0].words and "network included" in judged["C3"].hardware
    assert "which nobody here can quantise" in judged["C12"].remark and judged["C9"].findings[0].figure.value > 1
    assert "teacher" not in estimable(decision.study)
    shown = CliRunner().invoke(cli, ["study", "show", "s1"])
    assert shown.exit_code == 0 and "$29.0" in shown.output


def test_the_frontier_sets_students_against_the_price_of_calls() -> None:
    make_api_study("s1")
    seen = frontier(decide(studies.get("s1"), TODAY, draws=0), TODAY)
    api, cascade, student = (seen.point(name) for name in ("API teacher", "cascade of depth-3", "depth-3"))
    assert seen.teacher == api and api.cost.value == pytest.approx(28.995) and seen.least_accuracy == pytest.approx(0.76)
    assert cascade.cost.value == pytest.approx(student.cost.value + 0.2 * 28.995) and cascade.cost.low < cascade.cost.value
    assert "of the API's price" in answer(seen) and "as it was trained" not in answer(seen)
    drawn = chart(seen, None, Look())
    assert "API" in {trace.name for trace in drawn.data} and "calls at their price" in drawn.layout.xaxis.title.text
    assert seen.cheapest.name == "depth-1" and seen.cheapest.to_teacher.value == pytest.approx(seen.cheapest.cost.value / 28.995)


def test_a_bill_may_be_what_serves_today_and_the_api_an_option_beside_it() -> None:
    make_api_study("s1", SAID.model_copy(update={"status_quo": "bill", "monthly_bill_usd": 90_000.0, "bill_predictions_per_month": 1.2e9,
                                                 "usd_per_error": 0.001}))
    decision = decide(studies.get("s1"), TODAY, draws=0)
    assert [o.role for o in decision.roi.options][:2] == ["status_quo", "api"]
    known = {candidate.name: candidate for candidate in decision.ruling.candidates}
    assert known["depth-3"].accuracy.difference.value is None
    assert "of what serves today only the bill is known" in known["depth-3"].accuracy.difference.provenance.reason


def test_an_api_that_only_a_bill_is_known_of_is_drawn_on_the_frontier_too() -> None:
    case = SAID.model_copy(update={"status_quo": "bill", "monthly_bill_usd": 9_000.0, "bill_predictions_per_month": 1_000_000.0})
    make_api_study("s1", case)
    seen = frontier(decide(studies.get("s1"), TODAY, draws=0), TODAY)
    point = seen.point("API teacher")
    assert point is not None and point.role == "api"
    [drawn] = [trace for trace in chart(seen, None, Look()).data if trace.name == "API"]
    assert (list(drawn.x), list(drawn.y)) == ([point.cost.value], [100 * point.accuracy.value])


def _file(count: int = 2_000) -> bytes:
    task = tasks.load("snippets")
    rows = [(text, task.info.labels[label]) for split in (task.train, task.validation, task.test)
            for text, label in zip(split["text"][:count], split["label"][:count], strict=True)]
    return pd.DataFrame(rows, columns=["text", "label"]).assign(latency_ms=400).to_csv(index=False, sep="\t").encode()


def test_answers_are_imported_chosen_and_become_the_teacher(page: Opener) -> None:
    app = page("new_study")
    app.session_state["open-answers"] = True
    app.run()
    app.file_uploader(key="upload-answers").upload("calls.tsv", _file()).run()
    next(field for field in app.text_input if field.label == "Name of the answers").set_value("Calls")
    next(field for field in app.text_input if field.label == "Model").set_value("gpt-4o-mini")
    next(field for field in app.text_input if field.label == "Provider").set_value("openai")
    next(field for field in app.text_input if field.label == "Column of the answers").set_value("label")
    next(field for field in app.date_input if field.label == "Day of the answers").set_value(date(2026, 11, 20))
    next(b for b in app.button if b.label == "Import the answers").click().run()
    assert not app.exception and not app.error, [box.value for box in app.error]
    assert app.selectbox(key="new-answers").value == "calls" and answers.info("calls").splits["test"] == 2_000
    assert answers.info("calls").date == "2026-11-20"
    told = texts(app)
    assert "texts with an answer from" in told and "The file has no tokens" in told
    next(b for b in app.button if b.label == "Start").click().run()
    assert not app.exception
    study = read.get(read.summaries()[0].id)
    assert (study.spec.teacher.source, study.spec.distil.method, study.spec.preset) == ("answers:calls", "black box", "quick")
    assert (study.case.status_quo, study.case.api_model) == ("api", "gpt-4o-mini")


def test_a_file_of_no_use_is_refused_on_the_page_in_one_sentence(page: Opener) -> None:
    app = page("new_study")
    app.session_state["open-answers"] = True
    app.run()
    app.file_uploader(key="upload-answers").upload("calls.csv", b"text,label\na film,splendid\n").run()
    next(b for b in app.button if b.label == "Import the answers").click().run()
    assert not app.exception and len(app.error) == 1 and "no row of 'label' answers a text" in texts(app)
    assert not answers.list_answers()


def test_the_command_line_imports_lists_shows_and_deletes(tmp_path) -> None:
    path = tmp_path / "calls.tsv"
    path.write_bytes(_file(300))
    run = CliRunner().invoke
    made = run(cli, ["answers", "import", str(path), "--task", "snippets", "--name", "calls", "--model", "nobody-knows",
                     "--date", "2026-11-20"])
    assert made.exit_code == 0, made.output
    assert "900 texts with an answer from 900 rows of calls.tsv." in made.output
    assert "state the price of a call (case.api_usd_per_call)" in made.output
    assert "teacher.source=answers:calls --set distil.method='black box'" in made.output
    assert "nobody-knows" in run(cli, ["answers", "list"]).output and "2026-11-20" in run(cli, ["answers", "show", "calls"]).output
    assert run(cli, ["answers", "delete", "calls"]).exit_code == 0 and "no answers are imported yet" in run(cli, ["answers", "list"]).output


def test_fields_of_the_case_say_what_the_file_has_of_a_call(page: Opener) -> None:
    make_api_study("s1")
    app = page("checklist", "s1")
    app.session_state["walk-step"] = 1
    app.session_state["open-case-s1-1-1"] = True
    shown = {field.label: field.placeholder for field in app.run().number_input}
    assert shown["Input tokens a call"] == "from the file: 180.5" and shown["Output tokens a call"] == "from the file: 3.2"
    assert shown["Cached tokens a call"] == "not stated", "the file does not have them"
