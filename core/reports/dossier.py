"""Everything that a report tells about one decision. Plain and frozen; the use cases fill it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.checklist import Verdict
from core.figures import Figure
from core.roi.information import Information
from core.roi.options import Case
from core.roi.results import Comparison, OptionResult
from core.roi.sensitivity import Bar
from core.roi.simulate import Outlook


@dataclass(frozen=True)
class Number:
    """One of the numbers that open a decision: large text, a note below it, and the figure that its origin is read from."""

    label: str
    text: str
    note: str
    figure: Figure


@dataclass(frozen=True)
class Spot:
    """One way to serve: accuracy (share) and cost (USD/1e6) known, p99 (ms); verdict: "passes", or why not."""

    name: str
    role: str
    accuracy: Figure
    cost: Figure
    p99: Figure
    passes: bool
    verdict: str
    on_front: bool


@dataclass(frozen=True)
class Cloud:
    """answer: a sentence, beside: what stands beside it. least: the accuracy (share) that the margin allows, today: cost (USD/1e6) of what
    serves today; None: unknown."""

    answer: str
    beside: tuple[str, ...]
    spots: tuple[Spot, ...]
    least: float | None
    today: float | None


@dataclass(frozen=True)
class Dossier:
    """title: what the case is called; about: facts in words (study, device, machine, commit, link) by their name.

    answer: the decision in one sentence, risk and next_step one sentence each. best is compared with other (the best option
    without distillation); comparisons holds that one and those with the status quo. assumptions: sentences. evidence: other
    figures by name (measured quality and speed of each model), with their provenance. actions: what to do to know an input
    better, by its name among bars and information. numbers: what opens the decision. cloud: accuracy against cost, of a study.
    """

    title: str
    day: date
    about: Mapping[str, str]
    answer: str
    risk: str
    next_step: str
    case: Case
    options: tuple[OptionResult, ...]
    comparisons: tuple[Comparison, ...]
    best: str | None
    other: str | None
    verdict: Verdict | None
    outlook: Outlook | None = None
    bars: tuple[Bar, ...] = ()
    information: tuple[Information, ...] = ()
    assumptions: tuple[str, ...] = ()
    evidence: Mapping[str, Mapping[str, Figure]] = field(default_factory=dict)
    actions: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[Number, ...] = ()
    cloud: Cloud | None = None
