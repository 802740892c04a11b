"""The report's tables as plain words: options, comparisons, draws, what moves the answer, and what is worth knowing. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.figures import Figure, Provenance
from core.formats import show
from core.reports.dossier import Dossier
from core.reports.words import ROLES, unit_of
from core.roi.results import Comparison
from core.words import input_label, label, why_unknown

OPTION_COLUMNS = ("instances", "utilisation", "monthly_cost_usd", "usd_per_million", "usd_per_million_bench", "upfront_usd", "tco_usd",
                  "pv_cost_usd")
MEASURES = ("monthly_saving_usd", "npv_usd", "irr", "roi", "payback_months", "discounted_payback_months", "net_benefit_usd",
            "max_upfront_usd", "break_even_predictions_per_day", "break_even_accuracy_loss_points")
HEADS = {"upfront_usd": "Upfront", "utilisation": "Utilisation", "usd_per_million": "A million predictions",
         "usd_per_million_bench": "A million, never idle", "tco_usd": "Total cost", "pv_cost_usd": "Present value",
         "irr": "IRR a year"}


@dataclass(frozen=True)
class Cell:
    """A value in words, or why there is none."""

    text: str
    is_known: bool = True


@dataclass(frozen=True)
class Line:
    """A row of a table: its name, words below the name, and its cells."""

    name: str
    note: str
    cells: tuple[Cell, ...]
    marked: str = ""


@dataclass(frozen=True)
class Table:
    """Heads of the columns, that of the names first, and rows."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]


def options(dossier: Dossier) -> Table:
    """Each option with its fleet and its costs."""
    marks = {dossier.best: "the verdict is about it", dossier.other: "compared with it"}
    lines = tuple(Line(row.name, f"{ROLES[row.role]}, {row.basis}", tuple(cell(getattr(row, name)) for name in OPTION_COLUMNS),
                       marks.get(row.name, "") if dossier.best else "") for row in dossier.options)
    return Table(("Option", *(HEADS.get(name, label(name)) for name in OPTION_COLUMNS)), lines)


def comparisons(dossier: Dossier) -> Table:
    """Each comparison as a column; the one that the verdict rests on comes first."""
    pair = (dossier.best, dossier.other)
    rows = sorted(dossier.comparisons, key=lambda row: (row.option, row.against) != pair)
    lines = tuple(Line(HEADS.get(name, label(name)), "", tuple(cell(getattr(row, name)) for row in rows)) for name in MEASURES)
    return Table(("", *(f"{row.option} over {row.against}" for row in rows)), lines if rows else ())


def crossings(dossier: Dossier) -> list[str]:
    """Where a comparison's NPV changes sign, if it does so more than once."""
    return [f"{row.option} over {row.against}: the NPV changes sign at {_listed(row)} predictions a day."
            for row in dossier.comparisons if len(row.crossings) > 1]


def _listed(row: Comparison, most: int = 12) -> str:
    told = [f"{volume:,.0f}" for volume in row.crossings[-most:]]
    more = f"{len(row.crossings) - most} lower volumes, " if len(row.crossings) > most else ""
    return f"{more}{', '.join(told[:-1])} and {told[-1]}"


def cell(figure: Figure) -> Cell:
    """A figure's value, or why it has none."""
    return Cell(show(figure)) if figure.value is not None else Cell(why_unknown(figure) or "not known", False)


def draws(dossier: Dossier) -> Table | None:
    """What the draws say at P10, P50 and P90; None where nothing was drawn or nothing is uncertain."""
    seen = dossier.outlook
    if seen is None or not dossier.bars:
        return None
    rows = {"NPV": seen.npv_usd, "Discounted payback": seen.discounted_payback_months, "Upfront cost": seen.upfront_usd}
    never = Cell("does not pay back", False)
    lines = tuple(Line(name, "", tuple(never if figure.value is None else cell(figure) for figure in figures.values()))
                  for name, figures in rows.items())
    return Table(("", "P10", "P50", "P90"), lines)


def moving(dossier: Dossier) -> Table:
    """Each uncertain input at P10 and P90, the NPV that follows, and how its spread is known; the widest first."""
    case = dossier.case
    lines = []
    for bar in dossier.bars:
        unit = unit_of(bar.name, case.currency)
        values = ((bar.low, unit), (bar.high, unit), (bar.npv_at_low, case.currency), (bar.npv_at_high, case.currency))
        spread = case.spreads.get(bar.name)
        lines.append(Line(input_label(bar.name), "", (*(Cell(plain(*value)) for value in values), Cell(spread.source if spread else ""))))
    return Table(("Input", "at P10", "at P90", "NPV at its P10", "NPV at its P90", "How its spread is known"), tuple(lines))


def knowing(dossier: Dossier) -> Table:
    """What it is worth to know each input before deciding, what that costs, and how to do it. Inputs worth nothing are left out."""
    money = dossier.case.currency
    lines = []
    for row in (row for row in dossier.information if row.evppi_usd > 0):
        cost = Cell("not known", False) if row.cost_usd is None else Cell(plain(row.cost_usd, money))
        lines.append(Line(input_label(row.name), "", (Cell(plain(row.evppi_usd, money)), cost, Cell(plain(row.net_usd, money)),
                                                   Cell(dossier.actions.get(row.name, "")))))
    return Table(("Input", "Worth knowing", "Cost of learning it", "Left", "How to learn it"), tuple(lines))


def plain(value: float, unit: str) -> str:
    """A bare number in its unit."""
    return show(Figure(value, unit, Provenance("derived")))
