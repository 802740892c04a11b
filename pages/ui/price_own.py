"""Own prices: typed into a form, changed, deleted, imported from a CSV file."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.pricing import Instance
from core.pricing.table import MAX_COUNT, READERS, UNDATED, cells
from core.studies import own_prices, price_files, prices
from pages.ui import panels, reads
from pages.ui.text import plain

DONE, START = "price-done", "price-start"
# Column, how it is called, and what it takes, in the order of the form.
FIELDS = (("provider", "Provider", "text"), ("instance", "Instance", "text"), ("region", "Region", "text"),
          ("usd_per_hour", "USD per hour", "number"), ("vcpus", "vCPUs", "whole"), ("memory_gib", "Memory, GiB", "number"),
          ("gpu", "GPU", "text"), ("gpu_count", "Number of GPUs", "whole"), ("gpu_memory_gib", "Memory of a GPU, GiB", "number"),
          ("spot_usd_per_hour", "Spot, USD per hour", "number"), ("source", "Source", "text"))
HINTS = {"gpu": "none", "gpu_count": "none", "source": own_prices.BY_HAND, "memory_gib": "unknown", "gpu_memory_gib": "unknown",
         "spot_usd_per_hour": "unknown"}


def told() -> None:
    """Says once what was just done to the list."""
    if done := st.session_state.pop(DONE, None):
        st.success(plain(done), icon=":material/check_circle:")


def edit() -> None:
    """A form that keeps one price as own; it starts empty, or from any price of the list."""
    own = set(price_files.own())
    rows = {"\n".join(row.place): row for row in sorted(prices.instances(), key=lambda row: row not in own)}
    names = {"": "a new price"} | {place: f"{'own: ' if row in own else ''}{_named(row)}" for place, row in rows.items()}
    chosen = st.selectbox("Start from", list(names), format_func=names.__getitem__, key=START,
                          help="Choose an own price to change or delete it, or a listed one to put your price in its place.")
    row = rows.get(chosen)
    with st.form(f"own-price-{chosen}"):
        typed = _fields(row, chosen, row in own)
        if st.form_submit_button("Keep as own price", icon=":material/save:"):
            panels.told(DONE, lambda: f"{_named(own_prices.add(typed, reads.today()))} is kept as own price.", START)
    if row is not None and row in own:
        warning = f"The price of **{plain(_named(row))}** goes; a listed one of the same key and region counts again."
        if panels.confirmed("Delete this own price", warning, "delete-price"):
            panels.told(DONE, lambda: f"{_named(own_prices.delete(row.key, row.region))} is no longer an own price.", START)


def bring() -> None:
    """Imports a CSV file as own prices; all of its rows or none."""
    st.caption("The columns are those of the export. A blank source becomes “typed by hand”, a blank date today; rows that the "
               "list has just so are passed over.")
    upload = st.file_uploader(f"CSV, up to {own_prices.MAX_BYTES // 1_000_000} MB and {own_prices.MAX_ROWS:,} rows", type=["csv"],
                              key="price-import", max_upload_size=own_prices.MAX_BYTES // 1_000_000)
    if upload is not None and st.button("Import as own prices", icon=":material/upload_file:", key="import-prices"):
        data = upload.getvalue()
        panels.told(DONE, lambda: _imported(own_prices.import_csv(data, reads.today())), START)


def _imported(done: own_prices.Imported) -> str:
    return f"Own prices kept: {len(done.kept)}; rows that the list had just so: {done.known}."


def _named(row: Instance) -> str:
    return f"{row.key} in {row.region}"


def _fields(row: Instance | None, key: str, is_own: bool) -> dict[str, str]:
    """The cells of a price as typed; source and date start empty unless an own price is changed."""
    known = cells(row) if row else dict.fromkeys(READERS, "")
    known["source"] = known["source"] if is_own else ""
    grid = st.grid(4, min_column_width=160, vertical_alignment="bottom")
    said: dict[str, str] = {}
    for column, label, kind in FIELDS:
        with grid.cell():
            said[column] = _field(label, kind, known[column], f"own-{column}-{key}", HINTS.get(column))
    with grid.cell():
        day = st.date_input("Date", value=row.as_of if row and is_own else "today", format="YYYY-MM-DD", key=f"own-date-{key}")
    return said | {"as_of": day.isoformat() if isinstance(day, date) else UNDATED}


def _field(label: str, kind: str, value: str, key: str, hint: str | None) -> str:
    """One cell as text; a number that is 0 or missing is blank."""
    if kind == "text":
        return st.text_input(label, value, key=key, placeholder=hint)
    if kind == "whole":
        count = st.number_input(label, value=int(value) if value else None, min_value=0, max_value=MAX_COUNT, step=1, key=key,
                                placeholder=hint)
        return str(count or "")
    number = st.number_input(label, value=float(value) if value else None, min_value=0.0, format="%g", key=key, placeholder=hint)
    return str(number or "")
