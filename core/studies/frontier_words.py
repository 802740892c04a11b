"""The frontier's answer in sentences, and as JSON. Plain text; pure."""

from __future__ import annotations

from typing import Any

from core.figures import Figure
from core.formats import show, show_with_interval
from core.studies.answers import figures_json
from core.studies.frontier import Frontier, Point

NO_STUDENT = "No student is measured yet, so there is nothing to choose from: let the study's run come to its end."
PASSES = "passes"


def answer(found: Frontier) -> str:
    """The cheapest variant that passes with its figures; else the nearest, or what to do."""
    if found.missing:
        return found.missing
    if found.cheapest is None:
        return NO_STUDENT if found.nearest is None else (
            f"No variant is known to pass; the nearest is {found.nearest.name}, at {_costs(found, found.nearest)}.")
    return f"The cheapest variant that passes is {found.cheapest.name}: {_difference(found.cheapest)}, at {_costs(found, found.cheapest)}."


def because(found: Frontier) -> tuple[str, ...]:
    """Sentences beside the answer: why no cheaper one passes, what rivals it, and which one the case is about where that is another."""
    if found.cheapest is None:
        return tuple(filter(None, (found.nearest.why_not if found.nearest else "", about(found))))
    return tuple(filter(None, (_cheaper(found), _rival(found), about(found))))


def _difference(point: Point) -> str:
    return f"its accuracy differs from the teacher's by {show_with_interval(point.candidate.accuracy.difference)}"


def teachers_cost(found: Frontier) -> str:
    """What costs are set against, in words."""
    return "the API's price" if found.by_api else "the teacher's cost as it was trained"


def _costs(found: Frontier, point: Point) -> str:
    """"$0.0177 per million, 1/6.18 of the teacher's cost as it was trained and 1/3.4 of the optimised teacher's"."""
    beside = [f"{fraction(figure)} of {whose}" for figure, whose in ((point.to_teacher, teachers_cost(found)),
              (point.to_optimised, "the optimised teacher's")) if figure.value is not None]
    return ", ".join(filter(None, (show_with_interval(point.cost), " and ".join(beside))))


def fraction(ratio: Figure) -> str:
    """A ratio of costs as people say it: "1/12.3", with the interval's ends; one above a half as "1.2×"."""
    if ratio.value is None:
        return show(ratio)
    if ratio.value > 0.5:
        return show_with_interval(ratio) if ratio.low is not None else show(ratio)

    def turned(value: float | None) -> float | None:
        return None if not value else 1.0 / value

    inverse = Figure(turned(ratio.value), "", ratio.provenance, turned(ratio.high), turned(ratio.low))
    ends = f" (1/{show(Figure(inverse.low, '', ratio.provenance))} to 1/{show(Figure(inverse.high, '', ratio.provenance))})"
    return f"1/{show(inverse)}{ends if inverse.low is not None and inverse.high is not None else ''}"


def _cheaper(found: Frontier) -> str:
    if found.cheaper is None:
        return "No cheaper one is measured."
    return f"The next cheaper one, {found.cheaper.name} ({show(found.cheaper.cost)}), does not pass: {_lowered(found.cheaper.why_not)}"


def _rival(found: Frontier) -> str:
    rival = found.rival
    if rival is None:
        return ""
    if rival.role == "control":
        return f"The {rival.name}, trained on the labels alone, passes too, at {show(rival.cost)}: the teacher's help is not what makes it."
    return f"The {rival.name}, which needs no student, passes too, at {show(rival.cost)}: distillation saves nothing per prediction."


def about(found: Frontier) -> str:
    """Which option the case is about, where that is not the cheapest that passes, and why it is."""
    if found.about is None or (found.cheapest is not None and found.about == found.cheapest.name and not found.chosen):
        return ""
    if found.chosen:
        return f"The case is about {found.about}, which somebody chose."
    return (f"The case is about {found.about}: at its volume, with the fewest machines and all work, that one costs least over the "
            "horizon." if found.cheapest is not None else "")


def verdict(point: Point) -> str:
    """"passes", or why it does not."""
    return PASSES if point.passes else point.why_not


def _lowered(sentence: str) -> str:
    return sentence if sentence[:4] == "p99 " else sentence[:1].lower() + sentence[1:]


def to_json(found: Frontier) -> dict[str, Any]:
    """The answer and all points as JSON values; every number is a figure."""
    def name(point: Point | None) -> str | None:
        return None if point is None else point.name

    return {"answer": answer(found), "because": list(because(found)), "about": found.about, "chosen": found.chosen,
            "cheapest": name(found.cheapest), "cheaper": name(found.cheaper), "nearest": name(found.nearest),
            "teacher": name(found.teacher), "optimised_teacher": name(found.optimised), "usd_per_million_today": found.today.to_dict(),
            "accuracy_margin_points": found.margin.to_dict(), "points": [_row(point) for point in found.points]}


def _row(point: Point) -> dict[str, Any]:
    figures = {"accuracy": point.accuracy, "difference_points": point.candidate.accuracy.difference, "retention": point.retention,
               "usd_per_million_bench": point.cost, "cost_to_teacher": point.to_teacher, "cost_to_optimised_teacher": point.to_optimised,
               "latency_p99_ms": point.candidate.latency.p99}
    return {"name": point.name, "role": point.role, "passes": point.passes, "why_not": point.why_not, "on_front": point.on_front,
            "figures": figures_json(figures)}
