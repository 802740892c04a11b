"""All that one option costs in plain numbers, month by month and by what it is spent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.roi import cash
from core.roi.months import DAYS_PER_MONTH, Array, Number, daily_volumes
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

    @property
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
    volumes = terms.volumes
    return np.asarray(sum(serving_usd(part, terms.load, volumes) for part in plan.parts))


def cost_flows(plan: Plan, status_quo: Plan, terms: Terms) -> Array:
    """All that choosing `plan` costs in months 0..H, today's system until it is switched off included; shape (..., H + 1)."""
    flows = [flow for flow in components(plan, status_quo, terms).values() if flow is not None]
    shape = np.broadcast_shapes(*(flow.shape for flow in flows))
    total = np.zeros(shape)
    for flow in flows:
        total += flow
    return total


def components(plan: Plan, status_quo: Plan, terms: Terms) -> Mapping[str, Array | None]:
    """The cost flows by kind (see KINDS), each of a shape that broadcasts to (..., H + 1); None where there is no such cost."""
    live: Array | float = 1.0 if plan.today else cash.is_live(terms.horizon, plan.months_to_go_live)
    wait = None
    if not plan.today:
        paid = cash.is_paid(terms.horizon, plan.months_to_go_live, plan.parallel_months, status_quo.committed_until_month)
        wait = _after(paid * (running_usd(status_quo, terms) + _monthly(status_quo)))
    flows = (_at_start(upfront_usd(plan), terms.horizon), _hardware(plan, terms, live), wait,
             _after(live * running_usd(plan, terms)), _charge(plan.monitoring_usd_per_month, live, terms.horizon),
             _charge(plan.storage_usd_per_month, live, terms.horizon), _errors(plan, terms, live), _redistil(plan, terms))
    return dict(zip(KINDS, flows, strict=True))


def _monthly(plan: Plan) -> Number:
    fixed = plan.monitoring_usd_per_month + plan.storage_usd_per_month
    return np.asarray(fixed)[..., None] if np.ndim(fixed) else fixed


def _after(months: Array) -> Array:
    """Months 1..H as months 0..H, nothing in month 0."""
    return np.concatenate([np.zeros((*months.shape[:-1], 1)), months], axis=-1)


def _at_start(amount: Number, horizon: int) -> Array | None:
    if not np.any(amount):
        return None
    flow = np.zeros((*np.shape(amount), horizon + 1))
    flow[..., 0] = amount
    return flow


def _charge(amount: Number, live: Array | float, horizon: int) -> Array | None:
    if not np.any(amount):
        return None
    return _after((np.asarray(amount)[..., None] if np.ndim(amount) else amount) * live * np.ones(horizon))


def _errors(plan: Plan, terms: Terms, live: Array | float) -> Array | None:
    each = error_usd_per_prediction(plan.accuracy_difference_points, plan.usd_per_error) + plan.error_usd_per_prediction
    if not np.any(each):
        return None
    return _after(live * terms.volumes * DAYS_PER_MONTH * (np.asarray(each)[..., None] if np.ndim(each) else each))


def _redistil(plan: Plan, terms: Terms) -> Array | None:
    each = redistil_usd(plan)
    if plan.today or not np.any(each) or plan.redistil_every_months is None:
        return None
    due = cash.times_due(terms.horizon, plan.months_to_go_live, plan.redistil_every_months)
    return _after(due * (np.asarray(each)[..., None] if np.ndim(each) else each))


def _hardware(plan: Plan, terms: Terms, live: Array | float) -> Array | None:
    """Owned machines, bought for each part's fleet."""
    bought = [cash.purchases(fleet_sizes(part, terms.load, terms.volumes) * live, float(np.max(part.hardware_life_months)),
                             plan.today)
              * (np.asarray(part.hardware_usd)[..., None] if np.ndim(part.hardware_usd) else part.hardware_usd)
              for part in plan.parts if np.any(part.hardware_usd)]
    return np.asarray(sum(bought)) if bought else None
