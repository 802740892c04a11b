"""A decision as one HTML file that needs nothing else: no scripts, no requests, printable, every text escaped."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from core.checklist import ItemVerdict
from core.checklist.verdict import QUESTIONS
from core.formats import chip, months, show, show_date, show_interval
from core.reports import frontier_svg, glossary, pictures, tables
from core.reports.dossier import Dossier
from core.reports.register import register
from core.roi.results import Comparison
from core.words import in_a_sentence, label

# Beside each status and verdict stands a mark of its own, so that none is told by colour alone.
MARKS = {"pass": "✓", "warn": "!", "fail": "✕", "not enough evidence": "?", "invest": "✓", "pilot": "◐", "do not invest": "✕"}
KINDS = {"pass": "good", "invest": "good", "warn": "doubt", "pilot": "doubt", "fail": "bad", "do not invest": "bad",
         "not enough evidence": "open"}


def report(dossier: Dossier) -> str:
    """The whole report as HTML. The file has no scripts, and its policy forbids every request."""
    against = headline_comparison(dossier)
    return _template().render(
        title=dossier.title, day=show_date(dossier.day), about=dossier.about, answer=dossier.answer, risk=dossier.risk,
        next_step=dossier.next_step, numbers=dossier.numbers, chip=chip, verdict=dossier.verdict, questions=QUESTIONS, marks=MARKS,
        kinds=KINDS, item_figures=_item_figures, options=tables.options(dossier), comparisons=tables.comparisons(dossier),
        crossings=tables.crossings(dossier),
        draws=tables.draws(dossier), draws_told=draws_in_words(dossier), moving=tables.moving(dossier), knowing=tables.knowing(dossier),
        knowing_told=knowing_in_words(dossier), pictures=pictures.pictures(dossier, against),
        frontier=frontier_svg.picture(dossier.cloud), beside=dossier.cloud.beside if dossier.cloud else (), register=register(dossier),
        assumptions=dossier.assumptions, glossary=glossary, currency=dossier.case.currency)


def headline_comparison(dossier: Dossier) -> Comparison | None:
    """The best option with a student over the best other one; None where no option has a student."""
    pair = (dossier.best, dossier.other)
    return next((row for row in dossier.comparisons if (row.option, row.against) == pair), None)


def draws_in_words(dossier: Dossier) -> str:
    """What the draws say, in a sentence."""
    seen = dossier.outlook
    if seen is None:
        return "Nothing was drawn: the costs of the compared options are not all known, or only the plain answer was asked for."
    if not dossier.bars:
        return "No input has a range, so every draw is the plain answer."
    return (f"{seen.draws:,} draws of {len(dossier.bars)} uncertain inputs, {seen.option} over {seen.against}: the expected NPV is "
            f"{show(seen.expected_npv_usd)}; it is above 0 in {show(seen.positive)} of the draws, and {show(seen.pays_back)} pay back "
            f"within {months(dossier.case.horizon)}, discounted.")


def knowing_in_words(dossier: Dossier) -> str:
    """Which input is worth learning, or that none is."""
    best = next((row for row in dossier.information if row.net_usd > 0), None)
    if best is None:
        return "No measurement would change this decision."
    left = tables.plain(best.net_usd, dossier.case.currency)
    beyond = "" if best.cost_usd is None else ", beyond what learning it costs"
    return f"Most valuable: {in_a_sentence(best.name)}. Knowing it before deciding is worth up to {left}{beyond}."


def _item_figures(item: ItemVerdict) -> list[dict[str, str]]:
    return [{"name": label(name), "value": show(figure), "interval": show_interval(figure), "kind": chip(figure)}
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
