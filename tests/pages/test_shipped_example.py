"""The example that ships, whichever was recorded last: every page opens with it, and its search, seeds and frontier are told."""

from __future__ import annotations

import pytest

from core.reports.html import report
from core.reports.workbook import workbook
from core.studies import claims, read
from core.studies.decide import decide
from core.studies.document import from_document, to_document
from core.studies.frontier import frontier
from core.studies.report import of_study
from core.studies.seeds import verdicts
from tests.pages.conftest import PAGES, Opener, texts

pytestmark = pytest.mark.shipped


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(page: Opener, name: str) -> None:
    app = page(name)
    assert not app.error, [box.value for box in app.error]


def test_the_study_page_tells_what_the_search_tried_and_for_whom_distillation_helps(page: Opener) -> None:
    app = page("study")
    app.session_state["progress"] = True
    said = texts(app.run())
    assert "the cheapest within the limits is " in said
    assert "Distillation beats its control beyond the interval for " in said or "It does not beat its control" in said


def test_what_a_search_found_has_a_verdict_on_its_method_and_is_on_the_frontier() -> None:
    study = read.example()
    assert study.trials and study.spec.search.minutes
    found = {model.name for model in study.models if "trial" in model.details and model.role == "student"}
    words = {each.name: each for each in verdicts(study, (study,))}
    assert found and all(words[name].missing == 0 for name in found)
    assert len({words[name].family for name in found}) >= 2, "two families at least"
    day = study.created_at.date()
    made = frontier(decide(study, day, draws=0), day)
    assert made.cheapest is not None and found <= {point.name for point in made.points}


def test_it_keeps_enough_at_a_small_part_of_the_cost() -> None:
    study = read.example()
    day = study.created_at.date()
    kept = [(point.retention.value or 0.0, point.to_teacher.value or 1.0) for point in frontier(decide(study, day, draws=0), day).points
            if point.distils]
    assert min(cost for share, cost in kept if share >= 0.97) < 1 / 10
    assert min(cost for share, cost in kept if share >= 0.90) < 1 / 60


def test_reports_claims_and_its_document_can_be_made() -> None:
    study = read.example()
    day = study.created_at.date()
    decision = decide(study, day)
    dossier = of_study(decision, day)
    assert "<svg" in report(dossier) and workbook(dossier)[:2] == b"PK"
    assert {each.claim.id for each in claims.assess(decision)} >= {"C1", "C11", "C14"}
    document = to_document(decision)
    assert to_document(decide(from_document(document, study.id), day)) == document
