"""How uncertain each input of a study's case is, and which speeds move together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from core.case import CaseInputs
from core.figures import Figure
from core.records import ModelRecord
from core.roi.inputs import spread_of
from core.roi.options import Option, Part
from core.roi.spread import Spread, of_figure, within
from core.studies.served import OPTIMISED, Machines, part_name

ONCE, ELSEWHERE, ASSUMED_PRICE = 1.15, 1.5, 1.3  # how far off a figure may be, either way, where nothing says how far


def spreads_of(case: CaseInputs, inputs: Mapping[str, Figure], machines: Machines, models: list[ModelRecord], options: list[Option]
               ) -> tuple[dict[str, Spread], dict[str, str]]:
    """How uncertain each input is, by name, and which speeds move with the teacher's."""
    found = {name: spread for name in inputs if (spread := spread_of(name, case)) is not None}
    found.pop("usd_per_hour", None)
    if (price := _price_spread(case, machines)) is not None:
        apart = machines.students_usd is not machines.teacher_usd
        found |= {f"usd_per_hour of {part_name(m)}" if apart else "usd_per_hour": price for m in models if m.role == "teacher"}
    if "optimised_teacher_speedup" in found:
        found[f"rate_per_s of {OPTIMISED}"] = _scaled(found.pop("optimised_teacher_speedup"), inputs, options)
    if "api_usd_per_call" in found:
        found["usd_per_call"] = found.pop("api_usd_per_call")
    parts = {part.model: part for option in options for part in option.parts}
    for model in models:
        found |= _speed_spread(model, machines, parts[part_name(model)])
    for option in options:
        found |= option_spreads(option)
    follows: dict[str, str] = {}
    for of in ("rate_per_s of ", "usd_per_hour of "):
        leader = f"{of}teacher"
        if leader not in found:
            continue
        follows |= {name: leader for name in found if name.startswith(of) and name != leader}
    return found, follows


def option_spreads(option: Option) -> dict[str, Spread]:
    """How uncertain an option's own measured figures are: what its errors cost, and the share that a cascade escalates."""
    seen = {"accuracy_difference_points of " + option.name: option.figures.get("accuracy_difference_points")}
    seen |= {option.key(part, "share"): part.figures["share"] for part in option.parts if "share" in part.figures}
    spreads = {key: spread for key, figure in seen.items() if figure is not None and (spread := of_figure(figure)) is not None}
    return {key: replace(spread, ceiling=1.0) if key.startswith("share") else spread for key, spread in spreads.items()}


def _scaled(speedup: Spread, inputs: Mapping[str, Figure], options: list[Option]) -> Spread:
    rate = next(option for option in options if option.name == OPTIMISED).parts[0].figures["rate_per_s"].value
    factor = (rate or 1.0) / (inputs["optimised_teacher_speedup"].value or 1.0)
    if speedup.kind == "lognormal":
        return replace(speedup, a=speedup.a + math.log(factor), floor=0.0, ceiling=float("inf"))
    return replace(speedup, a=speedup.a * factor, b=speedup.b * factor, c=speedup.c * factor, floor=0.0, ceiling=float("inf"))


def _price_spread(case: CaseInputs, machines: Machines) -> Spread | None:
    price = machines.teacher_usd
    if case.usd_per_hour is not None:
        return spread_of("usd_per_hour", case)
    if price.value is None or price.provenance.evidence != "default":
        return None
    return within(price.value, ASSUMED_PRICE, f"the instance is assumed: within a factor of {ASSUMED_PRICE:g}, by default")


def _speed_spread(model: ModelRecord, machines: Machines, part: Part) -> dict[str, Spread]:
    """The teacher's rate by its interval, a student's by that of its speed-up; a factor where there is none."""
    is_teacher = model.role == "teacher"
    elsewhere = machines.teacher_elsewhere if is_teacher else machines.students_elsewhere
    rate = part.figures["rate_per_s"]
    if not rate.value:
        return {}
    name = f"rate_per_s of {part_name(model)}"
    if elsewhere:
        return {name: within(rate.value, ELSEWHERE, f"taken over for {elsewhere}: within a factor of {ELSEWHERE:g}, by default")}
    if "offline_rate_per_s" in part.figures:
        return {name: within(rate.value, ONCE, f"searched once under load: within a factor of {ONCE:g}, by default")}
    ratio = model.figures.get("throughput_speedup", rate)
    sampled = rate if is_teacher or ratio.value is None else ratio
    spread = of_figure(sampled)
    if spread is None or spread.kind != "lognormal":
        return {name: within(rate.value, ONCE, f"measured in few processes: within a factor of {ONCE:g}, by default")}
    return {name: replace(within(rate.value, 2.0, spread.source), b=spread.b)}
