"""The parts of the page Claims: the tally, the filter, and a card for each claim with its numbers and their provenance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from core.claims import VERDICTS, Assessment, Finding
from core.figures import Figure
from core.formats import show, show_date, show_interval
from core.settings import ASSETS
from core.studies import claims
from core.studies.decide import Decision
from pages.ui import cards, reads, tables
from pages.ui.text import STATUS, plain

ALL = "all"
LINKS = {"pages/new_study.py": ("New study", ":material/add_circle:"), "pages/study.py": ("Study", ":material/biotech:"),
         "pages/checklist.py": ("Checklist", ":material/checklist:"), "pages/decision.py": ("Decision", ":material/gavel:")}


def style() -> None:
    """How the page looks on paper, beyond what all pages share."""
    st.html(ASSETS / "claims" / "print.css")


def assessed(decision: Decision) -> tuple[Assessment, ...]:
    """Every claim with its verdict; computed once for each state of the study and each case."""
    return _assessed(reads.state_of(decision.study), decision.case.model_dump_json(), reads.today(), decision)


@st.cache_resource(max_entries=50, show_spinner=False)
def _assessed(state: tuple[Any, ...], case_json: str, day: date, _decision: Decision) -> tuple[Assessment, ...]:
    return claims.assess(_decision)


def tally(found: tuple[Assessment, ...]) -> None:
    """How many claims hold, in a sentence."""
    st.subheader(claims.tally_in_words(found), anchor=False)


def chosen(found: tuple[Assessment, ...]) -> tuple[Assessment, ...]:
    """The filter, and the claims that it leaves in their order."""
    counts = {ALL: len(found)} | {str(verdict): count for verdict, count in claims.tally(found).items()}
    with st.container(key="screen-claims-filter"):
        wanted = st.segmented_control("Show", [ALL, *VERDICTS], default=ALL, key="claims-status", required=True,
                                      format_func=lambda word: f"{STATUS[word][0] if word in STATUS else ''} {word} ({counts[word]})")
    left = tuple(each for each in found if wanted in (ALL, each.verdict))
    if not left:
        st.markdown("No claim has this verdict.")
    return left


def card(found: Assessment) -> None:
    """One claim: what is said and by whom, and what was found here."""
    claim = found.claim
    with st.container(border=True, key=f"claim-{claim.id}"):
        grid = st.grid(2, min_column_width=330, gap="small")
        with grid.cell(), st.container(gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{claim.id}**", width="content")
                cards.status(found.verdict)
            st.markdown(plain(claim.claim))
            st.caption(f"{plain(claim.said_by)}: {plain(claim.source)}. Listed on {show_date(claim.added)}.")
            st.caption(f"**Rule:** {plain(found.rule)}")
        with grid.cell(), st.container(gap="xsmall"):
            _found(found)


def _found(found: Assessment) -> None:
    for number, each in enumerate(found.findings):
        _finding(each, f"{found.claim.id}-{number}")
    if found.remark:
        st.markdown(plain(found.remark))
    if found.need:
        word = "Waits for" if found.verdict == "waiting" else "What would settle it"
        st.markdown(f":material/hourglass_empty: **{word}:** {plain(found.need)}")
    if found.page:
        label, icon = LINKS[found.page]
        st.page_link(found.page, label=label, icon=icon)
    st.caption(f"**Compared:** {plain(found.claim.compared)}. **Hardware here:** {plain(found.hardware or 'nothing measured')}. "
               f"**Hardware of the claim:** {plain(found.claim.hardware)}.")
    if found.beside:
        tables.folded("What else was seen", ":material/table:", f"beside-{found.claim.id}", lambda: _beside(found.beside))


def _finding(found: Finding, key: str) -> None:
    """A figure with its interval, why it decides as it does, and its provenance behind a chip."""
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(_value(found.figure))}**{_interval(found.figure)}", width="content")
            cards.provenance(found.figure, f"claim-{key}")
        st.markdown(f"{plain(found.label)}: {plain(found.words)}.")


def _value(figure: Figure) -> str:
    return show(figure) if figure.value is not None else "not known"


def _interval(figure: Figure) -> str:
    interval = show_interval(figure)
    return f" ({plain(interval)})" if interval and interval != "no interval" else ""


def _beside(figures: Mapping[str, Figure]) -> None:
    rows = {label: {"value": figure} for label, figure in figures.items()}
    st.dataframe(tables.origins(rows, ["value"], "What").drop(columns="Figure"), hide_index=True)
