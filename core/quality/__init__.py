"""Pure statistics over stored predictions."""

from core.quality.decisions import Outcome, classify, holm, mcnemar_exact, texts_needed
from core.quality.repeats import agreement, over_invocations
from core.quality.scores import accuracy, macro_f1, paired_difference, retention

__all__ = [
    "Outcome", "accuracy", "agreement", "classify", "holm", "macro_f1", "mcnemar_exact", "over_invocations",
    "paired_difference", "retention", "texts_needed",
]
