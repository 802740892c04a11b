"""How much data: the learning curve with its law, and what twice the texts would bring in points and in dollars."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.figures import Figure
from core.formats import show_with_interval
from core.studies.decide import Decision
from core.studies.learning import NO_CURVE, Learnt, accuracy_at, more
from pages.ui import charts, learning_charts, reads, tables
from pages.ui.cards import Card, cards
from pages.ui.text import plain

MONEY = ("gain_points", "gain_usd", "collecting_usd", "labelling_usd", "more_training_usd", "net_gain_usd")
NOTHING = 0.1  # points below which a gain may as well be none
FAR = 3.0  # misfit above which the sizes do not lie on a law


def section(decision: Decision, curve: Learnt | None) -> None:
    """The finding, its chart and its costs; without a curve, how to get one."""
    if curve is None:
        missing()
        return
    if curve.law is None:
        charts.draw(f"How {curve.model.name} learns from more texts", learning_charts.learning(curve), "learning")
        st.info(f"There is no law yet: {plain(curve.why)}", icon=":material/info:")
        return
    grown = more(decision, curve, reads.today())
    charts.draw(finding(curve, grown.figures["gain_points"]), learning_charts.learning(curve), "learning")
    st.caption(_caption(curve))
    named = (("gain_points", "Gain in accuracy"), ("gain_usd", "Worth of it"), ("labelling_usd", "Teacher's labelling"),
             ("more_training_usd", "More training"), ("collecting_usd", "Collecting texts"), ("net_gain_usd", "Gain less costs"))
    st.markdown(f"**What {grown.texts:,} texts in place of {curve.texts:,} would bring**")
    cards([Card(label, grown.figures[key]) for key, label in named], "more", columns=3)
    unknown = {key: grown.figures[key].provenance.reason for key in ("gain_usd", "collecting_usd") if grown.figures[key].value is None}
    for reason in unknown.values():
        st.markdown(f"- {plain(reason)}.")
    rows: dict[str, dict[str, Figure | None]] = {f"{grown.texts:,} texts": dict(grown.figures)}
    tables.folded_table("Table: what twice the texts would bring", rows, MONEY, "more-table", "Transfer set")
    tables.folded("Table: every training", ":material/table:", "seen-table", lambda: st.dataframe(_points(curve), hide_index=True))


def missing() -> None:
    """What to do for a study without a curve."""
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f":material/info: {plain(NO_CURVE[:1].upper() + NO_CURVE[1:])}. On *New study* it stands among the defaults, under "
                    "*Learning curve*.", width="stretch")
        if st.button("Start a study", icon=":material/add_circle:", key="new-curve"):
            st.switch_page("pages/new_study.py")


def finding(curve: Learnt, gained: Figure) -> str:
    """What twice the texts would bring, in a sentence."""
    if gained.low is not None and gained.low < NOTHING:
        return f"Twice the texts may bring nothing to {curve.model.name}: {show_with_interval(gained)} by the law"
    return f"Twice the texts would raise the accuracy of {curve.model.name} by {show_with_interval(gained)}"


def _caption(curve: Learnt) -> str:
    law = curve.law
    assert law is not None, "only a law has a caption"
    seeds = max(each.seeds for each in law.sizes)
    told = (f"Error = {law.a:.3f} + {law.b:.3f} (texts / {law.unit:,})^−{law.c:.2f}, fitted to {len(law.sizes)} sizes with {seeds} "
            f"{'seed' if seeds == 1 else 'seeds'}, as many passes over each. The band is the law's 95 % interval; beyond {law.unit:,} "
            "texts it looks ahead, and only a larger study can tell.")
    if law.misfit > FAR:
        told += " The sizes lie further from the law than chance explains, which widens the band."
    return plain(told)


def _points(curve: Learnt) -> pd.DataFrame:
    return pd.DataFrame([{"Texts": each.texts, "Seed": each.seed, "Accuracy, validation texts": f"{100 * (1 - each.error):.1f} %",
                          "By the law": show_with_interval(accuracy_at(curve, each.texts))} for each in curve.seen])
