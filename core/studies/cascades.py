"""Cascades of a study under a case: what each threshold costs, and the best one that keeps the accuracy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np

from core.case import CaseInputs
from core.figures import Figure, compute, derived, not_measured
from core.records import CascadePoint, ModelRecord, StudyRecord
from core.roi import worth
from core.roi.cascade import mixture_p99
from core.roi.flows import cost_flows
from core.roi.options import Case, Option, known, numbers, own_figures
from core.studies.options import builder

PERCENTILES = (50, 90, 99)


@dataclass(frozen=True)
class Choice:
    """The threshold that costs least among those that keep the accuracy margin, both on validation texts; its figures are those
    on test texts. total_usd: present value of all costs at each point, by the share escalated on test texts.

    wins: "student", "teacher" or "cascade", whichever costs least of those that keep the margin; None where none is known to.
    """

    model: ModelRecord
    point: CascadePoint
    option: Option
    p99: Figure
    total_usd: tuple[float, ...]
    wins: str | None


def choices(study: StudyRecord, case: CaseInputs, built: Case, today: date) -> tuple[Choice, ...]:
    """One for each student whose cascade was evaluated and whose costs are known."""
    made = builder(study, case, today)
    margin = made.inputs["accuracy_margin_points"].value
    found = []
    for model in study.models:
        if model.role == "student" and len(model.cascade) > 2 and margin is not None:
            inner = made.cascade(model, model.cascade[1])
            chosen = _chosen(built, inner, model, margin)
            if chosen is not None:
                found.append(_choice(made.teacher, model, chosen, _costs(built, inner, model, "escalated"), partial(made.cascade, model)))
    return tuple(found)


def _costs(built: Case, option: Option, model: ModelRecord, share: str, difference: str = "difference") -> tuple[float, ...]:
    """Present value (USD) of all costs at each threshold, in one evaluation over the shares escalated; all must be known."""
    shares = np.array([value_of(getattr(point, share)) for point in model.cascade])
    points = np.array([value_of(getattr(point, difference)) for point in model.cascade])
    draws = {option.key(option.parts[1], "share"): shares, f"accuracy_difference_points of {option.name}": points}
    case = Case(built.terms, (built.status_quo, option), profile=built.profile, currency=built.currency)
    terms, plans = numbers(case, draws)
    flows = cost_flows(plans[option.name], plans[built.status_quo.name], terms)
    total = worth.npv(np.broadcast_to(flows, (len(shares), flows.shape[-1])), terms.discount_rate)
    return tuple(float(value) for value in np.asarray(total))


def value_of(figure: Figure) -> float:
    """A point's value; the curve has no unknowns."""
    assert figure.value is not None, "a cascade's points are measured"
    return figure.value


def _chosen(built: Case, option: Option, model: ModelRecord, margin: float) -> tuple[int, str | None] | None:
    """The point to serve at and who wins, by costs and differences on validation texts; None where something is unknown."""
    if not known(own_figures(option)) or not known(own_figures(built.status_quo)) or not known(built.terms):
        return None
    if any(point.checked_difference is None or point.checked_escalated is None for point in model.cascade):
        return None
    costs = _costs(built, option, model, "checked_escalated", "checked_difference")
    lows = [point.checked_difference.low if point.checked_difference else None for point in model.cascade]
    keeps = [i for i, low in enumerate(lows) if low is not None and low > -margin]
    last = len(model.cascade) - 1
    best = min(keeps, key=costs.__getitem__, default=None)
    wins = None if best is None else "student" if best == 0 else "teacher" if best == last else "cascade"
    inner = [i for i in keeps if 0 < i < last] or list(range(1, last))
    return min(inner, key=costs.__getitem__), wins


def _choice(teacher: ModelRecord, model: ModelRecord, chosen: tuple[int, str | None], costs: tuple[float, ...],
            make: Callable[[CascadePoint], Option]) -> Choice:
    point = model.cascade[chosen[0]]
    return Choice(model, point, make(point), p99_of(teacher, model, point.escalated), costs, chosen[1])


def p99_of(teacher: ModelRecord, student: ModelRecord, escalated: Figure) -> Figure:
    """p99 of the cascade's mixture in ms, derived from both models' percentiles."""
    names = [f"latency_p{p}_ms" for p in PERCENTILES]
    unknown = not_measured("ms", "the speed of this model is not measured yet")
    inputs = {f"{name} of {m.role}": m.figures.get(name, unknown) for m in (student, teacher) for name in names}
    inputs["share escalated"] = escalated
    if not known(inputs):
        return derived(None, "ms", "p99 of the mixture", inputs)
    mine, theirs = ({p: value_of(m.figures[f"latency_p{p}_ms"]) for p in PERCENTILES} for m in (student, teacher))
    return derived(mixture_p99(value_of(escalated), mine, theirs), "ms",
                   "p99 of the mixture, an escalated text takes student and teacher time", inputs)


def unit_cost(point: CascadePoint, student_usd: Figure, teacher_usd: Figure) -> Figure:
    """Bench cost of a million predictions (USD/1e6): the student answers all, the teacher the escalated share."""
    return compute(lambda student, teacher, share: student + teacher * share, "USD/1e6", "student + share escalated x teacher",
                   student=student_usd, teacher=teacher_usd, share=point.escalated)
