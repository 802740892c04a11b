"""What a study found, in sentences: the answer on the Overview and the titles of charts. Pure; plain text, not Markdown."""

from __future__ import annotations

from core.figures import Figure
from core.formats import money, show
from core.records import ModelRecord, StudyRecord
from core.roi.results import Comparison
from core.studies.decide import Decision, option_name
from core.studies.headline import EQUAL
from core.words import listed, why_unknown


def answer(decision: Decision) -> str:
    """The study's answer in one sentence, without the verdict's word."""
    best = decision.best
    if best is None or "retention" not in best.figures:
        return "Nothing is known yet: no student has been evaluated"
    kept = f"keeps {show(best.figures['retention'])} of the teacher's accuracy"
    speedup = best.figures.get("throughput_speedup")
    at = f" at {show(speedup)} its throughput" if speedup and speedup.value is not None else ""
    if not decision.qualifies:
        limits = "latency and accuracy" if decision.inputs["memory_limit_mb"].value is None else "latency, accuracy and the limit of memory"
        if decision.ruling is not None and decision.ruling.facts.chosen:
            return f"{option_name(best)}, which was chosen, {kept}{at}, and is not known to meet {limits}"
        return f"No student is known to meet {limits}; the nearest, {option_name(best)}, {kept}{at}"
    return f"{option_name(best)} {kept}{at}{_rival(decision)}"


def _rival(decision: Decision) -> str:
    """The control that qualifies as well and is compared with, if there is one."""
    controls = (model for model in (*decision.study.models, *decision.study.variants) if model.role == "control")
    rival = next((model for model in controls if option_name(model) == decision.other), None)
    if rival is None:
        return ""
    kept = f" ({show(rival.figures['retention'])})" if "retention" in rival.figures else ""
    return f"; the {decision.other}, trained on the labels alone, qualifies too{kept}"


def quality_title(study: StudyRecord) -> str:
    """What the students lose, and what their controls lose."""
    losses = [(m, m.figures["accuracy_difference"]) for m in study.models if "accuracy_difference" in m.figures]
    students = [(m, f) for m, f in losses if m.role == "student" and f.value is not None]
    if not students:
        return "Accuracy of the models so far"
    model, loss = max(students, key=lambda pair: pair[1].value or 0.0)
    control = next((f for m, f in losses if m.role == "control" and m.name == model.name), None)
    if control is None:
        return f"{model.name} {_change(loss)}"
    return f"{model.name} {_change(loss)}, its control {_change(control)}: {_gain(model)}"


def learnt(study: StudyRecord) -> str:
    """How the students learnt, in a sentence; "" where all did by logits, as is usual."""
    by_method: dict[str, list[str]] = {}
    for model in study.models:
        if model.role == "student":
            by_method.setdefault(model.method, []).append(model.name)
    if by_method.keys() <= {"logits"}:
        return ""
    return "Methods: " + "; ".join(f"{listed(names)} by {method}" for method, names in by_method.items()) + "."


def _gain(model: ModelRecord) -> str:
    """Whether the teacher's help is certain, by the interval of the gain over the control."""
    gain = model.figures.get("gain_over_control")
    if gain is None or gain.low is None or gain.high is None or gain.low <= 0 <= gain.high:
        return "no certain gain from the teacher"
    return "the teacher helps" if gain.low > 0 else "the teacher does not help"


def _change(difference: Figure) -> str:
    value = difference.value or 0.0
    if value == 0:
        return "equals the teacher"
    size = Figure(abs(value), difference.unit, difference.provenance, *_flipped(difference, value))
    return f"{'loses' if value < 0 else 'gains'} {show(size)}"


def _flipped(difference: Figure, value: float) -> tuple[float | None, float | None]:
    low, high = difference.low, difference.high
    if value >= 0 or low is None or high is None:
        return low, high
    return -high, -low


def speed_title(study: StudyRecord, figure: str, better: str, what: str) -> str:
    """Which student stands first in a speed figure, and its ratio to the teacher ("throughput_speedup", ...)."""
    known = [m for m in study.models if m.role == "student" and figure in m.figures and m.figures[figure].value is not None]
    if not known:
        return f"{what} of the models so far"
    model = max(known, key=lambda m: m.figures[figure].value or 0.0)
    return f"{model.name} {better} {show(model.figures[figure])} the teacher's"


def throughput_title(study: StudyRecord) -> str:
    """Which student answers most, where there is no ratio to the teacher."""
    known = [m for m in study.models if m.role == "student" and "throughput_per_s" in m.figures and m.figures["throughput_per_s"].value]
    if not known:
        return "Throughput of the models so far"
    model = max(known, key=lambda m: m.figures["throughput_per_s"].value or 0.0)
    return f"{model.name} answers most: {show(model.figures['throughput_per_s'])}"


def cost_title(decision: Decision, attribute: str, where: str) -> str:
    """Which option costs least per million by "usd_per_million" or "usd_per_million_bench"; a control costs what its student does."""
    known = [o for o in decision.options if getattr(o, attribute).value is not None and o.role != "control"]
    if not known:
        return f"{where}: no cost is known yet"
    least = min(known, key=lambda option: getattr(option, attribute).value)
    same = [o for o in known if show(getattr(o, attribute)) == show(getattr(least, attribute))]
    if len(same) == len(known) > 1:
        return f"{where}: every option costs {show(getattr(least, attribute))}"
    return f"{where}: {least.name} costs least, {show(getattr(least, attribute))}"


def worth(comparison: Comparison) -> str:
    """What an option is worth against another, in one sentence."""
    value = comparison.npv_usd.value
    if value is None:
        return f"{comparison.option} against {comparison.against}: not known, {why_unknown(comparison.npv_usd)}"
    if abs(value) < EQUAL / 2:
        return f"{comparison.option} is worth as much as {comparison.against}, at net present value"
    verb = "is worth" if value >= 0 else "loses"
    return f"{comparison.option} {verb} {money(abs(value))} over {comparison.against}, at net present value"


def describe(model: ModelRecord) -> str:
    """A model in two or three words: "teacher", "student depth-2", "control of depth-2"."""
    return f"student {model.name}" if model.role == "student" else option_name(model)
