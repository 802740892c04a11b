"""Which options may be decided on, or stand as the best other one: fast enough, right enough, and within the target's memory."""

from __future__ import annotations

from core.checklist.evidence import Accuracy, Latency, Tooling
from core.checklist.performance import accuracy, latency
from core.checklist.thresholds import Thresholds
from core.checklist.tooling import memory
from core.checklist.verdict import Status

ENOUGH = ("pass", "warn")


def judged(fast: Latency, right: Accuracy, tools: Tooling, limits: Thresholds) -> tuple[tuple[Status, str], ...]:
    """Status and reason by item 2, by item 3, and by item 5's limit of memory."""
    items = (latency(fast, limits), accuracy(right, limits))
    return (*((item.status, item.reason) for item in items), memory(tools.memory, tools.memory_limit)[:2])


def qualifies(fast: Latency, right: Accuracy, tools: Tooling, limits: Thresholds | None = None) -> bool:
    """Whether none of these fails for the option or lacks evidence."""
    return all(status in ENOUGH for status, _ in judged(fast, right, tools, limits or Thresholds()))


def why_not(fast: Latency, right: Accuracy, tools: Tooling, limits: Thresholds) -> str:
    """Why an option does not qualify; empty where it does."""
    return " ".join(reason for status, reason in judged(fast, right, tools, limits) if status not in ENOUGH)
