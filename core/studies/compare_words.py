"""A comparison of two studies in sentences, and as JSON values. Pure; plain text, not Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.formats import show, show_with_interval
from core.studies.compare import JUDGED, OF_VARIANTS, ModelComparison, StudyComparison
from core.studies.earlier import lost
from core.studies.moved import Moved
from core.words import label

MOST_TEXTS = 100  # of each model, in the JSON


def answer(found: StudyComparison) -> str:
    """Whether anything got worse, in one sentence without its full stop."""
    margin = show(found.margin)
    if worse := found.regressions:
        told = " and ".join(f"{model.name} {lost(model.difference)}" for model in worse)
        return f"Regression: {told}, more than the margin of {margin}"
    if not found.judged:
        return f"Not known whether anything got worse: {next((m.why for m in found.models if m.why), 'the studies share no model')}"
    open_ones = [model for model in found.models if model.role in JUDGED and model.outcome == "inconclusive"]
    if not open_ones:
        return f"No regression: no model lost more than {margin}"
    return f"No regression is certain, and none is ruled out for {', '.join(model.name for model in open_ones)}, at a margin of {margin}"


def verdict(model: ModelComparison) -> str:
    """A model's verdict on the margin, in words: "inconclusive: 1,200 more texts would settle it"."""
    if model.outcome is None:
        return f"not compared: {model.why}"
    if model.outcome != "inconclusive":
        return model.outcome
    if model.more is None:
        return "inconclusive: the estimate lies on the margin, or has no interval"
    return f"inconclusive: {model.more:,} more texts would settle it"


def texts(model: ModelComparison) -> str:
    """How many shared texts became wrong, and how many right."""
    return f"of {model.texts:,} texts read in both, {model.regressed:,} became wrong and {model.fixed:,} right"


def machines(found: StudyComparison) -> str:
    """Why speed is not judged; "" where it is."""
    if not found.machines:
        return ""
    return ("Measured on different machines, so speed, memory and energy are not judged: " + "; ".join(found.machines)).rstrip(".") + "."


def moved(move: Moved) -> str:
    """A move in words: "Accuracy: 78 % (76.0 to 79.7 %), then 70 % (68.1 to 71.9 %): worse"."""
    verdict_word = {"up": "higher", "down": "lower"}.get(move.direction, move.direction)
    told = [show_with_interval(figure) if figure.low is not None else show(figure) for figure in (move.before, move.after)]
    return f"{label(move.name)}: {told[0]}, then {told[1]}: {verdict_word}"


def worth_telling(variants: Iterable[ModelComparison]) -> tuple[ModelComparison, ...]:
    """The variants of which a figure moved, or that cannot be served any more."""
    return tuple(variant for variant in variants if variant.moves.moved or variant.why != OF_VARIANTS)


def other_ways(found: StudyComparison) -> str:
    """How many variants were compared, and what they were judged by; "" without any."""
    if not found.variants:
        return ""
    told = len(worth_telling(found.variants))
    return (f"Served in other ways, by their figures alone: {len(found.variants)} in both studies, "
            f"{told or 'none'} with something to tell")


def nothing_moved(model: ModelComparison) -> str:
    """What is said of a model none of whose figures moved, and of figures that could not be judged."""
    told = [] if model.moves.moved else [f"none of {model.moves.judged} figures moved beyond its interval"]
    if model.moves.without:
        told.append(f"{len(model.moves.without)} have no interval on both sides and are not judged")
    return "; ".join(told)


def to_json(found: StudyComparison) -> dict[str, Any]:
    """The comparison as JSON values; every number with a unit is a figure object. At most MOST_TEXTS texts of a model."""
    return {
        "before": found.before.id, "after": found.after.id, "task": found.after.spec.task, "answer": answer(found),
        "regression": bool(found.regressions), "margin": found.margin.to_dict(),
        "machine_differences": list(found.machines), "only_before": list(found.gone), "only_after": list(found.new),
        "texts_at_hand": found.texts_at_hand, "models": [_model(model) for model in found.models],
        "variants": [_model(model) for model in found.variants],
    }


def _model(model: ModelComparison) -> dict[str, Any]:
    return {
        "name": model.name, "role": model.role, "outcome": model.outcome, "more_texts": model.more, "why": model.why,
        "difference": model.difference.to_dict(), "shared_texts": model.texts, "regressed": model.regressed, "fixed": model.fixed,
        "moved": [{"name": move.name, "direction": move.direction, "before": move.before.to_dict(), "after": move.after.to_dict()}
                  for move in model.moves.moved],
        "judged": model.moves.judged, "without_interval": list(model.moves.without), "other_machine": list(model.moves.elsewhere),
        "regressions": [{"row": one.row, "text": one.text, "label": one.label, "answer": one.answer, "confidence": one.sure}
                        for one in model.regressions[:MOST_TEXTS]],
    }
