"""The price list as CSV: what is written comes back, nothing in it is a formula, and files are bounded."""

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.pricing import Instance, dump, parse
from core.pricing.table import READERS, inert, lively

RUNS = ("=", "+", "-", "@", "\t", "\r")
names = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12).map(str.strip).filter(bool)
numbers = st.floats(1e-6, 9_999, allow_nan=False)


@st.composite
def instances(draw):
    gpu = draw(st.none() | names)
    return Instance(draw(names.filter(lambda text: "/" not in text)), draw(names), draw(names), draw(st.integers(1, 999)),
                    draw(st.none() | numbers), gpu, draw(st.integers(1, 16)) if gpu else 0, draw(st.none() | numbers),
                    draw(numbers), draw(st.none() | numbers), draw(names), draw(st.none() | st.dates()))


@given(st.lists(instances(), max_size=5))
def test_what_is_written_comes_back_and_no_cell_runs(rows):
    text = dump(rows)
    assert parse(text, doubles=True) == tuple(rows)
    assert not [cell for row in csv.reader(text.splitlines()) for cell in row if cell.startswith(RUNS)]


@given(st.text())
def test_an_inert_cell_is_the_cell_again(cell):
    assert lively(inert(cell)) == cell
    assert not inert(cell).startswith(RUNS)


@pytest.mark.parametrize(("cell", "written"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-", "'-"), ("'x", "'x"), ("'=x", "''=x"),
                                               ("''x", "'''x"), ("a=b", "a=b"), ("", "")])
def test_an_apostrophe_stands_before_what_a_sheet_would_run(cell, written):
    assert inert(cell) == written and lively(written) == cell


def row(**cells):
    good = {"provider": "own", "instance": "box", "region": "cellar", "vcpus": "8", "usd_per_hour": "0.5", "source": "invoice",
            "as_of": "2026-11-01"} | cells
    return ",".join(READERS) + "\n" + ",".join(good.get(column, "") for column in READERS) + "\n"


def test_blanks_are_filled_where_somebody_says_with_what():
    [plain] = parse(row(source="x", as_of=""))
    assert plain.as_of is None
    [filled] = parse(row(source="", as_of=""), blanks={"source": "typed by hand", "as_of": "2026-11-25"})
    assert (filled.source, filled.as_of) == ("typed by hand", date(2026, 11, 25))
    [said] = parse(row(as_of="undated"), blanks={"as_of": "2026-11-25"})
    assert said.as_of is None


@pytest.mark.parametrize(("cells", "told"), [
    ({"provider": "a/b"}, "row 2, column provider: 'a/b' is not accepted; write the provider's name without a slash"),
    ({"instance": "x" * 501}, "column instance: 'xxx"), ({"region": "a\u202eb"}, "column region"),
    ({"usd_per_hour": "10001"}, "column usd_per_hour: '10001' is not accepted; write the hourly price in USD as a number above 0 "
                                "and at most 10,000"),
    ({"usd_per_hour": "-1"}, "column usd_per_hour"), ({"usd_per_hour": "inf"}, "column usd_per_hour"),
    ({"spot_usd_per_hour": "nan"}, "column spot_usd_per_hour"), ({"vcpus": "1000001"}, "column vcpus"),
    ({"as_of": "yesterday"}, "write a date as YYYY-MM-DD, or 'undated' if unknown"),
])
def test_a_bad_cell_says_what_to_write_instead(cells, told):
    with pytest.raises(UserError) as refused:
        parse(row(**cells))
    assert told in str(refused.value) and len(str(refused.value)) < 260


def test_too_many_rows_and_unreadable_text_are_refused():
    with pytest.raises(UserError, match="own list: it has 2 rows; at most 1 are read"):
        parse(row() + row().splitlines()[1], "own list", most=1)
    with pytest.raises(UserError, match="cannot be read as CSV"):
        parse(",".join(READERS) + "\n" + "x" * 200_000)


def test_a_byte_order_mark_and_empty_lines_are_no_fault():
    assert len(parse("\ufeff" + row() + "\n\n")) == 1
