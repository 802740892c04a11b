"""The price list as it stands: own prices over those found later over those that ship; and the price of a case's machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from core import pricing
from core.case import CaseInputs
from core.figures import Figure
from core.pricing import Instance
from core.studies import price_files

Whose = Literal["own", "refreshed", "shipped"]


@dataclass(frozen=True)
class Entry:
    """A price of the list, and whose it is: typed or imported by the user, found by a refresh, or shipped with the product."""

    instance: Instance
    whose: Whose


_held: ContextVar[price_files.Rows | None] = ContextVar("held prices", default=None)


def instances() -> tuple[Instance, ...]:
    """The whole list: of each key and region the own price, else the newest dated one. Raises UserError for a damaged file."""
    rows = _held.get()
    return _merged(price_files.shipped(), price_files.refreshed(), price_files.own()) if rows is None else rows


@contextmanager
def held(rows: price_files.Rows) -> Iterator[None]:
    """Within the block the list is `rows` and nothing else: what a frozen case was saved with."""
    before = _held.set(rows)
    try:
        yield
    finally:
        _held.reset(before)


def listed() -> tuple[Instance, ...]:
    """The list without own prices."""
    return _merged(price_files.shipped(), price_files.refreshed(), ())


def entries() -> tuple[Entry, ...]:
    """instances(), each with whose it is."""
    own, found = set(price_files.own()), set(price_files.refreshed())
    return tuple(Entry(row, "own" if row in own else "refreshed" if row in found else "shipped") for row in instances())


def earlier() -> tuple[Instance, ...]:
    """Prices that the list knew before and that a newer or own one replaced, newest first."""
    now = set(instances())
    past = [row for row in (*price_files.shipped(), *price_files.refreshed()) if row not in now]
    return tuple(sorted(past, key=lambda row: (row.as_of or date.min).toordinal(), reverse=True))


def version() -> price_files.Version:
    """Changes whenever the list does."""
    return price_files.version()


def export() -> str:
    """The whole list as CSV text, safe to open in a spreadsheet; importing it gives the same list."""
    return pricing.dump(instances())


def search(rows: tuple[Entry, ...], wanted: str) -> tuple[Entry, ...]:
    """Those whose provider, instance, region or GPU contain every word of `wanted`, in any case."""
    words = wanted.lower().split()

    def about(row: Instance) -> str:
        return f"{row.key} {row.region} {row.gpu or ''}".lower()

    return tuple(entry for entry in rows if all(word in about(entry.instance) for word in words))


@lru_cache(maxsize=8)
def _merged(shipped: price_files.Rows, found: price_files.Rows, own: price_files.Rows) -> tuple[Instance, ...]:
    return pricing.over(own, pricing.newest((*shipped, *found)))


def check_instance(key: str) -> None:
    """Raises UserError if the list has no such instance."""
    pricing.find(instances(), key)


def machine_price(case: CaseInputs, machine: Mapping[str, Any], device: str) -> Figure:
    """USD an hour of the machine that a study ran on: typed, chosen, or matched, in this order."""
    if case.usd_per_hour is not None:
        return pricing.price(case.usd_per_hour)
    if case.instance:
        return pricing.price(pricing.find(instances(), case.instance))
    return pricing.price(matched(machine, device))


def students_price(case: CaseInputs) -> Figure | None:
    """USD an hour of the students' own machine, typed or chosen; None where they share the teacher's."""
    if case.student_usd_per_hour is not None:
        return pricing.price(case.student_usd_per_hour)
    return pricing.price(pricing.find(instances(), case.student_instance)) if case.student_instance else None


def other_machine(instance: str | None, machine: Mapping[str, Any], device: str) -> str:
    """The chosen instance if it is visibly another machine than the measured one: then capacity on it is derived. Else ""."""
    if not instance:
        return ""
    chosen = pricing.find(instances(), instance)
    return "" if pricing.same_shape(_without_idle_gpus(machine, device), chosen) else chosen.key


def _without_idle_gpus(machine: Mapping[str, Any], device: str) -> dict[str, Any]:
    """The machine as a study used it: one on the CPU does not need its GPUs."""
    return {**machine, "gpus": machine.get("gpus", []) if device != "cpu" else []}


def matched(machine: Mapping[str, Any], device: str) -> pricing.Match:
    """What the list says about the machine that a study used."""
    return pricing.match(_without_idle_gpus(machine, device), instances())


def is_stale(price: Figure, today: date) -> bool:
    """Whether a price from the list is over 90 days old or undated; a typed price is as fresh as its typist."""
    return price.value is not None and price.provenance.by != "user" and pricing.is_stale(price.provenance.as_of or None, today)
