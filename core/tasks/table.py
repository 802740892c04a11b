"""A file's cells, and how large a table may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from core.errors import UserError

MAX_BYTES = 100_000_000
MAX_ROWS = 500_000
MAX_COLUMNS = 100


@dataclass(frozen=True)
class Table:
    """A file's cells. cells.index: each record's line (or row) number, its name says which; missing cells are None.

    encoding: how the text was stored. unusable: columns that hold no plain values, with the reason.
    """

    cells: pd.DataFrame
    encoding: str
    unusable: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The columns that hold plain values."""
        return [str(name) for name in self.cells.columns]


def check_columns(names: list[str]) -> None:
    """UserError where there are too many columns, or where two have the same name."""
    if len(names) > MAX_COLUMNS:
        raise UserError(f"columns: the file has {len(names):,}; at most {MAX_COLUMNS} are read, so keep only those that matter.")
    if len(set(names)) < len(names):
        twice = next(name for name, times in Counter(names).items() if times > 1)
        raise UserError(f"columns: {twice!r} stands more than once; give each column its own name.")


def check_rows(number: int) -> None:
    """UserError where there are too many records."""
    if number > MAX_ROWS:
        raise UserError(f"rows: the file has more than {MAX_ROWS:,}; take a sample of it.")
