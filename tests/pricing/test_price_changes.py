"""Newest prices, own over listed, and the difference between two lists."""

from dataclasses import replace
from datetime import date

import pytest

from core.errors import UserError
from core.pricing import Instance, find, newest, over
from core.pricing.changes import Change, compare

A = Instance("aws", "a.large", "us", 4, 16.0, None, 0, None, 1.0, None, "list", date(2026, 7, 1))
B = replace(A, name="b.large", usd_per_hour=2.0)


def later(row, usd, day=date(2026, 11, 20)):
    return replace(row, usd_per_hour=usd, as_of=day, source="gpuhunt")


def test_the_newest_dated_row_counts_and_undated_is_oldest():
    undated = replace(A, usd_per_hour=9.0, as_of=None)
    assert newest([later(A, 1.5), A, B, undated]) == (later(A, 1.5), B)
    assert newest([undated, replace(undated, usd_per_hour=8.0)]) == (replace(undated, usd_per_hour=8.0),)
    assert newest([A, later(A, 1.5, A.as_of)]) == (later(A, 1.5, A.as_of),)
    assert newest([undated, A]) == (A,)


def test_own_prices_stand_in_the_place_of_listed_ones_of_the_same_region_only():
    mine, elsewhere = replace(A, usd_per_hour=0.7, source="mine"), replace(A, region="eu", source="mine")
    assert over([mine, elsewhere], [A, B]) == (mine, B, elsewhere)


def test_an_instance_is_found_by_key_or_in_one_region():
    cheap = replace(A, region="eu", usd_per_hour=0.5)
    assert find([A, cheap], "aws/a.large") == cheap
    assert find([A, cheap], "aws/a.large@us") == A
    with pytest.raises(UserError, match=r"'aws/a\.large@asia'"):
        find([A, cheap], "aws/a.large@asia")


def test_each_kind_of_difference():
    gone, unread = replace(A, name="gone"), replace(A, provider="lambda")
    kept, fresh = replace(A, name="kept"), replace(A, name="fresh", as_of=date(2026, 12, 1))
    found = [later(A, 1.1), later(replace(A, name="new"), 3.0), later(kept, 1.0), later(fresh, 5.0), B]
    seen = compare([A, B, gone, unread, kept, fresh], found, {"aws"})
    assert [change.new.key for change in seen.new] == ["aws/new"]
    assert [change.new.key for change in seen.changed] == ["aws/a.large"]
    assert [change.new.key for change in seen.confirmed] == ["aws/kept"]
    assert seen.gone == (gone,)
    assert [change.new.key for change in seen.older] == ["aws/fresh"]
    assert len(seen.approvable) == 3


def test_how_much_a_price_rises():
    assert Change(A, later(A, 1.25)).rise == pytest.approx(0.25)
    assert Change(A, later(A, 0.5)).rise == -0.5
    assert Change(None, A).rise is None


def test_an_undated_price_is_confirmed_by_any_dated_one():
    undated = replace(A, as_of=None)
    assert compare([undated], [later(A, 1.0)], {"aws"}).confirmed and not compare([A], [A], {"aws"}).approvable
