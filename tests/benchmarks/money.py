"""How soon a case is answered: the plain result, and draws with a tornado against a plain Python loop over the same formulas."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from time import perf_counter

import numpy as np

from core.roi.case import evaluate
from core.roi.compare import compare
from core.roi.options import Case
from core.roi.sensitivity import tornado
from core.roi.simulate import MANY, at_shares, simulate, uncertain
from core.roi.spread import between, triangular, within
from tests.benchmarks.rows import Row
from tests.roi.made_case import STUDENT, TEACHER, case, student

RUNS, LOOPED = 9, 300


def busy_case(horizon: float = 36.0) -> Case:
    """Teacher and student on the provisioned basis with eight uncertain inputs."""
    spreads = {
        "predictions_per_day": between(2e7, 1.2e8), "monthly_growth": between(-0.02, 0.04), "peak_to_mean": triangular(1.5, 2.5, 4.0),
        "usd_per_hour": within(0.75, 1.1), "rate_per_s of teacher": within(416.7, 1.15), "rate_per_s of depth-3": within(1666.8, 1.1),
        "engineering_hours": between(60, 240), "redistil_usd": between(800, 3200)}
    return case(TEACHER, STUDENT, spreads=spreads, horizon_months=horizon, discount_rate=0.1)


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    made, four = busy_case(), case(TEACHER, STUDENT, student("depth-1", 4000.0), student("control", 1666.8, role="control"),
                                   discount_rate=0.1)
    point_ms = 1e3 * _median(lambda: (evaluate(four), compare(four, "depth-1", "teacher"), compare(four, "depth-1", "control", False)))
    draws_ms = 1e3 * _median(lambda: (simulate(made, MANY), tornado(made, "depth-3", "teacher")))
    cube = np.random.default_rng(0).random((LOOPED, len(uncertain(made))))
    drawn = at_shares(made, {name: cube[:, i] for i, name in enumerate(uncertain(made))})
    started = perf_counter()
    for i in range(LOOPED):
        looped_npv(made, {name: float(values[i]) for name, values in drawn.items()})
    loop_ms = 1e3 * (perf_counter() - started) / LOOPED * MANY
    return [Row("point result of a case with four options", "ms", 10.0, point_ms, at_least=False),
            Row("10,000 draws with tornado, 36 months", "ms", 200.0, draws_ms, at_least=False),
            Row("times faster than a plain Python loop", "ratio", 50.0, loop_ms / draws_ms)]


def looped_npv(made: Case, drawn: dict[str, float]) -> float:
    """The student's NPV over the teacher in one draw, month by month in plain Python, for busy_case."""
    def term(name: str) -> float:
        return drawn.get(name, float(made.terms[name].value or 0.0))

    horizon, rate = made.horizon, (1 + term("discount_rate")) ** (1 / 12) - 1
    total, spent = 0.0, drawn["engineering_hours"] * 100.0
    for month in range(1, horizon + 1):
        volume = term("predictions_per_day") * (1 + term("monthly_growth")) ** (month - 1)
        peak = volume / 86_400 * term("peak_to_mean")
        cost = {}
        for name in ("teacher", "depth-3"):
            machines = max(2, math.ceil(peak / (drawn[f"rate_per_s of {name}"] * 0.6) - 1e-9))
            cost[name] = machines * drawn["usd_per_hour"] * 730
        new = (cost["teacher"] if month <= 3 else 0.0) + (cost["depth-3"] if month > 2 else 0.0)
        if month > 2 and (month - 2) % 6 == 0 and month < horizon:
            new += drawn["redistil_usd"]
        total += (cost["teacher"] - new) / (1 + rate) ** month
    return total - spent


def _median(work: Callable[[], object]) -> float:
    work()
    took = []
    for _ in range(RUNS):
        started = perf_counter()
        work()
        took.append(perf_counter() - started)
    return statistics.median(took)
