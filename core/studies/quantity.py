"""A number of a case file that may be uncertain: plain, "a to b", or three numbers; and where each must lie."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, model_validator

from core.ranges import Range, middle, parse_range
from core.refusals import in_full, written
from core.spec import Strict

HOW = 'write a number, "80 to 160" or three numbers: least, most likely, largest'

# Where such numbers must lie, ranges too; from 0 to MOST where nothing else is said. A rate or price of 0 would divide or hide.
MOST = 1e13
BOUNDS: dict[str, tuple[float, float]] = {
    "predictions_per_day": (0.0, MOST), "monthly_growth": (-0.5, 1.0), "peak_to_mean": (1.0, 1000.0), "share": (0.0, 1.0),
    "usd_per_hour": (1e-6, 1e6), "rate_per_s": (1e-6, 1e12), "target_utilisation": (1e-6, 1.0), "usd_per_call": (1e-9, 1e4),
    "retry_factor": (1.0, 100.0), "hours": (0.0, 1e6), "months_to_go_live": (0.0, 60.0), "parallel_months": (0.0, 60.0),
    "accuracy_difference_points": (-100.0, 100.0), "latency_p99_ms": (1e-6, 1e7), "peak_memory_mb": (1e-6, 1e9),
}


LEAST: dict[str, float] = {"predictions_per_day": 1e-3, "redistil_every_months": 0.1}  # with less, results are no numbers
SMALLEST = 1e-9  # the same for all other keys


class Quantity(Strict):
    """value, and the range that it was given as: 5th and 95th percentile, or least, most likely and largest."""

    model_config = ConfigDict(strict=True)

    value: float
    range: Range | None = None


class Exact(Strict):
    """Takes no text or truth value for a number, no number for either, and no number that is next to 0 but not 0."""

    model_config = ConfigDict(strict=True)

    @model_validator(mode="after")
    def _is_0_or_more_than_nothing(self) -> Exact:
        for key, field in type(self).model_fields.items():
            found, least = getattr(self, key), LEAST.get(key, SMALLEST)
            if isinstance(found, float | Quantity) and any(0 < abs(number) < least for number in numbers_of(found)):
                raise ValueError(f"{key}: {numbers_of(found)[0]:g} is not accepted; write 0, or at least {in_full(least)} "
                                 f"({field.description})")
        return self


def _quantity(said: Any) -> Any:
    """A plain number, "a to b" or three numbers, as a Quantity. Raises ValueError with one sentence."""
    if isinstance(said, Quantity):
        return said
    if isinstance(said, list | tuple) and all(_is_number(part) for part in said):
        said = [float(part) for part in said]
    elif _is_number(said):
        return Quantity(value=float(said))
    elif not isinstance(said, str) or " to " not in said:
        raise ValueError(f"{written(said)} is not accepted; {HOW}")
    numbers = _rising(said)
    if numbers is None:
        raise ValueError(f"{written(said) if isinstance(said, str) else said} is no rising range; {HOW}")
    return Quantity(value=middle(numbers), range=numbers)


def _rising(said: Any) -> Range | None:
    try:
        numbers = parse_range(said)
    except ValueError:
        return None
    return numbers if math.isfinite(middle(numbers)) else None


def _is_number(said: Any) -> bool:
    """Whether it is a finite number that a float can hold."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return False
    try:
        return math.isfinite(float(said))
    except OverflowError:
        return False


Number = Annotated[Quantity, BeforeValidator(_quantity)]


class Bounded(Exact):
    """A table whose quantities lie within BOUNDS, their ranges too."""

    @model_validator(mode="after")
    def _is_within(self) -> Bounded:
        for key, field in type(self).model_fields.items():
            found = getattr(self, key)
            low, high = bounds_of(key)
            for number in numbers_of(found) if isinstance(found, Quantity) else ():
                if not low <= number <= high:
                    raise ValueError(f"{key}: {number:.12g} is not accepted; write a number from {in_full(low)} to {in_full(high)} "
                                     f"({field.description})")
        return self


def numbers_of(found: float | Quantity) -> tuple[float, ...]:
    """The value, and the range where it has one."""
    return (found.value, *(found.range or ())) if isinstance(found, Quantity) else (found,)


def bounds_of(key: str) -> tuple[float, float]:
    """The least and the largest value of a quantity."""
    return BOUNDS.get(key, (0.0, MOST))
