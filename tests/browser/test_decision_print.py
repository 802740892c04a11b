"""The Decision page in a real browser: one sheet of paper, a presentation, folded parts by keyboard, reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from core.store import models
from tests.browser.serving import server
from tests.browser.test_main_path import settled
from tests.pages.made import make_study
from tests.pages.test_decision_page import BUSY, DOUBT, curve

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
LONG = "Routing of tickets in the support centre, all languages, with the attachments of the last three years and their replies"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over three studies: one that invests in a cascade, one in doubt, and one that invests in a student."""
    home = tmp_path_factory.mktemp("decision") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISTILL_ROI_HOME", str(home))
        make_study("cascade", case=BUSY.model_copy(update={"accuracy_margin_points": 2.0}))
        for name, loss in (("depth-3", 1.2), ("depth-1", 2.0)):
            models.save_cascade("cascade", name, "student", list(curve(loss)))
        make_study("doubt", name=LONG, case=DOUBT.model_copy(update={"redistil_owner": "x" * 100}))
        make_study("busy", case=BUSY)
    with server(home) as found:
        yield found


def opened(page: Page, url: str, charts: int = 2) -> Page:
    """The page once it stands still and its first charts are drawn."""
    page.goto(url)
    settled(page)
    expect(page.locator(".js-plotly-plot .main-svg").nth(3 * charts - 1)).to_be_attached()
    return page


def sheets(page: Page, paper: str) -> int:
    """How many pages Chromium prints."""
    return len(PAGE.findall(page.pdf(format=paper)))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 800)])
def test_the_page_prints_as_one_sheet(browser: Browser, address: str, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    for query in ("study=cascade", "study=doubt", "study=doubt&present=1"):
        opened(page, f"{address}/decision?{query}")
        assert [sheets(page, paper) for paper in ("A4", "Letter")] == [1, 1], f"{query} at {width} px"
    opened(page, f"{address}/study?study=busy")
    assert sheets(page, "A4") > 1, "other pages are longer, so pages are counted"
    context.close()


def test_paper_shows_the_first_section_alone_in_dark_ink(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme="dark")
    page = opened(context.new_page(), f"{address}/decision?study=doubt")
    page.emulate_media(media="print", color_scheme="dark")
    sentence = page.get_by_role("heading", level=2).first
    expect(sentence).to_contain_text("Do not invest: student depth-1 instead of the teacher")
    assert sentence.evaluate("e => getComputedStyle(e).color") == "rgb(17, 17, 17)"
    for words in ("Monthly saving", "Payback", "Risk", "Next step", "Rests on", "4 Upfront cost"):
        expect(page.get_by_text(words).first).to_be_visible()
    for selector in ("[data-testid='stSidebar']", ".stDownloadButton", "[data-testid='stHeader']", ".stDataFrame", ".stPageLink"):
        assert not page.locator(selector).locator("visible=true").count(), selector
    for words in ("What is worth measuring next", "Options side by side", "Open the checklist", "Present"):
        expect(page.get_by_text(words, exact=True).first).to_be_hidden()
    assert page.locator(".stPlotlyChart").locator("visible=true").count() == 2
    context.close()


def test_a_presentation_is_entered_and_left(page: Page, address: str) -> None:
    opened(page, f"{address}/decision?study=busy")
    small = page.get_by_role("heading", level=2).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.get_by_role("button", name="Present", exact=True).click()
    expect(page.get_by_text("Glossary", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("present=1"))
    expect(page.locator("[data-testid='stSidebar']")).to_be_hidden()
    assert page.get_by_role("heading", level=2).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 1.2 * small
    page.get_by_role("button", name="Leave the presentation").click()
    expect(page.locator("[data-testid='stSidebar']")).to_be_visible()
    expect(page.get_by_text("Glossary", exact=True)).to_have_count(0)
    assert "present" not in page.url
    opened(page, f"{address}/decision?study=busy&present=1")
    expect(page.locator("[data-testid='stSidebar']")).to_be_hidden()
    opened(page, f"{address}/decision?study=busy")
    expect(page.locator("[data-testid='stSidebar']")).to_be_visible()


@pytest.mark.parametrize("query", ["study=cascade", "study=doubt&present=1", "study=example"])
def test_nothing_is_wider_than_a_narrow_window(page: Page, address: str, query: str) -> None:
    page.set_viewport_size({"width": 800, "height": 1000})
    page.goto(f"{address}/decision?{query}")
    settled(page)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_attached()
    wider = page.evaluate("""() => [document.documentElement, document.querySelector("[data-testid='stMain']")]
        .map(e => e.scrollWidth - e.clientWidth)""")
    assert max(wider) <= 0


def test_folded_parts_open_by_keyboard(page: Page, address: str) -> None:
    opened(page, f"{address}/decision?study=cascade")
    for words in ("Rests on", "All uncertain inputs", "Sobol indices", "All costs of each option", "Table: every threshold"):
        summary = page.locator("summary", has_text=words)
        part = page.locator("details", has=summary)
        expect(part.locator(".stDataFrame")).to_have_count(0)
        summary.focus()
        page.keyboard.press("Enter")
        expect(part.locator(".stDataFrame").first).to_be_visible()
    chip = page.get_by_role("button", name="derived").first
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-testid='stPopoverBody']").first).to_contain_text("Computed from")


def test_reports_are_made_when_they_are_asked_for(page: Page, address: str) -> None:
    opened(page, f"{address}/decision?study=busy")
    html, book = (_downloaded(page, label) for label in ("Download report (HTML)", "Download workbook (XLSX)"))
    assert (html.suggested_filename, book.suggested_filename) == ("decision-busy.html", "decision-busy.xlsx")
    said = Path(html.path()).read_text(encoding="utf-8")
    assert "Invest: student depth-1 instead of the control of depth-3" in said
    assert Path(book.path()).read_bytes()[:2] == b"PK"


def _downloaded(page: Page, label: str) -> Download:
    with page.expect_download() as found:
        page.get_by_role("button", name=label).click()
    return found.value
