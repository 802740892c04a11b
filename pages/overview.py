"""Overview: the answer in one sentence, its figures, the six items at a glance, and the studies there are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.formats import show_date
from core.studies.decide import Decision
from core.studies.options import option_name
from pages.ui import cards, findings, reads
from pages.ui.cards import Card
from pages.ui.header import Shown, header
from pages.ui.panels import next_step
from pages.ui.text import plain


def _answer(shown: Shown) -> None:
    verdict = shown.decision.verdict
    who = "Example: " if shown.study.recorded else ""
    with st.container(border=True):
        said = plain(who + findings.answer(shown.decision))
        st.subheader(f"{said}: {verdict.overall}" if verdict else f"{said}.", anchor=False)
        if verdict:
            cards.status(verdict.overall)
            st.markdown(plain(verdict.reasons[0]))
    next_step(shown.study)


def _key_figures(decision: Decision) -> None:
    best = decision.best
    option = decision.option(best) if best else None
    if best is None or option is None:
        return
    wanted = [("retention", "Retention", "of the teacher's accuracy"), ("latency_p99_ms", "Latency p99", "one text at a time"),
              ("throughput_per_s", "Throughput", "many texts at once")]
    chosen = [Card(label, best.figures[key], note) for key, label, note in wanted if key in best.figures]
    chosen.append(Card("Provisioned cost", option.usd_per_million, "at your volume"))
    st.subheader(f"Key figures of {plain(option_name(best))}", anchor=False)
    cards.cards(chosen, "overview")


def _items(decision: Decision) -> None:
    if decision.verdict is None:
        return
    st.subheader("The checklist at a glance", anchor=False)
    grid = st.grid(3, min_column_width=230, gap="small", border=True)
    for item in decision.verdict.items:
        with grid.cell(), st.container(gap="xsmall"):
            st.markdown(f"**{item.item} {item.title}**")
            cards.status(item.status)
    st.page_link("pages/checklist.py", label="Walk through the checklist", icon=":material/checklist:")


def _studies(shown: Shown) -> None:
    st.subheader("Your studies", anchor=False)
    if not shown.summaries:
        st.markdown("You have no study yet; the one above is a recorded example and not yours.")
        return
    rows = [{"Study": row.name, "Id": row.id, "Task": row.task, "Preset": row.preset, "Date": show_date(row.created_at),
             "Result": reads.verdict_word(row.id, row.job_state)} for row in shown.summaries[:10]]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption("Choose the study that every page shows in the sidebar.")


shown = header("Should we distil this model?")
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown("Distillation trains a small student to imitate a large teacher. It pays when the student is right often enough, "
                "fast enough, and saves more than it costs to make.", width="stretch")
    if st.button("Start a study", type="primary", icon=":material/add_circle:"):
        st.switch_page("pages/new_study.py")
_answer(shown)
_key_figures(shown.decision)
_items(shown.decision)
_studies(shown)
