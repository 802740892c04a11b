"""Columns of what serves: machines, billed hours, and what a month costs in which the option serves."""

from __future__ import annotations

from core.reports.workbook import serving
from core.reports.workbook.block import Block
from core.reports.workbook.grid import Formula
from core.roi.flows import running_usd
from core.roi.serving import Serving, fleet_sizes, machine_hours, serving_usd


def write_fleets(block: Block) -> None:
    """The columns of each part, and the running cost of all of them."""
    several = len(block.option.parts) > 1
    parts = []
    for k, part in enumerate(block.option.parts):
        whose = f" of {part.model}" if several else ""
        if serving.has_machines(part.basis):
            _machines(block, k, whose)
        if several:
            terms = block.numbers.terms
            values = block.served(serving_usd(block.plan.parts[k], terms.load, terms.volumes) if block.plan else None)
            parts.append(block.grid.column(f"Running cost{whose}", "cash", values, _cost(block, k)))
    formula: Formula = (lambda r: block.known("+".join(f"{col}{r}" for col in parts), r)) if several else _cost(block, 0)
    values = block.served(running_usd(block.plan, block.numbers.terms) if block.plan else None)
    block.columns.running = block.grid.column("Running cost if it serves", "cash", values, formula)


def _machines(block: Block, k: int, whose: str) -> None:
    """Machines and billed hours of a part. Either follows from the other, so both letters are needed first."""
    part, named, terms = block.option.parts[k], block.of_part(k), block.numbers.terms
    plan: Serving | None = block.plan.parts[k] if block.plan else None
    fleet, hours = block.grid.here, block.grid.beside

    def daily(r: int) -> str:
        return block.hourly.daily(block.number, k, r) if block.hourly and part.basis == "autoscaled" else ""

    count = block.served(fleet_sizes(plan, terms.load, terms.volumes) if plan else None)
    billed = block.served(machine_hours(plan, terms.load, terms.volumes) if plan else None)
    block.grid.column(f"Machines{whose}", "count", count,
                      lambda r: block.known(serving.machines(named, part.basis, r, f"{hours}{r}"), r), width=10)
    block.grid.column(f"Billed hours{whose}", "hours", billed,
                      lambda r: block.known(serving.hours(named, part.basis, r, f"{fleet}{r}", daily(r)), r))
    block.columns.machines[k], block.columns.hours[k] = fleet, hours


def _cost(block: Block, k: int) -> Formula:
    named, basis = block.of_part(k), block.option.parts[k].basis
    fleet, hours = block.columns.machines.get(k, ""), block.columns.hours.get(k, "")
    return lambda r: block.known(serving.cost(named, basis, r, f"{hours}{r}", f"{fleet}{r}"), r)
