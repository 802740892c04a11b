"""From a study's figures and its business inputs to options, comparisons and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core import checklist, quality
from core.checklist.performance import accuracy, latency
from core.figures import Figure, Interval, derived, measured, not_measured
from core.records import ModelRecord, StudyRecord
from core.roi.case import evaluate
from core.roi.compare import compare
from core.roi.inputs import resolve, with_half_interval
from core.roi.results import Comparison, OptionResult
from core.roi.served import ServedModel
from core.roi.upfront import nothing_upfront, upfront
from core.spec import CaseInputs
from core.studies.prices import is_stale, machine_price, other_machine

RANK = {"pass": 0, "warn": 1, "not enough evidence": 2, "fail": 3}


@dataclass(frozen=True)
class Decision:
    """What a study says under a case.

    best: the student that the verdict is about; qualifies: whether it meets items 2 and 3. other: the option that needs no
    distillation and that it is compared with.
    """

    study: StudyRecord
    case: CaseInputs
    price: Figure
    inputs: Mapping[str, Figure]
    options: tuple[OptionResult, ...]
    comparisons: tuple[Comparison, ...]
    best: ModelRecord | None = None
    other: str | None = None
    qualifies: bool = False
    verdict: checklist.Verdict | None = None

    def option(self, model: ModelRecord) -> OptionResult | None:
        """A model's result as an option of the case, or None before its speed is measured."""
        return next((option for option in self.options if option.name == option_name(model)), None)


def option_name(model: ModelRecord) -> str:
    """How a model is called as an option of the case."""
    return {"teacher": "teacher", "student": model.name, "control": f"control of {model.name}"}[model.role]


def _in_words(option: str) -> str:
    return "the teacher" if option == "teacher" else f"the {option} (labels alone)"


def decide(study: StudyRecord, today: date, case: CaseInputs | None = None) -> Decision:
    """The decision under the study's own case, or under another one (a what-if). Pure but for the price list's file."""
    case = case or study.case
    device = study.models[0].device if study.models else "cpu"
    price = machine_price(case, study.machine, device)
    inputs = resolve(case)
    elsewhere = other_machine(case, study.machine, device)
    served = {option_name(model): _served(model, price, inputs, elsewhere) for model in study.models}
    teacher = next((m for m in study.models if m.role == "teacher"), None)
    if teacher is None:
        return Decision(study, case, price, inputs, (), ())
    options = evaluate(tuple(served.values()), inputs)
    status_quo = served["teacher"]
    court = _Court(study, case, inputs, price, served, {o.name: o for o in options}, today)
    comparisons = [compare(option, status_quo, inputs, status_quo) for option in served.values() if option is not status_quo]
    students = [m for m in study.models if m.role == "student"]
    best = min(students, key=court.rank, default=None)
    if best is None:
        return Decision(study, case, price, inputs, options, tuple(comparisons))
    other = court.best_other()
    if other != "teacher":
        comparisons.append(court.compare(best, other))
    return Decision(study, case, price, inputs, options, tuple(comparisons), best, other, court.qualifies(best),
                    court.verdict(best, other))


def _served(model: ModelRecord, price: Figure, inputs: Mapping[str, Figure], elsewhere: str) -> ServedModel:
    rate = model.figures.get("throughput_per_s", not_measured("1/s", "the speed of this model is not measured yet"))
    if elsewhere:
        rate = derived(rate.value, "1/s", f"measured here, taken over for {elsewhere}", {"throughput": rate})
    if model.role == "teacher":
        return ServedModel("teacher", "status_quo", price, rate, nothing_upfront())
    training = training_seconds(model)
    spent = upfront(inputs["engineering_hours"], inputs["engineering_usd_per_hour"], training, price)
    again = upfront(inputs["redistil_hours"], inputs["engineering_usd_per_hour"], training, price)
    return ServedModel(option_name(model), model.role, price, rate, spent, redistil_usd=again)


def training_seconds(model: ModelRecord) -> Figure:
    """Measured seconds of training, for a student including the teacher's labelling of the transfer set."""
    details = model.details
    if "seconds" not in details:
        return not_measured("s", "this model was not trained here")
    total = float(details["seconds"]) + float(details.get("labelling_seconds", 0.0))
    return measured(total, "s", source="wall time of training and labelling", device=str(details["device"]),
                    as_of=str(details["date"]))


