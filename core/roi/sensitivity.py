"""Which inputs move the answer: one at a time (tornado), and with all their interactions (Sobol indices)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.roi.months import Array
from core.roi.options import Case
from core.roi.simulate import as_drawn, at_shares, base_value, evaluate_at, uncertain


@dataclass(frozen=True)
class Bar:
    """One input at its P10 and P90 with all others at their values, and the NPV (USD) that follows from each."""

    name: str
    low: float
    high: float
    npv_at_low: float
    npv_at_high: float

    @property
    def swing(self) -> float:
        """How far apart the two answers lie, in USD."""
        return abs(self.npv_at_high - self.npv_at_low)


@dataclass(frozen=True)
class Index:
    """Sobol indices of one input: the share of the NPV's variance that it explains alone (first) and with others (total)."""

    name: str
    first: float
    total: float
    total_error: float


def tornado(case: Case, option: str, against: str) -> tuple[Bar, ...]:
    """The NPV of an option over another at P10 and P90 of each uncertain input, the widest first.

    All points are evaluated at once, as draws in which one input stands off its value.
    """
    names = uncertain(case)
    count = 2 * len(names)
    if not count:
        return ()
    ends = {name: as_drawn(name, case.spreads[name].quantile(np.array([0.1, 0.9]))) for name in names}
    found = evaluate_at(case, {name: _one_off(base_value(case, name), ends[name], i, count) for i, name in enumerate(names)}, count)
    if option not in found.pv_usd or against not in found.pv_usd:
        return ()
    npv = found.npv(option, against)
    bars = [Bar(name, float(ends[name][0]), float(ends[name][1]), float(npv[2 * i]), float(npv[2 * i + 1])) for i, name in enumerate(names)]
    return tuple(sorted(bars, key=lambda bar: -bar.swing))


def _one_off(value: float, ends: Array, i: int, count: int) -> Array:
    """One input: its value in every row but its own two."""
    values = np.full(count, value)
    values[2 * i : 2 * i + 2] = ends
    return values


def sobol(case: Case, option: str, against: str, base: int = 512, seed: int = 0) -> tuple[Index, ...]:
    """Sobol indices of the NPV by Saltelli's estimator (SALib), the largest total first; base x (inputs + 2) evaluations."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    names = uncertain(case)
    if len(names) < 2:
        return ()
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[1e-6, 1 - 1e-6]] * len(names)}
    cube = sampling.sample(problem, base, calc_second_order=False, seed=seed)
    found = evaluate_at(case, at_shares(case, {name: cube[:, i] for i, name in enumerate(names)}), len(cube))
    if option not in found.pv_usd or against not in found.pv_usd:
        return ()
    npv = found.npv(option, against)
    if not np.ptp(npv):
        return ()
    made = analysis.analyze(problem, (npv - npv.mean()) / npv.std(), calc_second_order=False, seed=seed)
    rows = [Index(name, float(made["S1"][i]), float(made["ST"][i]), float(made["ST_conf"][i])) for i, name in enumerate(names)]
    return tuple(sorted(rows, key=lambda row: -row.total))
