"""The HTML report: what it holds, that it is safe whatever people name things, and that it stands alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.case import CaseInputs
from core.figures import Figure, measured
from core.formats import chip, show, show_date, show_interval
from core.reports import glossary
from core.reports.charts_svg import cumulative_cash, months_apart
from core.reports.dossier import Dossier
from core.reports.html import report
from core.reports.register import entry, exact, figures_of, register
from core.reports.svg import ticks
from core.reports.workbook import workbook
from core.roi.options import own_figures
from core.settings import ROOT
from core.spec import parse
from core.studies import read
from core.studies.casefile import parse_case
from core.studies.decide import decide
from core.studies.filecase import decide_file
from core.studies.report import of_file, of_study
from tests.reports.recomputed import cells
from tests.studies.casefile_refusals import BASE

DAY = date(2026, 11, 23)
EXAMPLE = (ROOT / "docs" / "examples" / "case.toml").read_text()
VOID = {"meta", "link", "br"}
TAGS = {"html", "head", "meta", "link", "title", "style", "body", "main", "header", "section", "footer", "h1", "h2", "h3", "p", "dl", "dt",
        "dd", "div", "ul", "ol", "li", "span", "b", "bdi", "br", "small", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure",
        "figcaption", "svg", "desc", "defs", "pattern", "rect", "line", "polyline", "polygon", "circle", "text"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


class Page(HTMLParser):
    """The elements, attributes and texts of a report; fails where a tag is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def of_text(text: str, draws: int = 256) -> Dossier:
    return of_file(decide_file(parse_case(text), DAY, draws), DAY)


@pytest.fixture(scope="module")
def case() -> Dossier:
    return of_text(EXAMPLE)


@pytest.fixture(scope="module")
def study() -> Dossier:
    return of_study(decide(read.example(), DAY, draws=256), DAY)


