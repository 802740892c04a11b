"""Many draws of a case's uncertain inputs, and what each option costs in each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from core.figures import Figure, derived, in_currency
from core.formats import months
from core.roi import worth
from core.roi.fields import WHOLE
from core.roi.flows import upfront_usd
from core.roi.months import Array
from core.roi.options import Case, Draws, known, paths, rests_on, value

FEW, MANY = 1_024, 10_000
SEED = 0
BLOCK = 512  # draws that are worked on at once: their months stay in the processor's cache, and an autoscaled day's hours in memory


@dataclass(frozen=True)
class Simulation:
    """n draws: inputs by name (n,); flows (n, H + 1), pv_usd (n,) and upfront_usd (n,) of each option's costs.

    Options with an unknown figure are not among them.
    """

    case: Case
    inputs: Draws
    flows: Draws
    pv_usd: Draws
    upfront_usd: Draws
    discount_rate: Array | float = field(repr=False, default=0.0)

    @property
    def draws(self) -> int:
        """How many."""
        return len(next(iter(self.pv_usd.values()), np.empty(0)))

    def npv(self, option: str, against: str) -> Array:
        """NPV of one option over another in each draw, shape (n,)."""
        return np.asarray(self.pv_usd[against] - self.pv_usd[option])

    def net(self, option: str, against: str) -> Array:
        """Net flows in each draw, shape (n, H + 1)."""
        return np.asarray(self.flows[against] - self.flows[option])

    def discounted_payback(self, option: str, against: str) -> Array:
        """Months until the discounted flows are paid back in each draw, infinity for never; shape (n,)."""
        return np.asarray(worth.payback_months(worth.discounted(self.net(option, against), self.discount_rate)))


def uncertain(case: Case) -> tuple[str, ...]:
    """The inputs that are drawn: those with a spread that some option of known cost rests on."""
    used = set(case.terms)
    for option in case.options:
        if known(own := option.inputs):
            used |= set(own) | {name.partition(" of ")[0] for name in own}
    return tuple(name for name in case.spreads if name in used)


def at_shares(case: Case, shares: Mapping[str, Array]) -> dict[str, Array]:
    """Values of the inputs at the given shares of their distributions (quantiles in 0 to 1)."""
    return {name: case.spreads[name].quantile(share) for name, share in shares.items()}


def _moved(case: Case, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The inputs with those that follow another one moved along in proportion, and whole numbers made whole."""
    moves = {name: inputs[name] / base for name in inputs if name in case.follows.values() and (base := base_value(case, name))}
    made = dict(inputs)
    for name, leader in case.follows.items():
        if leader in moves and (name in made or name in case.bases):
            made[name] = made.get(name, np.asarray(base_value(case, name))) * moves[leader]
    return {name: as_drawn(name, values) for name, values in made.items()}


def as_drawn(name: str, values: Array) -> Array:
    """The values of an input, whole where only whole ones make sense (months, machines)."""
    return np.round(values) if name.partition(" of ")[0] in WHOLE else values


def base_value(case: Case, name: str) -> float:
    """The plain value of an input by its name among the spreads: shared, or of one model."""
    return case.bases[name] if name in case.bases else case.spreads[name].median


def simulate(case: Case, draws: int = FEW, seed: int = SEED) -> Simulation:
    """Latin hypercube draws of all uncertain inputs, and every option's costs in each; the same seed gives the same draws."""
    names = uncertain(case)
    cube = qmc.LatinHypercube(max(1, len(names)), rng=np.random.default_rng(seed)).random(draws)
    cube = np.clip(cube, 1e-9, 1 - 1e-9)
    return evaluate_at(case, at_shares(case, {name: np.ascontiguousarray(cube[:, i]) for i, name in enumerate(names)}), draws)


def evaluate_at(case: Case, inputs: Draws, draws: int) -> Simulation:
    """Every option's costs where the inputs take these values, shape (draws,) each; the others stay at theirs."""
    moved = _moved(case, inputs)
    names = case.points[1] if case.status_quo.name in case.points[1] else ()
    flows = {name: np.empty((draws, case.horizon + 1)) for name in names}
    costs, spent = ({name: np.empty(draws) for name in names} for _ in range(2))
    for start in range(0, draws if names else 0, BLOCK):
        rows = slice(start, start + BLOCK)
        terms, found = paths(case, {name: values[rows] for name, values in moved.items()})
        for name, path in found.items():
            flows[name][rows] = path.costs
            costs[name][rows] = worth.npv(path.costs, terms.discount_rate)
            spent[name][rows] = upfront_usd(path.plan)
    rate = moved.get("discount_rate", value(case.terms["discount_rate"]))
    return Simulation(case, inputs, flows, costs, spent, rate)


QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Outlook:
    """One option against another over the draws: NPV and upfront at P10, P50 and P90, the expected NPV, and probabilities.

    pays_back_in: the probability (share) that it has paid back by the end of the horizon, discounted.
    """

    option: str
    against: str
    draws: int
    npv_usd: Mapping[str, Figure]
    expected_npv_usd: Figure
    positive: Figure
    pays_back: Figure
    discounted_payback_months: Mapping[str, Figure]
    upfront_usd: Mapping[str, Figure]
    band: Mapping[str, Array] = field(repr=False, default_factory=dict)


def outlook(found: Simulation, option: str, against: str) -> Outlook | None:
    """What the draws say about an option against another; None where either has an unknown cost."""
    if option not in found.pv_usd or against not in found.pv_usd:
        return None
    npv, payback = found.npv(option, against), found.discounted_payback(option, against)
    rests = rests_on(found.case, found.case.option(option), found.case.option(against))
    how = f"{found.draws:,} Latin hypercube draws of {len(found.inputs)} uncertain inputs"

    def quantiles(values: Array, unit: str, what: str) -> dict[str, Figure]:
        at = np.quantile(values, list(QUANTILES.values()), method="inverted_cdf")
        return {name: derived(float(v) if np.isfinite(v) else None, unit, f"{name.upper()} of {what}, {how}", rests)
                for name, v in zip(QUANTILES, at, strict=True)}

    def share(values: npt.NDArray[np.bool_], what: str) -> Figure:
        return derived(float(np.mean(values)), "share", f"share of draws in which {what}, {how}", rests)

    return in_currency(Outlook(
        option, against, found.draws, quantiles(npv, "USD", "the NPV"),
        derived(float(npv.mean()), "USD", f"mean NPV, {how}", rests), share(npv > 0, "the NPV is above 0"),
        share(np.isfinite(payback), f"it pays back within {months(found.case.horizon)}, discounted"),
        quantiles(payback, "months", "the discounted payback, never counting as infinity"),
        quantiles(found.upfront_usd[option], "USD", "the upfront cost"), _band(found.net(option, against))), found.case.currency)


def _band(net: Array) -> dict[str, Array]:
    """The cumulative net flow of months 0..H at P10, P50 and P90."""
    total = net.cumsum(axis=-1)
    at = np.quantile(total, list(QUANTILES.values()), axis=0)
    return dict(zip(QUANTILES, at, strict=True))


def probability_best(found: Simulation, names: Sequence[str]) -> dict[str, float]:
    """How often each of the options costs least (present value); shares that add up to 1."""
    costs = np.stack([found.pv_usd[name] for name in names])
    winner = costs.argmin(axis=0)
    return {name: float(np.mean(winner == i)) for i, name in enumerate(names)}
