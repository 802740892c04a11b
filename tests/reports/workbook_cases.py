"""Cases of every kind and the dossiers of their workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core.checklist import ItemVerdict, Verdict
from core.figures import Figure, assumed, catalogue, measured, not_measured
from core.reports.dossier import Dossier
from core.roi.case import evaluate
from core.roi.compare import compare
from core.roi.fields import UNITS
from core.roi.information import value_of_information
from core.roi.options import Activity, Case, Option, Part
from core.roi.sensitivity import tornado
from core.roi.simulate import outlook, simulate
from core.roi.spread import between, triangular

Values = dict[str, float | None]
DAY = (3, 1, 1, 1, 1, 2, 4, 8, 12, 14, 15, 14, 12, 13, 14, 15, 14, 12, 10, 8, 7, 6, 5, 4)


def said(name: str, value: float | None) -> Figure:
    """A figure that the user states, or an unknown one."""
    unit = UNITS[name]
    return not_measured(unit, "nobody has said it") if value is None else assumed(value, unit, by="user")


def figures(**values: float | None) -> dict[str, Figure]:
    return {name: said(name, value) for name, value in values.items()}


def part(model: str, basis: str, **values: float | None) -> Part:
    return Part(model, basis, figures(**values))


def terms(**changes: float) -> dict[str, Figure]:
    return figures(**{"predictions_per_day": 50e6, "monthly_growth": 0.0, "peak_to_mean": 2.5, "horizon_months": 36.0,
                      "discount_rate": 0.1, **changes})


def rented(model: str, rate: float | None, basis: str = "provisioned", **more: float | None) -> Part:
    given = {"usd_per_hour": 0.75, "rate_per_s": rate, "target_utilisation": 0.6, "min_instances": 2.0, **more}
    return part(model, basis, **given)


def work(hours: float = 120.0, rate: float = 100.0, key: str = "engineering_hours") -> tuple[Activity, ...]:
    return (Activity(key, assumed(hours, "h", by="user"), assumed(rate, "USD/h", by="default")),)


SWITCH = {"months_to_go_live": 2.0, "parallel_months": 1.0}
UPDATES = {"redistil_every_months": 6.0, "redistil_hours": 16.0, "redistil_usd_per_hour": 100.0, "redistil_usd": 12.5}


def teacher(*parts: Part, **more: float | None) -> Option:
    return Option("teacher", "status_quo", parts or (rented("teacher", 416.7),), (), figures(**more))


def provisioned() -> Case:
    """Two students and an optimised teacher on one kind of machine, with ranges."""
    student = Option("depth-3", "student", (rented("depth-3", 1666.8),), work(), figures(
        **SWITCH, **UPDATES, accuracy_difference_points=-1.0, usd_per_error=1e-5, monitoring_usd_per_month=50.0))
    quick = Option("optimised teacher", "optimised_teacher", (rented("optimised", 700.0, spare_instances=1.0),), work(40.0, key="tuning"),
                   figures(months_to_go_live=1.0, parallel_months=0.0))
    price = catalogue(0.75, "USD/h", source="price list", as_of="2026-07-20")
    rate = measured(416.7, "1/s", source="run 1", device="cpu", as_of="2026-11-01", low=400.0, high=430.0)
    today = Option("teacher", "status_quo", (Part("teacher", "provisioned", {**rented("teacher", 1).figures, "usd_per_hour": price,
                                                                             "rate_per_s": rate}),))
    spreads = {"engineering_hours": between(60, 240), "predictions_per_day": between(20e6, 120e6),
               "months_to_go_live": triangular(1, 2, 6), "rate_per_s of depth-3": between(1500, 1900, "run 2")}
    return Case(terms(), (today, student, quick), spreads, {"rate_per_s of depth-3": "rate_per_s of teacher"})


def autoscaled(profile: Sequence[float] | None = None) -> Case:
    more = {"startup_minutes": 5.0}
    student = Option("static", "student", (rented("static", 900.0, "autoscaled", **more, spare_instances=1.0,
                                                  offline_rate_per_s=1300.0),), work(80.0),
                     figures(**SWITCH, upfront_usd=250.0))
    options = (teacher(rented("teacher", 300.0, "autoscaled", **more)), student)
    if profile is None:
        return Case(terms(monthly_growth=0.02, peak_to_mean=3.3), options)
    return Case(terms(peak_to_mean=max(profile) * 24 / sum(profile)), options, profile=tuple(profile))


def batch_and_api() -> Case:
    batch = Option("depth-2", "student", (rented("depth-2", 900.0, "batch", min_instances=1.0, billing_step_h=4.0),), work(),
                   figures(**SWITCH, storage_usd_per_month=3.0))
    calls = Option("API", "api", (part("api", "api", usd_per_call=2e-6, retry_factor=1.05, yearly_price_change=-0.2),), (),
                   figures(months_to_go_live=0.0, parallel_months=0.0, accuracy_difference_points=0.5, usd_per_error=1e-5))
    return Case(terms(predictions_per_day=3e6), (teacher(rented("teacher", 200.0, "bench", min_instances=0.0)), batch, calls))


def bill() -> Case:
    known = part("today", "bill", monthly_bill_usd=12_000.0, bill_predictions_per_month=90e6, bill_variable_share=0.7,
                 yearly_price_change=0.05)
    student = Option("depth-1", "student", (rented("depth-1", 1200.0),), work(200.0), figures(**SWITCH))
    return Case(terms(predictions_per_day=4e6, monthly_growth=0.03), (teacher(known), student))


def cascade() -> Case:
    both = Option("cascade", "cascade", (rented("depth-1", 5000.0), rented("teacher", 416.7, share=0.18)), work(),
                  figures(**SWITCH, **UPDATES))
    alone = Option("depth-1", "student", (rented("depth-1", 5000.0),), work(), figures(**SWITCH))
    return Case(terms(predictions_per_day=40e6), (both, teacher(), alone))


def owned() -> Case:
    bought = {"usd_per_hour": 0.0, "hardware_usd": 9_000.0, "watts": 350.0, "usd_per_kwh": 0.25, "hosting_usd_per_month": 40.0}
    student = Option("depth-3", "student", (rented("depth-3", 1600.0, **bought, hardware_life_months=14.0),), work(), figures(**SWITCH))
    today = teacher(rented("teacher", 400.0, **bought, hardware_life_months=20.0))
    return Case(terms(monthly_growth=0.04), (today, student))


def everything() -> Case:
    """Growth, a yearly change of price, a commitment, updates, errors, several activities at different rates."""
    today = teacher(rented("teacher", 416.7, yearly_price_change=0.03), committed_until_month=9.0, monitoring_usd_per_month=120.0,
                    storage_usd_per_month=1.5)
    activities = (*work(80.0, key="hours for labelling"), *work(30.0, 140.0, key="hours for review"))
    student = Option("depth-3", "student", (rented("depth-3", 1666.8, yearly_price_change=-0.04),), activities, figures(
        months_to_go_live=3.0, parallel_months=2.0, upfront_usd=4_000.0, **{**UPDATES, "redistil_every_months": 5.5},
        accuracy_difference_points=-0.8, usd_per_error=2e-6, monitoring_usd_per_month=200.0, storage_usd_per_month=7.0))
    return Case(terms(monthly_growth=0.015, horizon_months=30.0), (today, student), currency="EUR")


def case_file() -> Case:
    """The example of the case file: a fleet today against a known bill."""
    known = part("student", "bill", monthly_bill_usd=1500.0, bill_predictions_per_month=1_000_000.0, bill_variable_share=1.0)
    student = Option("student", "student", (known,), (), figures(
        upfront_usd=35_000.0, months_to_go_live=0.0, parallel_months=0.0, redistil_every_months=0.0, redistil_usd=0.0))
    return Case(terms(predictions_per_day=1e6, discount_rate=0.0), (teacher(), student))


def steep() -> Case:
    """A few hundred dollars that save thousands a month: IRR() of spreadsheet programs does not find such a rate by itself."""
    student = Option("depth-3", "student", (rented("depth-3", 9000.0),), work(20.0), figures(months_to_go_live=0.0, parallel_months=0.0))
    return Case(terms(predictions_per_day=2e9), (teacher(), student))


def unknown() -> Case:
    """A student whose rate nobody has measured, and one without a planned interval."""
    blank = Option("depth-1", "student", (rented("depth-1", None),), work(), figures(**SWITCH, **UPDATES))
    free = Option("depth-3", "student", (rented("depth-3", 1600.0),), work(), figures(
        **SWITCH, **{**UPDATES, "redistil_every_months": None, "redistil_hours": None}))
    return Case(terms(), (teacher(), blank, free))


CASES = {"provisioned": provisioned, "autoscaled": autoscaled, "profile": lambda: autoscaled(DAY), "batch and api": batch_and_api,
         "bill": bill, "cascade": cascade, "owned": owned, "everything": everything, "case file": case_file, "steep": steep,
         "unknown": unknown}


def dossier(case: Case, title: str = "Ticket routing", simulated: bool = False) -> Dossier:
    """The dossier of a case; every option is compared with today's and the last one with the first other too."""
    others = [option.name for option in case.options if not option.serves_today]
    pairs = [(name, case.status_quo.name) for name in others]
    pairs += [(others[-1], others[0])] if len(others) > 1 else []
    item = ItemVerdict(1, "pass", "Passes if it costs less.", "It costs less.", {"predictions_per_day": case.terms["predictions_per_day"]})
    made = Dossier(title, date(2026, 11, 20), {"Study": "film reviews"}, "Invest.", "The volume is assumed.", "Measure it.", case,
                   evaluate(case), tuple(compare(case, *pair, searched=simulated) for pair in pairs), others[-1], None,
                   Verdict("invest", ("It pays.",), (item,)), assumptions=("A month has 730 hours.",),
                   evidence={"teacher": {"accuracy": measured(0.81, "share", source="run 1", device="cpu", as_of="2026-11-01")}})
    if not simulated:
        return made
    found = simulate(case, 256)
    names = [option.name for option in case.options]
    return replace(made, outlook=outlook(found, *pairs[0]), bars=tornado(case, *pairs[0]),
                   information=value_of_information(found, names, {"engineering_hours": 500.0}))
