"""How much data: the learning curve that a study recorded, its law, and what more texts would bring in points and in dollars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from core import tasks
from core.errors import UserError
from core.figures import Figure, Interval, compute, derived, measured, not_measured
from core.quality.laws import Law, Seen, fit
from core.records import ModelRecord, StudyRecord
from core.roi.cash import is_live
from core.roi.months import DAYS_PER_MONTH, daily_volumes
from core.roi.worth import npv
from core.studies.decide import Decision
from core.studies.served import api_call_price

NO_CURVE = "this study has tried one size of its transfer set only; run one with curve.points=5 (and curve.share=0.7 where it is short)"
VOLUME = ("predictions_per_day", "monthly_growth", "horizon_months", "months_to_go_live", "discount_rate")


@dataclass(frozen=True)
class Learnt:
    """A student's learning curve. judged: validation texts of each point; majority: share of the most frequent label among them.

    law: None where too few sizes were tried, and why says so.
    """

    model: ModelRecord
    seen: tuple[Seen, ...]
    judged: int
    majority: float
    law: Law | None
    why: str = ""

    @property
    def texts(self) -> int:
        """Texts of the whole transfer set."""
        return max(each.texts for each in self.seen)


@dataclass(frozen=True)
class More:
    """What `texts` texts in place of the present ones would bring. figures: gain_points, gain_usd, collecting_usd, labelling_usd,
    more_training_usd and net_gain_usd; what nobody knows is None with the reason."""

    texts: int
    figures: Mapping[str, Figure]


def seen_of(model: ModelRecord) -> tuple[Seen, ...]:
    """The points of a student's curve, empty where none was recorded."""
    found = model.details.get("curve", {})
    judged = found.get("judged", 0)
    return tuple(Seen(point["texts"], point["seed"], 1 - point["right"] / judged, judged) for point in found.get("points", ()))


def learnt(study: StudyRecord) -> Learnt | None:
    """The study's learning curve, None where it recorded none."""
    model = next((model for model in study.models if model.role == "student" and seen_of(model)), None)
    if model is None:
        return None
    about, seen = model.details["curve"], seen_of(model)
    found, why = _law(seen, about["majority"])
    return Learnt(model, seen, about["judged"], about["majority"], found, why)


@lru_cache(maxsize=64)
def _law(seen: tuple[Seen, ...], majority: float) -> tuple[Law | None, str]:
    try:
        return fit(seen, 1 - majority), ""
    except UserError as error:
        return None, str(error)


def accuracy_at(curve: Learnt, texts: float) -> Figure:
    """Accuracy on validation texts by the law, after learning from so many texts."""
    if curve.law is None:
        return not_measured("share", curve.why)
    error = curve.law.error(texts)
    turned = Interval(1 - error.value, 1 - (error.high or 0.0), 1 - (error.low or 0.0), error.note)
    told = derived(turned.value, "share", _formula(curve.law), {"learning_curve": _measured(curve)})
    return replace(told, low=turned.low, high=turned.high)


def gain(curve: Learnt, texts: float) -> Figure:
    """Points by which accuracy rises from the whole transfer set to so many texts, by the law."""
    if curve.law is None:
        return not_measured("points", curve.why)
    found = curve.law.gain(curve.texts, texts)
    formula = f"{_formula(curve.law)}; from {curve.texts:,} to {texts:,.0f} texts, as many passes over each; {found.note}"
    return replace(derived(found.value, "points", formula, {"learning_curve": _measured(curve)}), low=found.low, high=found.high)


def _formula(law: Law) -> str:
    return f"error = {law.a:.3g} + {law.b:.3g} (texts / {law.unit:,})^-{law.c:.2g}"


def _measured(curve: Learnt) -> Figure:
    """The curve itself, as the input of what follows from it."""
    about = curve.model.details["curve"]
    return measured(float(len(curve.seen)), "count", source=f"{len(curve.seen)} trainings, {curve.judged:,} validation texts",
                    device=str(about.get("device", "")), as_of=str(about.get("date", "")))


def more(decision: Decision, curve: Learnt, today: date, times: int = 2) -> More:
    """What `times` as many texts would bring under the decision's case, over what they would cost."""
    extra = (times - 1) * curve.texts
    figures = {"gain_points": gain(curve, times * curve.texts), "collecting_usd": _collecting(decision.study, curve, extra),
               "labelling_usd": _labelling(decision, curve, extra, today), "more_training_usd": _training(decision, curve, extra)}
    figures["gain_usd"] = _worth(decision, figures["gain_points"])
    figures["net_gain_usd"] = _net(figures)
    return More(times * curve.texts, figures)