class _Court:
    """Looks at one study under one case."""

    def __init__(self, study: StudyRecord, case: CaseInputs, inputs: Mapping[str, Figure], price: Figure,
                 served: Mapping[str, ServedModel], options: Mapping[str, OptionResult], today: date) -> None:
        self.study, self.case, self.inputs, self.price = study, case, inputs, price
        self.served, self.options, self.today = served, options, today

    def rank(self, model: ModelRecord) -> tuple[float, ...]:
        """Smaller is better: first what items 2 and 3 say, then the cost per million predictions, then the loss of accuracy."""
        items = self._items_2_and_3(model)
        cost = self.options[option_name(model)].usd_per_million.value
        loss = model.figures["accuracy_difference"].value if "accuracy_difference" in model.figures else None
        worst = max(RANK[item.status] for item in items)
        undecided = float("inf") if worst >= RANK["not enough evidence"] else 0.0
        closeness = -(loss or 0.0) if undecided else 0.0  # without a passing student: the one that loses least
        return worst, closeness, cost if cost is not None else float("inf"), -(loss or 0.0)

    def qualifies(self, model: ModelRecord) -> bool:
        """Whether items 2 and 3 neither fail nor lack evidence."""
        return checklist.qualifies(self._latency(model), self._accuracy(model))

    def best_other(self) -> str:
        """The best way without distillation, by NPV over the status quo: the teacher, or a control that meets items 2 and 3."""
        worth = {option_name(m): self.compare(m, "teacher").npv_usd.value for m in self.study.models
                 if m.role == "control" and self.qualifies(m)}
        better = {name: value for name, value in worth.items() if value is not None and value > 0}
        return max(better, key=better.__getitem__, default="teacher")

    def compare(self, model: ModelRecord, other: str, inputs: Mapping[str, Figure] | None = None) -> Comparison:
        """A model against another option of the case."""
        return compare(self.served[option_name(model)], self.served[other], inputs or self.inputs, self.served["teacher"])

    def verdict(self, best: ModelRecord, other: str) -> checklist.Verdict:
        """The walk through the six items."""
        mine, theirs = self.options[option_name(best)], self.options[other]
        against = self.compare(best, other)
        over_status_quo = against if other == "teacher" else self.compare(best, "teacher")
        unplanned = not_measured("USD", "no re-distillation interval is given")
        planned = self.inputs["redistil_every_months"].value is not None
        npv_at_half = self.compare(best, other, with_half_interval(self.inputs)).npv_usd if planned else unplanned
        case, inputs = self.case, self.inputs
        missing = not_measured("share", "its answers after a reload were not compared yet")
        return checklist.walk(checklist.Evidence(
            option=option_name(best),
            cost=checklist.Cost(inputs["predictions_per_day"], mine.usd_per_million, _in_words(other), theirs.usd_per_million,
                                self.price, is_stale(self.price, self.today), self.served[option_name(best)].rate_per_s),
            latency=self._latency(best), accuracy=self._accuracy(best),
            spending=checklist.Spending(mine.upfront_usd, against.max_upfront_usd, inputs["engineering_hours"]),
            tooling=checklist.Tooling(best.figures.get("reload_agreement", missing), case.teacher_terms_allow,
                                      case.target_is_this_machine),
            iteration=checklist.Iteration(inputs["redistil_every_months"], against.npv_usd, npv_at_half,
                                          case.redistil_owner or "", case.redistil_trigger or ""),
            worth=checklist.Worth(_in_words(other), against.npv_usd, over_status_quo.npv_usd, against.discounted_payback_months)))

    def _items_2_and_3(self, model: ModelRecord) -> Sequence[checklist.ItemVerdict]:
        limits = checklist.Thresholds()
        return latency(self._latency(model), limits), accuracy(self._accuracy(model), limits)

    def _latency(self, model: ModelRecord) -> checklist.Latency:
        queries = model.figures.get("latency_queries")
        p99 = model.figures.get("latency_p99_ms", not_measured("ms", "the speed of this model is not measured yet"))
        return checklist.Latency(p99, self.inputs["latency_limit_ms"], int(queries.value) if queries and queries.value else None)

    def _accuracy(self, model: ModelRecord) -> checklist.Accuracy:
        difference = model.figures.get("accuracy_difference", not_measured("points", "this model is not evaluated yet"))
        margin, texts = self.inputs["accuracy_margin_points"], model.figures.get("test_texts")
        more = None
        if difference.value is not None and margin.value and texts and texts.value:
            found = Interval(difference.value, difference.low, difference.high)
            needed = quality.texts_needed(found, margin.value, int(texts.value))
            more = None if needed is None else needed - int(texts.value)
        left = model.figures.get("test_texts_left")
        return checklist.Accuracy(difference, margin, more, None if left is None or left.value is None else int(left.value))


