"""What the machine of the shown study costs, and whether that price is still good."""

from __future__ import annotations

import streamlit as st

from core import pricing
from core.formats import origin
from core.studies import prices
from pages.ui import cards, reads
from pages.ui.cards import Card
from pages.ui.header import Shown
from pages.ui.text import plain


def draw(shown: Shown) -> None:
    """The hourly price with its origin and how the instance was found; a button where it is unknown or old."""
    device = shown.study.models[0].device if shown.study.models else "cpu"
    key, how, reason = reads.matched_instance(shown.study.machine, device)
    st.subheader("The machine of this study", anchor=False)
    if shown.decision.price.value is None:
        _remedy(f":material/help: The hourly price is not known: {plain(reason)}", "Choose an instance")
        return
    left, right = st.columns([1, 2], vertical_alignment="center")
    with left:
        cards.cards([Card("Hourly price", shown.decision.price)], "price")
    right.markdown(plain(origin(shown.decision.price)))
    right.markdown(f"Matched to **{plain(key or 'no instance')}** ({plain(how)}): {plain(reason)}")
    if prices.is_stale(shown.decision.price, reads.today()):
        _remedy(f":material/warning: This price is stale: undated, or over {pricing.MAX_AGE_DAYS} days old.",
                "Type today's price")


def _remedy(sentence: str, button: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(sentence, width="stretch")
        if st.button(button, icon=":material/edit:"):
            st.switch_page("pages/checklist.py")
