"""Ranges as people write them."""

import pytest

from core.case import CaseInputs
from core.errors import UserError
from core.ranges import middle, parse_range, words
from core.spec import parse


@pytest.mark.parametrize(("said", "numbers"), [
    ("80 to 160", (80, 160)), ("1_000 to 2_000", (1000, 2000)),
    ("-0.02 to 0.02", (-0.02, 0.02)), ("1, 2, 6", (1, 2, 6)), ([1, 2.5, 4], (1, 2.5, 4))])
def test_two_or_three_rising_numbers_are_a_range(said, numbers):
    assert parse_range(said) == numbers


@pytest.mark.parametrize("said", ["", "80", "80 to", "160 to 80", "5 to 5", "a to b", "1, 2, 3, 4", "nan to 3", "1 to inf"])
def test_anything_else_is_refused_with_what_was_said(said):
    with pytest.raises(ValueError, match=r"is no range|does not rise"):
        parse_range(said)


def test_the_middle_of_a_range_is_its_value():
    assert middle((60, 240)) == pytest.approx(120) and middle((-1, 3)) == 1 and middle((1, 2, 6)) == 2
    assert parse_range(words((60, 240))) == (60, 240)


def test_a_range_gives_an_input_its_value_unless_one_is_stated():
    assert parse(CaseInputs, {"ranges": {"engineering_hours": "60 to 240"}}).engineering_hours == pytest.approx(120)
    assert parse(CaseInputs, {"ranges": {"months_to_go_live": "1, 2, 6"}}).months_to_go_live == 2
    assert parse(CaseInputs, {"engineering_hours": 100, "ranges": {"engineering_hours": "60 to 240"}}).engineering_hours == 100


@pytest.mark.parametrize(("ranges", "message"), [
    ({"instance": "1 to 2"}, "'instance' takes no range"), ({"target_utilisation": "0.5 to 1.5"}, "stay within"),
    ({"usd_per_hour": "2 to 1"}, "does not rise")])
def test_a_range_that_cannot_be_is_refused_with_its_key(ranges, message):
    with pytest.raises(UserError, match=message):
        parse(CaseInputs, {"ranges": ranges})


def test_inputs_that_contradict_each_other_are_refused():
    with pytest.raises(UserError, match="peak_to_mean"):
        parse(CaseInputs, {"peak_to_mean": 2, "hourly_profile": [1] * 24})
    with pytest.raises(UserError, match="api_cached_tokens"):
        parse(CaseInputs, {"api_input_tokens": 10, "api_cached_tokens": 11})
    with pytest.raises(UserError, match="predictions_per_day"):
        parse(CaseInputs, {"predictions_per_day": float("nan")})
