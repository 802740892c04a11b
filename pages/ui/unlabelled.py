"""Adding unlabelled texts to the chosen task, and taking them away again."""

from __future__ import annotations

import streamlit as st

from core.studies import submit
from core.tasks import TaskInfo, beside
from core.tasks.table import MAX_BYTES
from pages.ui import panels
from pages.ui.text import plain

TOLD = "told-texts"
KINDS = ["txt", "csv", "tsv", "jsonl", "ndjson", "parquet"]


def told() -> None:
    """What the last change came to, once."""
    if said := st.session_state.pop(TOLD, None):
        st.success(plain(said), icon=":material/check_circle:")


def add(info: TaskInfo) -> None:
    """A file of texts for the transfer set; the teacher labels them."""
    st.caption("The teacher labels these for its students, beside the labelled texts, where **unlabelled** is ticked below under "
               "Defaults, Distillation. Texts that stand in validation or test are left out.")
    upload = st.file_uploader(f"TXT with one text a line, CSV, TSV, JSON lines or Parquet, up to {MAX_BYTES // 1_000_000} MB", type=KINDS,
                              key="upload-texts", max_upload_size=MAX_BYTES // 1_000_000)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        column = st.text_input("Column of the texts", placeholder="guessed", key="texts-column", width=260).strip() or None
        if st.button("Add the texts", icon=":material/post_add:", disabled=upload is None) and upload is not None:
            panels.told(TOLD, lambda: _added(info, upload.getvalue(), upload.name, column))
    if beside.notes(info.id):
        _remove(info)


def _added(info: TaskInfo, data: bytes, filename: str, column: str | None) -> str:
    with st.spinner("Reading the file"):
        made = submit.add_texts(info.id, data, filename, column)
    return " ".join(made.notes[len(info.notes):])


def _remove(info: TaskInfo) -> None:
    def remove() -> str:
        submit.remove_texts(info.id)
        return f"The texts added to {info.id} are removed."

    warning = f"All texts that were added to **{plain(info.id)}** go; studies that used them stay. There is no way back."
    if panels.confirmed("Delete the added texts", warning, "delete-texts"):
        panels.told(TOLD, remove)

