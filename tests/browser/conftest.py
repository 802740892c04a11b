"""Browser tests need a system Chromium: without one they are skipped here, and fail in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.serving import CHROMIUM_FLAGS, chromium

expect.set_options(timeout=30_000)  # a busy machine is no failure


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    path = chromium()
    if path is None:
        message = "no Chromium found: install it (Debian: apt-get install chromium) to run the browser tests"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh tab that remembers every address it asked for and every error it met."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    made = context.new_page()
    made.set_default_timeout(30_000)
    yield made
    context.close()
