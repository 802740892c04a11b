"""From a study's figures and its business inputs to the options of a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.case import CaseInputs, ToolInputs
from core.checklist.evidence import NO_LIMIT
from core.checklist.tooling import memory
from core.figures import Figure, assumed, compute, measured, not_measured
from core.records import CascadePoint, ModelRecord, StudyRecord
from core.roi.options import Activity, Case, Option, OptionRole, Part
from core.studies.api_teacher import as_served, inputs_of, is_api, unlike_today
from core.studies.served import OPTIMISED, api_call_price, api_part, bill_part, machine_part, machines_of, optimised_part
from core.studies.spreads import spreads_of
from core.studies.tooling import effort
from core.words import TOOLS

API, BILL = "API teacher", "today's system"
CASCADE = "cascade of "
UNKNOWN_BYTES = not_measured("bytes", "the memory of this option is not measured")
UNPRICED = Part(API, "api", {"usd_per_call": not_measured("USD/call", "neither a model nor a price of a call is stated")})
AGREES = 0.95  # of its answers a variant must share with its model to be an option


def option_name(model: ModelRecord) -> str:
    """How a model, or a variant of it, is called as an option of the case."""
    name = {"teacher": "teacher", "student": model.name, "control": f"control of {model.name}"}[model.role]
    return f"{name}, {model.way}" if model.way else name


def best_variants(study: StudyRecord, memory_limit: Figure = NO_LIMIT) -> dict[tuple[str, str], ModelRecord]:
    """The fastest variant of each model, by (role, name), among those whose answers agree with the model's own on AGREES of the
    validation texts; the test texts do not choose. Those within the limit of memory (MB) come first."""
    def order(variant: ModelRecord) -> tuple[bool, float]:
        return memory(memory_of(variant), memory_limit)[0] != "pass", -_value(variant, "throughput_per_s")

    found: dict[tuple[str, str], ModelRecord] = {}
    for each in sorted(study.variants, key=order):
        if is_option(each):
            found.setdefault((each.role, each.name), each)
    return found


def served_otherwise(study: StudyRecord, case: CaseInputs, memory_limit: Figure = NO_LIMIT, every: bool = False) -> list[ModelRecord]:
    """Variants that are options of a case: the best of each model and the one that the case names; `every`: all whose answers agree
    with their model's own and whose speed is known."""
    wanted = {option_name(each) for each in best_variants(study, memory_limit).values()} | {case.variant}
    return [each for each in study.variants if is_option(each) and (every or option_name(each) in wanted)]


def is_option(variant: ModelRecord) -> bool:
    """Whether a variant's speed is known and its answers agree with the model's own on AGREES of the validation texts."""
    return bool(_value(variant, "throughput_per_s")) and _value(variant, "variant_agreement") >= AGREES


def memory_of(model: ModelRecord | None) -> dict[str, Figure]:
    """Peak memory in bytes of the process that serves a model, and on the GPU where that was read."""
    figures = model.figures if model is not None else {}
    gpu = {name: figure for name, figure in figures.items() if name == "device_bytes" and figure.value is not None}
    return {"peak_memory_bytes": figures.get("peak_memory_bytes", UNKNOWN_BYTES), **gpu}


def _value(model: ModelRecord, name: str) -> float:
    figure = model.figures.get(name)
    return 0.0 if figure is None or figure.value is None else figure.value


def difference_of(model: ModelRecord) -> Figure:
    """Accuracy less the teacher's, in points."""
    return model.figures.get("accuracy_difference", not_measured("points", "this model is not evaluated yet"))


def cascade_name(model: ModelRecord) -> str:
    """How a student with its teacher behind it is called."""
    return f"{CASCADE}{model.name}"


def teacher_option(model: ModelRecord) -> str:
    """How the teacher alone is called as an option: on machines, or as the API that it is."""
    return API if is_api(model) else option_name(model)


def build(study: StudyRecord, case: CaseInputs, today: date, every: bool = False) -> Case | None:
    """The case of a study; None before its teacher exists. every: with all its variants, not the best of each model alone.

    Raises UserError for an unknown instance or API model.
    """
    if not any(model.role == "teacher" for model in study.models):
        return None
    built = _Builder(study, case, today, every)
    inputs = built.inputs
    options = [*built.without_training(), *(each for model in study.models if model.role != "teacher" for each in built.trained(model))]
    terms = {name: inputs[name] for name in
             ("predictions_per_day", "monthly_growth", "peak_to_mean", "horizon_months", "discount_rate")}
    served = (*study.models, *built.variants)
    teachers = [] if is_api(built.teacher) else [built.teacher]
    models = [*teachers, *(m for m in served if m.role == "student" or (m.role == "teacher" and m.way))]
    spreads, follows = spreads_of(case, inputs, built.machines, models, options)
    return Case(terms, tuple(options), spreads, follows, case.hourly_profile)


