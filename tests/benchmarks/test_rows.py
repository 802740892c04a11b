"""When a benchmark's row is met, and when it fails the run."""

import pytest

from tests.benchmarks.rows import Row


@pytest.mark.parametrize(("row", "met", "missed"), [
    (Row("", "%", 5.0, 4.0, at_least=False), True, False), (Row("", "%", 5.0, 6.0, at_least=False), False, True),
    (Row("", "ratio", 3.0, 2.0, aim=True), False, False), (Row("", "1/s", None, 0.0), True, False),
    (Row("", "%", 5.0, None, at_least=False, note="pip could not install it"), False, True)])
def test_what_was_missed_or_could_not_be_measured_fails_unless_it_is_an_aim(row, met, missed):
    assert (row.met, row.missed) == (met, missed)
