"""Frontier: accuracy against cost per million of every model and variant, the cheapest that passes, and the choice of one for the case."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from core.studies import frontier_words
from core.studies.decide import Decision
from core.studies.frontier import Frontier, frontier
from core.studies.frontier_trials import Tried, tried
from pages.ui import frontier_chart, frontier_panel, keeping, reads
from pages.ui.charts import QUIET
from pages.ui.decision_charts import key_of, look
from pages.ui.header import Shown, header
from pages.ui.money_charts import Look
from pages.ui.panels import next_step
from pages.ui.text import plain

PICKED, DRAWN = "frontier-picked", "frontier-drawn"


@st.cache_resource(max_entries=40, show_spinner=False)
def _found(key: tuple[Any, ...], day: date, _decision: Decision) -> Frontier:
    return frontier(_decision, day)


@st.cache_resource(max_entries=60, show_spinner=False)
def _chart(key: tuple[Any, ...], picked: str | None, drawn: Look, _found: Frontier, _trials: tuple[Tried, ...]) -> Any:
    return frontier_chart.chart(_found, picked, drawn, _trials)


def _page(shown: Shown, found: Frontier) -> None:
    trials = tried(shown.decision)
    key, names = (*key_of(shown.decision), len(trials)), [point.name for point in found.points]
    shortest = found.about if found.about in names else (found.cheapest or found.nearest or found.points[0]).name
    if st.session_state.get(PICKED) not in names:
        st.session_state[PICKED] = shortest
    chart = f"frontier-chart-{shown.study.id}-{st.session_state.get(DRAWN, 0)}"

    def clicked() -> None:
        if (name := frontier_chart.name_in(st.session_state.get(chart))) in names:
            st.session_state[PICKED] = name

    st.plotly_chart(_chart(key, st.session_state[PICKED], look(shown.decision), found, trials), key=chart, config=QUIET, on_select=clicked,
                    selection_mode="points")
    st.caption("Full: passes. Hollow: does not pass, or lacks evidence. Crossed or dotted inside: too slow or too large. Bars are 95 % "
               "intervals of accuracy, and of cost where the speed has one. Costs are those of a machine that is never idle (Offline, "
               f"tokenisation included){' and of calls at their price' if found.by_api else ''}. Even the low end of a student's "
               "difference to the teacher must lie within the margin, so a point above the line may still not pass."
               + (" Thin crosses: trials of the search, on validation texts, measured quickly." if trials else ""))
    st.selectbox("Variant (or click a point)", names, key=PICKED, on_change=_redraw,
                 format_func=lambda name: f"{name}{'' if (p := found.point(name)) and p.passes else ', does not pass'}")
    point = found.point(st.session_state[PICKED])
    if point is not None:
        frontier_panel.panel(shown, found, point)
    frontier_panel.table(found)
    frontier_panel.reasons(found)


def _redraw() -> None:
    """A chart without a selection of its own: another variant was picked from the list."""
    st.session_state[DRAWN] = st.session_state.get(DRAWN, 0) + 1


shown = header("Frontier")
next_step(shown.study)
keeping.told()
found = _found(key_of(shown.decision), reads.today(), shown.decision)
st.subheader(plain(frontier_words.answer(found)), anchor=False)
if told := frontier_words.because(found):
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in told))
if found.points:
    _page(shown, found)
elif st.button("Start a study", icon=":material/add_circle:", type="primary"):
    st.switch_page("pages/new_study.py")
