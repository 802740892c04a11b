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


def cost_flows(plan: Plan, status_quo: Plan, terms: Terms, running: Array | None = None, before: Array | None = None) -> Array:
    """All that choosing `plan` costs in months 0..H, today's system until it is switched off included; shape (..., H + 1).

    running and before: running_usd of the plan and of the status quo, where they are worked out already.
    """
    flows = [flow for flow in components(plan, status_quo, terms, running, before).values() if flow is not None]
    total = np.zeros(np.broadcast_shapes(*(flow.shape for flow in flows)))
    for flow in flows:
        total += flow
    return total


def components(plan: Plan, status_quo: Plan, terms: Terms, running: Array | None = None, before: Array | None = None
               ) -> Mapping[str, Array | None]:
    """The cost flows by kind (see KINDS), each of a shape that broadcasts to (..., H + 1); None where there is no such cost."""
    live: Array | float = 1.0 if plan.today else cash.is_live(terms.horizon, plan.months_to_go_live)
    running = running_usd(plan, terms) if running is None else running
    return dict(zip(KINDS, (
        _at_start(upfront_usd(plan), terms.horizon), _hardware(plan, terms, live),
        None if plan.today else _until_off(plan, status_quo, terms, running_usd(status_quo, terms) if before is None else before),
        _after(live * running), _charge(plan.monitoring_usd_per_month, live, terms.horizon),
        _charge(plan.storage_usd_per_month, live, terms.horizon), _errors(plan, terms, live), _redistil(plan, terms),
    ), strict=True))


def _until_off(plan: Plan, status_quo: Plan, terms: Terms, before: Array) -> Array:
    """Today's system while it is paid: running, monitoring, storage, and machines bought for a month in which it still serves."""
    paid = cash.is_paid(terms.horizon, plan.months_to_go_live, plan.parallel_months, status_quo.committed_until_month)
    costs = _after(paid * (before + beside(status_quo.monitoring_usd_per_month + status_quo.storage_usd_per_month)))
    bought = _hardware(status_quo, terms, 1.0)
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


def _errors(plan: Plan, terms: Terms, live: Array | float) -> Array | None:
    each = error_usd_per_prediction(plan.accuracy_difference_points, plan.usd_per_error) + plan.error_usd_per_prediction
    return None if is_zero(each) else _after(terms.volumes * (beside(each * DAYS_PER_MONTH) * live))


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
