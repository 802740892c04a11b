"""Words for figures: examples of every unit, and properties of what is shown."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.figures import Figure, Provenance, assumed, catalogue, copied, derived, measured, not_measured
from core.formats import (
    UNITS,
    chip,
    money,
    origin,
    show,
    show_date,
    show_interval,
    show_with_interval,
    unit_label,
)


def figure(value, unit, low=None, high=None, kind="measured"):
    return Figure(value, unit, Provenance(kind), low, high)


@pytest.mark.parametrize(("value", "unit", "text"), [
    (0.125, "USD/1e6", "$0.125 per million"), (0.75, "USD/h", "$0.75 per hour"), (0.5, "USD", "$0.50"), (-0.5, "USD", "−$0.50"),
    (35_000, "USD", "$35,000"), (35_432, "USD", "$35,400"), (1_234_567, "USD", "$1.23 M"), (999_999.5, "USD", "$1.00 M"),
    (1_500, "USD/month", "$1,500 per month"), (0.000001234, "USD", "about $0"), (3.4213, "ms", "3.42 ms"),
    (9.996, "ms", "10.0 ms"), (1_234.5, "ms", "1,230 ms"), (300, "ms", "300 ms"), (12.345, "s", "12.3 s"), (1.5, "h", "1.5 h"),
    (22_713_216, "count", "22.7 M"), (662, "count", "662"), (7_528, "count", "7,528"), (2_000_000_000, "count", "2 B"),
    (90_868_352, "bytes", "90.9 MB"), (512, "bytes", "512 B"), (999_600, "bytes", "1.00 MB"), (0.77912, "share", "77.9 %"),
    (1.0, "share", "100 %"), (-1.7, "points", "−1.7 points"), (1, "points", "1 point"), (-1, "points", "−1 point"),
    (1_230.4, "1/s", "1,230 predictions/s"), (1e6, "1/day", "1 M predictions a day"), (2.304, "ratio", "2.30×"),
    (0.01234, "J", "0.0123 J"), (7.31, "months", "7.31 months"), (1, "months", "1 month"), (24, "months", "24 months"),
    (0.0121, "p", "p = 0.012"), (0.0009, "p", "p < 0.001"), (0.001, "p", "p = 0.001"), (1.0, "p", "p = 1"),
    (0.000123456, "USD/call", "$0.000123 per call"), (1.5, "USD/call", "$1.50 per call"), (380.95, "g/kWh", "381 g/kWh"),
    (1_234_567, "g", "1.23 t"), (999.6, "g", "1.00 kg"), (0.0421, "g", "0.0421 g"), (0.5, "kWh", "0.5 kWh"),
    (0.0, "points", "0 points"), (-0.0, "USD", "$0"), (16, "GiB", "16 GiB"), (5.25, "", "5.25"),
    (None, "ms", "not measured"), (float("nan"), "ms", "not measured"), (float("inf"), "months", "not measured"),
])
def test_show(value, unit, text):
    assert show(figure(value, unit)) == text


@pytest.mark.parametrize(("value", "low", "high", "unit", "text", "interval"), [
    (0.77912, 0.760, 0.797, "share", "77.9 %", "76.0 to 79.7 %"),
    (0.77912, 0.770, 0.788, "share", "77.9 %", "77.0 to 78.8 %"),
    (-1.7123, -2.4, -1.0, "points", "−1.71 points", "−2.40 to −1.00 points"),
    (-1.7123, -4.2, 0.8, "points", "−1.7 points", "−4.2 to 0.8 points"),
    (3.4213, 3.4, 3.44, "ms", "3.42 ms", "3.40 to 3.44 ms"),
    (12_345.6, 11_000, 14_000, "USD", "$12,300", "$11,000 to $14,000"),
    (0.1294, 0.11, 0.14, "USD/1e6", "$0.129 per million", "$0.110 to $0.140 per million"),
    (1.5e9, 8e8, 2e9, "USD", "$1.5 B", "$0.80 to $2.00 B"),
    (-1.5, -2.25, -0.75, "USD", "−$1.50", "−$2.25 to −$0.75"),
    (0.3, -4.0, 4.6, "points", "0.3 points", "−4.0 to 4.6 points"),  # never rounded down to nothing
    (0.0, -0.37, 0.37, "points", "0 points", "−0.37 to 0.37 points"),
    (0.9997, 0.99961, 0.99969, "share", "99.9 %", "99.96 to 99.97 %"),  # not 100 %; ends that differ look different
])
def test_the_interval_decides_how_fine_a_figure_is_shown(value, low, high, unit, text, interval):
    shown = figure(value, unit, low, high)
    assert (show(shown), show_interval(shown)) == (text, interval)
    assert show_with_interval(shown) == f"{text} ({interval})"


def test_no_interval():
    assert show_with_interval(figure(3.42, "ms")) == "3.42 ms (no interval)"
    assert show_with_interval(figure(7.3, "months", 3.0, float("inf"), "assumed")) == "7.3 months"
    assert show_with_interval(assumed(2.0, "points", by="user")) == "2 points"
    assert show_with_interval(not_measured("ms", "no load")) == "not measured"


def test_money():
    assert (money(35_000), money(-1_234_567), money(None)) == ("$35,000", "−$1.23 M", "not measured")


numbers = st.floats(1e-9, 1e15) | st.floats(-1e15, -1e-9) | st.integers(-10**7, 10**7).map(float)
units = st.sampled_from([unit for unit in UNITS if unit != "p"])


def parsed(text, unit):
    """The number in the text and the size of its last digit, both in the figure's unit."""
    form = UNITS[unit]
    text = text.removesuffix(form.suffix).removesuffix(form.one)
    power, letters = next(scale for scale in sorted(form.scales, key=lambda s: -len(s[1])) if text.endswith(scale[1]))
    digits = text.removesuffix(letters).replace("−", "-").replace(form.prefix or "$", "")
    assert re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d+)?", digits), text
    number = Decimal(digits.replace(",", "")).scaleb(power - form.shift)
    return number, digits


