"""Newer prices through gpuhunt: look, see the difference, approve."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import UserError
from core.formats import show_date
from core.pricing.changes import Change
from core.studies import refresh
from core.studies.refresh import Look
from pages.ui import reads
from pages.ui.price_own import DONE
from pages.ui.text import plain

LOOK, MAX_MB = "price-look", 100
SAID = {"new": "new", "changed": "changed", "confirmed": "same price, later date"}


def draw() -> None:
    """The question, and below it the difference that was found last, with what to take over."""
    st.caption("This needs a network: gpuhunt fetches the catalogues that it publishes for AWS, Azure, Google Cloud, Lambda and "
               "others. Without one, give such a catalogue as a ZIP file. Nothing is kept before you approve it.")
    with st.form("price-refresh", border=False):
        added = st.text_input("Further instances", key="price-add",
                              placeholder="provider/name or provider/name@region, with commas between them")
        upload = st.file_uploader(f"Catalogue of gpuhunt's, up to {MAX_MB} MB, in place of the network", type=["zip"],
                                  key="price-catalogue", max_upload_size=MAX_MB)
        if st.form_submit_button("Look for newer prices", icon=":material/cloud_download:"):
            _look([key.strip() for key in added.split(",") if key.strip()], upload.getvalue() if upload else None)
    if (seen := st.session_state.get(LOOK)) is not None:
        _difference(seen)


def _look(add: list[str], catalogue: bytes | None) -> None:
    st.session_state.pop(LOOK, None)
    try:
        with st.spinner("Reading gpuhunt's catalogues"):
            st.session_state[LOOK] = _from_file(add, catalogue) if catalogue else refresh.look(reads.today(), add)
    except UserError as error:
        st.error(plain(error), icon=":material/error:")


def _from_file(add: list[str], catalogue: bytes) -> Look:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.zip"
        path.write_bytes(catalogue)
        return refresh.look(reads.today(), add, path)


def _difference(seen: Look) -> None:
    changes = seen.difference.approvable
    if changes:
        taken = _table(changes, seen)
        label = f"Take over {len(taken)} of {len(changes)}"
        if st.button(label, icon=":material/done_all:", type="primary", key="approve-prices", disabled=not taken):
            kept = refresh.approve(taken)
            del st.session_state[LOOK]
            st.session_state[DONE] = f"Prices taken over: {kept}. Older ones stay under “Earlier prices”."
            st.rerun()
    else:
        st.info("Nothing is newer than the list.", icon=":material/check_circle:")
    for line in _rest(seen):
        st.caption(plain(line))


def _table(changes: tuple[Change, ...], seen: Look) -> list[Change]:
    """The difference row by row, and the changes that are ticked in it."""
    kinds = {id(change): word for kind, word in SAID.items() for change in getattr(seen.difference, kind)}
    table = pd.DataFrame([_row(change, kinds[id(change)]) for change in changes])
    fixed = [str(name) for name in table if name != "Take"]
    edited = st.data_editor(table, hide_index=True, key="price-changes", placeholder="–", disabled=fixed, column_config={
        "Now": st.column_config.NumberColumn(format="$%.4g"), "Newer": st.column_config.NumberColumn(format="$%.4g"),
        "Change": st.column_config.NumberColumn(format="%+.1f %%")})
    return [change for change, take in zip(changes, edited["Take"], strict=True) if take]


def _row(change: Change, word: str) -> dict[str, Any]:
    return {"Take": True, "Instance": change.new.key, "Region": change.new.region, "What": word,
            "Now": change.old and change.old.usd_per_hour, "Newer": change.new.usd_per_hour,
            "Change": 100 * change.rise if change.rise else None,
            "Date": show_date(change.new.as_of) if change.new.as_of else "undated"}


def _rest(seen: Look) -> list[str]:
    """What was read, what was not, and what the catalogues do not hold."""
    found = seen.difference
    lines = [f"Read: {'; '.join(seen.catalogues.values())}."]
    if seen.unread:
        lines.append(f"Not read: {', '.join(seen.unread)}; their prices stay as they are.")
    if found.gone:
        lines.append(f"Not in these catalogues, so their prices stay and grow old: {', '.join(row.key for row in found.gone)}.")
    if found.older:
        lines.append(f"Older there than here: {', '.join(change.new.key for change in found.older)}.")
    return lines
