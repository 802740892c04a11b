"""What-if in a real browser: a slider, undo, a saved case whose link opens it in another browser, newer figures, comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.store import models
from core.studies import cases, read
from tests.browser.serving import server
from tests.browser.test_main_path import settled
from tests.pages.made import make_study

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def address(own_home: Path) -> Iterator[str]:
    """The dashboard over one finished study."""
    make_study("mine", name="My study")
    with server(own_home) as found:
        yield found


def opened(page: Page, address: str, query: str = "study=mine") -> None:
    page.goto(f"{address}/what_if?{query}")
    settled(page)
    expect(page.get_by_text("P10 to P90: ")).to_be_visible()


def metric(page: Page, label: str) -> Locator:
    return page.locator("[data-testid='stMetric']").filter(has_text=label).locator("[data-testid='stMetricValue']")


def to_the_right(page: Page, slider: str, steps: int = 5) -> None:
    page.get_by_role("slider", name=slider).focus()
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    settled(page)


def save(page: Page, name: str) -> str:
    """The address of the case that is saved under the name."""
    page.get_by_role("button", name="Save as").click()
    page.get_by_role("textbox", name="Name of the case").fill(name)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. The address of this page opens it again.")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"case=[a-z0-9]{8}"))
    return page.url


def fits(page: Page) -> bool:
    return bool(page.evaluate("""() => [document.documentElement, document.querySelector("[data-testid='stMain']")]
                                      .every(part => part.scrollWidth <= part.clientWidth)"""))


def test_a_slider_answers_the_change_is_listed_and_undone(page: Page, address: str) -> None:
    opened(page, address)
    before = metric(page, "NPV").inner_text()
    to_the_right(page, "Growth a month")
    expect(page.get_by_text("1 changed against the study's own case")).to_be_visible()
    expect(page.get_by_text("Growth a month: 0 % (default) → 2.5 %")).to_be_visible()
    expect(page.get_by_text("what-if, not saved: 1 changed")).to_be_visible()
    expect(metric(page, "NPV")).not_to_have_text(before)
    undo = page.get_by_role("button", name="Undo", exact=True)
    while undo.is_enabled():
        undo.click(force=True)  # it may have been disabled since: then the click does nothing
        settled(page)
    expect(page.get_by_text("As in the study's own case: nothing is changed")).to_be_visible()
    expect(metric(page, "NPV")).to_have_text(before)


def test_a_link_opens_a_case_elsewhere_with_its_figures_and_offers_newer_ones(page: Page, browser: Browser, address: str) -> None:
    opened(page, address)
    to_the_right(page, "Volume", 12)
    link, npv = save(page, "Peak season"), metric(page, "NPV").inner_text()
    teacher = read.get("mine").models[0]
    models.save_figures("mine", "minilm", "teacher", {"throughput_per_s": replace(teacher.figures["throughput_per_s"], value=900.0)})
    elsewhere = browser.new_context(viewport={"width": 800, "height": 1000})
    other = elsewhere.new_page()
    other.goto(link)
    settled(other)
    expect(other.get_by_text("As in Peak season: nothing is changed")).to_be_visible()
    expect(metric(other, "NPV")).to_have_text(npv)
    expect(other.get_by_text("A newer measurement exists.")).to_be_visible()
    other.get_by_role("button", name="Recompute as a new case").click()
    expect(other.get_by_text("What changed against Peak season")).to_be_visible()
    settled(other)
    expect(metric(other, "NPV")).not_to_have_text(npv)
    assert other.url != link and [case.name.partition(",")[0] for case in cases.listed("mine")] == ["Peak season"] * 2
    assert fits(other)
    elsewhere.close()


def test_cases_are_compared_and_the_page_fits_a_narrow_window(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 800, "height": 1000})
    opened(page, address)
    to_the_right(page, "Horizon", 6)
    save(page, "A longer look with a name that takes some room on any page")
    page.get_by_text("Compare cases").click()
    expect(page.get_by_text("≠ 30 months")).to_be_visible()
    expect(page.get_by_role("columnheader", name="A longer look")).to_be_visible()
    page.get_by_text("More inputs").click()
    settled(page)
    assert fits(page)


def test_a_bad_number_is_refused_and_the_field_shows_what_counts(page: Page, address: str) -> None:
    opened(page, address)
    field = page.get_by_role("spinbutton", name="Hourly price")
    field.fill("0")
    page.keyboard.press("Tab")
    expect(page.get_by_text("usd_per_hour: 0.0 is not accepted")).to_be_visible()
    expect(page.get_by_text("Nothing was changed.")).to_be_visible()
    settled(page)
    expect(field).to_have_value("")
