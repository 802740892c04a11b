"""Prices: the dated list of instances, and which of them this study's machine stands for."""

from __future__ import annotations

import csv

import pandas as pd
import streamlit as st

from core import pricing
from core.formats import origin, show_date
from core.settings import ASSETS
from core.studies import prices
from pages.ui import cards, reads
from pages.ui.cards import Card
from pages.ui.header import Shown, header
from pages.ui.text import plain


def _match(shown: Shown) -> None:
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


@st.cache_data(ttl=3600, max_entries=2, show_spinner=False)
def _table(day: str) -> pd.DataFrame:
    rows = prices.instances()
    return pd.DataFrame([{
        "Instance": row.key, "Region": row.region, "vCPUs": row.vcpus, "Memory, GiB": row.memory_gib,
        "GPU": f"{row.gpu_count} × {row.gpu}" if row.gpu else "none", "USD per hour": row.usd_per_hour,
        "Spot, USD per hour": row.spot_usd_per_hour, "Age": _age(row, day),
        "Date": show_date(row.as_of) if row.as_of else "undated", "Source": row.source} for row in rows])


def _age(row: pricing.Instance, day: str) -> str:
    if row.as_of is None:
        return "stale: undated"
    old = (pd.Timestamp(day).date() - row.as_of).days
    return f"{'stale' if old > pricing.MAX_AGE_DAYS else 'fresh'}: {old} days"


def _list() -> None:
    st.subheader("Price list", anchor=False)
    table = _table(reads.today().isoformat())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input("Instance or region contains", key="price-filter", width=260)
        kind = st.radio("Accelerator", ["all", "with GPU", "CPU only"], horizontal=True, key="price-kind")
    names = table["Instance"] + " " + table["Region"]
    chosen = table[names.str.contains(wanted.strip(), case=False, regex=False)]
    if kind in ("with GPU", "CPU only"):
        chosen = chosen[(chosen["GPU"] == "none") == (kind == "CPU only")]
    st.dataframe(chosen, hide_index=True, column_config={
        "Instance": st.column_config.Column(pinned=True), "USD per hour": st.column_config.NumberColumn(format="$%.4g"),
        "Spot, USD per hour": st.column_config.NumberColumn(format="$%.4g", help="shown only; never part of a verdict")})
    st.caption(f"{len(chosen)} of {len(table)} instances. On-demand list prices; one over {pricing.MAX_AGE_DAYS} days old or "
               "undated is stale, and item 1 of the checklist then warns.")


@st.cache_data(max_entries=1, show_spinner=False)
def _gpus() -> pd.DataFrame:
    text = (ASSETS / "prices" / "gpus.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return pd.DataFrame([{key: value or "not known" for key, value in row.items()} for row in rows])


shown = header("Prices")
_match(shown)
_list()
with st.expander("What the GPUs can do, as published by their makers", icon=":material/memory:"):
    st.dataframe(_gpus(), hide_index=True)
