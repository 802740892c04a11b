"""What an earlier study of the same task says about a study: how far teacher and students moved since, by the margin. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core import quality
from core.checklist import Against
from core.figures import Figure, Interval
from core.formats import show, show_with_interval


@dataclass(frozen=True)
class Earlier:
    """id and name: of the earlier study. differences: by the name of each teacher and student of both, accuracy now less before in
    points, unknown with the reason where the studies share no texts."""

    id: str
    name: str
    differences: Mapping[str, Figure]


def against(earlier: Earlier | None, study_id: str, margin: Figure) -> Against | None:
    """What item 6 looks at; None without an earlier study."""
    if earlier is None or margin.value is None:
        return None
    found = {name: _outcome(figure, margin.value) for name, figure in earlier.differences.items()}
    worse = {name: earlier.differences[name] for name, outcome in found.items() if outcome == "worse"}
    command = f"python -m core study compare {earlier.id} {study_id}"
    return Against(f"{earlier.name} ({earlier.id})", _told(earlier, found, margin), worse, command)


def _outcome(figure: Figure, margin: float) -> str | None:
    """The verdict on the margin, None where nothing is known."""
    return None if figure.value is None else quality.classify(Interval(figure.value, figure.low, figure.high), margin)


def _told(earlier: Earlier, found: Mapping[str, str | None], margin: Figure) -> str:
    study = f"the previous study of the task, {earlier.name} ({earlier.id})"
    if worse := [name for name, outcome in found.items() if outcome == "worse"]:
        told = " and ".join(f"{name} {lost(earlier.differences[name])}" for name in worse)
        return f"Against {study}, {told}, more than the margin of {show(margin)}."
    if all(outcome is None for outcome in found.values()):
        why = next((figure.provenance.reason for figure in earlier.differences.values()), "they share no model")
        return f"Whether anything got worse against {study}, is not known: {why}."
    doubtful = [name for name, outcome in found.items() if outcome in ("inconclusive", None)]
    if doubtful:
        return f"No regression against {study}, is certain, and none is ruled out for {', '.join(doubtful)}."
    return f"No regression against {study}."


def lost(difference: Figure) -> str:
    """A loss in words: "lost 5 points (3.8 to 6.2 points)"."""
    assert difference.value is not None, "only what was judged is a regression"
    low, high = difference.low, difference.high
    turned = replace(difference, value=-difference.value, low=None if high is None else -high, high=None if low is None else -low)
    return f"lost {show_with_interval(turned)}"


def to_json(earlier: Earlier | None) -> dict[str, Any] | None:
    """As JSON values."""
    return None if earlier is None else {"id": earlier.id, "name": earlier.name,
                                         "differences": {name: figure.to_dict() for name, figure in earlier.differences.items()}}


def from_json(data: Mapping[str, Any] | None) -> Earlier | None:
    """The inverse of to_json."""
    if data is None:
        return None
    return Earlier(data["id"], data["name"], {name: Figure.from_dict(figure) for name, figure in data["differences"].items()})
