"""What closer looks at a model's answers found, in sentences: plain text, not Markdown. Pure."""

from __future__ import annotations

from core import quality
from core.claims.bias import KINDS
from core.figures import Figure, Interval
from core.formats import MINUS, show, show_interval
from core.records import ModelRecord
from core.studies.slices import differences, losing

OUTCOMES = {"beats": "beats the teacher", "within margin": "is within the margin", "worse": "loses more than the margin"}


def against_margin(model: ModelRecord, margin: Figure) -> str:
    """The verdict on the user's margin: "depth-3 is within the margin of 4 points"."""
    difference, texts = model.figures.get("accuracy_difference"), model.figures.get("test_texts")
    if difference is None or difference.value is None or not margin.value or texts is None or not texts.value:
        return f"{model.name} is not judged: no margin is stated, or its difference to the teacher is not known"
    interval = Interval(difference.value, difference.low, difference.high)
    outcome = quality.classify(interval, margin.value)
    if outcome != "inconclusive":
        of = "" if outcome == "beats" else f" of {show(margin)}"
        return f"{model.name} {OUTCOMES[outcome]}{of}"
    needed = quality.texts_needed(interval, margin.value, int(texts.value))
    more = "no number of texts" if needed is None else f"about {_rounded(needed - int(texts.value)):,} more test texts"
    return f"{model.name} is inconclusive at a margin of {show(margin)}: {more} would settle it"


def _rounded(number: int) -> int:
    """Two figures: more would claim to know the estimate that well."""
    return int(float(f"{number:.2g}"))


def inherited(model: ModelRecord) -> str:
    """What a student has inherited, in one sentence; "" where nothing was compared."""
    repeated = model.figures.get("repeated_errors")
    if repeated is None:
        return ""
    if repeated.value is None:
        return f"{model.name} has no errors of its teacher to repeat: {repeated.provenance.reason}"
    return f"{model.name} repeats {show(repeated)} of its teacher's errors{_beyond(model)}; {_gap(model)}"


def _beyond(model: ModelRecord) -> str:
    over, excess = model.figures.get("repeated_errors_over_control"), model.figures.get("repeated_errors_excess")
    figure, whom = (over, "its control") if over is not None else (excess, "chance")
    if figure is None or figure.value is None:
        return ""
    if figure.low is not None and figure.low > 0:
        return f", surely more than {whom} ({show(figure)} more)"
    return f", not surely more than {whom}"


def _gap(model: ModelRecord) -> str:
    added = {kind: model.figures[f"gap_added_{kind}"] for kind in KINDS if f"gap_added_{kind}" in model.figures}
    wider = {kind: figure for kind, figure in added.items() if figure.low is not None and figure.low > 0}
    if not added:
        return "no two slices are large enough for a gap"
    if not wider:
        return "no gap between slices is surely wider than the teacher's"
    kind = max(wider, key=lambda name: wider[name].value or 0.0)
    return f"the gap between {KINDS[kind]} is surely wider than the teacher's, by {show(wider[kind])}"


def calibration_title(model: ModelRecord, name: str) -> str:
    """Whether a model's confidence can be believed; its error is read against what chance gives."""
    error, chance = model.figures.get("ece"), model.figures.get("ece_by_chance")
    if error is None or error.value is None or chance is None or chance.high is None:
        return f"Confidence and accuracy of {name}"
    if error.value <= chance.high:
        return f"The confidence of {name} can be believed: its calibration error of {show(error)} is within chance"
    scaled = model.figures.get("ece_scaled")
    after = f", {show(scaled)} after scaling" if scaled is not None and scaled.value is not None else ""
    mean = sum(each.texts * (each.confidence - each.accuracy) for each in model.reliability)
    return f"{name} is {'surer' if mean > 0 else 'less sure'} than it is right: calibration error {show(error)}{after}"


def slices_title(model: ModelRecord, name: str) -> str:
    """On which slices a model surely loses."""
    lost = losing(model)
    if not differences(model):
        return f"Accuracy of {name} by slice"
    if not lost:
        return f"{name} surely loses on no slice"
    worst, figure = next(iter(lost.items()))
    more = f", and on {len(lost) - 1} more" if len(lost) > 1 else ""
    return f"{name} surely loses {show(figure).removeprefix(MINUS)} on {worst}{more}"


def flips(model: ModelRecord, name: str) -> str:
    """How many answers change when terms of identity are swapped; "" where no text holds one."""
    share = model.figures.get("flips")
    if share is None or share.value is None:
        return ""
    return f"{show(share)} of the answers of {name} flip when names and terms of identity are swapped ({show_interval(share)})"
