"""The dated list of instance prices: what an instance is, which of its prices counts, and whether that is old."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import UserError

MAX_AGE_DAYS = 90


@dataclass(frozen=True)
class Instance:
    """A rentable machine with its list price. None is unknown; `gpu` is None on a machine without accelerator."""

    provider: str
    name: str
    region: str
    vcpus: int
    memory_gib: float | None
    gpu: str | None
    gpu_count: int
    gpu_memory_gib: float | None
    usd_per_hour: float
    spot_usd_per_hour: float | None
    source: str
    as_of: date | None

    @property
    def key(self) -> str:
        """What people type to name it, e.g. "aws/g4dn.xlarge"."""
        return f"{self.provider}/{self.name}"

    @property
    def place(self) -> tuple[str, str]:
        """Key and region: what has one price at a time."""
        return self.key, self.region


def newest(rows: Iterable[Instance]) -> tuple[Instance, ...]:
    """The newest price of each key and region, in the order of first rows. Undated is oldest; of equal days, the later row."""
    kept: dict[tuple[str, str], Instance] = {}
    for row in rows:
        known = kept.get(row.place)
        if known is None or (row.as_of or date.min) >= (known.as_of or date.min):
            kept[row.place] = row
    return tuple(kept.values())


def over(own: Iterable[Instance], listed: Iterable[Instance]) -> tuple[Instance, ...]:
    """The list with own prices in the place of listed ones of the same key and region; further own prices follow."""
    merged = {row.place: row for row in listed}
    merged.update({row.place: row for row in own})
    return tuple(merged.values())


def find(catalogue: Sequence[Instance], key: str) -> Instance:
    """The cheapest instance of that key: provider/name, or provider/name@region. UserError if there is none."""
    found = [instance for instance in catalogue if key in (instance.key, f"{instance.key}@{instance.region}")]
    if not found:
        raise UserError(f"instance: {key!r} is not in the price list; choose a provider/name from it, "
                        "or type the hourly price instead.")
    return min(found, key=lambda instance: instance.usd_per_hour)


def is_stale(as_of: date | str | None, today: date) -> bool:
    """Whether a price is undated or more than 90 days old. Text is an ISO date; an empty one is undated."""
    day = date.fromisoformat(as_of[:10]) if isinstance(as_of, str) and as_of else as_of
    return not isinstance(day, date) or today - day > timedelta(days=MAX_AGE_DAYS)
