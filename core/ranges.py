"""How uncertain an input is, as people write it: "80 to 160" (5th to 95th percentile), or three numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

Range = tuple[float, ...]  # (5th, 95th percentile), or (least, most likely, largest)


def parse_range(said: str | Sequence[float]) -> Range:
    """Two or three rising finite numbers. Raises ValueError with one sentence that says what is wrong."""
    parts = re.split(r"\s+to\s+|,", said.strip()) if isinstance(said, str) else list(said)
    try:
        numbers = tuple(float(str(part).strip().replace("_", "")) for part in parts)
    except ValueError:
        numbers = ()
    if len(numbers) not in (2, 3) or any(number in (float("inf"), float("-inf")) or number != number for number in numbers):
        raise ValueError(f'{said!r} is no range; write "80 to 160" or three numbers: least, most likely, largest')
    if sorted(numbers) != list(numbers) or numbers[0] == numbers[-1]:
        raise ValueError(f"{said!r} does not rise; write the smallest number first")
    return numbers


def middle(numbers: Range) -> float:
    """The plain value that stands for a range: the geometric mean of two positive ends, the mean of others, the middle of three."""
    if len(numbers) == 3:
        return numbers[1]
    low, high = numbers
    return float((low * high) ** 0.5) if low > 0 else (low + high) / 2


def words(numbers: Range) -> str:
    """As it would be written again."""
    told = [f"{Decimal(repr(float(number))).normalize():,f}" for number in numbers]
    return " to ".join(told) if len(told) == 2 else ", ".join(told)