def check_alone(html: str) -> Page:
    """Fails if the report could run or ask for anything."""
    page = Page(html)
    assert {tag for tag, _ in page.found} <= TAGS
    policies = [attributes["content"] for tag, attributes in page.found if attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [POLICY]
    for tag, attributes in page.found:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset", "action")]
        assert attributes.get("href") in (None, "data:,") and (tag == "link") == ("href" in attributes)
        assert attributes.get("fill") is None or re.fullmatch(r"url\(#[a-z]+-lines\)", attributes["fill"] or "")
    assert "@import" not in html and html.count("url(") == html.count("url(#")
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    return page


@pytest.mark.parametrize("which", ["case", "study"])
def test_it_stands_alone_and_says_everything(which: str, request: pytest.FixtureRequest):
    dossier: Dossier = request.getfixturevalue(which)
    page = check_alone(report(dossier))
    assert dossier.verdict
    told = [dossier.title, "23 Nov 2026", dossier.answer, dossier.risk, dossier.next_step, *dossier.about.values(), *dossier.assumptions,
            *dossier.verdict.reasons]
    for item in dossier.verdict.items:
        told += [f"{item.item}. {item.title}", item.status, item.rule, item.reason, item.action]
        told += [show(figure) for figure in item.figures.values()]
    for row in (*dossier.options, *dossier.comparisons):
        told += [figure.provenance.reason or show(figure) for name, figure in figures_of(row).items()]
    for bar in dossier.bars:
        told.append(show(Figure(bar.npv_at_low, "USD", measured(1, "USD", source="", device="", as_of="").provenance)))
    for term in glossary.TERMS:
        told += [term.word, term.meaning, term.formula]
    missing = [text for text in told if " ".join(text.split()) not in page.text]
    assert not missing


def test_the_three_numbers_come_first(case: Dossier):
    saving, npv, payback = case.numbers
    assert (saving.label, saving.text, saving.note) == ("Monthly saving", "$6,790", "against the teacher in int8, once both serve")
    assert case.outlook and npv.label == "NPV, expected" and npv.text == show(case.outlook.expected_npv_usd)
    assert re.fullmatch(r"P10 to P90: \$\d+,000 to \$\d+,000, over the teacher in int8; \$243,000 at the plain values", npv.note)
    assert payback.note == "median of 256 draws, discounted" and payback.text.endswith(" months")
    text = Page(report(case)).text
    assert text.index("$6,790") < text.index(payback.text) < text.index("Largest risk") < text.index("Verdict and checklist")


def test_every_figure_is_listed_with_its_provenance(study: Dossier):
    groups = register(study)
    listed = {(group.title, each.name, each.value, each.kind) for group in groups for each in group.entries}
    figures = [figure for figures in study.evidence.values() for figure in figures.values()]
    figures += [figure for row in (*study.options, *study.comparisons) for figure in figures_of(row).values()]
    figures += [figure for option in study.case.options for figure in own_figures(option).values()]
    shown = {(value, kind) for _, _, value, kind in listed}
    assert len(listed) > 300 and {(show(figure), chip(figure)) for figure in figures} <= shown
    teacher = next(model for model in read.example().models if model.role == "teacher")
    throughput = next(each for group in groups if group.title == "Known of teacher" for each in group.entries if each.name == "Throughput")
    assert "LoadGen Offline" in throughput.source and throughput.device == teacher.figures["throughput_per_s"].provenance.device
    assert throughput.date == show_date(read.example().created_at)
    page = Page(report(study)).text
    assert all(group.title in page for group in groups)
    rests = next(group.rests_on for group in groups if group.title == f"{study.best} over {study.other}")
    assert rests[0][0] == "measured" and rests[0][1].startswith("Throughput (teacher, ")


def test_what_was_stated_of_tools_is_listed_as_assumed_by_the_user_in_report_and_workbook():
    said = {"torch": {"support": "vendor", "integration_hours": 16}, "tfmot": {"maturity": "deprecated"}}
    made = of_study(decide(read.example(), DAY, parse(CaseInputs, {**read.example().case.model_dump(), "tools": said}), draws=0), DAY)
    told, sheets = Page(report(made)).text, cells(workbook(made))
    tool, hours = "PyTorch and Hugging Face Transformers", "Hours for integration of PyTorch and Hugging Face Transformers"
    for words in (f"{tool}: support vendor, maturity not stated, integration effort 16 h. Assumed by the user.",
                  "TensorFlow Model Optimization Toolkit: support not stated, maturity deprecated, integration effort not stated."):
        assert words in told and [cell for cell in sheets["Provenance"].values() if words in str(cell)]
    (row,) = [cell[1:] for cell, value in sheets["Inputs"].items() if value == hours]
    assert (sheets["Inputs"][f"C{row}"], sheets["Inputs"][f"E{row}"]) == (16, "assumed (user)")
    entries = {entry.name: entry.kind for group in register(made) if group.title == "Inputs of depth-1" for entry in group.entries}
    assert entries[hours] == "assumed (user)"
    assert not [each for each in made.assumptions if each.startswith("Engineering rate (")]


def test_an_entry_holds_value_interval_unit_kind_source_device_and_date():
    figure = measured(0.77912, "share", source="study abc, 1,900 texts", device="Test CPU", as_of="2026-11-20", low=0.76, high=0.797)
    found = entry("Accuracy", figure)
    assert (found.value, found.interval, found.kind, found.source) == ("77.9 %", "76.0 to 79.7 %", "measured", "study abc, 1,900 texts")
    assert (found.exact, found.device, found.date) == ("0.77912 share", "Test CPU", "20 Nov 2026")
    for value, unit, told in ((1095.0, "USD/month", "1,095 USD/month"), (0.75, "USD/h", ""), (2.0, "count", ""),
                              (3e8, "1/day", "300,000,000 1/day"), (1 / 3, "ratio", "0.3333333333 ratio"), (-2.5, "points", ""),
                              (1.23456e-9, "USD/call", "0.00000000123456 USD/call")):
        assert exact(Figure(value, unit, figure.provenance)) == told, (value, unit)


HOSTILE = ("<script>alert(1)</script>", '" onmouseover="alert(1)', "{{7*7}}{% raw %}", "javascript:alert(1)",
           "</style><img src=x onerror=alert(1)>", "]]><svg onload=alert(1)>", "'; DROP TABLE x; --", "&lt;b&gt;")


def hostile(mark: str) -> Dossier:
    """The example case with one text wherever a person may write."""
    made = mark.replace("\\", "\\\\").replace('"', '\\"')
    text = EXAMPLE.replace('"student"', f'"s {made}"').replace('role = "s ' + made + '"', 'role = "student"')
    for known in ("Ticket routing", "teacher in int8", "labelling and training", "integration", "g4dn.xlarge, contract of June",
                  "load test of 3 November", "Ticket platform team", "accuracy on last week's tickets falls by one point"):
        assert known in text
        text = text.replace(f'"{known}"', f'"{known[:9]} {made}"')
    dossier = of_text(text)
    known = measured(1.0, mark, source=mark, device=mark, as_of=mark)
    return replace(dossier, about={**dossier.about, f"Link {mark}": mark}, evidence={mark: {mark: known}}, risk=mark,
                   actions={mark: mark})


@pytest.mark.parametrize("mark", HOSTILE)
def test_no_name_becomes_markup(mark: str):
    html = report(hostile(mark))
    page = check_alone(html)
    seen = " ".join(mark.split())
    assert page.text.count(seen) > 20 and "49" not in [text.strip() for text in page.texts]
    if "<" in mark:
        assert mark not in html
    svg = html[html.index("<svg"): html.rindex("</svg>")]
    assert "alert(1)>" not in svg and "onload=alert" not in svg.replace("&lt;svg onload=alert", "")


def test_marks_that_hide_or_reorder_text_are_taken_out(case: Dossier):
    html = report(replace(case, title="in\u202evoice\u0000 \u200b\u2066x\n2", about={"Study": "a\u2028b\u061cc"}))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u0000\u2028\u061c]", html)
    assert "<bdi>invoice x 2</bdi>" in html and "<bdi>a bc</bdi>" in html


