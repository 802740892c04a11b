"""The Decision page's charts, and what is worth measuring next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.figures import Figure, Provenance
from core.formats import show
from core.roi import views
from core.roi.information import Information
from core.roi.options import Case, value
from core.roi.sensitivity import Bar, Index, sobol
from core.studies import narrative
from core.studies.actions import action_for
from core.studies.decide import Decision
from core.studies.ruling import Ruling
from pages.ui import charts, money_findings, present, tables
from pages.ui import money_charts as money
from pages.ui.decision_parts import EQUAL
from pages.ui.money_charts import Look
from pages.ui.text import plain

MEANING = ("Knowing an input before deciding is worth what a better choice would then save on average (EVPPI); "
           "an input that cannot change the choice is worth nothing.")
JOINED_MINUS = "−\u2060"  # no line ends between a minus and its number
SHARES = np.linspace(0.1, 1.0, 46)
FACTORS = ((1.0, "at the case's volume"), (0.5, "at half of it"), (2.0, "at twice of it"))


def look(decision: Decision) -> Look:
    """How charts are drawn on the page as it is shown now."""
    return Look(present.is_dark(), present.is_on(), decision.roi.currency if decision.roi else "USD")


def known(decision: Decision) -> Ruling | None:
    """The ruling where the money of the comparison is known, else None."""
    ruling = decision.ruling
    return ruling if ruling and ruling.against and ruling.against.npv_usd.value is not None else None


def differs(ruling: Ruling) -> bool:
    """Whether the comparison is about a unit of money or more: in some kind of cost, or in the draws."""
    assert ruling.best and ruling.other, "known() looks first"
    steps = [step.saved for step in views.waterfall(ruling.case, ruling.best, ruling.other)]
    drawn = [figure.value or 0.0 for figure in ruling.outlook.npv_usd.values()] if ruling.outlook else []
    return any(abs(amount) >= EQUAL for amount in [*steps, *drawn])


def printed_charts(decision: Decision) -> None:
    """The two charts that are printed too: does it pay, and is it right often enough?"""
    drawn = look(decision)
    with st.container(horizontal=True, key="printed-charts"):
        ruling = known(decision)
        if ruling is not None and differs(ruling):
            _printed(*_cash(ruling, drawn), "cash", drawn)
        rows = accuracy_rows(decision)
        if rows:
            points = decision.inputs["accuracy_margin_points"].value
            _printed(money_findings.margin(rows, points), money.margin(rows, points, drawn), "margin", drawn)


def _printed(title: str, figure: Any, key: str, drawn: Look) -> None:
    with st.container(width=drawn.width, key=f"printed-chart-{key}"):
        st.markdown(f"**{plain(title).replace('−', JOINED_MINUS)}**")
        st.plotly_chart(figure, width=drawn.width, key=f"chart-{key}", config=charts.QUIET, alt=title)


def _cash(ruling: Ruling, drawn: Look) -> tuple[str, Any]:
    assert ruling.best and ruling.other and ruling.against, "known() looks first"
    total = views.cumulative(ruling.case, ruling.best, ruling.other)
    band = ruling.outlook.band if ruling.outlook else {}
    title = money_findings.cash(ruling.against, ruling.outlook, ruling.case.horizon, ruling.case.currency)
    return title, money.cash(total, band, ruling.against.payback_months.value, drawn)


def accuracy_rows(decision: Decision) -> list[tuple[str, str, Figure]]:
    """Each student, control and cascade with its difference to the teacher in points."""
    found = decision.ruling.candidates if decision.ruling else ()
    return [(candidate.name, candidate.option.role, candidate.accuracy.difference) for candidate in found
            if candidate.option.role in ("student", "control", "cascade") and candidate.accuracy.difference.value is not None]


def where_from(decision: Decision) -> None:
    """By which costs the NPV comes about, and which inputs move it."""
    ruling = known(decision)
    if ruling is None:
        return
    assert ruling.best and ruling.other and ruling.against, "known() looks first"
    st.subheader("Where the value comes from", anchor=False)
    if not differs(ruling):
        st.markdown("Over the horizon both options cost the same, so there is nothing to chart.")
        return
    drawn, case = look(decision), ruling.case
    grid = st.grid(2, min_column_width=400, gap="medium")
    with grid.cell():
        steps = views.waterfall(case, ruling.best, ruling.other)
        charts.draw(money_findings.waterfall(steps, case.currency), money.waterfall(steps, drawn), "waterfall")
    moving = [bar for bar in decision.bars if bar.swing > 0]
    if moving:
        with grid.cell():
            base = value(ruling.against.npv_usd)
            charts.draw(money_findings.tornado(moving), money.tornado(_labelled(case, moving), base, drawn), "tornado")
    st.caption("Present values of all costs, at the plain values. "
               "The right chart moves one input at a time to its 10th and 90th percentile.")
    tables.folded("Sobol indices: how much of the doubt each input explains", ":material/stacked_line_chart:", "sobol",
                  lambda: _sobol_table(decision, ruling))


def _labelled(case: Case, bars: list[Bar]) -> list[tuple[str, Bar, str]]:
    found = [(bar, views.input_figure(case, bar.name)) for bar in bars]
    return [(narrative.input_in_words(bar.name), bar, figure.unit if figure else "") for bar, figure in found]


def _sobol_table(decision: Decision, ruling: Ruling) -> None:
    bars = tuple((bar.name, bar.low, bar.high, bar.npv_at_low, bar.npv_at_high) for bar in decision.bars)
    rows = _indices(bars, ruling.best or "", ruling.other or "", ruling.case)
    if not rows:
        st.markdown("There is nothing to explain: fewer than two inputs are uncertain, or none of them moves the NPV.")
        return
    st.markdown("*Alone* is the share of the NPV's variance that goes away once the input is known. *In all* adds what it does together "
                "with others; the sum of the shares alone falls short of 100 % where inputs act together.")
    st.dataframe(pd.DataFrame([{
        "Input": narrative.input_in_words(row.name), "Alone": f"{100 * row.first:.1f} %", "In all": f"{100 * row.total:.1f} %",
        "Error of that (95 %)": f"± {100 * row.total_error:.1f} %"} for row in rows]), hide_index=True)


@st.cache_data(max_entries=20, show_spinner="Computing Sobol indices")
def _indices(bars: tuple[tuple[Any, ...], ...], best: str, other: str, _case: Case) -> tuple[Index, ...]:
    """bars change whenever an input or its spread does."""
    return sobol(_case, best, other)


def break_even(decision: Decision) -> None:
    """From which volume on it pays, and at which target utilisation."""
    ruling = known(decision)
    if ruling is None:
        return
    assert ruling.best and ruling.other and ruling.against, "known() looks first"
    st.subheader("From which volume on it pays", anchor=False)
    volumes = views.volumes_around(ruling.case, ruling.against.crossings)
    npv = views.npv_over(ruling.case, ruling.best, ruling.other, "predictions_per_day", volumes)
    if np.abs(npv).max() < EQUAL:
        st.markdown("At every volume looked at both options cost the same.")
        return
    drawn, now = look(decision), value(ruling.case.terms["predictions_per_day"])
    grid = st.grid(2, min_column_width=400, gap="medium")
    with grid.cell():
        chart = money.volume(volumes, npv, (now, value(ruling.against.npv_usd)), ruling.against.crossings, drawn)
        charts.draw(money_findings.volume(ruling.against), chart, "volume")
    if views.rests_on_utilisation(ruling.case, ruling.best, ruling.other):
        with grid.cell():
            _utilisation(decision, ruling, now, drawn)


def _utilisation(decision: Decision, ruling: Ruling, now: float, drawn: Look) -> None:
    """NPV over the target utilisation at the case's volume, at half and at twice of it."""
    assert ruling.best and ruling.other and ruling.against, "known() looks first"
    npv = views.npv_map(ruling.case, ruling.best, ruling.other, now * np.array([factor for factor, _ in FACTORS]), SHARES).T
    curves = {name: row for (_, name), row in zip(FACTORS, npv, strict=True)}
    case = value(decision.inputs["target_utilisation"]), value(ruling.against.npv_usd)
    charts.draw(money_findings.utilisation(npv[0]), money.utilisation(SHARES, curves, case, drawn), "utilisation")


