"""When a published claim holds: both sides of every boundary, with hand-made figures and intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.claims import Bound, combine, judge, parse
from core.claims.published import COLUMNS
from core.claims.rules import likely, method
from core.errors import UserError
from core.figures import Figure, Provenance, measured, not_measured

TWICE = Bound(2.0, 5.0, "ratio", "more is better")
MILLIONS = Bound(1e5, 1e7, "1/day", "less is better")
CENTS = Bound(0.115, 0.125, "USD/1e6", "inside")


def seen(value: float, low: float | None = None, high: float | None = None, unit: str = "ratio") -> Figure:
    return measured(value, unit, source="made for a test", device="Test CPU", as_of="2026-11-20", low=low, high=high)


@pytest.mark.parametrize(("low", "high", "verdict"), [
    (2.0, 2.4, "holds"), (2.0 - 1e-6, 2.4, "undecided"), (1.5, 2.0, "undecided"), (1.5, 2.0 - 1e-6, "does not hold"),
    (4.0, 6.0, "holds"), (6.0, 7.0, "holds"), (1.0, 9.0, "undecided"), (1.9999999999, 3.0, "holds")])
def test_more_is_better_is_judged_at_the_lower_number_by_both_ends_of_the_interval(low: float, high: float, verdict: str) -> None:
    assert judge("Ratio", seen((low + high) / 2, low, high), TWICE).verdict == verdict


@pytest.mark.parametrize(("low", "high", "verdict"), [
    (5e6, 1e7, "holds"), (5e6, 1.001e7, "undecided"), (1e7, 2e7, "undecided"), (1.001e7, 2e7, "does not hold"), (1e3, 1e4, "holds")])
def test_less_is_better_is_judged_at_the_upper_number(low: float, high: float, verdict: str) -> None:
    assert judge("Volume", seen(low, low, high, "1/day"), MILLIONS).verdict == verdict


@pytest.mark.parametrize(("low", "high", "verdict"), [
    (0.115, 0.125, "holds"), (0.114, 0.12, "undecided"), (0.12, 0.126, "undecided"), (0.10, 0.14, "undecided"),
    (0.10, 0.114, "does not hold"), (0.126, 0.2, "does not hold")])
def test_inside_is_judged_at_both_numbers(low: float, high: float, verdict: str) -> None:
    assert judge("Cost", seen(0.12, low, high, "USD/1e6"), CENTS).verdict == verdict


@pytest.mark.parametrize("value", [1.0, 2.0, 9.0])
def test_a_figure_without_an_interval_decides_nothing_and_says_so(value: float) -> None:
    found = judge("Ratio", seen(value), TWICE, need="Measure more often.")
    assert found.verdict == "undecided" and "no interval" in found.words and found.need == "Measure more often."


@pytest.mark.parametrize(("value", "verdict"), [(0.1149, "does not hold"), (0.115, "holds"), (0.125, "holds"), (0.1251, "does not hold")])
def test_what_is_exact_needs_no_interval(value: float, verdict: str) -> None:
    assert judge("Cost", seen(value, unit="USD/1e6"), CENTS, exact=True).verdict == verdict


def test_an_unknown_figure_waits_and_says_why() -> None:
    found = judge("Ratio", not_measured("ratio", "the counter is missing"), TWICE)
    assert found.verdict == "waiting" and found.words == "the counter is missing"


def test_the_words_name_the_number_and_tell_when_more_was_found_than_promised() -> None:
    assert judge("R", seen(3, 2.5, 3.5), TWICE).words == "at or above the claimed 2×"
    assert judge("R", seen(7, 6.5, 7.5), TWICE).words == "above the claimed 2 to 5×, so more than was promised"
    assert judge("R", seen(1, 0.9, 1.1), TWICE).words == "below the claimed 2 to 5×"
    assert judge("R", seen(2, 1.9, 2.1), TWICE).words == "the interval straddles the claimed 2×"
    assert judge("V", seen(1e4, 1e3, 2e4, "1/day"), MILLIONS).words == (
        "below the claimed 100,000 to 10 M predictions a day, so better than was promised")
    assert judge("Ratio", seen(2, 1.9, 2.1), TWICE).sentence == "Ratio: 2× (1.90 to 2.10×), the interval straddles the claimed 2×"


@given(st.floats(0.1, 10), st.floats(0, 5), st.floats(0, 5))
def test_a_wider_interval_never_turns_an_answer_round(middle: float, half: float, more: float) -> None:
    narrow = judge("R", seen(middle, middle - half, middle + half), TWICE).verdict
    wide = judge("R", seen(middle, middle - half - more, middle + half + more), TWICE).verdict
    assert wide in (narrow, "undecided")


@pytest.mark.parametrize(("share", "verdict"), [
    (1.0, "holds"), (0.975, "holds"), (0.974, "undecided"), (0.5, "undecided"), (0.026, "undecided"), (0.025, "does not hold"),
    (0.0, "does not hold")])
def test_draws_decide_where_nearly_all_or_nearly_none_agree(share: float, verdict: str) -> None:
    assert likely("Draws that pay", Figure(share, "share", Provenance("derived"))).verdict == verdict


@pytest.mark.parametrize(("low", "high", "seeds", "verdict"), [
    (0.5, 1.5, 1, "undecided"), (0.5, 1.5, 5, "undecided"), (0.5, 1.5, 6, "holds"), (0.0, 1.5, 6, "undecided"),
    (-1.0, 0.1, 6, "undecided"), (-1.0, 0.0, 6, "does not hold"), (-2.0, -1.0, 1, "undecided")])
def test_a_claim_about_a_method_needs_six_seeds(low: float, high: float, seeds: int, verdict: str) -> None:
    found = method("Gain", seen((low + high) / 2, low, high, "points"), seeds)
    assert found.verdict == verdict and f"{seeds} seed" in found.words


def test_six_seeds_without_an_interval_decide_nothing() -> None:
    assert method("Gain", seen(1.0, unit="points"), 6).verdict == "undecided"
    assert method("Gain", not_measured("points", "no control"), 6).verdict == "waiting"


@pytest.mark.parametrize(("verdicts", "verdict"), [
    (["holds", "holds"], "holds"), (["holds", "undecided"], "undecided"), (["undecided", "waiting"], "waiting"),
    (["holds", "does not hold"], "does not hold"), (["waiting", "does not hold"], "does not hold"), ([], "waiting")])
def test_a_claim_with_several_numbers_is_as_good_as_its_weakest(verdicts: list[str], verdict: str) -> None:
    assert combine(verdicts) == verdict  # type: ignore[arg-type]


ROW = "C1,It is fast.,First article,an article,2026-11-25,speeds,not stated,\"speedup: 2 to 5 ratio, more is better\"\n"
HEAD = ",".join(COLUMNS) + "\n"


def test_a_claim_is_read_with_its_numbers() -> None:
    (claim,) = parse(HEAD + ROW)
    assert (claim.id, claim.said_by, claim.added.isoformat()) == ("C1", "First article", "2026-11-25")
    assert claim.bounds == {"speedup": TWICE} and claim.bounds["speedup"].words() == "2 to 5×"
    given_one = claim.given("speedup")
    assert given_one.value == 2.0 and given_one.provenance.kind == "published" and "C1" in given_one.provenance.source


@pytest.mark.parametrize(("text", "told"), [
    ("", "claims, row 1: the columns are missing; write id, claim"), ("id,claim\n", "row 1: the columns are id, claim; write"),
    (HEAD + "C1,x\n", "row 2: it has 2 columns; it needs 8"), (HEAD + ROW + ROW, "row 3, column id: 'C1' is given twice"),
    (HEAD + ROW.replace("an article", " "), "row 2, column source: it is blank"),
    (HEAD + ROW.replace("2026-11-25", "today"), "row 2, column added: 'today' is no date; write it as YYYY-MM-DD"),
    (HEAD + ROW.replace("2 to 5 ratio", "fast"), "is not accepted; write it like"),
    (HEAD + ROW.replace("2 to 5", "2 to 1.5.2"), "has no plain number"),
    (HEAD + ROW.replace("2 to 5", "5 to 2"), "falls from 5 to 2; write the smaller number first"),
    (HEAD + ROW.replace("ratio", "furlongs"), "has the unit 'furlongs'; write one of")])
def test_a_damaged_list_is_refused_with_place_and_remedy(text: str, told: str) -> None:
    with pytest.raises(UserError) as refused:
        parse(text)
    assert told in str(refused.value)
