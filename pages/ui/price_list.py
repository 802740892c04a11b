"""The list of instance prices: searched, filtered, exported; the prices before them; what GPUs can do."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core import pricing
from core.formats import show_date
from core.pricing import Instance
from core.pricing.table import inert
from core.settings import ASSETS
from core.studies import prices
from core.studies.prices import Entry
from pages.ui import reads

ALL, NO_GPU = "all", "none"
USD = st.column_config.NumberColumn(format="$%.4g")
COLUMNS = {"Instance": st.column_config.Column(pinned=True), "USD per hour": USD,
           "Spot, USD per hour": st.column_config.NumberColumn(format="$%.4g", help="shown only; never part of a verdict"),
           "Whose": st.column_config.Column(help="own: yours; refreshed: found later and approved; shipped: with this product")}


def draw() -> None:
    """The whole list below its filters, own prices first, with a button that exports all of it."""
    st.subheader("Price list", anchor=False)
    table = _table(prices.version(), reads.today())
    grid = st.grid(4, min_column_width=190, vertical_alignment="bottom")
    wanted = grid.text_input("Search", key="price-filter", placeholder="instance, region or GPU")
    provider = grid.selectbox("Provider", [ALL, *sorted(table["Provider"].unique())], key="price-provider")
    kind = grid.radio("Accelerator", [ALL, "with GPU", "CPU only"], horizontal=True, key="price-kind")
    grid.download_button("Export all", prices.export, file_name=f"prices-{reads.today().isoformat()}.csv", mime="text/csv",
                         icon=":material/download:", key="price-export", on_click="ignore")
    chosen = _chosen(table, wanted, provider, kind)
    st.dataframe(chosen.drop(columns=["Provider", "Words"]), hide_index=True, column_config=COLUMNS, placeholder="–")
    st.caption(f"{len(chosen)} of {len(table)} instances. On-demand prices; one over {pricing.MAX_AGE_DAYS} days old or undated "
               "is stale, and item 1 of the checklist then warns.")


def earlier() -> None:
    """Prices that newer or own ones replaced."""
    rows = [_row(row, reads.today()) for row in prices.earlier()]
    if not rows:
        st.caption("No price has been replaced yet. A newer price never overwrites an older one: both stay here.")
        return
    table = pd.DataFrame(rows).drop(columns=["Provider", "Words"])
    st.dataframe(table, hide_index=True, column_config=COLUMNS, placeholder="–")


def gpus() -> None:
    """What the GPUs can do, as published by their makers."""
    st.dataframe(_gpus(), hide_index=True)


@st.cache_data(max_entries=4, show_spinner=False)
def _table(version: tuple[Any, ...], day: date) -> pd.DataFrame:
    entries = sorted(prices.entries(), key=lambda entry: entry.whose != "own")
    return pd.DataFrame([_entry(entry, day) for entry in entries])


def _entry(entry: Entry, day: date) -> dict[str, Any]:
    row = _row(entry.instance, day)
    return {"Instance": row.pop("Instance"), "Whose": entry.whose, **row}


def _row(row: Instance, day: date) -> dict[str, Any]:
    """One line of the table; its texts run in no spreadsheet, as a table of the browser can be saved as one."""
    return {"Instance": inert(row.key), "Region": inert(row.region), "USD per hour": row.usd_per_hour, "Age": _age(row, day),
            "Date": show_date(row.as_of) if row.as_of else "undated", "vCPUs": row.vcpus, "Memory, GiB": row.memory_gib,
            "GPU": f"{row.gpu_count} × {row.gpu}" if row.gpu else NO_GPU, "Spot, USD per hour": row.spot_usd_per_hour,
            "Source": inert(row.source), "Provider": row.provider, "Words": f"{row.key} {row.region} {row.gpu or ''}".lower()}


def _age(row: Instance, day: date) -> str:
    if row.as_of is None:
        return "stale: undated"
    return f"{'stale' if pricing.is_stale(row.as_of, day) else 'fresh'}: {max(0, (day - row.as_of).days)} days"


def _chosen(table: pd.DataFrame, wanted: str, provider: str, kind: str) -> pd.DataFrame:
    keep = pd.Series(True, index=table.index)
    for word in wanted.lower().split():
        keep &= table["Words"].str.contains(word, regex=False)
    if provider != ALL:
        keep &= table["Provider"] == provider
    if kind != ALL:
        keep &= (table["GPU"] == NO_GPU) == (kind == "CPU only")
    return table[keep]


@st.cache_data(max_entries=1, show_spinner=False)
def _gpus() -> pd.DataFrame:
    text = (ASSETS / "prices" / "gpus.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return pd.DataFrame([{key: value or "not known" for key, value in row.items()} for row in rows])