class _Builder:
    """Makes the options of one study under one case."""

    def __init__(self, study: StudyRecord, case: CaseInputs, today: date, every: bool = False) -> None:
        self.study, self.case, self.inputs, self.today = study, as_served(study, case), inputs_of(study, case), today
        self.teacher = next(model for model in study.models if model.role == "teacher")
        self.machines = machines_of(case, study.machine, self.teacher.device)
        self.variants = served_otherwise(study, case, self.inputs["memory_limit_mb"], every)

    def without_training(self) -> list[Option]:
        """What serves today, and the other ways that need no student."""
        if is_api(self.teacher):
            return self._as_an_api()
        served = machine_part(self.teacher, self.machines, self.inputs, self.case.basis)
        api = api_part(self.case, self.inputs, self.today)
        found = [self._today("teacher", served) if self.case.status_quo == "teacher" else
                 replace(self._switched("teacher", served), work=self.integration(self.teacher))]
        if self.case.status_quo == "api":
            found.insert(0, self._today(API, api or UNPRICED))
        elif api is not None:
            found.append(self._switched(API, api, "api"))
        if self.case.status_quo == "bill":
            found.insert(0, self._today(BILL, bill_part(self.case, self.inputs)))
        if self.inputs["optimised_teacher_speedup"].value is not None:
            part = optimised_part(served, self.inputs["optimised_teacher_speedup"])
            found.append(self._switched(OPTIMISED, part, hours="optimised_teacher_hours"))
        return [*found, *(self._optimised(each) for each in self.variants if each.role == "teacher")]

    def _as_an_api(self) -> list[Option]:
        """A teacher without weights: it serves today, or is what today's system could be replaced by; no machine runs it."""
        api = api_part(self.case, self.inputs, self.today) or UNPRICED
        if self.case.status_quo == "bill":
            return [self._today(BILL, bill_part(self.case, self.inputs)), self._switched(API, api, "api")]
        return [self._today(API, api)]

    def _optimised(self, model: ModelRecord) -> Option:
        """The teacher in a measured variant: what distillation has to beat."""
        part = machine_part(model, self.machines, self.inputs, self.case.basis)
        made = self._switched(option_name(model), part, hours="optimised_teacher_hours")
        return replace(made, work=(*made.work, *self.integration(model)), figures={**made.figures, **self._errors(model)})

    def _today(self, name: str, part: Part) -> Option:
        committed = {"committed_until_month": self.inputs["committed_until_month"]} if self.case.committed_until_month else {}
        return Option(name, "status_quo", (part,), figures=committed)

    def _switched(self, name: str, part: Part, role: str = "optimised_teacher", hours: str = "") -> Option:
        rate = self.inputs["engineering_usd_per_hour"]
        work = (Activity(hours, self.inputs[hours], rate),) if hours else ()
        return Option(name, role, (part,), work, self._switch())  # type: ignore[arg-type]

    def _switch(self) -> dict[str, Figure]:
        wanted = ("months_to_go_live", "parallel_months", "monitoring_usd_per_month")
        return {name: self.inputs[name] for name in wanted if name != "monitoring_usd_per_month" or self.inputs[name].value}

    def trained(self, model: ModelRecord) -> list[Option]:
        """A student or a control, served alone: as it was trained, and in its variants."""
        role: OptionRole = "student" if model.role == "student" else "control"
        others = [each for each in self.variants if (each.role, each.name) == (model.role, model.name)]
        return [Option(option_name(each), role, (machine_part(each, self.machines, self.inputs, self.case.basis),), self.work(each),
                       self._of_trained(model, difference_of(each))) for each in (model, *others)]

    def cascade(self, model: ModelRecord, point: CascadePoint) -> Option:
        """A student with its teacher behind it, at one threshold; the teacher's answers come from what serves today if an API does."""
        first = machine_part(model, self.machines, self.inputs, self.case.basis)
        by_api = is_api(self.teacher)
        behind = api_part(self.case, self.inputs, self.today) if by_api or self.case.status_quo == "api" else None
        if by_api or behind is not None:
            behind = behind or UNPRICED
            second = replace(behind, figures={**behind.figures, "share": point.escalated})
        else:
            second = machine_part(self.teacher, self.machines, self.inputs, self.case.basis, point.escalated)
        figures = self._of_trained(model, point.difference)
        figures.pop("storage_usd_per_month", None)  # the teacher serves
        return Option(cascade_name(model), "cascade", (first, second), self.work(model), figures)

    def work(self, model: ModelRecord) -> tuple[Activity, ...]:
        """The activities that were named, or all hours as one; then what it takes to bring in the tool that serves the model."""
        rate = self.inputs["engineering_usd_per_hour"]
        if not self.case.activities:
            return (Activity("engineering_hours", self.inputs["engineering_hours"], rate), *self.integration(model))
        named = tuple(Activity(f"hours for {done.activity}", assumed(done.hours, "h", by="user"),
                              rate if done.usd_per_hour is None else assumed(done.usd_per_hour, "USD/h", by="user"),
                              own_rate=done.usd_per_hour is not None)
                      for done in self.case.activities)
        return (*named, *self.integration(model))

    def integration(self, model: ModelRecord) -> tuple[Activity, ...]:
        """Bringing in the tool that serves the model, where its hours are stated."""
        said = self.case.tools.get(model.runtime, ToolInputs())
        if said.integration_hours is None:
            return ()
        return (Activity(f"hours for integration of {TOOLS[model.runtime]}", effort(said), self.inputs["engineering_usd_per_hour"]),)

    def _of_trained(self, model: ModelRecord, difference: Figure) -> dict[str, Figure]:
        computing = self.computing(model)
        upfront = self.computing(model, searched=True)
        found = {**self._switch(), "upfront_usd": upfront, "redistil_every_months": self.inputs["redistil_every_months"],
                 "redistil_hours": self.inputs["redistil_hours"],
                 "redistil_usd_per_hour": self.inputs["engineering_usd_per_hour"], "redistil_usd": computing}
        if self.inputs["other_upfront_usd"].value:
            found["upfront_usd"] = compute(lambda computing, other: computing + other, "USD", "computing + what else is spent",
                                           computing=upfront, other=self.inputs["other_upfront_usd"])
        found |= self._priced(difference)
        kept = self.teacher.figures.get("artifact_bytes")
        if model.role == "student" and kept is not None and not is_api(self.teacher) and self.inputs["storage_usd_per_gb_month"].value:
            found["storage_usd_per_month"] = compute(
                lambda size, price: size / 1e9 * price, "USD/month", "GB of the kept teacher x price of a GB and month",
                size=kept, price=self.inputs["storage_usd_per_gb_month"])
        return found

    def _errors(self, model: ModelRecord) -> dict[str, Figure]:
        return self._priced(difference_of(model))

    def _priced(self, difference: Figure) -> dict[str, Figure]:
        """What errors cost beyond those of today's system, where an error has a price."""
        if self.inputs["usd_per_error"].value is None:
            return {}
        against = unlike_today(self.study, self.case) or difference
        return {"accuracy_difference_points": against, "usd_per_error": self.inputs["usd_per_error"]}

    def computing(self, model: ModelRecord, searched: bool = False) -> Figure:
        """Training and the teacher's labelling, in USD: measured time x price, or calls of the API that is the teacher today.

        searched: with the search that found the model, which is made once and not again when the model is distilled anew.
        """
        price = self.inputs["training_usd_per_hour"]
        price = price if price.value is not None else self.machines.teacher_usd
        trained = compute(lambda training_s, usd_per_hour: training_s / 3600.0 * usd_per_hour, "USD",
                          "training and labelling hours x price of the machine", training_s=training_seconds(model, searched),
                          usd_per_hour=price)
        if (self.case.status_quo != "api" and not is_api(self.teacher)) or model.role == "control":
            return trained
        call = api_call_price(self.case, self.inputs, self.today)
        texts = model.details.get("texts")
        if call is None or texts is None:
            return not_measured("USD", "the price of labelling by the API is not known")
        count = measured(float(texts), "count", source="transfer set of this student", device="", as_of=str(model.details["date"]))
        return compute(lambda training, call, texts: training + call * texts, "USD", "training + a call of the API for each text",
                       training=trained, call=call, texts=count)


def builder(study: StudyRecord, case: CaseInputs, today: date) -> _Builder:
    """The maker of further options of a study that has a teacher."""
    return _Builder(study, case, today)


def training_seconds(model: ModelRecord, searched: bool = False) -> Figure:
    """Measured seconds of training, for a student including the teacher's labelling of the transfer set; searched: and the search that
    found it, all of it, as every trial was needed to choose."""
    details = model.details
    if "seconds" not in details:
        return not_measured("s", "this model was not trained here")
    total = float(details["seconds"]) + float(details.get("labelling_seconds", 0.0))
    search = float(details.get("search_seconds", 0.0)) if searched else 0.0
    told = "wall time of training and labelling" + (" and of the search that found it" if search else "")
    return measured(total + search, "s", source=told, device=str(details["device"]),
                    as_of=str(details["date"]))
