"""Which figures of a model moved from one study to the next, beyond what their intervals allow. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.figures import Figure
from core.records import ModelRecord

Direction = Literal["better", "worse", "up", "down"]

# Counted, not sampled: any difference is a move. More of them is neither better nor worse.
COUNTED = ("parameters", "artifact_bytes")
OF_THE_MACHINE = ("ms", "s", "1/s", "J", "W", "bytes")  # units of what depends on hardware and software
LOWER_IS_BETTER = ("ms", "s", "J", "W", "bytes")
LOSSES = ("log_loss", "brier", "ece", "ece_scaled", "repeated_errors", "repeated_errors_excess", "gap_label", "gap_length", "gap_part")
HIGHER_IS_BETTER = ("accuracy", "macro_f1", "retention", "accuracy_difference", "gain_over_control", "reload_agreement", "precision",
                    "recall", "f1", "difference_points")


@dataclass(frozen=True)
class Moved:
    """A figure whose intervals do not meet, or a counted one that differs. direction: "up" and "down" where neither is better."""

    name: str
    before: Figure
    after: Figure
    direction: Direction


@dataclass(frozen=True)
class Moves:
    """moved: what moved. judged: how many figures could be judged. without: names with no interval on a side. elsewhere: names of
    the figures of speed, memory and energy that are not judged, because the machines differ."""

    moved: tuple[Moved, ...]
    judged: int
    without: tuple[str, ...]
    elsewhere: tuple[str, ...]


def moves(before: Mapping[str, Figure], after: Mapping[str, Figure], same_machine: bool) -> Moves:
    """Figures that both sides know, judged by their 95 % intervals: moved where these are disjoint."""
    moved, without, elsewhere, judged = [], [], [], 0
    for name, old in before.items():
        new = after.get(name)
        if new is None or old.value is None or new.value is None or old.unit != new.unit:
            continue
        if not same_machine and depends_on_machine(name, old.unit):
            elsewhere.append(name)
        elif not _judgeable(name, old, new):
            without.append(name)
        else:
            judged += 1
            if _differ(name, old, new):
                moved.append(Moved(name, old, new, _direction(name, old, new)))
    return Moves(tuple(moved), judged, tuple(without), tuple(elsewhere))


def with_slices(model: ModelRecord) -> dict[str, Figure]:
    """A model's figures, and those of its slices that have an interval, as "accuracy in length: long"."""
    sliced = {f"{name} in {where}": figure for where, figures in model.slices.items() for name, figure in figures.items()
              if figure.low is not None}
    return {**model.figures, **sliced}


def depends_on_machine(name: str, unit: str) -> bool:
    """Whether a figure is one of speed, memory in use or energy."""
    return "speedup" in name or (unit in OF_THE_MACHINE and name not in COUNTED)


def _judgeable(name: str, *figures: Figure) -> bool:
    return name in COUNTED or all(figure.low is not None and figure.high is not None for figure in figures)


def _differ(name: str, old: Figure, new: Figure) -> bool:
    if name in COUNTED:
        return old.value != new.value
    assert old.low is not None and old.high is not None and new.low is not None and new.high is not None
    return new.low > old.high or new.high < old.low


def _direction(name: str, old: Figure, new: Figure) -> Direction:
    assert old.value is not None and new.value is not None
    rises, name = new.value > old.value, name.partition(" ")[0]
    if name in HIGHER_IS_BETTER or old.unit == "1/s" or "speedup" in name:
        return "better" if rises else "worse"
    if name in LOSSES or (old.unit in LOWER_IS_BETTER and name not in COUNTED):
        return "worse" if rises else "better"
    return "up" if rises else "down"
