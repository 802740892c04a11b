"""Formulas of one way of answering: its machines, its billed hours and its cost, each for one month's row.

On the sheet of the cash flow column A is the month and column C predictions a day. `named` gives the defined name of an
input, or None where the case leaves it at its neutral value.
"""

from __future__ import annotations

from collections.abc import Callable

from core.roi.serving import MACHINES, Basis

DAYS, HOURS = "365/12", "730"
SLACK = "1E-9"  # as in core.roi.fleet: a peak of exactly n machines needs n

Named = Callable[[str], str | None]


def up(expression: str) -> str:
    """Rounded up to a whole number, a hair aside; the same in all spreadsheet programs, for negative numbers too."""
    return f"-INT(-({expression}-{SLACK}))"


def volume(named: Named, row: int) -> str:
    """Predictions a day that this part answers."""
    share = named("share")
    return f"$C{row}*{share}" if share else f"$C{row}"


def fleet(named: Named, needed: str) -> str:
    """max(least, needed rounded up) + spare."""
    spare = named("spare_instances")
    return f"MAX({named('min_instances') or 0},{up(needed)})" + (f"+{spare}" if spare else "")


def online_need(named: Named, per_day: str) -> str:
    """Machines before rounding for a rate, as predictions a day at that rate."""
    return f"{per_day}/86400/({named('rate_per_s')}*{named('target_utilisation') or 1})"


def machines(named: Named, basis: Basis, row: int, hours: str) -> str:
    """Machines that must exist: for the peak, or as many as work through the month. hours: the cell of the billed hours."""
    if basis in ("bench", "batch"):
        return fleet(named, f"{hours}/{HOURS}")
    return fleet(named, online_need(named, f"{volume(named, row)}*peak_to_mean"))


def hours(named: Named, basis: Basis, row: int, machines: str, daily: str) -> str:
    """Machine hours billed in the month. machines: the cell of the fleet; daily: the cell of the autoscaled hours of a day."""
    month = f"{volume(named, row)}*{DAYS}"
    if basis == "bench":
        return f"{month}/3600/{named('rate_per_s')}"
    if basis == "batch":
        step = named("billing_step_h") or "1"
        worked = f"{month}/({named('rate_per_s')}*3600*{named('target_utilisation') or 1})"
        return f"{up(f'{worked}/{step}')}*{step}"
    return f"{daily}*{DAYS}" if basis == "autoscaled" else f"{machines}*{HOURS}"


def index(named: Named, row: int) -> str:
    """What a price of 1 is in the month, as a factor to append; it changes from month 13."""
    change = named("yearly_price_change")
    return f"*(1+{change})^INT(($A{row}-1)/12)" if change else ""


def cost(named: Named, basis: Basis, row: int, hours: str, machines: str) -> str:
    """Running cost of the month. hours, machines: the cells of both, where the basis has machines."""
    priced = index(named, row)
    month = f"{volume(named, row)}*{DAYS}"
    if basis == "api":
        retry = named("retry_factor")
        return f"{month}*{named('usd_per_call')}" + (f"*{retry}" if retry else "") + priced
    if basis == "bill":
        share = named("bill_variable_share") or "1"
        return (f"{named('monthly_bill_usd')}*(1-{share}+{share}*{month}/{named('bill_predictions_per_month') or 1}){priced}")
    rented = f"{hours}*{named('usd_per_hour') or 0}{priced}"
    owned = _owned(named)
    return f"{rented}+{machines}*({owned})" if owned else rented


def _owned(named: Named) -> str:
    """Power and hosting of one owned machine in a month; "" where none is given."""
    watts, hosting = named("watts"), named("hosting_usd_per_month")
    power = f"{watts}/1000*{HOURS}*{named('usd_per_kwh') or 0}" if watts else ""
    return "+".join(part for part in (power, hosting) if part)


def has_machines(basis: Basis) -> bool:
    """Whether this basis has machines to count."""
    return basis in MACHINES
