"""Which figure is worth measuring next: the expected value of knowing it before deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre

from core.roi.months import Array
from core.roi.simulate import Simulation

DEGREE = 7
# Squared deviations, in mean squared ones of the outcome, that more terms must save on left-out draws: noise saves as much in
# fewer than one input of a hundred. What explains less than this over the number of draws counts for nothing.
PROOF = 12.0
ROUNDING = 1e-9


@dataclass(frozen=True)
class Information:
    """What knowing one input is worth, in USD: EVPPI before and after the cost of learning it (0 where that is unknown)."""

    name: str
    evppi_usd: float
    cost_usd: float | None

    @property
    def net_usd(self) -> float:
        """EVPPI less the cost of measuring, never below 0: nobody has to measure."""
        return max(0.0, self.evppi_usd - (self.cost_usd or 0.0))


def value_of_information(found: Simulation, options: Sequence[str], costs: Mapping[str, float] | None = None
                         ) -> tuple[Information, ...]:
    """EVPPI of each drawn input for the choice between `options`, the most valuable first.

    EVPPI = E[max over options of E(NPV | x)] - max over options of E(NPV), the conditional mean by regression on the draws
    (Strong, Oakley and Brennan, 2014), here on Legendre polynomials of x's rank; never more than perfect information on the
    same draws. costs: USD for learning an input.
    """
    choices = [name for name in options if name in found.pv_usd]
    if len(choices) < 2 or not found.draws:
        return ()
    npv = np.stack([-found.pv_usd[name] for name in choices])
    npv = npv - npv[0]
    best = float(npv.mean(axis=1).max())
    scale, most = float(np.abs(npv).mean()) or 1.0, perfect_information(found, choices)
    rows = [Information(name, min(_evppi(npv, values, best, scale), most), (costs or {}).get(name))
            for name, values in found.inputs.items() if np.ndim(values) and np.ptp(values) > 0]
    return tuple(sorted(rows, key=lambda row: -row.net_usd))


def perfect_information(found: Simulation, options: Sequence[str]) -> float:
    """EVPI in USD: what knowing everything would be worth, the ceiling of each EVPPI."""
    npv = np.stack([-found.pv_usd[name] for name in options if name in found.pv_usd])
    return max(0.0, float(npv.max(axis=0).mean() - npv.mean(axis=1).max()))


def _evppi(npv: Array, values: Array, best: float, scale: float) -> float:
    expected = conditional_means(npv, values)
    gain = float(expected.max(axis=0).mean()) - best
    return gain if gain > ROUNDING * scale else 0.0


def conditional_means(outcomes: Array, values: Array) -> Array:
    """E(outcome | x) at each draw: outcomes (k, n), values (n,), result (k, n).

    Only as many terms are kept as the draws left out of the fit support, so that noise is not taken for knowledge: with
    none, the mean itself.
    """
    ranks = (np.argsort(np.argsort(values)) + 0.5) / len(values) * 2.0 - 1.0
    basis: Array = np.asarray(legendre.legvander(ranks, DEGREE), dtype=np.float64)
    halves = basis[0::2], basis[1::2]
    grams = halves[0].T @ halves[0], halves[1].T @ halves[1]
    return np.stack([_fitted(basis, halves, grams, row) for row in outcomes])


def _fitted(basis: Array, halves: tuple[Array, Array], grams: tuple[Array, Array], outcome: Array) -> Array:
    if not np.ptp(outcome):
        return outcome
    mean = outcome.mean()
    moments = halves[0].T @ (outcome[0::2] - mean), halves[1].T @ (outcome[1::2] - mean)
    total = float(((outcome - mean) ** 2).sum())
    errors = [total + _left_over(grams, moments, terms, 0) + _left_over(grams, moments, terms, 1)
              for terms in range(1, DEGREE + 2)]
    terms = next(i + 1 for i, error in enumerate(errors) if error <= min(errors) + PROOF / len(outcome) * total)
    weights = np.linalg.solve((grams[0] + grams[1])[:terms, :terms], (moments[0] + moments[1])[:terms])
    return np.asarray(mean + basis[:, :terms] @ weights)


def _left_over(grams: tuple[Array, Array], moments: tuple[Array, Array], terms: int, fit: int) -> float:
    """Change of one half's squared error by a fit to the other half."""
    test = 1 - fit
    weights = np.linalg.solve(grams[fit][:terms, :terms], moments[fit][:terms])
    return float(weights @ grams[test][:terms, :terms] @ weights - 2.0 * weights @ moments[test][:terms])
