"""Formulas of the results: of one option in the month shown, and of one option against another."""

from __future__ import annotations

from core.reports.workbook.block import Block
from core.reports.workbook.costs import ERRORS
from core.reports.workbook.grid import Grid
from core.reports.workbook.net import Net
from core.reports.workbook.serving import DAYS
from core.roi.serving import MACHINES

HORIZON = "INT(horizon_months)"
NO_SIGN = "the net flows do not change sign exactly once"
NOT_PRICED = "what an error costs is not priced"
NOTHING_LOST = "errors cost nothing over this horizon"
NO_VOLUME = "no predictions in this month"
NO_HOURS = "no hours are paid in this month"


def in_month(grid: Grid, col: str, month: str) -> str:
    """A column's value in the month that a cell names."""
    return f"INDEX({grid.far(col)},{month}+1)"


def month_of(goes: list[tuple[str, str]]) -> str:
    """The first month in which options serve. goes: the cell that says what an option lacks ("" for one that counts anyway),
    and the months until it goes live."""
    waits = [f'IF({guard}="",{wait},0)' if guard else wait for guard, wait in goes]
    return f"MIN(INT(MAX({','.join(['0', *waits])}))+1,{HORIZON})"


def monthly(block: Block, month: str) -> str:
    """What an option costs in a month in which it serves, monitoring and storage included."""
    fixed = [name for field in ("monitoring_usd_per_month", "storage_usd_per_month") if (name := block.own(field))]
    return "+".join([in_month(block.grid, block.columns.running, month), *fixed])


def with_errors(block: Block, month: str) -> str:
    """The same with what its errors cost beyond those of the status quo."""
    return f"{monthly(block, month)}+{in_month(block.grid, block.columns.kinds[ERRORS], month)}"


def machines(block: Block, month: str) -> str | None:
    """Machines of all parts; None where the option's first part has none to count."""
    if not _counts_machines(block):
        return None
    return "+".join(in_month(block.grid, col, month) for col in block.columns.machines.values())


def utilisation(block: Block, month: str) -> str | None:
    """Mean rate over what the paid machines of the first part could answer."""
    if not _counts_machines(block):
        return None
    hours = in_month(block.grid, block.columns.hours[0], month)
    volume = in_month(block.grid, "C", month)
    share = block.of_part(0)("share")
    worked = f"{volume}*{share}" if share else volume
    return f"""IF({hours}=0,"{NO_HOURS}",{worked}*{DAYS}/({hours}*3600*{block.of_part(0)('rate_per_s')}))"""


def _counts_machines(block: Block) -> bool:
    return block.option.basis in MACHINES and block.option.basis != "bench"


def per_million(block: Block, month: str) -> str:
    """The month's cost over its predictions, for a million of them; words without predictions."""
    volume = in_month(block.grid, "C", month)
    return f'IF({volume}=0,"{NO_VOLUME}",({monthly(block, month)})/({volume}*{DAYS})*1000000)'


def bench(block: Block) -> str | None:
    """Cost of a million predictions on machines that are never idle, parts by their shares; None without rented machines."""
    if any(part.basis not in MACHINES or "hardware_usd" in part.figures for part in block.option.parts):
        return None
    named = [block.of_part(k) for k in range(len(block.option.parts))]
    return "+".join((f"{of('share')}*" if of("share") else "")
                    + f"{of('usd_per_hour')}/(3600*{of('offline_rate_per_s') or of('rate_per_s')})*1000000" for of in named)


def upfront(block: Block) -> str:
    """What is spent in month 0, hardware aside."""
    return f"INDEX({block.grid.far(block.columns.kinds['upfront'])},1)"


def payback(grid: Grid, sums: str, owing: str) -> str:
    """The last month in which a running sum reaches 0, linear inside the month; words where it does not."""
    last = grid.over(owing)

    def at(shift: int) -> str:
        return f"INDEX({grid.far(sums)},{last}+{shift})"

    return (f'IF({last}<0,0,IF({last}>={HORIZON},"does not pay back within "&{HORIZON}&" months",'
            f"{last}-{at(1)}/({at(2)}-{at(1)})))")


def irr(net: Net) -> str:
    """Annual rate at which the NPV is 0; words unless the flows change sign exactly once. Starts from the rate that a search
    found, which stands where a program's IRR() does not converge."""
    start = net.grid.over(net.search)
    found = f"IFERROR(IRR({net.grid.far(net.net)},{start}),{start})"
    return f'IF({net.grid.over(net.signs)}<>1,"{NO_SIGN}",(1+{found})^12-1)'


def roi(net: Net, against: str) -> str:
    """Net benefit over what is spent at month 0. against: the cell with the other option's name."""
    spent = f"INDEX({net.grid.far(net.net)},1)"
    return f'IF({spent}<0,{net.grid.over(net.net)}/-{spent},{against}&" needs no less upfront")'


def accuracy_loss(net: Net, npv: str) -> str:
    """The loss of accuracy, in points, at which the NPV (its cell) is 0: the NPV is linear in it."""
    block, grid = net.own, net.grid
    each, points = block.own("usd_per_error"), block.own("accuracy_difference_points")
    if not each:
        return f'"{NOT_PRICED}"'
    if not points:
        return f'IF({each}=0,"{NOT_PRICED}","{NOTHING_LOST}")'
    of_point = (f"{each}/100*{DAYS}*SUMPRODUCT({grid.far(block.columns.live)},{grid.far('C')},{grid.far('D')})")
    return f'IF({each}=0,"{NOT_PRICED}",IF({of_point}=0,"{NOTHING_LOST}",{npv}/({of_point})-{points}))'
