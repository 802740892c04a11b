"""How soon the dashboard is ready, and how long a page's rerun takes in a real browser."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.rows import Row
from tests.browser.serving import CHROMIUM_FLAGS, chromium, server

PAGES = ("", "checklist", "new-study", "study", "prices", "machine")
RERUNS = 15
# Resolves with the milliseconds from asking for a rerun to the script's end, as the browser sees them.
RERUN = """() => new Promise(resolve => {
  const app = document.querySelector("[data-testid='stApp']");
  const started = performance.now();
  let ran = false;
  const watch = new MutationObserver(() => {
    const state = app.getAttribute("data-test-script-state");
    if (state === "running") ran = true;
    if (ran && state === "notRunning") { watch.disconnect(); resolve(performance.now() - started); }
  });
  watch.observe(app, {attributes: true, attributeFilter: ["data-test-script-state"]});
  document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "r", code: "KeyR", keyCode: 82, which: 82, bubbles: true}));
})"""


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        started = perf_counter()
        with server(Path(folder) / "home") as address:
            ready_s = perf_counter() - started
            browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
            page = browser.new_page()
            reruns = {name or "overview": _reruns(page, f"{address}/{name}") for name in PAGES}
            browser.close()
    return [Row("the dashboard is ready", "s", 3.0, ready_s, at_least=False),
            *(Row(f"rerun of {name}, median of {RERUNS}", "ms", 150.0, ms, at_least=False) for name, ms in reruns.items())]


def _reruns(page: Page, address: str) -> float:
    page.goto(address)
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']")
    page.wait_for_timeout(1_500)
    return statistics.median(page.evaluate(RERUN) for _ in range(RERUNS))