def worth_measuring(decision: Decision) -> None:
    """Which figure to measure next, in money, with a link to where it is done; or that none would change the decision."""
    st.subheader("What is worth measuring next", anchor=False)
    if decision.ruling is None or decision.outlook is None:
        st.markdown("That is known once the costs of both options are.")
        return
    best = narrative.worth_measuring(decision.information)
    if best is None:
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
        said = f"{narrative.input_in_words(row.name)}: worth {drawn.money(row.evppi_usd)}, {cost}, leaves {drawn.money(row.net_usd)}"
        st.markdown(f"**{plain(said[:1].upper() + said[1:])}**", width="stretch")
        st.page_link(action.page, label=plain(action.sentence), icon=":material/arrow_forward:")


def information_table(rows: tuple[Information, ...], drawn: Look) -> pd.DataFrame:
    """Each uncertain input: what knowing it is worth, what that costs, what is left, and how it is done."""
    return pd.DataFrame([{
        "Input": narrative.input_in_words(row.name), "Worth knowing": drawn.money(row.evppi_usd),
        "Cost of measuring": "not known" if row.cost_usd is None else show(Figure(row.cost_usd, drawn.currency, Provenance("assumed"))),
        "Net": drawn.money(row.net_usd), "How": action_for(row.name).sentence} for row in rows])
