"""A figure: a number with its unit, its interval and its provenance. Unknown is None, never 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeVar

Kind = Literal["measured", "catalogue", "published", "assumed", "derived", "not_measured"]

# From the strongest evidence to the weakest; "default" is an assumption nobody has looked at yet.
STRENGTH = ("measured", "catalogue", "published", "assumed", "default", "not_measured")


@dataclass(frozen=True)
class Provenance:
    """Where a number comes from.

    kind: how it is known. source: the run, price list, claim or formula. device: where it was measured.
    as_of: ISO date or time. by: who assumed it ("user" or "default"). inputs: for derived figures,
    each input's name and the weakest evidence behind it. reason: why it is not measured.
    """

    kind: Kind
    source: str = ""
    device: str = ""
    as_of: str = ""
    by: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    @cached_property
    def evidence(self) -> str:
        """The weakest evidence that this number rests on, one of STRENGTH."""
        if self.kind == "assumed" and self.by == "default":
            return "default"
        if self.kind != "derived":
            return self.kind
        return max((e for _, e in self.inputs), key=STRENGTH.index, default="assumed")

    @property
    def weakest_input(self) -> str | None:
        """The name of the derived figure's weakest input, or None."""
        return max(self.inputs, key=lambda pair: STRENGTH.index(pair[1]))[0] if self.inputs else None


@dataclass(frozen=True)
class Figure:
    """value, low and high are in `unit`; low and high bound a 95 % interval and are None where nothing was sampled."""

    value: float | None
    unit: str
    provenance: Provenance
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The figure object of the JSON: value, low, high, unit, provenance."""
        data = asdict(self)
        data["provenance"]["inputs"] = [list(pair) for pair in self.provenance.inputs]
        return {key: data[key] for key in ("value", "low", "high", "unit", "provenance")}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Figure:
        """The inverse of to_dict."""
        origin = dict(data["provenance"])
        origin["inputs"] = tuple((name, evidence) for name, evidence in origin.get("inputs", ()))
        return cls(data["value"], data["unit"], Provenance(**origin), data.get("low"), data.get("high"))


def measured(
    value: float, unit: str, *, source: str, device: str, as_of: str, low: float | None = None, high: float | None = None
) -> Figure:
    """A number that this project measured: `source` names the run and the method."""
    return Figure(value, unit, Provenance("measured", source, device, as_of), low, high)


def assumed(value: float | None, unit: str, *, by: str, source: str = "") -> Figure:
    """A number that somebody states: by is "user" or "default"."""
    return Figure(value, unit, Provenance("assumed", source=source, by=by))


def catalogue(value: float, unit: str, *, source: str, as_of: str) -> Figure:
    """A number from the dated price list; an empty as_of means that its date is unknown."""
    return Figure(value, unit, Provenance("catalogue", source, as_of=as_of))


NOT_STATED = "nobody has said it"


def not_measured(unit: str, reason: str) -> Figure:
    """Unknown, with the reason why."""
    return Figure(None, unit, Provenance("not_measured", reason=reason))


def derived(value: float | None, unit: str, formula: str, inputs: Mapping[str, Figure]) -> Figure:
    """A number computed from figures. With an unknown input, or value None, the result is unknown and says why."""
    missing = [name for name, figure in inputs.items() if figure.value is None]
    if missing:
        return not_measured(unit, f"needs {', '.join(missing)}")
    if value is None:
        return not_measured(unit, f"{formula} has no value here")
    pairs = tuple([(name, figure.provenance.evidence) for name, figure in inputs.items()])  # a list first: half the time
    return Figure(value, unit, Provenance("derived", formula, inputs=pairs))


def compute(function: Callable[..., float | None], unit: str, formula: str, **inputs: Figure) -> Figure:
    """derived(), with the value computed from the inputs' values if all are known."""
    values = {name: figure.value for name, figure in inputs.items()}
    known = all(value is not None for value in values.values())
    return derived(function(**values) if known else None, unit, formula, inputs)


def copied(figure: Figure, sibling: str, why: str) -> Figure:
    """A sibling's figure, marked as derived from it: `why` says what makes it valid here."""
    if figure.value is None:
        return figure
    origin = Provenance("derived", f"copied from {sibling}: {why}", figure.provenance.device, figure.provenance.as_of,
                        inputs=((sibling, figure.provenance.evidence),))
    return replace(figure, provenance=origin)


Row = TypeVar("Row")


def in_currency(row: Row, currency: str) -> Row:
    """A dataclass whose figures of money carry that currency's code in their unit; formulas write USD. Nothing is converted."""
    if currency == "USD":
        return row
    changed: dict[str, Any] = {}
    for name in row.__dataclass_fields__:  # type: ignore[attr-defined]
        value = getattr(row, name)
        if isinstance(value, Figure):
            changed[name] = _relabelled(value, currency)
        elif isinstance(value, dict):
            changed[name] = {key: _relabelled(each, currency) if isinstance(each, Figure) else each for key, each in value.items()}
    return replace(row, **changed)  # type: ignore[type-var]


def _relabelled(figure: Figure, currency: str) -> Figure:
    return replace(figure, unit=currency + figure.unit[3:]) if figure.unit.partition("/")[0] == "USD" else figure


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; low and high are None where it has none."""

    value: float
    low: float | None = None
    high: float | None = None
    note: str = field(default="", compare=False)
