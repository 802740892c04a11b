"""What follows from the inputs of the page What-if: the plain answer at once, the same with its doubt a moment later."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.figures import Figure
from core.formats import show
from core.studies import narrative
from core.studies.decide import Decision
from core.studies.headline import CENT, EQUAL, known
from core.studies.outcome import Outcome, outcome
from core.words import why_unknown
from pages.ui import cards
from pages.ui.text import STATUS, plain

FOLLOWS = "follows"


@dataclass(frozen=True)
class Number:
    """One large number; beside: what stands below it, in words; before: what it is in the base, None where it is the same."""

    label: str
    figure: Figure
    beside: str = ""
    before: Figure | None = None


def show_answer(place: DeltaGenerator, decision: Decision, base: Outcome | None, waiting: bool) -> None:
    """Verdict, sentence, four numbers and six items in `place`; waiting: the draws are still to come. base: of what is changed.

    Both times the same elements in the same order: what the second lacks would stay from the first.
    """
    found = outcome(decision)
    with place.container(gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            cards.status(found.verdict)
            moved = base is not None and base.verdict != found.verdict
            st.markdown(f":orange-badge[:material/edit: changed] from {plain(base.verdict)}" if base and moved else " ", width="content")
        st.markdown(plain(narrative.answer(decision.ruling)))
        _numbers(_main(found, base, waiting), "at-once" if waiting else "drawn")
        _items(decision)


def _main(found: Outcome, base: Outcome | None, waiting: bool) -> list[Number]:
    now, was = found.figures, base.figures if base else {}
    low, high, payback = now["npv_p10_usd"], now["npv_p90_usd"], now["discounted_payback_months"]
    spread = "P10 to P90 follow" if waiting else "" if low.value is None else f"P10 to P90: {in_words(low)} to {in_words(high)}"
    return [
        Number("Monthly saving", now["monthly_saving_usd"], f"over {found.against}", was.get("monthly_saving_usd")),
        Number("NPV, plain values", now["npv_usd"], spread, was.get("npv_usd")),
        Number("Payback, discounted", payback, why_unknown(payback), was.get("discounted_payback_months")),
        Number("Chance of paying back", now["pays_back"], FOLLOWS if waiting else "within the horizon",
               None if waiting else was.get("pays_back")),
    ]


def _numbers(numbers: list[Number], key: str) -> None:
    grid = st.grid(2, min_column_width=190, gap="small", border=True)
    for place, number in enumerate(numbers):
        with grid.cell(), st.container(gap="xxsmall"):
            value, unit = cards.in_two(in_words(number.figure))
            follows = number.beside == FOLLOWS
            st.metric(number.label, "…" if follows else plain(value))
            st.caption(" · ".join(filter(None, map(plain, ("" if follows else unit, number.beside, _before(number))))) or " ")
            if not follows and not _never(number.figure):
                cards.provenance(number.figure, f"{key}-{place}")


def in_words(figure: Figure) -> str:
    """A figure in words. Never paying back, or at once, is an answer, and what is nearly nothing is called so."""
    if figure.unit == "months" and figure.value == 0:
        return "at once"
    if figure.unit in ("USD", "USD/month") and figure.value is not None:
        return known(figure, (EQUAL if figure.unit == "USD" else CENT) / 2)
    return "never" if _never(figure) else show(figure)


def _never(figure: Figure) -> bool:
    return figure.value is None and "does not pay back" in why_unknown(figure)


def _before(number: Number) -> str:
    same = number.before is None or in_words(number.before) == in_words(number.figure)
    return "" if same or number.before is None else f"before: {in_words(number.before)}"


def _items(decision: Decision) -> None:
    if decision.verdict is None:
        return
    lines = [f":{STATUS[item.status][1]}-badge[{STATUS[item.status][0]} {item.status}] {item.item} {plain(item.title)}"
             for item in decision.verdict.items]
    st.markdown("  \n".join(lines))
    if reasons := decision.verdict.reasons:
        st.caption(plain(reasons[0]))
