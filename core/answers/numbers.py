"""Cells as numbers: probabilities, latencies, tokens. What cannot be is NaN, and counted by the caller."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.answers.labels import Labels

SUM_TOLERANCE = 0.02  # probabilities are often rounded to two digits
ROUNDING = 1e-6
LONGEST_MS = 1e7
MOST_TOKENS = 1e7
TIME = re.compile(r"([+-]?[0-9.]+(?:e[+-]?[0-9]+)?)\s*(ms|msec|milliseconds?|s|secs?|seconds?)", re.IGNORECASE)


def is_missing(cells: pd.Series) -> np.ndarray:
    """Which cells (n,) hold nothing."""
    return np.array([cell is None or cell != cell or (isinstance(cell, str) and not cell.strip()) for cell in cells], dtype=bool)


def numbers(cells: pd.Series) -> np.ndarray:
    """float64 (n,); NaN for what is no finite number."""
    plain = cells.map(lambda cell: None if isinstance(cell, bool | list | dict) else _number(cell) if isinstance(cell, int) else cell)
    found = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=float)
    return np.where(np.isfinite(found), found, np.nan)


def latencies(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds (n,), NaN where a cell is no time, and which of them had a unit of their own."""
    found = numbers(cells)
    converted = np.zeros(len(cells), dtype=bool)
    for i, cell in enumerate(cells):
        if isinstance(cell, str) and np.isnan(found[i]) and (match := TIME.fullmatch(cell.strip())):
            found[i] = _number(match[1]) * (1.0 if match[2].lower().startswith("m") else 1000.0)
            converted[i] = True
    right = (found > 0) & (found <= LONGEST_MS)
    return np.where(right, found, np.nan), converted & right


def _number(said: str | float) -> float:
    try:
        return float(said)
    except (ValueError, OverflowError):
        return float("nan")


def whole(cells: pd.Series) -> np.ndarray:
    """Numbers of tokens (n,); NaN for what is negative, fractional or no number."""
    found = numbers(cells)
    return np.where((found >= 0) & (found <= MOST_TOKENS) & (found == np.floor(found)), found, np.nan)


def from_json(cells: pd.Series, labels: Labels) -> np.ndarray:
    """float64 (n, labels) of objects, or their JSON, that give a probability by label; a label that is not named has 0."""
    return np.array([_row(cell, labels) for cell in cells], dtype=float).reshape(len(cells), len(labels.names))


def _row(cell: object, labels: Labels) -> list[float]:
    unknown = [float("nan")] * len(labels.names)
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return unknown
    if not isinstance(cell, Mapping) or not cell:
        return unknown
    row = [0.0] * len(labels.names)
    for name, value in cell.items():
        number = labels.number(name)
        if number is None or isinstance(value, bool) or not isinstance(value, int | float):
            return unknown
        row[number] = _number(value)
    return row


def usable(found: np.ndarray, label: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Probabilities (n, labels) with NaN rows for what cannot be used, and by kind the rows (n,) that it befell.

    A sum within SUM_TOLERANCE of 1 is brought to 1. label: the answer's number (n,); probabilities that put another one first are not used.
    """
    lacking = ~np.isfinite(found).all(axis=1)
    filled = np.where(lacking[:, None], 0.5, found)
    beyond = ~lacking & ((filled < 0) | (filled > 1 + ROUNDING)).any(axis=1)
    total = filled.sum(axis=1)
    apart = ~lacking & ~beyond & (np.abs(total - 1) > SUM_TOLERANCE)
    taken = ~(lacking | beyond | apart)
    own = filled[np.arange(len(filled)), label]
    against = taken & (own < filled.max(axis=1))
    taken &= ~against
    mended = taken & (np.abs(total - 1) > ROUNDING)
    scaled = np.where(taken[:, None], filled / np.where(total, total, 1.0)[:, None], np.nan)
    return scaled, {"p_missing": lacking, "p_range": beyond, "p_sum": apart, "p_against": against, "p_normalised": mended}
