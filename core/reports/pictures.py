"""Which charts a report has, the finding above each and its text alternative. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.figures import Figure
from core.formats import months
from core.reports import charts_svg
from core.reports.charts_svg import Swing
from core.reports.dossier import Dossier
from core.reports.tables import Cell, Line, Table, plain
from core.reports.words import named, unit_of
from core.roi.months import Array
from core.roi.results import Comparison
from core.roi.views import Step, cumulative, waterfall
from core.words import in_a_sentence, why_unknown

CENT = 0.005  # money below this is rounding
NO_SWING = "No uncertain input moves the NPV by as much as a cent."


@dataclass(frozen=True)
class Picture:
    """A chart: its heading, the finding, the SVG, and its numbers as a table (None where another table of the report has them)."""

    heading: str
    finding: str
    svg: str
    table: Table | None = None


def pictures(dossier: Dossier, against: Comparison | None) -> tuple[Picture, ...]:
    """The charts of the headline comparison; none where its costs are not known."""
    if against is None or against.npv_usd.value is None:
        return ()
    made = (_cash(dossier, against), _costs(dossier, against), _tornado(dossier, against))
    return tuple(picture for picture in made if picture is not None)


def _cash(dossier: Dossier, against: Comparison) -> Picture:
    case, payback = dossier.case, against.payback_months
    line = cumulative(case, against.option, against.against)
    band = dict(dossier.outlook.band) if dossier.outlook and dossier.bars else {}
    finding = (f"{against.option} over {against.against} {_paid(payback)}; after {months(case.horizon)} the running sum is "
               f"{plain(float(line[-1]), case.currency)}.")
    title = f"Running sum of net flows, in {case.currency}"
    svg = charts_svg.cumulative_cash("cash", title, finding, line, band, payback.value, case.currency)
    return Picture(title, finding, svg, _months(line, band, case.currency))


def _paid(payback: Figure) -> str:
    if payback.value is None:
        return why_unknown(payback)
    return f"is paid back after {plain(payback.value, 'months')}" if payback.value else "is paid back at once"


def _months(line: Array, band: dict[str, Array], currency: str) -> Table:
    """The chart's numbers at the months of its axis, and at the last."""
    horizon = len(line) - 1
    months = sorted({*range(0, horizon + 1, charts_svg.months_apart(horizon)), horizon})
    rows = {"plain values": line, **{name.upper(): band[name] for name in ("p10", "p50", "p90") if name in band}}
    return Table(("Month", *map(str, months)), tuple(
        Line(name, "", tuple(Cell(plain(float(values[month]), currency)) for month in months)) for name, values in rows.items()))


def _costs(dossier: Dossier, against: Comparison) -> Picture | None:
    steps = waterfall(dossier.case, against.option, against.against)
    steps = tuple(step for step in steps if abs(step.saved) >= CENT)
    if not steps:
        return None
    currency = dossier.case.currency
    saved, added = (_largest(steps, sign, currency) for sign in (1, -1))
    finding = " ".join(filter(None, (saved and f"What it saves most on is {saved}.", added and f"What it adds most to is {added}.")))
    title = f"Costs that {against.option} saves (filled) and adds (hatched) over {against.against}, present value in {currency}"
    svg = charts_svg.waterfall("costs", title, finding, [(step.kind, step.saved) for step in steps], currency)
    lines = tuple(Line(step.kind, "", (Cell(plain(step.saved, currency)),)) for step in steps)
    total = Line("NPV", "", (Cell(plain(sum(step.saved for step in steps), currency)),))
    return Picture(title, finding, svg, Table(("Cost", "Saved (added: negative)"), (*lines, total)))


def _largest(steps: tuple[Step, ...], sign: int, currency: str) -> str:
    found = max((step for step in steps if step.saved * sign > 0), key=lambda step: abs(step.saved), default=None)
    return "" if found is None else f"{found.kind} ({plain(abs(found.saved), currency)})"


def _tornado(dossier: Dossier, against: Comparison) -> Picture | None:
    """The inputs that move the NPV by a cent or more; their numbers stand in the report's own table."""
    bars = [bar for bar in dossier.bars if bar.swing >= CENT]
    if not bars or against.npv_usd.value is None:
        return None
    case, widest = dossier.case, bars[0]
    swings = [Swing(*named(bar.name), bar.npv_at_low, bar.npv_at_high, plain(bar.low, unit_of(bar.name, case.currency)),
                    plain(bar.high, unit_of(bar.name, case.currency))) for bar in bars]
    finding = (f"The widest is {in_a_sentence(widest.name)}: the NPV is {plain(widest.npv_at_low, case.currency)} at its P10 and "
               f"{plain(widest.npv_at_high, case.currency)} at its P90.")
    title = f"NPV where one input takes its P10 (hatched) or its P90 (filled), in {case.currency}"
    return Picture(title, finding, charts_svg.tornado("moves", title, finding, swings, against.npv_usd.value, case.currency))
