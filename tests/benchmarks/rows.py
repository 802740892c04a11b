"""One line of the benchmark's result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """target None only reports; an aim is reported but never missed; at_least False: smaller is better.

    reached None: it could not be measured, which misses the target; note says why.
    """

    name: str
    unit: str
    target: float | None
    reached: float | None
    at_least: bool = True
    aim: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether what was reached is on the right side of the target."""
        if self.target is None:
            return True
        if self.reached is None:
            return False
        return self.reached >= self.target if self.at_least else self.reached <= self.target

    @property
    def missed(self) -> bool:
        """Whether the benchmark fails on it."""
        return not (self.met or self.aim)
