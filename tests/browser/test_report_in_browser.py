"""The HTML report in a real Chromium: no errors, no requests, both themes, narrow windows, and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from core.reports.html import report
from core.settings import ROOT
from core.studies.casefile import parse_case
from core.studies.filecase import decide_file
from core.studies.report import of_file

pytestmark = pytest.mark.browser
DAY = date(2026, 11, 23)
HOSTILE = '<img src=x onerror=\\"document.title=1\\"> <script>document.title=1</script>'


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the docs' example, with a case's name that would run if it could."""
    text = (ROOT / "docs" / "examples" / "case.toml").read_text().replace('"Ticket routing"', f'"Ticket routing {HOSTILE}"')
    path = tmp_path_factory.mktemp("report") / "case.html"
    path.write_text(report(of_file(decide_file(parse_case(text), DAY, 512), DAY)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report whose options have the longest names, without a space in them, and unknown costs that name them."""
    text = (ROOT / "docs" / "examples" / "case.toml").read_text()
    for number, name in enumerate(("teacher in int8", "API")):
        text = text.replace(f'name = "{name}"', f'name = "{"W" * 59}{number}"')
    text = text.replace("usd_per_hour = 0.75\nrate_per_s = [600", "hardware_usd = 900\nrate_per_s = [600")
    path = tmp_path_factory.mktemp("report") / "long.html"
    path.write_text(report(of_file(decide_file(parse_case(text), DAY, 0), DAY)), encoding="utf-8")
    return path


def opened(browser: Browser, file: Path, **how: object) -> tuple[Page, list[str]]:
    """The report in a fresh tab, and all that it asked for or complained of."""
    page = browser.new_context(**how).new_page()  # type: ignore[arg-type]
    noticed: list[str] = []
    page.on("console", lambda message: noticed.append(message.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.on("request", lambda request: noticed.append(request.url))
    page.goto(file.as_uri())
    return page, noticed


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 800, 390])
def test_it_opens_without_an_error_or_a_request_and_fits(browser: Browser, file: Path, scheme: str, width: int):
    page, noticed = opened(browser, file, color_scheme=scheme, viewport={"width": width, "height": 900})
    assert noticed == [file.as_uri()]
    assert page.title() == f"Ticket routing {HOSTILE}: should we distil?".replace("\\", "")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.evaluate("document.scripts.length + document.images.length") == 0
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(15, 23, 27)"
    assert dark == (scheme == "dark")
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(browser: Browser, file: Path, scheme: str):
    page, _ = opened(browser, file, color_scheme=scheme)
    pairs = page.evaluate("""() => [...document.querySelectorAll('p, dd, dt, td, th, li, small, .status, .chip, svg text')].map(node => {
        let ground = node;
        while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
        const look = getComputedStyle(node);
        return [node.namespaceURI.endsWith('svg') ? look.fill : look.color, getComputedStyle(ground || document.body).backgroundColor];
    })""")
    weak = {(ink, ground) for ink, ground in map(tuple, pairs) if contrast(ink, ground) < 4.5}
    assert len(pairs) > 300 and not weak
    page.context.close()


def contrast(ink: str, ground: str) -> float:
    """WCAG contrast of two CSS colours."""
    def light(colour: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(ink), light(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("which", ["file", "unbroken"])
def test_it_prints_in_light_colours_without_cutting_a_table(browser: Browser, which: str, paper: str, request: pytest.FixtureRequest):
    page, _ = opened(browser, request.getfixturevalue(which), color_scheme="dark")
    printed = page.pdf(format=paper, print_background=True)
    assert printed.startswith(b"%PDF") and 8 <= len(re.findall(rb"/Type /Page\b(?!s)", printed)) <= 30
    width = {"A4": 210, "Letter": 215.9}[paper] - 24  # mm between the margins
    page.set_viewport_size({"width": round(width / 25.4 * 96), "height": 1000})
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    wide = page.evaluate("""() => [...document.querySelectorAll('table, svg')].filter(
        node => node.getBoundingClientRect().right > document.documentElement.clientWidth + 1).length""")
    assert wide == 0
    page.context.close()


def test_its_policy_stops_a_script_that_is_put_into_it(browser: Browser, file: Path, tmp_path: Path):
    asked: list[str] = []
    address, stop = listening(asked)
    changed = tmp_path / "changed.html"
    attack = f"<script>document.title='ran'</script><img src='{address}/leak'><link rel=stylesheet href='{address}/style'>"
    changed.write_text(file.read_text().replace("<main>", f"<main>{attack}"))
    page, _ = opened(browser, changed)
    page.wait_for_timeout(300)
    assert page.title() != "ran" and asked == []
    stop()
    page.context.close()


def listening(asked: list[str]) -> tuple[str, Callable[[], None]]:
    """A server that remembers what it was asked for, and how to stop it."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Remember(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Remember)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", server.shutdown
