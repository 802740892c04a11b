"""The Decision page's charts in their sections, and what is worth measuring next."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.figures import Figure, Provenance
from core.formats import show
from core.roi.information import Information
from core.roi.options import Case
from core.roi.sensitivity import Index, sobol
from core.studies import narrative
from core.studies.actions import action_for
from core.studies.decide import Decision
from core.studies.ruling import Ruling
from core.words import in_a_sentence
from pages.ui import charts, tables
from pages.ui.decision_charts import Charts, charts_of, known, look, pair
from pages.ui.money_charts import Look
from pages.ui.text import plain

MEANING = ("Knowing an input before deciding is worth what a better choice would then save on average (EVPPI); "
           "an input that cannot change the choice is worth nothing.")
JOINED_MINUS = "−\u2060"  # no line ends between a minus and its number


def printed_charts(decision: Decision) -> None:
    """The two charts that are printed too: does it pay, and is it right often enough?"""
    drawn, width = charts_of(decision), look(decision).width
    with st.container(horizontal=True, key="printed-charts"):
        for name in (name for name in ("cash", "margin") if name in drawn):
            title, figure = drawn[name]
            with st.container(width=width, key=f"printed-chart-{name}"):
                st.markdown(f"**{plain(title).replace('−', JOINED_MINUS)}**")
                st.plotly_chart(figure, width=width, key=f"chart-{name}", config=charts.QUIET, alt=title)


def where_from(decision: Decision) -> None:
    """By which costs the NPV comes about, and which inputs move it."""
    ruling, drawn = known(decision), charts_of(decision)
    if ruling is None:
        return
    st.subheader("Where the value comes from", anchor=False)
    if "waterfall" not in drawn:
        st.markdown("Over the horizon both options cost the same, so there is nothing to chart.")
        return
    _side_by_side(drawn, "waterfall", "tornado")
    st.caption("Present values of all costs, at the plain values. The right chart moves one input at a time to its 10th and 90th "
               "percentile.")
    tables.folded("Sobol indices: how much of the doubt each input explains", ":material/stacked_line_chart:", "sobol",
                  lambda: _sobol_table(decision, ruling))


def _side_by_side(drawn: Charts, *names: str) -> None:
    grid = st.grid(2, min_column_width=400, gap="medium")
    for name in (name for name in names if name in drawn):
        with grid.cell():
            charts.draw(*drawn[name], name)


def _sobol_table(decision: Decision, ruling: Ruling) -> None:
    bars = tuple((bar.name, bar.low, bar.high, bar.npv_at_low, bar.npv_at_high) for bar in decision.bars)
    case, best, other = pair(ruling)
    rows = _indices(bars, best, other, case)
    if not rows:
        st.markdown("There is nothing to explain: fewer than two inputs are uncertain, or none of them moves the NPV.")
        return
    st.markdown("*Alone* is the share of the NPV's variance that goes away once the input is known. *In all* adds what it does together "
                "with others; the sum of the shares alone falls short of 100 % where inputs act together.")
    st.dataframe(pd.DataFrame([{
        "Input": in_a_sentence(row.name), "Alone": f"{100 * row.first:.1f} %", "In all": f"{100 * row.total:.1f} %",
        "Error of that (95 %)": f"± {100 * row.total_error:.1f} %"} for row in rows]), hide_index=True)


@st.cache_data(max_entries=20, show_spinner="Computing Sobol indices")
def _indices(bars: tuple[tuple[Any, ...], ...], best: str, other: str, _case: Case) -> tuple[Index, ...]:
    """bars change whenever an input or its spread does."""
    return sobol(_case, best, other)


def break_even(decision: Decision) -> None:
    """From which volume on it pays, and at which target utilisation."""
    if known(decision) is None:
        return
    st.subheader("From which volume on it pays", anchor=False)
    drawn = charts_of(decision)
    if "volume" in drawn:
        _side_by_side(drawn, "volume", "utilisation")
    else:
        st.markdown("At every volume looked at both options cost the same.")


def worth_measuring(decision: Decision) -> None:
    """Which figure to measure next, in money, with a link to where it is done; or that none would change the decision."""
    st.subheader("What is worth measuring next", anchor=False)
    if decision.ruling is None or decision.outlook is None:
        st.markdown("That is known once the costs of both options are.")
        return
    if narrative.worth_measuring(decision.information) is None:
        st.markdown(f":material/check_circle: **{narrative.NO_MEASUREMENT}**")
    st.caption(MEANING)
    drawn = look(decision)
    for row in (row for row in decision.information if row.net_usd > 0):
        _worth(row, drawn)
    tables.folded("All uncertain inputs", ":material/table:", "information",
                  lambda: st.dataframe(information_table(decision.information, drawn), hide_index=True))


def _worth(row: Information, drawn: Look) -> None:
    action = action_for(row.name)
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        cost = "at an unknown cost" if row.cost_usd is None else f"less {drawn.money(row.cost_usd)} for measuring it"
        said = f"{in_a_sentence(row.name)}: worth {drawn.money(row.evppi_usd)}, {cost}, leaves {drawn.money(row.net_usd)}"
        st.markdown(f"**{plain(said[:1].upper() + said[1:])}**", width="stretch")
        st.page_link(action.page, label=plain(action.sentence), icon=":material/arrow_forward:")


def information_table(rows: tuple[Information, ...], drawn: Look) -> pd.DataFrame:
    """Each uncertain input: what knowing it is worth, what that costs, what is left, and how it is done."""
    return pd.DataFrame([{
        "Input": in_a_sentence(row.name), "Worth knowing": drawn.money(row.evppi_usd),
        "Cost of measuring": "not known" if row.cost_usd is None else show(Figure(row.cost_usd, drawn.currency, Provenance("assumed"))),
        "Net": drawn.money(row.net_usd), "How": action_for(row.name).sentence} for row in rows])
