"""Figures of one way to answer: machines of a study, an API, a known bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from core.case import CaseInputs
from core.figures import Figure, assumed, derived, not_measured
from core.records import ModelRecord
from core.roi.options import Part
from core.roi.serving import Basis
from core.studies.capacity import capacity
from core.studies.prices import machine_price, other_machine, students_price

OPTIMISED = "optimised teacher"
MACHINE = ("target_utilisation", "min_instances", "spare_instances", "startup_minutes", "billing_step_h", "yearly_price_change")
OWNED = ("hardware_usd", "hardware_life_months", "watts", "usd_per_kwh", "hosting_usd_per_month")
NOT_RENTED = assumed(0.0, "USD/h", by="user", source="the machine is owned: nothing is paid by the hour")
RATES = ("rate_per_s", "offline_rate_per_s")
NEUTRAL = {"spare_instances", "yearly_price_change", "startup_minutes", "billing_step_h"}


@dataclass(frozen=True)
class Machines:
    """What an hour of the teacher's and of the students' machine costs, and where capacity is taken over to ("" for here)."""

    teacher_usd: Figure
    students_usd: Figure
    teacher_elsewhere: str
    students_elsewhere: str


def machines_of(case: CaseInputs, machine: Mapping[str, Any], device: str) -> Machines:
    """Prices and places of both kinds of machine. Raises UserError for an unknown instance."""
    price = machine_price(case, machine, device)
    own = students_price(case)
    here = other_machine(case.instance, machine, device)
    there = here if own is None else other_machine(case.student_instance, machine, device)
    return Machines(price, own or price, here, there)


def machine_part(model: ModelRecord, machines: Machines, inputs: Mapping[str, Figure], basis: Basis, share: Figure | None = None
                 ) -> Part:
    """A measured model on machines; share: the part of the demand that reaches it, all where None."""
    is_teacher = model.role == "teacher"
    elsewhere = machines.teacher_elsewhere if is_teacher else machines.students_elsewhere
    figures = {"usd_per_hour": machines.teacher_usd if is_teacher else machines.students_usd,
               **_machine_inputs(inputs, basis), **capacity(model, inputs, basis, elsewhere)}
    return Part(part_name(model), basis, figures | ({} if share is None else {"share": share}))


def part_name(model: ModelRecord) -> str:
    """Whose speed and price a part has; a control shares them with its student."""
    name = "teacher" if model.role == "teacher" else model.name
    return f"{name}, {model.way}" if model.way else name


def optimised_part(teacher: Part, speedup: Figure) -> Part:
    """The teacher without training, as much faster as somebody says."""

    def faster(rate: Figure) -> Figure:
        value = None if rate.value is None or speedup.value is None else rate.value * speedup.value
        return derived(value, "1/s", "teacher's throughput x assumed speed-up", {"throughput of the teacher": rate, "speed-up": speedup})

    rates = {name: faster(teacher.figures[name]) for name in RATES if name in teacher.figures}
    return Part(OPTIMISED, teacher.basis, {**teacher.figures, **rates})


def _machine_inputs(inputs: Mapping[str, Figure], basis: Basis) -> dict[str, Figure]:
    """What machines rest on beside price and rate: neutral values that the basis does not need are left out."""
    found = {name: inputs[name] for name in MACHINE if name not in NEUTRAL or inputs[name].value}
    if basis != "autoscaled":
        found.pop("startup_minutes", None)
    if basis != "batch":
        found.pop("billing_step_h", None)
    if basis == "bench":
        found = {name: figure for name, figure in found.items() if name == "yearly_price_change"}
    if inputs["hardware_usd"].value is not None:
        found |= {name: inputs[name] for name in OWNED} | {"usd_per_hour": NOT_RENTED}
    return found


def api_part(case: CaseInputs, inputs: Mapping[str, Figure], today: date) -> Part | None:
    """An API by its tokens or by a typed price of one call; None where neither is said. Raises UserError."""
    price = api_call_price(case, inputs, today)
    if price is None:
        return None
    figures = {"usd_per_call": price, "retry_factor": inputs["retry_factor"]}
    if inputs["yearly_price_change"].value:
        figures["yearly_price_change"] = inputs["yearly_price_change"]
    return Part("API teacher", "api", figures)


def api_call_price(case: CaseInputs, inputs: Mapping[str, Figure], today: date) -> Figure | None:
    """USD of one call: typed, or one call priced by the provider's list at this day; None where nothing is said."""
    if case.api_usd_per_call is not None:
        return inputs["api_usd_per_call"]
    if not case.api_model:
        return None
    said = {name: inputs[f"api_{name}_tokens"].value for name in ("input", "cached", "cache_write", "output", "reasoning")}
    if said["input"] is None or said["output"] is None:
        return not_measured("USD/call", "the tokens of one call are not stated; say api_input_tokens and api_output_tokens")
    from core.pricing import tokens  # its price list takes long to load, and few cases have an API

    counts = tokens.TokenCounts(**{name: value or 0 for name, value in said.items()})
    price = tokens.api_call(case.api_provider or "", case.api_model, counts, datetime.combine(today, time(12), UTC))
    files = sorted({figure.provenance.source for figure in (inputs["api_input_tokens"], inputs["api_output_tokens"])
                    if figure.provenance.kind == "measured"})
    told = "; ".join((price.provenance.source, *(f"tokens: {source}" for source in files)))
    return replace(price, provenance=replace(price.provenance, source=told)) if files else price


def bill_part(case: CaseInputs, inputs: Mapping[str, Figure]) -> Part:
    """Today's system by its known bill."""
    names = ("monthly_bill_usd", "bill_predictions_per_month", "bill_variable_share")
    return Part("today's system", "bill", {name: inputs[name] for name in names})