def test_unknowns_are_told_in_words_and_nothing_is_drawn_of_them():
    unknown = of_text(EXAMPLE.replace("usd_per_hour = 0.75\nrate_per_s = [600", "hardware_usd = 900\nrate_per_s = [600"))
    owned = of_text(BASE.replace("usd_per_hour = 0.75", "hardware_usd = 900"))
    text = check_alone(report(owned)).text
    assert "unknown" in text and "needs watts of teacher" in text and "Nothing was drawn" in text and "<svg" not in report(owned)
    assert "watts of teacher in int8 is not stated" in check_alone(report(unknown)).text
    loss = check_alone(report(of_text(BASE))).text
    assert "never" in loss and "does not pay back within 36 months" in loss and "No input has a range" in loss
    assert "the net flows do not change sign exactly once" in loss


def test_a_case_without_a_student_has_no_verdict_and_no_three_numbers():
    start = EXAMPLE.index('[[option]]\nname = "student"\n')
    end = EXAMPLE.index("# An API is priced")
    dossier = of_text(EXAMPLE[:start] + EXAMPLE[end:])
    html = report(dossier)
    assert dossier.best is None and "There is no verdict yet" in check_alone(html).text
    assert 'class="numbers"' not in html and "Options side by side" in html and "<svg" not in html


def test_before_any_draw_the_plain_answer_stands_alone():
    dossier = of_text(EXAMPLE, draws=0)
    text = check_alone(report(dossier)).text
    assert "Nothing was drawn" in text and "P10 to P90: $" not in text and "is paid back after 1.45 months" in text


def test_money_of_another_currency_is_never_called_dollars():
    html = report(of_text(EXAMPLE.replace('"USD"', '"EUR"')))
    text = check_alone(html).text
    assert "EUR 6,790" in text and "$" not in text
    assert not re.search(r"\bUSD\b", text)


def test_charts_have_a_text_alternative_and_their_numbers_beside_them(case: Dossier):
    page = Page(report(case))
    images = [attributes for tag, attributes in page.found if tag == "svg"]
    assert len(images) == 3
    ids = {attributes["id"] for _, attributes in page.found if "id" in attributes}
    for image in images:
        assert image["role"] == "img" and set((image["aria-labelledby"] or "").split()) <= ids
    for told in ("student over teacher in int8 is paid back after 1.45 months", "What it saves most on is serving",
                 "The widest is the volume"):
        assert page.text.count(told) == 2, "as the finding, and as the description of the image"


def test_the_line_of_cash_goes_through_its_numbers():
    # 100 units of height from -10 to 10 in steps: month 0 at -10, month 1 at 0 (where it is paid back), month 2 at 10.
    svg = cumulative_cash("k", "title", "told", np.array([-10.0, 0.0, 10.0]), {}, 1.0, "USD")
    points = re.search(r'class="main" points="([^"]+)"', svg)
    assert points
    (x0, y0), (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in points[1].split())
    assert x1 - x0 == pytest.approx(x2 - x1) and y0 - y1 == pytest.approx(y1 - y2) and y0 > y1 > y2
    dot = re.search(r'class="dot" cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert dot and (float(dot[1]), float(dot[2])) == (pytest.approx(x1, abs=0.01), pytest.approx(y1, abs=0.01))
    assert "paid back after 1 month" in svg and 'class="band"' not in svg


def test_a_line_that_never_leaves_0_is_drawn():
    svg = cumulative_cash("k", "title", "told", np.zeros(3), {}, 0.0, "USD")
    assert "paid back at once" in svg and "nan" not in svg


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 10))
def test_ticks_are_round_and_span_the_values(low: float, relative: float):
    width = relative * (1 + abs(low))
    marks = ticks(low, low + width)
    assert marks[0] <= low + 1e-6 * width and marks[-1] >= low + width * (1 - 1e-6) and 2 <= len(marks) <= 9
    steps = np.diff(marks)
    assert steps == pytest.approx(steps[0], rel=1e-3)


@settings(max_examples=50)
@given(st.integers(1, 120))
def test_an_axis_has_at_most_nine_months(horizon: int):
    assert horizon / months_apart(horizon) <= 8


def test_small_amounts_draw_no_chart_of_rounding():
    dossier = of_text(EXAMPLE)
    html = report(replace(dossier, bars=tuple(replace(bar, npv_at_low=1e-4, npv_at_high=2e-4) for bar in dossier.bars)))
    assert html.count("<svg") == 2 and "What moves the answer" in html


def test_intervals_are_shown_beside_values(study: Dossier):
    figure = study.evidence["depth-2"]["accuracy_difference"]
    assert f"{show(figure)} ({show_interval(figure)})" in Page(report(study)).text
