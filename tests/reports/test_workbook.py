"""The workbook as a file: what it holds, how it is written, and what can never become a formula."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from core.figures import Figure
from core.reports.workbook import workbook
from core.roi.options import Case, Option
from tests.reports.recomputed import cells, expected, formulas_of, is_same, results
from tests.reports.workbook_cases import CASES, DAY, dossier, everything, provisioned, rented, teacher, terms, unknown

SHEETS = ["Decision", "Inputs", "Cash flow", "Results", "Checks", "Provenance"]
KNOWN = {"ABS", "AND", "COS", "COUNTIF", "EXP", "IF", "IFERROR", "INDEX", "INT", "IRR", "ISERROR", "ISNUMBER", "LEFT", "LEN", "MATCH",
         "MAX", "MIN", "N", "NPV", "PI", "ROUND", "ROWS", "SIGN", "SUM", "SUMPRODUCT"}  # all older than Excel 2010
EVIL = ('=HYPERLINK("http://example.org","x")', "+cmd|' /C calc'!A0", "@SUM(A1:A9)", "-2+3", "<script>alert(1)</script>", "{{7*7}}",
        "http://example.org", "{=1+1}", "a\x00b\x0b\ud800", "_x0041_", "\t=1+1", "&C&\"Arial\"", "x" * 40_000)


@pytest.fixture(scope="module")
def books():
    return {name: (made := dossier(make(), simulated=name == "provisioned"), workbook(made)) for name, make in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_cached_results_are_the_applications_numbers(books, name):
    made, book = books[name]
    found = results(cells(book)["Results"], made)
    for key, figure in expected(made).items():
        assert is_same(found[key], figure, made.case.currency), (key, found[key], figure)


@pytest.mark.parametrize("name", CASES)
def test_the_file_holds_nothing_but_plain_formulas(books, name):
    book = books[name][1]
    names = zipfile.ZipFile(io.BytesIO(book)).namelist()
    assert not [part for part in names if re.search("vba|external|metadata|drawing|connection|query", part, re.I)]
    for part in names:
        text = zipfile.ZipFile(io.BytesIO(book)).read(part).decode()
        assert "<hyperlink" not in text and 't="array"' not in text and " cm=" not in text and "_xlfn" not in text, part
    for sheet, formulas in formulas_of(book).items():
        for cell, formula in formulas.items():
            used = set(re.findall(r"([A-Z][A-Z.]+)\(", re.sub(r'"[^"]*"', "", formula)))
            assert used <= KNOWN, (sheet, cell, used - KNOWN)
            assert len(formula) < 8192 and "://" not in formula and "[" not in formula


@pytest.mark.parametrize("name", CASES)
def test_checks_say_ok_and_no_error_stands_in_the_file(books, name):
    found = cells(books[name][1])
    says = [value for cell, value in found["Checks"].items() if cell.startswith("E") and int(cell[1:]) > 5]
    assert set(says) == {"OK"} and len(says) > 15 and found["Checks"]["E3"] == "OK"
    assert not [value for sheet in found.values() for value in sheet.values() if isinstance(value, str) and re.match("#[A-Z/0!?]+$", value)]


def test_sheets_stand_in_order_and_are_set_up_for_paper(books):
    assert openpyxl.load_workbook(io.BytesIO(books["bill"][1])).sheetnames == SHEETS
    assert openpyxl.load_workbook(io.BytesIO(books["autoscaled"][1])).sheetnames == [*SHEETS[:3], "By hour", *SHEETS[3:]]
    for sheet in openpyxl.load_workbook(io.BytesIO(books["autoscaled"][1])):
        assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
        assert sheet.title in ("Cash flow", "By hour") or sheet.sheet_properties.pageSetUpPr.fitToPage
    assert openpyxl.load_workbook(io.BytesIO(books["bill"][1]))["Cash flow"].freeze_panes == "E6"


def test_rows_reach_month_60_or_the_horizon_if_that_is_later():
    assert cells(workbook(dossier(everything())))["Cash flow"]["A66"] == 60
    long = Case(terms(horizon_months=84.0), everything().options)
    found = cells(workbook(dossier(long)))["Cash flow"]
    assert found["A90"] == 84 and "A91" not in found


def test_the_same_dossier_gives_the_same_file():
    made = dossier(everything())
    assert workbook(made) == workbook(made)


def test_an_input_that_options_share_stands_once():
    small = Option("small", "student", (rented("depth-3", 1666.8),))
    again = Option("again", "student", (rented("depth-3", 1666.8),))
    other = Option("other", "student", (rented("depth-3", 999.0),))
    rows = _column(cells(workbook(dossier(Case(terms(), (teacher(), small, again, other)))))["Inputs"], "A", "B", "C")
    assert [row for row in rows if row[:2] == ("Throughput", "depth-3")] == [
        ("Throughput", "depth-3", 1666.8), ("Throughput", "depth-3", 999)]


def test_every_input_has_its_value_unit_and_origin(books):
    rows = {row[:2]: row[2:] for row in _column(cells(books["provisioned"][1])["Inputs"], "A", "B", "C", "D", "E", "F", "G")}
    assert rows["Hourly price", "teacher"] == (0.75, "USD per hour", "catalogue", "Price list: price list, 20 Jul 2026.", "")
    assert rows["Throughput", "depth-3"][4].endswith("(lognormal); run 2; moves with Throughput of teacher")
    assert rows["Engineering rate", "depth-3, optimised teacher"][2] == "assumed (default)"
    assert ("Spare machines", "optimised") in rows and ("Horizon", "the whole case") in rows
    weights = [row for row in _column(cells(books["profile"][1])["Inputs"], "A", "C") if str(row[0]).startswith("Demand from")]
    assert [weight for _, weight in weights] == list(DAY)


def test_what_is_unknown_is_empty_and_told_in_words():
    made = dossier(unknown())
    found = cells(workbook(made))
    rows = {row[:2]: row[2:] for row in _column(found["Inputs"], "A", "B", "C", "F", "J")}
    assert rows["Throughput", "depth-1"] == ("", "Not stated: nobody has said it yet.", "Throughput of depth-1; ")
    shown = results(found["Results"], made)
    assert shown["depth-1", "tco_usd"] == shown["depth-1", "instances"] == "not known: needs Throughput of depth-1"
    assert isinstance(shown["depth-3", "tco_usd"], int | float)
    assert shown["depth-3 against depth-1", "npv_usd"] == "not known: needs Throughput of depth-1"


def test_today_unknown_leaves_what_the_others_cost_alone():
    """The total holds today's system until go-live; the cost a month does not."""
    student = provisioned().options[1]
    made = dossier(Case(terms(), (teacher(rented("teacher", None)), student)))
    shown = results(cells(workbook(made))["Results"], made)
    assert shown["depth-3", "monthly_cost_usd"] == pytest.approx(1145) and shown["depth-3", "upfront_usd"] == pytest.approx(12_000)
    assert shown["depth-3", "tco_usd"] == "not known: needs Throughput of teacher"


