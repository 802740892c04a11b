"""Prices of instances and of API calls with source and date, and which instance a machine is. Pure: texts and dates come in."""

from core.pricing.catalogue import MAX_AGE_DAYS, Instance, find, is_stale, newest, over
from core.pricing.match import Match, match, price, same_shape
from core.pricing.table import dump, parse

__all__ = ["MAX_AGE_DAYS", "Instance", "Match", "dump", "find", "is_stale", "match", "newest", "over", "parse", "price",
           "same_shape"]
