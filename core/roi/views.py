"""What charts of a case show, in plain numbers (money in the case's currency)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.figures import Figure
from core.roi import worth
from core.roi.compare import net_flows
from core.roi.flows import components
from core.roi.months import Array
from core.roi.options import Case, numbers, own_figures, value

POINTS = 240


@dataclass(frozen=True)
class Step:
    """One kind of cost (see flows.KINDS): present value that choosing the option saves (positive) or adds (negative)."""

    kind: str
    saved: float


def waterfall(case: Case, option: str, against: str) -> tuple[Step, ...]:
    """By which costs the NPV of an option over another comes about; the steps add up to it. Zero steps are left out."""
    terms, plans = numbers(case)
    today = plans[case.status_quo.name]
    rate = float(np.asarray(terms.discount_rate))

    def present(name: str) -> dict[str, float]:
        return {kind: 0.0 if flow is None else float(worth.npv(flow, rate))
                for kind, flow in components(plans[name], today, terms).items()}

    mine, theirs = present(option), present(against)
    return tuple(Step(kind, theirs[kind] - mine[kind]) for kind in mine if theirs[kind] != mine[kind])


def cumulative(case: Case, option: str, against: str) -> Array:
    """Sum of the net flows up to each month 0..H at the plain values, shape (H + 1,)."""
    return np.asarray(net_flows(case, option, against).cumsum())


def npv_over(case: Case, option: str, against: str, name: str, values: Array) -> Array:
    """NPV where one input ("predictions_per_day", "target_utilisation", ...) takes each of the values; shape of values."""
    rate = float(np.asarray(numbers(case)[0].discount_rate))
    net = net_flows(case, option, against, {name: np.asarray(values, dtype=np.float64)})
    return np.asarray(np.broadcast_to(worth.npv(net, rate), np.shape(values)))


def npv_map(case: Case, option: str, against: str, volumes: Array, utilisations: Array) -> Array:
    """NPV over predictions a day (n,) and target utilisation (m,); shape (m, n)."""
    volume, share = (grid.ravel() for grid in np.meshgrid(volumes, utilisations))
    rate = float(np.asarray(numbers(case)[0].discount_rate))
    net = net_flows(case, option, against, {"predictions_per_day": volume, "target_utilisation": share})
    return np.asarray(worth.npv(net, rate)).reshape(len(utilisations), len(volumes))


def input_figure(case: Case, name: str) -> Figure | None:
    """The figure behind a name among the uncertain inputs: shared, or of one model; None where no option has it."""
    if name in case.terms:
        return case.terms[name]
    for option in case.options:
        for key, figure in own_figures(option).items():
            if name in (key, key.partition(" of ")[0]):
                return figure
    return None


def volumes_around(case: Case, crossings: Sequence[float] = (), points: int = POINTS) -> Array:
    """Predictions a day worth plotting, evenly spaced in the logarithm: from a tenth of the lower of the case's volume and the
    first crossing to three times the higher of it and the last one; shape (points,)."""
    seen = [value(case.terms["predictions_per_day"]), *crossings]
    return np.geomspace(min(seen) / 10.0, max(seen) * 3.0, points)


def utilisations(case: Case, option: str, against: str) -> tuple[float, ...]:
    """The different target utilisations by which machines of either option are planned; bills, APIs and the bench basis have none."""
    planned = (part.figures.get("target_utilisation") for name in (option, against) for part in case.option(name).parts)
    return tuple(sorted({value(figure) for figure in planned if figure is not None}))
