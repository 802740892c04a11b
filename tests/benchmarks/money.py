"""How soon a case is answered: the plain result, and draws with a tornado against a plain Python loop over the same formulas."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Mapping
from statistics import NormalDist
from time import perf_counter

from core.roi.case import evaluate
from core.roi.compare import compare
from core.roi.options import Case, Option
from core.roi.sensitivity import tornado
from core.roi.simulate import MANY, simulate
from core.roi.spread import Spread, between, triangular, within
from tests.benchmarks.rows import Row
from tests.roi.made_case import TEACHER, case, student

RUNS, LOOPED = 15, 100
Drawn = Mapping[str, float]


def busy_case(horizon: float = 36.0) -> Case:
    """Today's teacher, a faster teacher, a student and its control on the provisioned basis, with eight uncertain inputs."""
    spreads = {
        "predictions_per_day": between(2e7, 1.2e8), "monthly_growth": between(-0.02, 0.04), "peak_to_mean": triangular(1.5, 2.5, 4.0),
        "usd_per_hour": within(0.75, 1.1), "rate_per_s of teacher": within(416.7, 1.15), "rate_per_s of depth-3": within(1666.8, 1.1),
        "engineering_hours": between(60, 240), "redistil_usd": between(800, 3200)}
    priced = {"accuracy_difference_points": -1.0, "usd_per_error": 1e-6, "monitoring_usd_per_month": 50.0}
    faster = student("int8", 700.0, 40.0, "optimised_teacher", redistil_every_months=0.0)
    return case(TEACHER, faster, student("depth-3", 1666.8, **priced), student("control", 1666.8, role="control", **priced),
                spreads=spreads, horizon_months=horizon, discount_rate=0.1)


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    made = busy_case()
    names = [option.name for option in made.options if not option.serves_today]
    point_ms = _median_ms(lambda: _answer(busy_case(), names))
    draws_ms = _median_ms(lambda: (simulate(made, MANY), tornado(made, "depth-3", "int8")))
    loop_ms = _median_ms(lambda: looped(made, LOOPED), 3) / LOOPED * MANY
    return [Row("point result of a case with four options", "ms", 10.0, point_ms, at_least=False),
            Row("10,000 draws with tornado, 36 months", "ms", 200.0, draws_ms, at_least=False),
            Row("draws and tornado over a plain Python loop", "ratio", 50.0, loop_ms / draws_ms)]


def _answer(made: Case, names: list[str]) -> None:
    """Each option's costs, each against today's system, and the best one against the best other with its break-even volume."""
    evaluate(made)
    for name in names:
        compare(made, name, made.status_quo.name, searched=False)
    compare(made, "depth-3", "int8")


def _median_ms(work: Callable[[], object], runs: int = RUNS) -> float:
    work()
    took = []
    for _ in range(runs):
        started = perf_counter()
        work()
        took.append(perf_counter() - started)
    return 1e3 * statistics.median(took)


def looped(made: Case, draws: int) -> list[dict[str, float]]:
    """Present value of each option's costs in Latin hypercube draws, in plain Python: one draw, option and month at a time.

    A tornado is sixteen more of the same evaluations; it is left out, which favours the loop.
    """
    chance = random.Random(0)
    strata = {name: chance.sample(range(draws), draws) for name in made.spreads}
    found = []
    for i in range(draws):
        drawn = {name: quantile(spread, (strata[name][i] + chance.random()) / draws) for name, spread in made.spreads.items()}
        found.append({option.name: present_cost(made, option, drawn) for option in made.options})
    return found


def quantile(spread: Spread, share: float) -> float:
    """The value below which a share of the draws lies."""
    if spread.kind == "triangular":
        low, mode, high = spread.a, spread.b, spread.c
        if share < (mode - low) / (high - low):
            return low + math.sqrt(share * (high - low) * (mode - low))
        return high - math.sqrt((1 - share) * (high - low) * (high - mode))
    value = NormalDist(spread.a, spread.b).inv_cdf(share)
    return math.exp(value) if spread.kind == "lognormal" else value


def present_cost(made: Case, option: Option, drawn: Drawn) -> float:
    """Present value of all that choosing one option costs in one draw (provisioned basis)."""
    terms = {name: drawn.get(name, figure.value) for name, figure in made.terms.items()}
    mine, today = _values(option, drawn), _values(made.status_quo, drawn)
    total = sum(drawn.get(task.key, task.hours.value) * task.usd_per_hour.value for task in option.work)
    live_from = 0.0 if option.serves_today else mine["months_to_go_live"]
    paid_until = 0.0 if option.serves_today else live_from + mine["parallel_months"]
    for month in range(1, int(terms["horizon_months"]) + 1):
        volume = terms["predictions_per_day"] * (1 + terms["monthly_growth"]) ** (month - 1)
        cost = 0.0
        if month <= paid_until:
            cost += fleet_cost(today, volume, terms["peak_to_mean"])
        if month > live_from:
            cost += fleet_cost(mine, volume, terms["peak_to_mean"]) + mine.get("monitoring_usd_per_month", 0.0)
            cost += error_cost(mine, volume)
        if not option.serves_today:
            cost += updates(mine, live_from, month, terms["horizon_months"]) * mine["redistil_usd"]
        total += cost / (1 + terms["discount_rate"]) ** (month / 12)
    return total


def _values(option: Option, drawn: Drawn) -> dict[str, float]:
    """An option's numbers by field: drawn for it, drawn for all, or as they are said."""
    part = option.parts[0]
    owned = {name: (part.model, figure) for name, figure in part.figures.items()}
    owned |= {name: (option.name, figure) for name, figure in option.figures.items()}
    return {name: drawn.get(f"{name} of {owner}", drawn.get(name, figure.value)) for name, (owner, figure) in owned.items()}


def fleet_cost(option: dict[str, float], volume: float, peak_to_mean: float) -> float:
    """A month of the machines that the peak needs."""
    peak = volume / 86_400 * peak_to_mean
    needed = math.ceil(peak / (option["rate_per_s"] * option["target_utilisation"]) - 1e-9)
    return (max(option["min_instances"], needed) + option.get("spare_instances", 0.0)) * 730 * option["usd_per_hour"]


def error_cost(option: dict[str, float], volume: float) -> float:
    """More errors than today's, in a month."""
    more = -option.get("accuracy_difference_points", 0.0) / 100
    return volume * 365 / 12 * more * option.get("usd_per_error", 0.0)


def updates(option: dict[str, float], live_from: float, month: int, horizon: float) -> int:
    """How many updates fall into a month, the last one before the horizon."""
    every, due = option["redistil_every_months"], 0
    if not every:
        return 0
    k = max(1, math.ceil((month - 1 - live_from) / every))
    while (at := live_from + k * every) <= month:
        due += at > month - 1 and at < horizon
        k += 1
    return due