def _worth(decision: Decision, points: Figure) -> Figure:
    """The gain in dollars, where an error has a price; its interval is that of the gain alone."""
    price = decision.inputs["usd_per_error"]
    if price.value is None:
        return not_measured("USD", "what an error costs is not priced; state usd_per_error on the Checklist")
    inputs = {name: decision.inputs[name] for name in VOLUME}
    if points.value is None or any(figure.value is None for figure in inputs.values()):
        return derived(None, "USD", "the gain in dollars", {"gain_points": points, **inputs})
    each = price.value * _predictions({name: figure.value or 0.0 for name, figure in inputs.items()}) / 100
    formula = "gain x cost of an error x predictions from go-live to the horizon, discounted; the interval is that of the gain alone"
    found = derived(points.value * each, "USD", formula, {"gain_points": points, "usd_per_error": price, **inputs})
    return replace(found, low=None if points.low is None else points.low * each, high=None if points.high is None else points.high * each)


def _predictions(said: Mapping[str, float]) -> float:
    """Predictions that the student answers within the horizon, each discounted to month 0."""
    horizon = int(said["horizon_months"])
    monthly = daily_volumes(said["predictions_per_day"], said["monthly_growth"], horizon) * DAYS_PER_MONTH
    return float(npv(np.concatenate([[0.0], monthly * is_live(horizon, said["months_to_go_live"])]), said["discount_rate"]))


def _collecting(study: StudyRecord, curve: Learnt, extra: int) -> Figure:
    """Nothing where the task has the texts already; else nobody has said what it costs."""
    left = texts_of(study) - curve.texts
    if left >= extra:
        return derived(0.0, "USD", f"the task has {left:,} more training texts, labelled already", {"learning_curve": _measured(curve)})
    return not_measured("USD", f"{extra:,} more texts are needed, the task has {max(0, left):,}, and nobody has said what it costs to "
                               "collect others and have people label them")


def texts_of(study: StudyRecord) -> int:
    """Texts that the study's task could transfer, 0 where the task is gone."""
    try:
        known = tasks.info(study.spec.task).texts
    except UserError:
        return 0
    return known["train"] + (known.get("unlabelled", 0) if study.spec.distil.unlabelled else 0)


def _labelling(decision: Decision, curve: Learnt, extra: int, today: date) -> Figure:
    """The teacher's answers to the further texts: calls of the API that is the teacher today, or its measured time."""
    if decision.case.status_quo == "api":
        call = api_call_price(decision.case, decision.inputs, today)
        call = call if call is not None else not_measured("USD/call", "the price of a call of the API is not stated")
        return compute(lambda usd_per_call: usd_per_call * extra, "USD", f"price of a call x {extra:,} texts", usd_per_call=call)
    return _timed(decision, curve, extra, "labelling_seconds", "the teacher's measured time a text")


def _training(decision: Decision, curve: Learnt, extra: int) -> Figure:
    """The student's training on the further texts, at its measured time a text."""
    return _timed(decision, curve, extra, "seconds", "the student's measured training time a text")


def _timed(decision: Decision, curve: Learnt, extra: int, key: str, told: str) -> Figure:
    details, own = curve.model.details, decision.inputs["training_usd_per_hour"]
    if key not in details or not details.get("texts"):
        return not_measured("USD", f"{told} was not kept")
    each_s = float(details[key]) / float(details["texts"])
    took = measured(each_s, "s", source=told, device=str(details["device"]), as_of=str(details["date"]))
    return compute(lambda training_s, usd_per_hour: training_s * extra / 3600.0 * usd_per_hour, "USD",
                   f"{told} x {extra:,} texts x price of the machine", training_s=took,
                   usd_per_hour=own if own.value is not None else decision.price)


def _net(figures: Mapping[str, Figure]) -> Figure:
    """The gain less what it costs; unknown as soon as one of them is."""
    costs = [figures[name] for name in ("collecting_usd", "labelling_usd", "more_training_usd")]
    worth, spent = figures["gain_usd"], sum(figure.value or 0.0 for figure in costs)
    inputs = {name: figures[name] for name in ("gain_usd", "collecting_usd", "labelling_usd", "more_training_usd")}
    value = None if worth.value is None else worth.value - spent
    found = derived(value, "USD", "worth of the gain - collecting - labelling - training", inputs)
    if found.value is None or worth.low is None or worth.high is None:
        return found
    return replace(found, low=worth.low - spent, high=worth.high - spent)


def to_json(curve: Learnt, grown: More) -> dict[str, Any]:
    """The curve, its law and what more texts bring, as JSON values; every number that was derived is a figure object."""
    law = curve.law
    return {"student": curve.model.name, "judged": curve.judged, "majority": curve.majority,
            "points": [{"texts": each.texts, "seed": each.seed, "accuracy": 1 - each.error} for each in curve.seen],
            "law": None if law is None else {"a": float(law.a), "b": float(law.b), "c": float(law.c), "unit_texts": law.unit,
                                             "misfit": law.misfit, "left_out_texts": [each.texts for each in law.left_out]},
            "why": curve.why, "more": {"texts": grown.texts, "figures": {name: each.to_dict() for name, each in grown.figures.items()}}}
