"""Small cases with numbers that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from core.figures import Figure, assumed, catalogue, measured, not_measured
from core.roi.options import Activity, Case, Option, Part

PRICE = catalogue(0.75, "USD/h", source="list", as_of="2026-07-20")


def said(value: float, unit: str = "") -> Figure:
    return assumed(value, unit, by="user")


def seen(value: float, unit: str = "1/s") -> Figure:
    return measured(value, unit, source="run 1", device="cpu", as_of="2026-11-01")


def machines(model: str, rate: float, basis: str = "provisioned", **more: float) -> Part:
    numbers = {"target_utilisation": 0.6, "min_instances": 2.0, **more}
    return Part(model, basis, {"usd_per_hour": PRICE, "rate_per_s": seen(rate), **{k: said(v) for k, v in numbers.items()}})


def student(name: str = "depth-3", rate: float = 1666.8, hours: float = 120.0, role: str = "student", basis: str = "provisioned",
            **figures: float) -> Option:
    found = {"months_to_go_live": 2.0, "parallel_months": 1.0, "redistil_every_months": 6.0, "redistil_usd": 1600.0, **figures}
    work = (Activity("engineering_hours", said(hours, "h"), said(100.0, "USD/h")),)
    return Option(name, role, (machines(name, rate, basis),), work, {k: said(v) for k, v in found.items()})


TEACHER = Option("teacher", "status_quo", (machines("teacher", 416.7),))
STUDENT = student()


def case(*options: Option, spreads=None, follows=None, profile=None, **changes: float) -> Case:
    terms = {"predictions_per_day": 50e6, "monthly_growth": 0.0, "peak_to_mean": 2.5, "horizon_months": 24.0,
             "discount_rate": 0.0, **changes}
    return Case({k: said(v) for k, v in terms.items()}, options or (TEACHER, STUDENT), spreads or {}, follows or {}, profile)


def unpriced(option: Option) -> Option:
    part = option.parts[0]
    return replace(option, parts=(replace(part, figures={**part.figures, "usd_per_hour": not_measured("USD/h", "no instance")}),))
