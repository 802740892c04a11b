"""All that one option costs in plain numbers, month by month and by what it is spent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.roi import cash
from core.roi.months import DAYS_PER_MONTH, Array, Number, beside, daily_volumes, is_zero
from core.roi.serving import Load, Serving, fleet_sizes, serving_usd

KINDS = ("upfront", "hardware", "today's system until it is off", "serving", "monitoring", "storage", "errors", "re-distillation")


@dataclass(frozen=True)
class Terms:
    """What holds for every option of a case."""

    horizon: int
    predictions_per_day: Number
    monthly_growth: Number
    discount_rate: Number
    load: Load

    @cached_property
    def volumes(self) -> Array:
        """Predictions a day in each month, shape (..., H)."""
        return daily_volumes(self.predictions_per_day, self.monthly_growth, self.horizon)


@dataclass(frozen=True)
class Plan:
    """One option. today: it serves already, so it neither waits for go-live nor runs beside another.

    work: pairs of hours and USD an hour. upfront_usd: what else falls in month 0 (training, labelling, licences).
    redistil_every_months None: never; one costs redistil_hours x redistil_usd_per_hour + redistil_usd.
    accuracy_difference_points to the status quo (negative: worse) x usd_per_error is the cost of errors, or
    error_usd_per_prediction where classes of errors are priced apart (the difference to the status quo again).
    committed_until_month: until when the status quo must be paid whatever happens.
    """

    today: bool
    parts: tuple[Serving, ...]
    work: tuple[tuple[Number, Number], ...] = ()
    upfront_usd: Number = 0.0
    months_to_go_live: Number = 0.0
    parallel_months: Number = 0.0
    committed_until_month: Number = 0.0
    redistil_every_months: Number | None = None
    redistil_hours: Number = 0.0
    redistil_usd_per_hour: Number = 0.0
    redistil_usd: Number = 0.0
    monitoring_usd_per_month: Number = 0.0
    storage_usd_per_month: Number = 0.0
    accuracy_difference_points: Number = 0.0
    usd_per_error: Number = 0.0
    error_usd_per_prediction: Number = 0.0


def upfront_usd(plan: Plan) -> Number:
    """Hours x rate over all activities, and what else falls in month 0."""
    return plan.upfront_usd + sum(hours * rate for hours, rate in plan.work)


def redistil_usd(plan: Plan) -> Number:
    """One re-distillation: its work and its computing."""
    return plan.redistil_hours * plan.redistil_usd_per_hour + plan.redistil_usd


def error_usd_per_prediction(accuracy_difference_points: Number, usd_per_error: Number) -> Number:
    """(error rate of the option - error rate of the status quo) x cost of an error; negative where it errs less."""
    return -accuracy_difference_points / 100.0 * usd_per_error


def running_usd(plan: Plan, terms: Terms) -> Array:
    """What serving costs in each month if it served all of them, shape (..., H)."""
    first, *others = (serving_usd(part, terms.load, terms.volumes) for part in plan.parts)
    return sum(others, first)


def cost_flows(plan: Plan, status_quo: Plan, terms: Terms) -> Array:
    """All that choosing `plan` costs in months 0..H, today's system until it is switched off included; shape (..., H + 1)."""
    return Path(plan, terms, Path(status_quo, terms)).costs


def components(plan: Plan, status_quo: Plan, terms: Terms) -> Mapping[str, Array | None]:
    """The cost flows by kind (see KINDS), each of a shape that broadcasts to (..., H + 1); None where there is no such cost."""
    return Path(plan, terms, Path(status_quo, terms)).kinds


@dataclass(frozen=True)
class Path:
    """What choosing one plan costs, each result worked out once. before: the path of the status quo, needed by all others."""

    plan: Plan
    terms: Terms
    before: Path | None = None

    @cached_property
    def running(self) -> Array:
        """What serving costs in each month if it served all of them, shape (..., H)."""
        return running_usd(self.plan, self.terms)

    @cached_property
    def bought(self) -> Array | None:
        """Machines that are bought, USD in months 0..H."""
        return _hardware(self.plan, self.terms, self._live)

    @cached_property
    def kinds(self) -> Mapping[str, Array | None]:
        """The cost flows by kind (see KINDS), each of a shape that broadcasts to (..., H + 1); None where there is no such cost."""
        plan, terms, live = self.plan, self.terms, self._live
        return dict(zip(KINDS, (
            _at_start(upfront_usd(plan), terms.horizon), self.bought, None if plan.today else self._until_off(),
            _after(live * self.running), _charge(plan.monitoring_usd_per_month, live, terms.horizon),
            _charge(plan.storage_usd_per_month, live, terms.horizon), self.errors, _redistil(plan, terms),
        ), strict=True))

    @cached_property
    def costs(self) -> Array:
        """All costs of months 0..H, shape (..., H + 1)."""
        first, *others = sorted((flow for flow in self.kinds.values() if flow is not None), key=lambda flow: (-flow.ndim, -flow.size))
        total = first.copy()  # the largest: it has the shape of the draws, if any kind of cost has
        for flow in others:
            total += flow
        return total

    @cached_property
    def errors(self) -> Array | None:
        """What more errors than the status quo makes cost in months 0..H, below 0 for fewer; None if nothing."""
        plan = self.plan
        each = error_usd_per_prediction(plan.accuracy_difference_points, plan.usd_per_error) + plan.error_usd_per_prediction
        return None if is_zero(each) else _after(self.terms.volumes * (beside(each * DAYS_PER_MONTH) * self._live))

    @cached_property
    def _live(self) -> Array | float:
        return 1.0 if self.plan.today else cash.is_live(self.terms.horizon, self.plan.months_to_go_live)

    def _until_off(self) -> Array:
        """Today's system while it is paid: running, monitoring, storage, and machines bought for a month in which it still serves."""
        assert self.before is not None, "only the status quo has nothing before it"
        plan, today = self.plan, self.before.plan
        paid = cash.is_paid(self.terms.horizon, plan.months_to_go_live, plan.parallel_months, today.committed_until_month)
        costs = _after(paid * (self.before.running + beside(today.monitoring_usd_per_month + today.storage_usd_per_month)))
        bought = self.before.bought
        return costs if bought is None else costs + bought * np.roll(_after(paid), -1, axis=-1)


def _after(months: Array) -> Array:
    """Months 1..H as months 0..H, nothing in month 0."""
    return np.concatenate([np.zeros((*months.shape[:-1], 1)), months], axis=-1)


def _at_start(amount: Number, horizon: int) -> Array | None:
    if is_zero(amount):
        return None
    flow = np.zeros((*np.shape(amount), horizon + 1))
    flow[..., 0] = amount
    return flow


def _charge(amount: Number, live: Array | float, horizon: int) -> Array | None:
    return None if is_zero(amount) else _after(np.asarray(beside(amount) * live * np.ones(horizon)))


def _redistil(plan: Plan, terms: Terms) -> Array | None:
    each = redistil_usd(plan)
    if plan.today or is_zero(each) or plan.redistil_every_months is None:
        return None
    return _after(beside(each) * cash.times_due(terms.horizon, plan.months_to_go_live, plan.redistil_every_months))


def _hardware(plan: Plan, terms: Terms, live: Array | float) -> Array | None:
    """Owned machines, bought for each part's fleet."""
    bought = [cash.purchases(fleet_sizes(part, terms.load, terms.volumes) * live, part.hardware_life_months, plan.today)
              * beside(part.hardware_usd) for part in plan.parts if not is_zero(part.hardware_usd)]
    return sum(bought[1:], bought[0]) if bought else None
