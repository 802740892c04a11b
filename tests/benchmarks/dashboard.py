"""How soon the dashboard is ready, and how long a page's rerun takes in a real browser."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page, expect, sync_playwright

from tests.benchmarks.rows import Row
from tests.browser.serving import CHROMIUM_FLAGS, chromium, server

PAGES = {"decision": "Decision", "overview": "Overview", "checklist": "Checklist", "what_if": "What-if",
         "new_study": "New study", "study": "Study", "prices": "Prices", "machine": "This machine"}
RERUNS = 15
LONGEST_S = 10
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
# From the press of "r", which asks for a rerun, to the script's end, in milliseconds as the browser sees them.
WATCH = """() => {
  const app = document.querySelector("[data-testid='stApp']");
  const rerun = window.rerun = {};
  addEventListener("keydown", () => { rerun.started = performance.now(); }, {capture: true, once: true});
  const watch = new MutationObserver(() => {
    const idle = app.getAttribute("data-test-script-state") === "notRunning";
    if (!idle) rerun.ran = true;
    if (idle && rerun.ran) { watch.disconnect(); rerun.took = performance.now() - rerun.started; }
  });
  watch.observe(app, {attributes: true, attributeFilter: ["data-test-script-state"]});
}"""


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        started = perf_counter()
        with server(Path(folder) / "home") as address:
            ready_s = perf_counter() - started
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
            page = browser.new_page()
            reruns = {name: _reruns(page, f"{address}/{name}", title) for name, title in PAGES.items()}
            browser.close()
    return [Row("the dashboard is ready", "s", 3.0, ready_s, at_least=False),
            *(Row(f"rerun of {name}, median of {RERUNS}", "ms", 150.0, ms, at_least=False) for name, ms in reruns.items())]


def _reruns(page: Page, address: str, title: str) -> float:
    """The median of some reruns, once the page has its title and stands still. Raises if a rerun does not end in time."""
    page.goto(address)
    expect(page).to_have_title(f"{title} · Distill ROI", timeout=1_000 * LONGEST_S)
    page.wait_for_selector(IDLE)
    page.wait_for_timeout(1_500)
    return statistics.median(_rerun(page) for _ in range(RERUNS))


def _rerun(page: Page) -> float:
    page.evaluate(WATCH)
    page.keyboard.press("r")
    return float(page.wait_for_function("window.rerun.took", timeout=1_000 * LONGEST_S).json_value())
