"""The workbook computes what the application does: as it is, and after any input is changed."""

import os
from dataclasses import replace

import pytest

from core.reports.workbook import workbook
from core.roi.options import Case, Option
from core.roi.profile import peak_of
from tests.reports.recomputed import (
    cells,
    changed,
    expected,
    formulas_of,
    in_formulas,
    in_libreoffice,
    is_same,
    moved,
    results,
    soffice,
    typed,
)
from tests.reports.workbook_cases import CASES, DAY, autoscaled, cascade, dossier, everything, figures, owned, rented, said, teacher, terms

HORIZON = 47.0
ANSWERS = [(name, kind) for name in CASES for kind in ("as exported", "changed")] + [
    (name, "horizon") for name in ("autoscaled", "owned", "everything", "case file")]


def agrees(found, made):
    """Every cell of the results holds the application's answer."""
    shown = results(found["Results"], made)
    for key, figure in expected(made).items():
        assert is_same(shown[key], figure, made.case.currency), (key, shown[key], figure.value, figure.provenance.reason)


def same(left, right):
    """The same text, or the same number but for rounding."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return abs(left - right) <= max(1e-6, 1e-9 * abs(left))
    return left == right


# LibreOffice: all kinds of cases in one go, as exported, with every input changed, and some with the horizon alone.

@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """What LibreOffice makes of the files, and the dossiers of the cases that they then stand for."""
    if soffice() is None:
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is missing: apt-get install -y --no-install-recommends libreoffice-calc")
        pytest.skip("LibreOffice is not installed")
    made, books, files = {}, {}, {}
    for name, make in CASES.items():
        case = make()
        books[name] = workbook(dossier(case), 48)
        other = moved(case)
        for kind, values in (("as exported", {}), ("changed", other), ("horizon", {"horizon_months": HORIZON})):
            if (name, kind) not in ANSWERS:
                continue
            files[f"{name}, {kind}"] = typed(books[name], values)
            made[f"{name}, {kind}"] = dossier(changed(case, values))
    profile, weights = (*DAY[:9], 40, *DAY[10:]), {9: 40.0}
    day = replace(autoscaled(DAY), profile=profile, terms=terms(peak_to_mean=peak_of(profile)))
    files["profile, weights"], made["profile, weights"] = typed(books["profile"], {}, weights), dossier(day)
    files["bill, blank"] = typed(books["bill"], {"m2_rate_per_s": None, "discount_rate": None})
    files["bill, absurd"] = typed(books["bill"], {"m2_rate_per_s": 0.0, "horizon_months": 49.0})
    files["broken"] = _broken(books["bill"])
    return in_libreoffice(files, tmp_path_factory.mktemp("office")), made, books


@pytest.mark.parametrize("name", CASES)
def test_libreoffice_finds_every_cached_value(opened, name):
    found, _, books = opened
    cached = cells(books[name])
    for sheet, formulas in formulas_of(books[name]).items():
        for cell in formulas:
            if sheet == "Checks" and cell.startswith("D"):  # differences of large numbers, judged in the next column
                continue
            left, right = cached[sheet].get(cell, ""), found[f"{name}, as exported"][sheet].get(cell, "")
            assert same(left, right), (sheet, cell, left, right, formulas[cell])


@pytest.mark.parametrize(("name", "kind"), ANSWERS)
def test_libreoffice_answers_as_the_application(opened, name, kind):
    found, made, _ = opened
    sheets = found[f"{name}, {kind}"]
    agrees(sheets, made[f"{name}, {kind}"])
    assert sheets["Checks"]["E3"] == "OK"
    says = {value for cell, value in sheets["Checks"].items() if cell.startswith("E") and int(cell[1:]) > 5}
    assert ("inputs changed" in says) == (kind != "as exported")


def test_the_hours_of_the_day_can_be_changed(opened):
    found, made, _ = opened
    agrees(found["profile, weights"], made["profile, weights"])


def test_an_input_that_is_emptied_is_told_and_no_error_shows(opened):
    found = opened[0]["bill, blank"]
    shown = [str(value) for cell, value in found["Results"].items() if str(value).startswith("not known")]
    assert "not known: needs Discount rate a year; Throughput of depth-1" in shown
    assert not [value for sheet in found.values() for value in sheet.values() if isinstance(value, str) and value.startswith("#")]


def test_impossible_inputs_are_told_and_no_error_shows(opened):
    found = opened[0]["bill, absurd"]
    assert "not known: needs Horizon; Throughput of depth-1" in found["Results"].values()
    assert not [value for sheet in found.values() for value in sheet.values() if isinstance(value, str) and value.startswith("#")]


def test_the_checks_notice_a_broken_formula(opened):
    """A total that forgets re-distillation: sums and NPVs no longer fit."""
    sheets = opened[0]["broken"]
    assert str(sheets["Checks"]["E3"]).endswith("fail")


def _broken(book):
    """The file with 1,000 too much in the student's first total."""
    cell, formula = next((cell, formula) for cell, formula in formulas_of(book)["Cash flow"].items()
                         if cell.endswith("6") and "SUM(" in formula and "o2_span_missing" in formula)
    assert cell and formula
    return typed(book, {}, breaking=(formula, formula.replace("SUM(", "1000+SUM(")))


# The package `formulas` is slow, so its cases are short; every basis and kind of cost is among them.

def short(case, months=5.0, **more):
    return replace(case, terms={**case.terms, **figures(horizon_months=months, **more)})


def everything_short():
    case = short(everything(), monthly_growth=0.2)
    today, student = case.options
    sooner = {**student.figures, **figures(months_to_go_live=1.0, redistil_every_months=1.5)}
    return replace(case, options=(today, replace(student, figures=sooner)))


def machines_short():
    """Owned machines that wear out, an autoscaled day and a cascade whose teacher works in batches."""
    bought = owned().options[1].parts[0]
    first = replace(bought, figures={**bought.figures, "hardware_life_months": said("hardware_life_months", 2.0)})
    second = rented("teacher", 416.7, "batch", min_instances=1.0, billing_step_h=4.0, share=0.18)
    both = Option("cascade", "cascade", (first, second), (), cascade().options[0].figures)
    return Case(terms(horizon_months=4.0, monthly_growth=0.3), (teacher(rented("today", 60.0, "autoscaled", startup_minutes=5.0)), both),
                profile=DAY)


@pytest.mark.parametrize("make", [everything_short, machines_short], ids=lambda make: make.__name__)
def test_the_package_formulas_finds_every_cached_value_and_follows_the_inputs(make, tmp_path):
    case = make()
    book = workbook(dossier(case), 5)
    found, after = in_formulas(book, tmp_path, [{}, other := {**moved(case), "horizon_months": 3.0}])
    cached = cells(book)
    for sheet, formulas in formulas_of(book).items():
        for cell in formulas:
            left, right = cached[sheet].get(cell, ""), found[sheet][cell]
            assert same(left, right), (sheet, cell, left, right, formulas[cell])
    agrees(found, dossier(case))
    agrees(after, dossier(changed(case, other)))
