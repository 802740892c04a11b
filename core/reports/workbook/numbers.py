"""The case in plain numbers, by month, as the application computes it: what the workbook's formulas come to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.reports.workbook.pen import Value
from core.roi.flows import KINDS, Plan, components, cost_flows
from core.roi.months import Array, monthly_rate
from core.roi.options import Case, numbers

WAIT = KINDS[2]  # what today's system costs until it is off


class Numbers:
    """Terms and plans of a case; months 0..rows, zeros beyond the horizon."""

    def __init__(self, case: Case, months: int) -> None:
        self.case, self.months, self.horizon = case, months, case.horizon
        self.terms, plans = numbers(case)
        self.plans = [plans.get(option.name) for option in case.options]
        self.today = plans.get(case.status_quo.name)

    def index(self, name: str) -> int:
        """The place of an option among those of the case."""
        return [option.name for option in self.case.options].index(name)

    def plan(self, option: int) -> Plan:
        """The plan of an option of known cost."""
        plan = self.plans[option]
        assert plan is not None, "an option of unknown cost has no numbers"
        return plan

    def served(self, months: Array | float) -> Sequence[Value]:
        """Months 1..H as a column of months 0..rows."""
        column = np.zeros(self.months + 1)
        column[1 : self.horizon + 1] = months
        return [float(value) for value in column]

    def flow(self, flow: Array | None) -> Sequence[Value]:
        """Months 0..H as a column of months 0..rows."""
        column = np.zeros(self.months + 1)
        if flow is not None:
            column[: self.horizon + 1] = flow
        return [float(value) for value in column]

    def unknown(self) -> Sequence[Value]:
        """A column that shows nothing."""
        return [""] * (self.months + 1)

    def factors(self) -> Array:
        """What 1 at the end of months 0..rows is worth at month 0."""
        rate = np.asarray(monthly_rate(self.terms.discount_rate))
        return np.asarray((1.0 + rate) ** -np.arange(self.months + 1.0))

    def kinds(self, option: int) -> dict[str, Array | None] | None:
        """The cost flows of an option by kind, without today's system where that is unknown; None where its own cost is."""
        plan = self.plans[option]
        if plan is None:
            return None
        found = dict(components(plan, self.today or plan, self.terms))
        return found if self.today is not None else {kind: flow for kind, flow in found.items() if kind != WAIT}

    def total(self, option: int) -> Array | None:
        """All cost flows of an option in months 0..H."""
        plan = self.plans[option]
        return cost_flows(plan, self.today, self.terms) if plan is not None and self.today is not None else None

    def all_known(self, options: Sequence[int]) -> bool:
        """Whether the cost of each of these options is known."""
        return all(self.plans[option] is not None for option in options)
