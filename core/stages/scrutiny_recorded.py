"""The answers of a teacher without weights looked at closely: what needs probabilities only where the file has them."""

from __future__ import annotations

from dataclasses import replace

from core.figures import Figure, not_measured
from core.quality import calibration, reliability
from core.records import ModelRecord
from core.stages.judge import Judge
from core.stages.recorded import Recorded
from core.stages.scrutiny import Answered, Examined, probability_figures, scrutinise

SURE_NEEDED = 100  # texts with probabilities
NO_DOUBT = "the file has no probabilities of enough of these texts"
OF_PROBABILITIES = {"log_loss": "nats", "brier": "", "ece": "share", "ece_scaled": "share", "ece_by_chance": "share"}
NOT_ASKED = "the answers come from a file, which holds no texts with swapped terms"


def scrutinise_recorded(judge: Judge, seen: Examined, model: ModelRecord, answered: Answered, given: Recorded
                        ) -> tuple[dict[str, Figure], ModelRecord]:
    """As scrutinise: its flips are unknown, and its probabilities are judged on the texts that have some."""
    figures, record = scrutinise(judge, replace(seen, swaps=seen.swaps.iloc[:0]), model, answered)
    figures["flips"] = not_measured("share", NOT_ASKED)
    sure = given.sure(seen.texts)
    if sure.sum() < SURE_NEEDED:
        return figures | {name: not_measured(unit, NO_DOUBT) for name, unit in OF_PROBABILITIES.items()}, replace(record, reliability=())
    groups = None if judge.groups is None else judge.groups[sure]
    part = Judge(judge.context, judge.labels[sure], groups, {key: own[sure] for key, own in judge.predictions.items()}, judge.left)
    logits = answered.logits[sure]
    bins = reliability(calibration.confidence(logits, 1.0), logits.argmax(-1) == part.labels)
    return figures | probability_figures(part, replace(answered, logits=logits)), replace(record, reliability=bins)
