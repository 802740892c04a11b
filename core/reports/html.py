"""A decision as one HTML file that needs nothing else: no scripts, no requests, printable, every text escaped."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from core.checklist import ItemVerdict
from core.checklist.verdict import QUESTIONS
from core.figures import Figure
from core.formats import chip, show, show_date, show_interval
from core.reports import glossary, pictures, tables
from core.reports.dossier import Dossier
from core.reports.register import register
from core.reports.words import in_a_sentence, result_in_words
from core.roi.results import Comparison

# Beside each status and verdict stands a mark of its own, so that none is told by colour alone.
MARKS = {"pass": "✓", "warn": "!", "fail": "✕", "not enough evidence": "?", "invest": "✓", "pilot": "◐", "do not invest": "✕"}
KINDS = {"pass": "good", "invest": "good", "warn": "doubt", "pilot": "doubt", "fail": "bad", "do not invest": "bad",
         "not enough evidence": "open"}


def report(dossier: Dossier) -> str:
    """The whole report as HTML. The file has no scripts, and its policy forbids every request."""
    against = headline_comparison(dossier)
    return _template().render(
        title=dossier.title, day=show_date(dossier.day), about=dossier.about, answer=dossier.answer, risk=dossier.risk,
        next_step=dossier.next_step, numbers=numbers(dossier, against), verdict=dossier.verdict, questions=QUESTIONS, marks=MARKS,
        kinds=KINDS, item_figures=_item_figures, options=tables.options(dossier), comparisons=tables.comparisons(dossier),
        crossings=tables.crossings(dossier),
        draws=tables.draws(dossier), draws_told=draws_in_words(dossier), moving=tables.moving(dossier), knowing=tables.knowing(dossier),
        knowing_told=knowing_in_words(dossier), pictures=pictures.pictures(dossier, against), register=register(dossier),
        assumptions=dossier.assumptions, glossary=glossary, currency=dossier.case.currency)


def headline_comparison(dossier: Dossier) -> Comparison | None:
    """The best option with a student over the best other one; None where no option has a student."""
    pair = (dossier.best, dossier.other)
    return next((row for row in dossier.comparisons if (row.option, row.against) == pair), None)


def numbers(dossier: Dossier, against: Comparison | None) -> list[dict[str, str]]:
    """The three numbers that open the report: name, value, note, evidence. An unknown one says why in its note."""
    if against is None:
        return []
    seen = dossier.outlook
    ends = [seen.npv_usd[name] for name in ("p10", "p90")] if seen else []
    spread = f"P10 to P90: {show(ends[0])} to {show(ends[1])}" if all(end.value is not None for end in ends) and ends else ""
    discounted = against.discounted_payback_months
    later = f"discounted: {show(discounted)}" if discounted.value is not None else discounted.provenance.reason
    return [_number(f"Monthly saving over {against.against}", against.monthly_saving_usd, "in the first month in which both serve"),
            _number(f"NPV over {dossier.case.horizon} months", against.npv_usd, spread),
            _number("Payback", against.payback_months, later, never="never")]


def draws_in_words(dossier: Dossier) -> str:
    """What the draws say, in a sentence."""
    seen = dossier.outlook
    if seen is None:
        return "Nothing was drawn: the costs of the compared options are not all known, or only the plain answer was asked for."
    if not dossier.bars:
        return "No input has a range, so every draw is the plain answer."
    return (f"{seen.draws:,} draws of {len(dossier.bars)} uncertain inputs, {seen.option} over {seen.against}: the expected NPV is "
            f"{show(seen.expected_npv_usd)}; it is above 0 in {show(seen.positive)} of the draws, and {show(seen.pays_back)} pay back "
            f"within {dossier.case.horizon} months, discounted.")


def knowing_in_words(dossier: Dossier) -> str:
    """Which input is worth learning, or that none is."""
    best = next((row for row in dossier.information if row.net_usd > 0), None)
    if best is None:
        return "No measurement would change this decision."
    left = tables.plain(best.net_usd, dossier.case.currency)
    beyond = "" if best.cost_usd is None else ", beyond what learning it costs"
    return f"Most valuable: {in_a_sentence(best.name)}. Knowing it before deciding is worth up to {left}{beyond}."


def _number(name: str, figure: Figure, note: str, never: str = "unknown") -> dict[str, str]:
    if figure.value is None:
        unknown = figure.provenance.reason
        return {"name": name, "value": "unknown" if unknown.startswith("needs") else never, "note": unknown, "kind": chip(figure)}
    paid = "at once" if never == "never" and not figure.value else show(figure)
    return {"name": name, "value": paid, "note": note, "kind": chip(figure)}


def _item_figures(item: ItemVerdict) -> list[dict[str, str]]:
    return [{"name": result_in_words(name), "value": show(figure), "interval": show_interval(figure), "kind": chip(figure)}
            for name, figure in item.figures.items()]


def _visible(value: Any) -> Any:
    """Text without characters that hide or reorder what stands beside them; the line's own breaks become spaces."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(mark if mark.isprintable() or mark in "\u200c\u200d" else " " if mark.isspace() else ""
                   for mark in unicodedata.normalize("NFC", value))


@cache
def _template() -> Template:
    made = Environment(loader=PackageLoader("core.reports"), autoescape=True, undefined=StrictUndefined, finalize=_visible,
                       trim_blocks=True, lstrip_blocks=True)
    return made.get_template("report.html")
