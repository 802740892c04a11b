"""Case files: what they compute, what they refuse and in which words, and that their reference is complete."""

from __future__ import annotations

import json
import re
import warnings
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.checklist.tooling import tooling
from core.cli.case import case_json
from core.errors import UserError
from core.settings import ROOT
from core.spec import parse
from core.studies.casechecks import BASIS_KEYS
from core.studies.casefile import MAX_BYTES, CaseFile, OptionEntry, parse_case, read_case
from core.studies.filecase import FileDecision, decide_file
from core.studies.quantity import LEAST, SMALLEST, bounds_of
from core.studies.report import of_file
from tests.studies.casefile_reference import tables
from tests.studies.casefile_refusals import BASE, BILL, CASCADE, REFUSED

DAY = date(2026, 11, 23)
EXAMPLE = ROOT / "docs" / "examples" / "case.toml"
def changed(old: str, new: str, text: str = BASE) -> str:
    """The file with one passage in another's place."""
    assert old in text
    return text.replace(old, new, 1)


def decided(text: str, draws: int = 64) -> FileDecision:
    """The decision, with every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return decide_file(parse_case(text), DAY, draws)


def values(row: dict[str, Any]) -> dict[str, Any]:
    return {name: found["value"] if isinstance(found, dict) else found for name, found in row.items()}


def test_the_example_of_the_conventions_by_hand():
    # Peak: 1e6 / 86,400 x 2.5 = 28.9/s; a machine carries 416.7 x 0.6 = 250/s, so the least, 2, stand: 2 x 0.75 x 730 = 1,095 a month.
    # A month has 365/12 days, so 1e6 x 365/12 = 30.41667 M predictions: 1,095 / 30.41667 = $36 a million. 36 months: 39,420.
    # The bill: 1,500 x 30.41667 = 45,625 a month; 36 of them and 35,000 are 1,677,500. NPV at 0 %: 39,420 - 1,677,500.
    result = case_json(decided(BASE))
    teacher, student = map(values, result["options"])
    assert (teacher["name"], teacher["role"], teacher["instances"]) == ("teacher", "status_quo", 2)
    assert teacher["monthly_cost_usd"] == pytest.approx(1_095) and teacher["usd_per_million"] == pytest.approx(36)
    assert teacher["utilisation"] == pytest.approx(1e6 / 86_400 / (2 * 416.7)) and teacher["tco_usd"] == pytest.approx(39_420)
    assert student["monthly_cost_usd"] == pytest.approx(45_625) and student["usd_per_million"] == pytest.approx(1_500)
    assert student["tco_usd"] == pytest.approx(1_677_500) and student["instances"] is None and student["utilisation"] is None
    (comparison,) = result["comparisons"]
    found = values(comparison)
    assert (found["option"], found["against"]) == ("student", "teacher")
    assert found["npv_usd"] == found["net_benefit_usd"] == pytest.approx(-1_638_080)
    assert found["roi"] == pytest.approx(-1_638_080 / 35_000) and found["max_upfront_usd"] == pytest.approx(-1_603_080)
    assert [found[name] for name in ("irr", "payback_months", "discounted_payback_months", "break_even_predictions_per_day")] == [None] * 4
    assert comparison["payback_months"]["provenance"]["reason"] == "does not pay back within 36 months"
    # The bill is 0.045625 a daily prediction: 36 x (1,095 - 0.045625 v) = 35,000 at v = 2,691.02, below which it would pay.
    assert found["crossings"] == pytest.approx([(1_095 - 35_000 / 36) / 0.045625])
    verdict = result["verdict"]
    assert verdict["overall"] == "do not invest" and [item["item"] for item in verdict["items"]] == [1, 2, 3, 4, 5, 6]
    assert all({"item", "status", "rule", "figures", "action"} <= item.keys() for item in verdict["items"])


def test_a_case_that_pays_by_hand():
    # At $3 an hour the teacher costs 2 x 3 x 730 = 4,380 a month; a bill of 1,500 that does not follow the volume saves 2,880.
    # 35,000 / 2,880 = 12.15 months; 36 x 2,880 - 35,000 = 68,680.
    text = changed("usd_per_hour = 0.75", "usd_per_hour = 3", changed("bill_variable_share = 1.0", "bill_variable_share = 0"))
    found = values(case_json(decided(text))["comparisons"][0])
    assert found["monthly_saving_usd"] == pytest.approx(2_880) and found["npv_usd"] == pytest.approx(68_680)
    assert found["payback_months"] == pytest.approx(35_000 / 2_880) and found["roi"] == pytest.approx(68_680 / 35_000)
    monthly = (1 + found["irr"]) ** (1 / 12)
    assert sum(2_880 / monthly**month for month in range(1, 37)) == pytest.approx(35_000)


def test_every_number_of_the_result_is_a_figure():
    result = case_json(decided(EXAMPLE.read_text()))
    rows = [*result["options"], *result["comparisons"], *({**item["figures"]} for item in result["verdict"]["items"])]
    figures = [found for row in rows for found in row.values() if isinstance(found, dict)]
    assert len(figures) > 100
    for figure in figures:
        assert figure.keys() == {"value", "low", "high", "unit", "provenance"}
        assert (figure["value"] is None) == (figure["provenance"]["kind"] == "not_measured")
        assert figure["value"] is not None or figure["provenance"]["reason"]
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_understood_is_refused_in_one_sentence(name: str):
    (old, new), told = REFUSED[name]
    text = changed(old, new)
    if name == "model in another currency":
        text = changed('"USD"', '"EUR"', text)
    with pytest.raises(UserError) as caught:
        parse_case(text)
    sentence = str(caught.value)
    assert told in sentence, sentence
    assert "\n" not in sentence and len(sentence) < 400 and sentence.endswith(".") and "pydantic" not in sentence


@pytest.mark.parametrize(("old", "new", "told"), [
    ('student = "student"', 'student = "nobody"', "option 3 ('both'), student: 'nobody' is no option of this file that has a basis; "
     "name one of 'teacher', 'student'."),
    ('teacher = "teacher"', 'teacher = "both"', "option 3 ('both'), teacher: 'both' is no option of this file that has a basis"),
    ('teacher = "teacher"', 'teacher = "student"', "option 3 ('both'), teacher: 'student' is its student as well"),
    ("share = 0.1", "share = 1.1", "option 3 ('both'), share: 1.1 is not accepted; write a number from 0 to 1"),
    ("share = 0.1\n", "", "option 3 ('both'), share: it is missing; a cascade names"),
    ("share = 0.1", 'share = 0.1\nbasis = "bill"', "option 3 ('both'), basis: 'bill' does not belong to a cascade"),
    ("share = 0.1", "share = 0.1\nusd_per_hour = 1", "option 3 ('both'), usd_per_hour: 1 does not belong to a cascade")])
def test_a_cascade_names_two_options_and_is_paid_for_as_they_are(old: str, new: str, told: str):
    assert decided(BASE + CASCADE).ruling.result("both").monthly_cost_usd.value
    with pytest.raises(UserError, match=re.escape(told)):
        parse_case(changed(old, new, BASE + CASCADE))


@pytest.mark.parametrize(("text", "told"), [
    ("", "case: it is missing"), ("[case", "case file: it is not TOML ("), ("a = " + "[" * 100_000, "nested too deeply"),
    ("case = 3", "case: 3 is not accepted; write a table of keys"), ("[[case]]", "case: a list of 1 is not accepted"),
    (BASE + BASE, "case file: it is not TOML (Cannot declare")])
def test_a_file_that_is_no_case(text: str, told: str):
    with pytest.raises(UserError, match=re.escape(told)):
        parse_case(text)


def test_files_that_cannot_be_read(tmp_path):
    file = tmp_path / "case.toml"
    for content, told in ((b"name = '\xff'", "is not UTF-8 text (byte 8)"), (b"#" * (MAX_BYTES + 1), "is larger than 1 MB")):
        file.write_bytes(content)
        with pytest.raises(UserError, match=re.escape(told)):
            read_case(file)
    for path, told in ((tmp_path / "none.toml", "is not there"), (tmp_path, "is no file"), (tmp_path / ("x" * 300), "cannot be read")):
        with pytest.raises(UserError, match=told):
            read_case(path)
    file.write_bytes(b"\xef\xbb\xbf" + BASE.encode())  # as some editors write it
    assert read_case(file).case.name == "Ticket routing"


BASES = {
    "bench": ("usd_per_hour = 1.0\nrate_per_s = 100", 1e6 * 365 / 12 / 100 / 3600),
    # 28.9/s at 100 x 0.6: one is enough, the least is 2.
    "provisioned": ("usd_per_hour = 1.0\nrate_per_s = 100\nspare_instances = 1", 3 * 730.0),
    # 24 equal hours of 11.6/s: one machine would do; the least is 2.
    "autoscaled": ("usd_per_hour = 1.0\nrate_per_s = 100\nstartup_minutes = 5", 2 * 730.0),
    # 30.42 M predictions at 60/s take 140.8 h, billed as 36 steps of 4 h.
    "batch": ("usd_per_hour = 1.0\nrate_per_s = 100\nbilling_step_h = 4", 144.0),
    "api": ("usd_per_call = 0.00001\nretry_factor = 1.5", 1e6 * 365 / 12 * 1.5e-5),
    "bill": ("monthly_bill_usd = 600\nbill_predictions_per_month = 1e6\nbill_variable_share = 0", 600.0)}


@pytest.mark.parametrize("basis", BASES)
def test_every_basis_is_computed(basis: str):
    lines, month = BASES[basis]
    text = changed(BILL, f'basis = "{basis}"\n{lines}\n')
    if basis == "autoscaled":
        text = changed("peak_to_mean = 2.5", f"hourly_profile = [{'1,' * 24}]", text)
    found = decided(text).ruling.result("student")
    assert found.monthly_cost_usd.value == pytest.approx(month) and found.basis == basis


def test_an_owned_machine_is_paid_for_at_the_start_and_by_its_power():
    owned = 'basis = "provisioned"\nhardware_usd = 9_000\nwatts = 300\nusd_per_kwh = 0.2\nhosting_usd_per_month = 10\nrate_per_s = 100\n'
    found = decided(changed(BILL, owned)).ruling.result("student")
    assert found.monthly_cost_usd.value == pytest.approx(2 * (0.3 * 730 * 0.2 + 10))
    assert found.tco_usd.value == pytest.approx(35_000 + 2 * 9_000 + 36 * 2 * (0.3 * 730 * 0.2 + 10))
    unknown = decided(changed(BILL, owned.replace("watts = 300\n", ""))).ruling.result("student")
    assert unknown.tco_usd.value is None and "needs watts of student" in unknown.tco_usd.provenance.reason


def test_an_api_is_priced_by_its_model_and_an_unknown_one_is_refused():
    tokens = ('basis = "api"\nprovider = "openai"\nmodel = "gpt-4o-mini"\ninput_tokens = 1000\noutput_tokens = 200\n'
              "yearly_price_change = -0.5\n")
    decision = decided(changed(BILL, tokens))
    part = decision.ruling.case.option("student").parts[0]
    assert part.figures["usd_per_call"].provenance.kind == "catalogue" and part.figures["yearly_price_change"].value == -0.5
    with pytest.raises(UserError, match="'gpt-0' of 'openai' is not in genai-prices"):
        decided(changed(BILL, tokens.replace("gpt-4o-mini", "gpt-0")))


def test_a_student_that_needs_more_memory_than_the_target_has_fails_item_5():
    text = changed("latency_limit_ms = 50", "memory_limit_mb = 64\nlatency_limit_ms = 50", EXAMPLE.read_text())
    unknown = decided(text).ruling.verdict.items[4]
    assert unknown.status == "not enough evidence" and "peak_memory_mb of student is not stated" in unknown.reason
    for needs, status in (('"40 to 80"', "fail"), ("64", "pass")):
        stated = text.replace('role = "student"\n', f'role = "student"\npeak_memory_mb = {needs}\n')
        ruling = decided(stated).ruling
        assert ruling.candidate("student with the teacher behind it").tooling.memory == ruling.candidate("student").tooling.memory
        assert ruling.candidate("API").tooling.memory == {}
        assert tooling(ruling.candidate("student").tooling, ruling.facts.thresholds).status == status


def test_zero_volume_is_answered_in_words():
    for text in (changed("1_000_000\nmonthly", "0\nmonthly"), changed('"300_000_000 to 500_000_000"', "0", EXAMPLE.read_text())):
        result = case_json(decided(text))
        reasons = {option["usd_per_million"]["provenance"]["reason"] for option in result["options"]}
        assert reasons == {"nothing is predicted in that month"}
        assert "nothing is predicted in that month" in result["verdict"]["items"][0]["reason"]


@pytest.mark.parametrize("months", [1, 120])
@pytest.mark.parametrize("text", [BASE, EXAMPLE.read_text()], ids=["base", "example"])
def test_the_shortest_and_the_longest_horizon(months: int, text: str):
    decision = decided(changed("horizon_months = 36", f"horizon_months = {months}", text))
    assert decision.ruling.verdict is not None and all(row.npv_usd.value is not None for row in decision.comparisons)


def test_another_currency_is_in_every_unit_and_nothing_says_dollars():
    text = changed('"USD"', '"EUR"', EXAMPLE.read_text())
    dollars, euros = decided(EXAMPLE.read_text()), decided(text)
    assert euros.comparisons[0].npv_usd.value == dollars.comparisons[0].npv_usd.value, "nothing is converted"
    told = json.dumps(case_json(euros), ensure_ascii=False)
    assert "$" not in told and not re.search(r'"unit": "USD', told) and '"unit": "EUR/month"' in told
    dossier = of_file(euros, DAY)
    assert "$" not in " ".join((dossier.answer, dossier.risk, dossier.next_step, *dossier.assumptions))
    assert any("EUR 0.75 per hour" in sentence for sentence in dossier.assumptions)


def test_the_verdict_looks_at_the_hours_of_its_own_option():
    text = EXAMPLE.read_text()
    hours = decided(text).ruling.verdict.items[3].figures["engineering_hours"]
    assert hours.value == pytest.approx((60 * 140) ** 0.5 + 40)
    start, end = text.index('activity = "labelling'), text.index("# The student answers all")
    silent = re.sub(r"\[\[option.upfront\]\]\s*(#[^\n]*)?\n$", "", text[:start].rstrip() + "\n") + text[end:]
    item = decided(silent).ruling.verdict.items[3]
    assert item.status == "not enough evidence" and "no upfront cost of student is stated" in item.reason


def test_never_re_distilled_is_said_so():
    text = changed("discount_rate = 0.0", 'discount_rate = 0.0\nredistil_owner = "A"\nredistil_trigger = "b"')
    item = decided(text).ruling.verdict.items[5]
    assert item.reason.startswith("Never re-distilled, as stated, the NPV is") and item.status == "fail"


def test_errors_by_class_by_hand():
    # 0.4 x (0.2 - 0.1) x 0.01 = 0.0004 a prediction; 1e6 x 365/12 of them cost 12,166.67 a month.
    classes = '[[error]]\nname = "urgent"\nshare = 0.4\nusd_per_error = 0.01\n'
    text = changed("min_instances = 2", "error_rates = { urgent = 0.1 }")
    text = changed("redistil_usd = 0.0", "error_rates = { urgent = 0.2 }", text) + classes
    plain, priced = (decided(each).ruling.result("student").tco_usd.value for each in (BASE, text))
    assert priced - plain == pytest.approx(36 * 0.0004 * 1e6 * 365 / 12)
    unknown = decided(changed("error_rates = { urgent = 0.1 }", "sources = {}", text)).ruling.result("student").tco_usd
    assert "error_usd_per_prediction of student" in unknown.provenance.reason
    with pytest.raises(UserError, match=r"error: the shares add up to 1\.2; lower them to at most 1\."):
        parse_case(text + classes.replace("urgent", "rare").replace("0.4", "0.8"))


def test_each_rate_of_work_is_among_the_assumptions():
    text = changed("hours = 40\nusd_per_hour = 100", "hours = 40\nusd_per_hour = 250", EXAMPLE.read_text())
    told = of_file(decided(text), DAY).assumptions
    assert "Engineering rate (hours for integration of student): $250 per hour. Assumed by the user." in told
    assert any(line.startswith("Engineering rate (hours for quantisation and tests of teacher in int8, ") for line in told)


# Anything that TOML can say, in the places where a case has keys.
LIKELY = ["student", "teacher", "status_quo", "cascade", "api", "bill", "provisioned", "USD", "1 to 2", [1, 2, 3], 10**400, -1, 0, 1, 0.5]
SCALARS = st.one_of(st.integers(), st.floats(), st.booleans(), st.text(max_size=12), st.dates(), st.none(), st.sampled_from(LIKELY))
ANY = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
                   max_leaves=8)
OTHER_KEYS = st.sampled_from(["name", "currency", "horizon_months", "predictions_per_day"])
OPTION_KEYS = st.sampled_from(list(OptionEntry.model_fields))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["case", "demand", "option", "error", "other"]), ANY | st.dictionaries(OPTION_KEYS, ANY, max_size=6)
                       | st.lists(st.dictionaries(OPTION_KEYS, ANY, max_size=8), max_size=3), max_size=5))
def test_whatever_a_file_says_it_is_a_case_or_refused(data: dict[str, Any]):
    try:
        assert isinstance(parse(CaseFile, data), CaseFile)
    except UserError as error:
        assert str(error).endswith(".")


@settings(max_examples=200)
@given(st.text() | st.text().map(lambda tail: BASE + tail) | st.integers(0, len(BASE)).map(lambda end: BASE[:end]))
def test_any_text_is_a_case_or_refused(text: str):
    with suppress(UserError):
        parse_case(text)


@settings(max_examples=200)
@given(st.sampled_from(["case", "demand", "option"]), OPTION_KEYS | OTHER_KEYS, ANY)
def test_one_strange_value_in_a_good_file_is_taken_or_refused(table: str, key: str, value: Any):
    import tomllib

    data = tomllib.loads(BASE + CASCADE)
    (data["option"][1] if table == "option" else data[table])[key] = value
    try:
        parse(CaseFile, data)
    except UserError as error:
        assert "\n" not in str(error) or isinstance(value, str)


def plain(key: str) -> st.SearchStrategy[float]:
    """Any plain value that a key accepts."""
    low, high = bounds_of(key)
    return st.floats(low, high).filter(lambda number: number == 0 or abs(number) >= LEAST.get(key, SMALLEST))


def quantity(key: str) -> st.SearchStrategy[Any]:
    """The same, and ranges within its bounds."""
    return plain(key) | st.tuples(*[plain(key)] * 3).map(sorted).filter(lambda found: found[0] < found[2])


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A file of a status quo, a student and a cascade, each with any numbers that its keys accept."""
    def paid(name: str) -> dict[str, Any]:
        basis = draw(st.sampled_from(["bench", "provisioned", "autoscaled", "batch", "api", "bill"]))
        keys = {"api": ("usd_per_call", "retry_factor"), "bill": ("monthly_bill_usd",)}.get(basis, ("usd_per_hour", "rate_per_s"))
        made = {key: draw(quantity(key)) for key in keys}
        if basis == "bill":
            made |= {"bill_predictions_per_month": draw(st.floats(1, 1e15)), "bill_variable_share": draw(plain("share"))}
        if "target_utilisation" in BASIS_KEYS[basis]:
            made |= {"target_utilisation": draw(quantity("target_utilisation")), "min_instances": draw(st.integers(0, 5))}
        return {"name": name, "basis": basis, **made}

    def trained() -> dict[str, Any]:
        numbers = {key: draw(quantity(key)) for key in ("months_to_go_live", "parallel_months", "redistil_usd", "upfront_usd",
                                                        "accuracy_difference_points", "latency_p99_ms", "monitoring_usd_per_month")}
        return {**numbers, "redistil_every_months": draw(st.just(0.0) | st.floats(0.1, 120)), "usd_per_error": draw(plain("share")),
                "latency_queries": 700}

    first, second = paid("teacher"), paid("student")
    both = {"name": "both", "role": "cascade", "share": draw(quantity("share")), "student": "student", "teacher": "teacher"}
    demand = {key: draw(quantity(key)) for key in ("predictions_per_day", "monthly_growth", "peak_to_mean")}
    terms = {"name": "any", "horizon_months": draw(st.integers(1, 120)), "discount_rate": draw(plain("share")), "latency_limit_ms": 50.0,
             "accuracy_margin_points": 2.0, "redistil_owner": "a", "redistil_trigger": "b"}
    return {"case": terms, "demand": demand,
            "option": [{**first, "role": "status_quo"}, {**second, "role": "student", **trained()}, {**both, **trained()}]}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cases())
def test_every_case_that_is_taken_is_answered_with_finite_numbers(data: dict[str, Any]):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        decision = decide_file(parse(CaseFile, data), DAY, 64)
    json.dumps(case_json(decision), allow_nan=False)
    assert len(decision.ruling.verdict.items) == 6


def test_the_reference_names_every_key_with_its_bounds_unit_and_default():
    text = (ROOT / "docs" / "case-file.md").read_text()
    for name, lines in tables().items():
        assert "\n".join([f"### `{name}`", "", *lines]) in text, f"{name}: print the tables with python -m tests.studies.casefile_reference"


def test_the_example_of_the_docs_uses_what_it_explains():
    decision = decided(EXAMPLE.read_text(), draws=512)
    assert {option.role for option in decision.ruling.case.options} == {"status_quo", "optimised_teacher", "student", "cascade", "api"}
    assert decision.ruling.verdict.overall == "invest" and decision.ruling.other == "teacher in int8" and len(decision.bars) == 10
    assert all(item.status in ("pass", "warn") for item in decision.ruling.verdict.items)
