"""Pure statistics over stored predictions."""

from core.quality.bias import Gap, Repeated, gap, repeated_errors, repeated_over_control, worst_regressions
from core.quality.classes import ClassScores, per_class
from core.quality.decisions import Outcome, classify, holm, mcnemar_exact, texts_needed
from core.quality.probabilities import calibration_error, error_by_chance, proper_scores, reliability
from core.quality.repeats import Spread, agreement, over_invocations, over_seeds, paired_by_seed
from core.quality.scores import accuracy, macro_f1, paired_difference, retention
from core.quality.slices import SliceScores, by_slice
from core.quality.swaps import flips, swapped

__all__ = [
    "ClassScores", "Gap", "Outcome", "Repeated", "SliceScores", "Spread", "accuracy", "agreement", "by_slice", "calibration_error",
    "classify", "error_by_chance", "flips", "gap", "holm", "macro_f1", "mcnemar_exact", "over_invocations", "over_seeds",
    "paired_by_seed", "paired_difference", "per_class", "proper_scores", "reliability", "repeated_errors", "repeated_over_control",
    "retention", "swapped", "texts_needed", "worst_regressions",
]
