"""The price list that ships with the product, and the price of this case's machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from core import pricing
from core.figures import Figure
from core.settings import ASSETS
from core.spec import CaseInputs


@lru_cache(maxsize=1)
def instances() -> tuple[pricing.Instance, ...]:
    """All instances of the list, in its order."""
    return pricing.parse((ASSETS / "prices" / "instances.csv").read_text(encoding="utf-8"))


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


def other_machine(case: CaseInputs, machine: Mapping[str, Any], device: str) -> str:
    """The chosen instance if it is visibly another machine than the measured one: then capacity on it is derived. Else ""."""
    if not case.instance:
        return ""
    chosen = pricing.find(instances(), case.instance)
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
