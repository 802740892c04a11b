"""Months, volumes and rates. A month is 730 hours, a twelfth of 365 days."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import cast

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Number = float | Array

HOURS_PER_MONTH = 730.0
DAYS_PER_MONTH = 365.0 / 12.0
SECONDS_PER_DAY = 86_400.0


def remembered(work: Callable[..., Array]) -> Callable[..., Array]:
    """The function with its results for plain numbers remembered (read-only); with arrays of draws among them it works anew.

    What only the calendar decides is asked again at every volume of a search.
    """
    @lru_cache(maxsize=512)
    def once(*plain: float | None) -> Array:
        made = work(*plain)
        made.flags.writeable = False
        return made

    @wraps(work)
    def ask(*said: Number | None) -> Array:
        return work(*said) if any(isinstance(value, np.ndarray) for value in said) else once(*cast(tuple[float | None, ...], said))
    return ask


@remembered
def months(horizon: int) -> Array:
    """1, 2, ..., horizon."""
    return np.arange(1, horizon + 1, dtype=np.float64)


def beside(value: Number, axes: int = 1) -> Number:
    """A draw's value beside the axis of months (axes 1), or of months and hours (axes 2); a plain number stays one."""
    return value.reshape(value.shape + (1,) * axes) if isinstance(value, np.ndarray) else value


def is_zero(value: Number) -> bool:
    """Whether it is 0 in every draw."""
    return not (value.any() if isinstance(value, np.ndarray) else value)


def daily_volumes(per_day: Number, monthly_growth: Number, horizon: int) -> Array:
    """Predictions a day in each month, v0 (1 + g)^(m - 1). Scalars give (horizon,), arrays of shape S give S + (horizon,)."""
    if not isinstance(monthly_growth, np.ndarray):
        return np.asarray(beside(per_day) * (1.0 + monthly_growth) ** (months(horizon) - 1.0))
    factors = np.repeat(1.0 + monthly_growth[..., None], horizon, axis=-1)
    factors[..., 0] = per_day
    return np.multiply.accumulate(factors, axis=-1)  # the same product, ten times faster than powers


def monthly_rate(annual_rate: Number) -> Number:
    """The monthly rate that compounds to the effective annual one."""
    return (1.0 + annual_rate) ** (1.0 / 12.0) - 1.0


def annual_rate(monthly: Number) -> Number:
    """The effective annual rate that the monthly one compounds to."""
    return (1.0 + monthly) ** 12 - 1.0


@remembered
def price_index(yearly_change: Number, horizon: int) -> Array:
    """What a price of 1 is in each month: it changes once a year, the first time in month 13. Shape S + (horizon,)."""
    return np.asarray((1.0 + beside(yearly_change)) ** np.floor((months(horizon) - 1.0) / 12.0))
