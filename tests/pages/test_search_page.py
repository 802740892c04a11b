"""The search on the pages: asked for on New study, followed and ended on the Study page."""

from __future__ import annotations

from core.figures import measured
from core.records import StepPlan, TrialRecord
from core.spec import preset
from core.store import jobs, steps, studies, trials
from core.studies import read
from tests.pages.conftest import Opener, texts
from tests.pages.made import MACHINE, SAID, make_study


def _trial(number: int, accuracy: float | None, rate: float = 0.0, passes: bool = False, why: str = "") -> TrialRecord:
    about = {"source": "test", "device": "Test CPU", "as_of": "2026-11-28"}
    figures = {} if accuracy is None else {"accuracy": measured(accuracy, "share", low=accuracy - 0.02, high=accuracy + 0.02, **about),
                                           "throughput_per_s": measured(rate, "1/s", **about),
                                           "quick_p99_ms": measured(3.0, "ms", **about)}
    student = {"name": f"static-{number}", "family": "static", "dimensions": number, "method": "logits", "epochs": 8, "rate": 0.5}
    return TrialRecord(number, "pruned" if accuracy is None else "done", "proposed", student, "onnxruntime", "int8", "uncompressed",
                       figures, passes, why, 12.0)


def _searching() -> int:
    studies.create("mine", preset("quick", "snippets", search={"minutes": 5}), SAID, MACHINE, "")
    job = jobs.enqueue("mine", "cpu", [StepPlan("search", "Search for the cheapest student that passes", 300.0)])
    jobs.claim("cpu")
    steps.start(job, "search")
    return job


def test_a_search_shows_what_it_has_found_and_can_be_ended(page: Opener) -> None:
    job = _searching()
    trials.save("mine", _trial(16, 0.70, 20_000.0, why="70.0 % is less than the 76.0 % that it must have"))
    trials.save("mine", _trial(64, 0.78, 10_000.0, passes=True))
    trials.save("mine", _trial(96, 0.79, 5_000.0, passes=True))
    trials.save("mine", _trial(128, None, why="it would need 90 s, and 20 s were left"))
    app = page("study")
    said = texts(app)
    assert "Search: of 4 trials the cheapest within the limits is static\\-64 \\(ONNX Runtime int8\\)" in said or (
        "of 4 trials the cheapest within the limits is static-64 (ONNX Runtime int8)" in said.replace("\\", ""))
    assert "0.1 ms a text" in said.replace("\\", "")
    app.button(key="stop-search").click().run()
    assert not app.exception and jobs.stop_search_requested(job)
    assert app.button(key="stop-search").disabled and not jobs.cancel_requested(job)


def test_a_search_in_which_nothing_passes_says_so(page: Opener) -> None:
    _searching()
    assert "Search" in texts(page("study")), "no trial yet"
    trials.save("mine", _trial(16, 0.70, 20_000.0, why="too little"))
    assert "none of 1 trial keeps the limits" in texts(page("study")).replace("\\", "")


def test_a_study_without_a_search_offers_no_end_of_it(page: Opener) -> None:
    make_study("mine", "running")
    app = page("study")
    assert all(button.key != "stop-search" for button in app.button) and "Search:" not in texts(app)


def test_a_search_is_asked_for_among_the_defaults(page: Opener) -> None:
    app = page("new_study")
    app.number_input(key="spec-quick-search-minutes").set_value(7.0)
    app.multiselect(key="spec-quick-search-families").set_value(["static", "linear"])
    app.run()
    next(button for button in app.button if button.label == "Start").click().run()
    assert not app.exception, app.exception[0].message
    study = read.get(read.summaries()[0].id)
    assert (study.spec.search.minutes, study.spec.search.families, study.spec.preset) == (7.0, ("static", "linear"), "custom")
    assert study.spec.search.methods == ("logits",)
    assert study.job is not None and "search" in [step.key for step in study.job.steps]
