"""Playground: a text of your own, answered by teacher, student and cascade side by side, now and here."""

from __future__ import annotations

import streamlit as st

from core.studies import playground
from pages.ui import playground_ask, playground_reply
from pages.ui.header import Shown, header
from pages.ui.panels import next_step
from pages.ui.text import plain


def _page(shown: Shown) -> None:
    playground_ask.disturbs(shown)
    grid = st.grid(2, min_column_width=340, gap="large")
    left, right = grid.cell(), grid.cell()
    with right:
        chosen = playground_ask.chosen(shown)
    with left:
        playground_ask.question(shown, chosen)
    reply = playground_ask.latest(shown, chosen)
    if reply is not None:
        playground_reply.answers(reply, chosen)
    playground_reply.history(playground_ask.asked(shown.study.id), chosen)
    playground_ask.memory(shown)


shown = header("Playground")
next_step(shown.study)
st.markdown("Type a text and see what the teacher, a student and both in a cascade make of it, with confidence, time and price. It is "
            "one call on this machine, not a benchmark: what was measured stands beside it.")
if why := playground.why_not(shown.study):
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(plain(why), width="stretch")
        st.page_link("pages/new_study.py", label="Start a study", icon=":material/add_circle:")
else:
    _page(shown)
