"""What a newer price list says that the present one does not. Pure: both lists come in, nothing is kept."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from core.pricing.catalogue import Instance


@dataclass(frozen=True)
class Change:
    """A price found in the newer list, and the one that it would follow; None where the present list has no such price."""

    old: Instance | None
    new: Instance

    @property
    def rise(self) -> float | None:
        """New price / old price - 1, as a share; None for a new instance."""
        return None if self.old is None else self.new.usd_per_hour / self.old.usd_per_hour - 1


@dataclass(frozen=True)
class Difference:
    """The newer list against the present one.

    new: not in the present list. changed: another price. confirmed: the same price at a later date. gone: in the present list,
    but not in the newer one although its provider is. older: the newer list's date is before the present price's.
    """

    new: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    confirmed: tuple[Change, ...] = ()
    gone: tuple[Instance, ...] = ()
    older: tuple[Change, ...] = ()

    @property
    def approvable(self) -> tuple[Change, ...]:
        """What a person may take over."""
        return self.new + self.changed + self.confirmed


def compare(present: Sequence[Instance], found: Sequence[Instance], providers: Collection[str]) -> Difference:
    """The difference between the present list and what was found, each with one price for a key and region.

    providers: those whose newer list could be read; nothing is said about the instances of others.
    """
    known = {row.place: row for row in present}
    sorts: dict[str, list[Change]] = {"new": [], "changed": [], "confirmed": [], "older": [], "same": []}
    for row in found:
        change = Change(known.get(row.place), row)
        sorts[_sort(change)].append(change)
    seen = {row.place for row in found}
    gone = tuple(row for row in present if row.provider in providers and row.place not in seen)
    return Difference(tuple(sorts["new"]), tuple(sorts["changed"]), tuple(sorts["confirmed"]), gone, tuple(sorts["older"]))


def _sort(change: Change) -> str:
    if change.old is None:
        return "new"
    was, now = change.old.as_of or date.min, change.new.as_of or date.min
    if now < was:
        return "older"
    if not math.isclose(change.old.usd_per_hour, change.new.usd_per_hour, rel_tol=1e-9):
        return "changed"
    return "confirmed" if now > was else "same"
