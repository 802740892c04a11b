"""Columns of what choosing an option costs, by what the money is spent on; see core.roi.flows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.reports.workbook.block import Block, Columns
from core.reports.workbook.grid import AUXILIARY, FIRST, Formula
from core.reports.workbook.inputs import INTERVAL
from core.reports.workbook.pen import Value
from core.reports.workbook.serving import DAYS, SLACK
from core.roi import cash
from core.roi.flows import KINDS
from core.roi.months import Array
from core.roi.serving import MACHINES, fleet_sizes

UPFRONT, HARDWARE, WAIT, SERVING, MONITORING, STORAGE, ERRORS, UPDATES = KINDS
HORIZON = "INT(horizon_months)"


def write_costs(block: Block, today: Block) -> None:
    """Whether it serves, what it costs by kind, and the sum of all kinds. today: the block of the status quo, written first."""
    _live(block)
    purchases = _purchases(block)
    kinds = block.numbers.kinds(block.number)

    def column(kind: str, title: str, formula: Formula | None, only: int | None = None) -> None:
        values = block.numbers.unknown() if kinds is None or kind not in kinds else block.numbers.flow(kinds[kind])
        block.columns.kinds[kind] = block.cost(title, values, formula, only, span=kind == WAIT)

    column(UPFRONT, "Upfront", _upfront(block), only=0)
    column(HARDWARE, "Hardware", _hardware(block, purchases))
    column(WAIT, "Today's system until it is off", _wait(block, today.columns, today))
    live, monitoring, storage = block.columns.live, block.own("monitoring_usd_per_month"), block.own("storage_usd_per_month")
    column(SERVING, "Serving", lambda r: block.known(f"{live}{r}*{block.columns.running}{r}", r))
    column(MONITORING, "Monitoring", (lambda r: block.known(f"{live}{r}*{monitoring}", r)) if monitoring else None)
    column(STORAGE, "Storage", (lambda r: block.known(f"{live}{r}*{storage}", r)) if storage else None)
    column(ERRORS, "Errors", _errors(block))
    column(UPDATES, "Re-distillation", _updates(block))
    _totals(block)


def _live(block: Block) -> None:
    wait, plan = block.own("months_to_go_live"), block.plan
    goes = None if block.option.serves_today else wait
    values = None if plan is None else np.ones(block.numbers.horizon) if goes is None else \
        cash.is_live(block.numbers.horizon, plan.months_to_go_live)
    block.columns.live = block.grid.column(
        "Serves", "flag", block.served(values), lambda r: block.known(f"IF($A{r}>{goes},1,0)" if goes else "1", r), width=8)


def _upfront(block: Block) -> Formula | None:
    """Hours x rate of each activity, and what else is spent in month 0."""
    other = block.own("upfront_usd")
    terms = [*([other] if other else []), *(f"{hours}*{rate}" for hours, rate in block.inputs.work(block.number))]
    return (lambda r: f'IF({block.guard()}="",{"+".join(terms)},"")') if terms else None


def _purchases(block: Block) -> list[tuple[str, str]]:
    """For each part that is owned: the letters of the machines bought in each month, and the name of their price."""
    found = []
    for k, part in enumerate(block.option.parts):
        price = block.of_part(k)("hardware_usd")
        if price and part.basis in MACHINES:
            found.append((_bought(block, k), price))
    return found


def _bought(block: Block, k: int) -> str:
    """Machines bought: the first fleet in month 0, growth a month before it is needed, each again after its life."""
    plan, terms, grid = block.plan, block.numbers.terms, block.grid
    used = fleet_sizes(plan.parts[k], terms.load, terms.volumes) if plan else None
    if used is not None and plan is not None and not plan.today:
        used = used * cash.is_live(terms.horizon, plan.months_to_go_live)
    most = grid.here
    reached = block.numbers.unknown() if used is None else np.maximum.accumulate(_floats(block.served(used))).tolist()
    machines, live = block.columns.machines[k], block.columns.live
    grid.column("Most machines so far", "count", reached,
                lambda r: _known(block, "0" if r == FIRST else f"MAX({most}{r - 1},{machines}{r}*{live}{r})"), width=10)
    mine, count = grid.here, grid.months
    first = f"{mine}${AUXILIARY + 1}"
    serving = grid.span(most, 1)
    life = block.of_part(k)("hardware_life_months")
    values = block.numbers.unknown()
    if used is not None and plan is not None:
        values = block.numbers.flow(cash.purchases(used, float(np.max(plan.parts[k].hardware_life_months)), False))
    made = grid.column("Machines bought", "count", values, lambda r: _known(block, _buying(r, most, first, mine, life)), width=10)
    later = f'COUNTIF({serving},">0")'
    grid.above(made, _known(block, f"IF({later}=0,0,INDEX({serving},{count}-{later}+1))"), values[0], "count")
    return made


def _floats(values: Sequence[Value]) -> Array:
    return np.asarray(values, dtype=np.float64)


def _known(block: Block, expression: str) -> str:
    return f'IF({block.guard()}="",{expression},"")'


def _buying(r: int, most: str, first: str, mine: str, life: str | None) -> str:
    """Growth until the next month, and what was bought a life ago; nothing from the horizon on."""
    if r == FIRST:
        return first
    again = ""
    if life:
        months = f"MAX(ROUND({life},0),1)"
        again = f"+IF($A{r}>={months},INDEX(${mine}${FIRST}:{mine}{r - 1},$A{r}-{months}+1),0)"
    return f"IF($A{r}<{HORIZON},MAX({most}{r + 1},{first})-MAX({most}{r},{first}){again},0)"


def _hardware(block: Block, purchases: list[tuple[str, str]]) -> Formula | None:
    """Machines x price; today's first fleet stands already."""
    if not purchases:
        return None

    def formula(r: int) -> str:
        if r == FIRST and block.option.serves_today:
            return _known(block, "0")
        return _known(block, "+".join(f"{col}{r}*{price}" for col, price in purchases))
    return formula


