"""Instance prices with source and date, and which of them a machine stands for. Pure: texts and dates are passed in."""

from core.pricing.catalogue import MAX_AGE_DAYS, Instance, find, is_stale, parse
from core.pricing.match import Match, match, price, same_shape

__all__ = ["MAX_AGE_DAYS", "Instance", "Match", "find", "is_stale", "match", "parse", "price", "same_shape"]
