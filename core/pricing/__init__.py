"""Prices of instances and of API calls with source and date, and which instance a machine is. Pure: texts and dates come in."""

from core.pricing.catalogue import MAX_AGE_DAYS, Instance, find, is_stale, newest, over
from core.pricing.gpus import Gpu, find_gpu, parse_gpus
from core.pricing.match import Match, match, price, same_shape
from core.pricing.table import dump, parse

__all__ = ["MAX_AGE_DAYS", "Gpu", "Instance", "Match", "dump", "find", "find_gpu", "is_stale", "match", "newest", "over", "parse",
           "parse_gpus", "price", "same_shape"]