def _wait(block: Block, columns: Columns, today: Block) -> Formula | None:
    """Today's system until go-live, beside the new one, and as long as it is committed: what it costs to run, and machines
    bought for a month in which it still serves."""
    if block.option.serves_today:
        return None
    live, beside = block.own("months_to_go_live") or "0", block.own("parallel_months") or "0"
    committed = today.own("committed_until_month") or "0"
    fixed = [name for field in ("monitoring_usd_per_month", "storage_usd_per_month") if (name := today.own(field))]
    last = f"MAX({live}+{beside},{committed})"
    owned = any(today.of_part(k)("hardware_usd") for k in range(len(today.option.parts)))

    def formula(r: int) -> str:
        monthly = "+".join([f"{columns.running}{r}", *fixed])
        bought = f"+IF($A{r}+1<={last},{columns.kinds[HARDWARE]}{r},0)" if owned else ""
        return block.known(f"IF($A{r}<={last},{monthly},0){bought}", r, span=True)
    return formula


def _errors(block: Block) -> Formula | None:
    """(-(difference in points) / 100 x cost of an error + cost of errors in a prediction) x predictions."""
    points, each = block.own("accuracy_difference_points"), block.own("usd_per_error")
    apart = block.own("error_usd_per_prediction")
    terms = ([f"-{points}/100*{each}"] if points and each else []) + ([apart] if apart else [])
    if not terms:
        return None
    return lambda r: block.known(f"{block.columns.live}{r}*({'+'.join(terms)})*$C{r}*{DAYS}", r)


def _updates(block: Block) -> Formula | None:
    """Re-distillations at go-live + kN before the horizon, each at its month's end."""
    every = block.own(INTERVAL)
    if not every or block.option.serves_today:
        return None
    live = block.own("months_to_go_live") or "0"
    hours, rate, other = (block.own(f"redistil_{name}") for name in ("hours", "usd_per_hour", "usd"))
    each = "+".join([*([f"{hours}*{rate}"] if hours and rate else []), *([other] if other else [])]) or "0"

    def due(end: str, slack: str) -> str:
        return f"MAX(0,INT(({end}-{live})/{every}+{slack}))"

    def formula(r: int) -> str:
        slack = f"IF($A{r}={HORIZON},-{SLACK},{SLACK})"  # what is due exactly at the horizon is not done any more
        count = f"{due(f'$A{r}', slack)}-{due(f'$A{r}-1', SLACK)}"
        return block.known(f"IF(N({every})>0,({count})*({each}),0)", r)
    return formula


def _totals(block: Block) -> None:
    grid, columns, total = block.grid, block.columns, block.numbers.total(block.number)
    guard = block.guard(span=True)
    first, last = columns.kinds[UPFRONT], columns.kinds[UPDATES]
    flow = _floats(block.numbers.flow(total))
    columns.total = grid.column("Total", "cash", block.numbers.unknown() if total is None else flow.tolist(),
                                lambda r: f'IF({guard}="",SUM({first}{r}:{last}{r}),"")', over=guard)
    worth = (flow * block.numbers.factors()).tolist()
    columns.discounted = grid.column("Discounted", "cash", block.numbers.unknown() if total is None else worth,
                                     lambda r: f'IF({guard}="",{columns.total}{r}*$D{r},"")', over=guard)
