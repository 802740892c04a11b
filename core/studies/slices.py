"""What a model loses to its teacher on slices of the test texts."""

from __future__ import annotations

from core.figures import Figure
from core.quality.slices import LEVEL
from core.records import ModelRecord


def differences(model: ModelRecord) -> dict[str, Figure]:
    """By slice, accuracy less the teacher's in points; empty for a teacher, and in studies that were evaluated without slices."""
    return {name: figures["accuracy_difference"] for name, figures in model.slices.items() if "accuracy_difference" in figures}


def losing(model: ModelRecord) -> dict[str, Figure]:
    """The differences of the slices that surely lose, the largest loss first.

    The whole interval lies below 0, and the p value, adjusted for all slices, is at most 0.05 (core.quality.slices).
    """
    found = {name: figure for name, figure in differences(model).items() if _surely(figure, model.slices[name].get("mcnemar_p_slice"))}
    return dict(sorted(found.items(), key=lambda pair: pair[1].value or 0.0))


def _surely(difference: Figure, p: Figure | None) -> bool:
    return difference.high is not None and difference.high < 0 and p is not None and p.value is not None and p.value <= LEVEL