def test_simulated_results_are_static_and_say_so(books):
    made, book = books["provisioned"]
    found, formulas = cells(book)["Results"], formulas_of(book)["Results"]
    top = next(int(cell[1:]) for cell, value in found.items()
               if value == "Static: simulated by the application, does not follow the inputs")
    assert not [cell for cell in formulas if int(cell[1:]) >= top]
    shown = [value for cell, value in found.items() if int(cell[1:]) > top and isinstance(value, float)]
    for value in (made.outlook.npv_usd["p10"].value, made.outlook.positive.value, made.bars[0].npv_at_low,
                  made.information[0].evppi_usd, made.comparisons[0].break_even_predictions_per_day.value):
        assert any(one == pytest.approx(value) for one in shown), value


def test_every_figure_and_assumption_is_listed_with_its_origin(books):
    made, book = books["provisioned"]
    sheet = cells(book)["Provenance"]
    rows = _column(sheet, "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K")
    assert ("Accuracy", "teacher", "evidence", 0.81, "", "", "%", "measured", "Measured: run 1, on cpu, 1 Nov 2026.", "cpu",
            "1 Nov 2026") in rows
    given = sum(isinstance(getattr(one, name), Figure) for one in (*made.options, *made.comparisons) for name in vars(one))
    parts = [row[2] for row in rows]
    assert parts.count("results") == given and parts.count("simulation") == 12 and parts.count("checklist") == 1
    assert parts.count("inputs") == len([row for row in _column(cells(book)["Inputs"], "D") if row[0] not in ("", "Unit")])
    assert "A month has 730 hours." in sheet.values()


def test_money_is_in_the_cases_currency(books):
    made, book = books["everything"]
    found = cells(book)
    text = " ".join(str(value) for sheet in found.values() for value in sheet.values())
    assert made.case.currency == "EUR" and "EUR per month" in text and "USD per" not in text
    npv = next(cell for cell, value in found["Results"].items() if value == "NPV (EUR)")
    sheet = openpyxl.load_workbook(io.BytesIO(book))["Results"]
    assert sheet[f"{npv[0]}{int(npv[1:]) + 1}"].number_format == "#,##0.00"


@pytest.mark.parametrize("evil", EVIL, ids=lambda text: repr(text[:12]))
def test_text_from_people_stays_text(evil):
    benign, made = _named("somebody"), _named(evil)
    book = workbook(made, 6)
    assert formulas_of(book) == formulas_of(workbook(benign, 6))
    fit = re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", " ", evil)[:32_767]
    read = openpyxl.load_workbook(io.BytesIO(book))
    hits = [cell for sheet in read for row in sheet.iter_rows() for cell in row if cell.value == fit]
    assert len(hits) >= 10 and {cell.data_type for cell in hits} == {"s"} and not [cell for cell in hits if cell.hyperlink]
    shown = {cell.value for cell in hits}
    assert shown == {fit} and {cell.parent.title for cell in hits} >= {"Decision", "Inputs", "Cash flow", "Results", "Provenance"}


def test_text_in_a_computed_sentence_stays_text():
    """A cached text that holds a name is text as well."""
    made = dossier(Case(terms(), (teacher(), Option('=8+9 & "x"', "student", (rented('=8+9 & "x"', None),)))))
    book = workbook(made)
    shown = results(cells(book)["Results"], made)
    assert shown['=8+9 & "x"', "tco_usd"] == 'not known: needs Throughput of =8+9 & "x"'
    assert not [formula for sheet in formulas_of(book).values() for formula in sheet.values() if "8+9" in formula]


def _named(text):
    """A dossier in which everything that people may name is called so."""
    case = replace(everything(), terms=terms(horizon_months=6.0))
    student = replace(case.options[1], name=text, parts=(replace(case.options[1].parts[0], model=text),),
                      work=tuple(replace(task, key=text) for task in case.options[1].work))
    source = replace(case.terms["peak_to_mean"], provenance=replace(case.terms["peak_to_mean"].provenance, source=text))
    made = dossier(replace(case, options=(case.options[0], student), terms={**case.terms, "peak_to_mean": source}), title=text)
    return replace(made, about={text: text}, answer=text, risk=text, next_step=text, assumptions=(text,), day=date(2026, 11, 20),
                   evidence={text: {"accuracy": source}})


def _column(sheet, *letters):
    rows = sorted({int(re.sub("[A-Z]", "", cell)) for cell in sheet})
    return [tuple(sheet.get(f"{letter}{row}", "") for letter in letters) for row in rows]