@given(numbers, units)
def test_shown_numbers_parse_back_to_three_figures(value, unit):
    assume(unit != "USD" or abs(value) >= 0.01)  # below a cent it is said in words
    number, digits = parsed(show(figure(value, unit)), unit)
    assert float(number) == pytest.approx(value, rel=0.00501)
    assert (number > 0) == (value > 0)
    significant = re.sub(r"\D", "", digits).strip("0")
    whole = UNITS[unit].whole and abs(value) < 1e6 and value == int(value)
    assert len(significant) <= 3 or whole


@given(numbers, st.floats(1e-6, 1e3), units)
def test_no_digit_is_finer_than_two_figures_of_the_half_width(value, relative, unit):
    assume(unit != "USD" or abs(value) >= 0.01)
    half_width = abs(value) * relative
    number, _ = parsed(show(figure(value, unit, value - half_width, value + half_width)), unit)
    last = Decimal(10) ** number.normalize().as_tuple().exponent  # what is dropped as zeros only makes it coarser
    assert float(last) >= half_width / 100 * (1 - 1e-6) or len(number.normalize().as_tuple().digits) == 1
    assert abs(float(number) - value) <= max(0.00501 * abs(value), 5.01 * half_width)


@given(numbers, numbers, units)
def test_both_ends_of_an_interval_look_different_and_keep_their_order(one, other, unit):
    assume(abs(one - other) > 1e-9 * max(abs(one), abs(other)))
    low, high = sorted((one, other))
    text = show_interval(figure(low, unit, low, high))
    first, second = text.split(" to ")
    assert first != second.removesuffix(UNITS[unit].suffix)
    assert "e" not in re.sub("[a-z/]{2,}", "", first).lower()
    assert not re.search(r"−\D?0(\.0*)?(?![\d.])", text)


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_has_a_name_on_an_axis(unit):
    assert unit_label(unit)


def test_axis_names():
    assert [unit_label(u) for u in ("ms", "share", "USD/1e6", "W", "")] == ["ms", "%", "USD per million predictions", "W", ""]


RUN = measured(2.3, "ms", source="run 7, SingleStream", device="Xeon, 2 cores", as_of="2026-11-22T10:00:00")
LISTED = catalogue(0.75, "USD/h", source="AWS g5.xlarge", as_of="2026-11-01")
GUESS = assumed(0.6, "share", by="default")


@pytest.mark.parametrize(("shown", "word", "sentence"), [
    (RUN, "measured", "Measured: run 7, SingleStream, on Xeon, 2 cores, 22 Nov 2026."),
    (LISTED, "catalogue", "Price list: AWS g5.xlarge, 1 Nov 2026."),
    (catalogue(1.0, "USD/h", source="a list", as_of=""), "catalogue", "Price list: a list, of unknown date."),
    (Figure(0.97, "share", Provenance("published", "DistilBERT's authors")), "published", "Published: DistilBERT's authors."),
    (assumed(5.0, "h", by="user", source="plan."), "assumed (user)", "Assumed by the user: plan."),
    (GUESS, "assumed (default)", "Assumed by default, not yet confirmed."),
    (not_measured("J", "this machine has no counter"), "not measured", "Not measured: this machine has no counter."),
    (derived(1.0, "USD", "price / rate", {"price": LISTED, "target utilisation": GUESS, "rate": RUN}), "derived",
     "Derived: price / rate. Weakest input: target utilisation (assumed by default)."),
    (copied(RUN, "depth-3", "same architecture"), "derived",
     "Derived: copied from depth-3: same architecture, on Xeon, 2 cores, 22 Nov 2026. Weakest input: depth-3 (measured)."),
])
def test_provenance_in_words(shown, word, sentence):
    assert (chip(shown), origin(shown)) == (word, sentence)


@pytest.mark.parametrize("when", [
    "2026-11-02", "2026-11-02T23:59:00+00:00", "2026-11-02T23:59:00Z", date(2026, 11, 2), datetime(2026, 11, 2, tzinfo=UTC),
])
def test_dates(when):
    assert show_date(when) == "2 Nov 2026"


def test_text_that_is_no_date_stays():
    assert show_date("autumn 2026") == "autumn 2026"
