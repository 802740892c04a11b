"""Claims about money, against the claim's own arithmetic and the study's case. One function a claim. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.claims.evidence import CHECKLIST, DECISION, Answer, Evidence, by_api, settled, waiting
from core.claims.published import Claim
from core.claims.rules import Finding, judge, likely
from core.figures import Figure, Provenance, compute, derived
from core.roi.case import bench_unit_cost, reference_month
from core.roi.options import Case, Option, numbers, rests_on, value
from core.roi.results import Comparison, OptionResult
from core.roi.simulate import FEW, Simulation, simulate
from core.words import why_unknown

VOLUME = "predictions_per_day"
RUNNING = ("monitoring_usd_per_month", "storage_usd_per_month")  # what a month of an option costs beside its serving
MIDDLE = (0.025, 0.975)
DRAWN = "The same case with its uncertainty, which appears once every cost is known."


def cheaper_machine_time(seen: Evidence, claim: Claim) -> Answer:
    """C2: bench cost at the rate that the claimed price and cost imply, times the claimed multiple."""
    price, before, multiple = (claim.given(name) for name in ("usd_per_hour", "before", "multiple"))
    implied = compute(lambda price, cost: price / 3600.0 / (cost / 1e6), "1/s", "price per hour / 3600 / (cost of a million / 1e6)",
                      price=price, cost=before)
    faster = compute(lambda rate, multiple: rate * multiple, "1/s", "implied rate × multiple", rate=implied, multiple=multiple)
    found = judge("Cost of a million predictions, computed", bench_unit_cost(price, faster), claim.bounds["after"], exact=True)
    beside = {"Rate that the claim implies": implied, "Rate after the change": faster}
    if seen.listed_price is not None:
        beside["Nearest G4dn of the price list"] = seen.listed_price
    for name in ("teacher", seen.student.name if seen.student else ""):
        option = seen.option(name)
        if option is not None and option.usd_per_million_bench.value is not None:
            beside |= {f"Bench cost of {name}, this case": option.usd_per_million_bench,
                       f"Provisioned cost of {name}, this case": option.usd_per_million}
    return settled([found], beside, "none needed: arithmetic",
                   "The multiple is the claim's own: nothing was measured on a G4dn, and the costs of this case are on other hardware.")


def volume(seen: Evidence, claim: Claim) -> Answer:
    """C5: share of draws in which the best option with a student pays within the horizon at the largest volume that the claim can mean."""
    bound, against = claim.bounds["break_even"], seen.comparison
    if seen.case is None or against is None:
        return waiting("No student is measured yet.", "A measured student, and its case.", seen.page)
    if against.npv_usd.value is None:
        return waiting(f"The net present value is not known: it {why_unknown(against.npv_usd)}.",
                       "A case whose costs are all known.", CHECKLIST)
    even, where = _break_even(against), machines(seen, against.option)
    none = "" if even else f"No break-even volume was found: {why_unknown(against.break_even_predictions_per_day)}."
    if not seen.is_drawn:
        return replace(settled(even, {}, where, none), verdict="undecided", need=DRAWN)
    drawn, others = _at(seen.case, bound.high, claim), dict.fromkeys((against.against, seen.case.status_quo.name))
    shares = {name: share_that_pays(drawn, against.option, name, bound.promised) for name in others}
    label = f"Draws in which {against.option} is worth no less than {{}} at {bound.promised}"
    paying = likely(label.format(against.against), shares[against.against])
    need = "An input with less doubt: the Decision page names the one that is worth knowing." if paying.verdict == "undecided" else ""
    findings = [paying, *(replace(found, verdict=paying.verdict) for found in even)]
    doubt = "" if seen.qualifies else f"That {against.option} may be too slow or wrong too often is left aside here."
    answer = settled(findings, {label.format(name): share for name, share in shares.items() if name != against.against}, where,
                     f"{none} {doubt}".strip())
    return replace(answer, need=need, page=DECISION if need else "")


def _break_even(against: Comparison) -> list[Finding]:
    """The break-even volume at the plain values, which has no interval of its own; nothing where there is none."""
    even = against.break_even_predictions_per_day
    words = f"at the plain values, over {against.against}"
    return [Finding("Break-even volume", even, "undecided", words)] if even.value is not None else []


def _at(case: Case, per_day: float, claim: Claim) -> Simulation:
    """Draws of the case when it starts with `per_day` predictions a day, all else as uncertain as it is."""
    wanted = Figure(per_day, "1/day", Provenance("published", f"claim {claim.id}, {claim.said_by.lower()}"))
    return simulate(replace(case, terms={**case.terms, VOLUME: wanted},
                            spreads={name: spread for name, spread in case.spreads.items() if name != VOLUME}), FEW)


def share_that_pays(drawn: Simulation, option: str, against: str, volume: str) -> Figure:
    """Share of draws whose NPV over `against` is 0 or more; volume is the predictions a day in words."""
    needed = rests_on(drawn.case, drawn.case.option(option), drawn.case.option(against))
    return derived(float(np.mean(drawn.npv(option, against) >= 0)), "share",
                   f"share of draws with NPV ≥ 0 at {volume}, {drawn.draws:,} Latin hypercube draws", needed)


def api_against_student(seen: Evidence, claim: Claim) -> Answer:
    """C9: cost of a million predictions from the API over that of the verdict's student alone, in the case's first common month."""
    case, student = seen.case, seen.student
    api = None if case is None else next((o for o in case.options if o.basis == "api" and len(o.parts) == 1), None)
    if case is None or student is None:
        return waiting("No student is measured yet.", "A measured student, and an API in the case.", seen.page)
    if api is None:
        return waiting("This case has no API to compare with.", "A case with an API: name its model and the tokens of a call, or its "
                       "price, in step 1 of the Checklist.", CHECKLIST)
    theirs, mine = seen.option(api.name), seen.option(student.name)
    assert theirs is not None and mine is not None, "every option of the case is computed"
    factor = cost_factor(case, theirs, mine, seen.is_drawn)
    if factor.value is None:
        unknown = theirs if theirs.usd_per_million.value is None else mine
        return waiting(f"The cost of {unknown.name} is not known: it {why_unknown(unknown.usd_per_million)}.",
                       "A case in which all costs of both are known.", CHECKLIST)
    found = judge(f"Cost of {api.name} over that of {student.name}", factor, claim.bounds["factor"], need=DRAWN)
    beside = {f"Cost of a million, {api.name}": theirs.usd_per_million, f"Cost of a million, {student.name}": mine.usd_per_million,
              f"Upfront, {student.name}": mine.upfront_usd}
    where = f"different hardware: {api.name} on its provider's machines, {student.name} {machines(seen, student.name)}"
    return settled([found], beside, where, "The student's machines are paid by the hour, so its predictions are not free.")


def cost_factor(case: Case, theirs: OptionResult, mine: OptionResult, is_drawn: bool) -> Figure:
    """theirs / mine in cost of a million predictions (ratio); the interval holds the middle 95 % of draws, and is absent without."""
    made = compute(lambda theirs, mine: theirs / mine if mine else None, "ratio", "cost of a million: API / student, at this volume",
                   theirs=theirs.usd_per_million, mine=mine.usd_per_million)
    if made.value is None or not is_drawn:
        return made
    flows = running(case).flows
    if not {theirs.name, mine.name} <= set(flows):  # of what serves today something is unknown: nothing is drawn
        return made
    low, high = np.quantile(flows[theirs.name][:, -1] / flows[mine.name][:, -1], MIDDLE)
    return replace(made, low=float(low), high=float(high),
                   provenance=replace(made.provenance, source=f"{made.provenance.source}; interval: middle 95 % of {FEW:,} draws"))


def running(case: Case) -> Simulation:
    """Draws of what each option costs a month once it serves: the last month of the flows is the first in which all serve."""
    month = reference_month(case, numbers(case)[1])
    horizon = replace(case.terms["horizon_months"], value=float(month))
    return simulate(replace(case, terms={**case.terms, "horizon_months": horizon},
                            options=tuple(_at_work(option) for option in case.options)), FEW)


def _at_work(option: Option) -> Option:
    """The option as if it served already: no work, no waiting, no updates."""
    kept = {name: figure for name, figure in option.figures.items() if name in RUNNING}
    return Option(option.name, option.role, option.parts, figures=kept)


def machines(seen: Evidence, name: str) -> str:
    """On which machines an option of the case was measured, and where its speed is taken over to."""
    part = None if seen.case is None else seen.case.option(name).parts[0]
    rate = part.figures.get("rate_per_s") if part else None
    model = seen.student if by_api(seen) else seen.teacher
    device = str(model.details.get("device", model.device)) if model else "no device"
    taken = rate.provenance.source.partition("taken over for ")[2] if rate is not None else ""
    return f"measured on {device}" + (f", speed taken over for {taken}" if taken else "")


def price_near(claim: Claim, rows: list[tuple[float, Figure]]) -> Figure | None:
    """Of some prices (USD/h, and the same as figures) the one nearest to the claim's; None without any."""
    wanted = value(claim.given("usd_per_hour"))
    return min(rows, key=lambda row: abs(row[0] - wanted))[1] if rows else None
