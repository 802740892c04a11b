"""Choosing the data of a study: a task that is there, a file of the user's, or a data set of the Hub."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core import tasks
from core.errors import UserError
from core.studies import submit
from core.tasks import TaskInfo
from core.tasks.table import MAX_BYTES
from pages.ui import panels, tables, unlabelled
from pages.ui.text import plain

TASK, IMPORTED, DELETED, NEW_SPLITS = "new-task", "imported-task", "deleted-task", "(make new splits)"
HUB = (("config", "Configuration", "only where it has several"), ("text_column", "Text column", "guessed"),
       ("label_column", "Label column", "guessed"), ("revision", "Revision", "newest"),
       ("name", "Name of the task", "its id on the Hub"))
KINDS = ["csv", "tsv", "jsonl", "ndjson", "parquet"]


def choose() -> TaskInfo:
    """The chosen task, drawn with its facts and with the ways to bring another."""
    if imported := st.session_state.pop(IMPORTED, None):
        st.session_state[TASK] = imported
        st.success(f"Imported as {plain(imported)} and chosen.", icon=":material/check_circle:")
    unlabelled.told()
    infos = {info.id: info for info in tasks.list_tasks()}
    if deleted := st.session_state.pop(DELETED, None):
        st.session_state[TASK] = next(iter(infos))
        st.success(f"The task {plain(deleted)} is deleted.", icon=":material/check_circle:")
    chosen = st.selectbox("Task", list(infos), format_func=lambda key: f"{key}: {infos[key].title}", key=TASK,
                          persist_state="session", help="Labelled texts to train and test on.")
    _facts(infos[chosen])
    with st.expander("Import your own file", icon=":material/upload_file:"):
        _file()
    tables.folded("Import from the Hugging Face Hub (needs a network)", ":material/cloud_download:", "open-hub", _hub)
    tables.folded("Add unlabelled texts to this task", ":material/post_add:", "open-texts", lambda: unlabelled.add(infos[chosen]))
    return infos[chosen]


def _facts(info: TaskInfo) -> None:
    counts = ", ".join(f"{number:,} {split}" for split, number in info.texts.items() if number)
    words = "" if info.mean_words is None else f", {info.mean_words:.0f} words on average"
    st.markdown(plain(info.description))
    st.caption(f"{len(info.labels)} labels ({plain(', '.join(info.labels[:6]))}{', …' if len(info.labels) > 6 else ''}) · "
               f"{counts} texts{words} · {plain(info.source)} · licence: {plain(info.licence)}")
    for note in info.notes:
        st.caption(plain(note))
    if info.origin != "bundled":
        _delete(info)


def _delete(info: TaskInfo) -> None:
    warning = f"The texts of **{plain(info.id)}** go; studies that used it stay. There is no way back."
    if panels.confirmed("Delete this imported task", warning, "delete-task"):
        panels.act(submit.delete_task, info.id, lambda: _told(info.id))


def _told(task_id: str) -> None:
    st.session_state[DELETED] = task_id
    st.rerun()


def _file() -> None:
    upload = st.file_uploader(f"CSV, TSV, JSON lines or Parquet, up to {MAX_BYTES // 1_000_000} MB", type=KINDS, key="upload",
                              max_upload_size=MAX_BYTES // 1_000_000)
    typed = st.text_input("Or the path of a file on this machine", key="import-path", placeholder="~/texts.csv").strip()
    if upload is None and not typed:
        st.caption("A column of texts and a column of labels are needed; splits are made where the file has none.")
        return
    path = Path(typed).expanduser()
    filename, source = (path.name, path) if upload is None else (upload.name, upload.getvalue())
    try:
        seen = _preview(_version(path) if upload is None else upload.file_id, source, filename)
    except UserError as error:
        st.error(plain(error), icon=":material/error:")
        return
    st.caption(f"{seen.rows:,} rows, {plain(seen.encoding)}; the first {len(seen.head)}:")
    st.dataframe(pd.DataFrame(seen.head), hide_index=True)
    with st.form("import-file", border=False):
        columns = list(seen.columns)
        grid = st.grid(3, min_column_width=190)
        text = grid.selectbox("Text column", columns, index=_at(columns, seen.text_column), placeholder="choose")
        label = grid.selectbox("Label column", columns, index=_at(columns, seen.label_column), placeholder="choose")
        splits = [NEW_SPLITS, *columns]
        split = grid.selectbox("Split column", splits, index=_at(splits, seen.split_column or NEW_SPLITS),
                               help="Rows that say train, validation or test.")
        group = grid.selectbox("Group column", columns, index=None, placeholder="none",
                               help="Rows of one group never stand on both sides of a split.")
        name = grid.text_input("Name of the task", value=Path(filename).stem[:60])
        if st.form_submit_button("Import", icon=":material/download_done:"):
            _import(lambda: tasks.import_file(
                source, filename, name=name, text_column=text, label_column=label,
                split_column="" if split == NEW_SPLITS else split, group_column=group))


@st.cache_data(max_entries=2, ttl=600, show_spinner="Reading the file")
def _preview(version: str, _source: Path | bytes, filename: str) -> tasks.Preview:
    return tasks.preview(_source, filename)


def _version(path: Path) -> str:
    """Changes whenever the file does; one that cannot be looked at is refused when it is read."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return str(path)
    return f"{path} {facts.st_mtime_ns} {facts.st_size}"


def _at(options: list[str], wanted: str | None) -> int | None:
    return options.index(wanted) if wanted in options else None


def _hub() -> None:
    with st.form("import-hub", border=False):
        grid = st.grid(3, min_column_width=190)
        dataset = grid.text_input("Data set id", placeholder="owner/name")
        said: dict[str, Any] = {name: grid.text_input(label, placeholder=hint).strip() or None for name, label, hint in HUB}
        if st.form_submit_button("Fetch", icon=":material/cloud_download:"):
            _import(lambda: tasks.import_hub(dataset.strip(), **said))


def _import(bring: Callable[[], TaskInfo]) -> None:
    """Imports and chooses the task; a refusal is shown as its one sentence."""
    try:
        with st.spinner("Importing"):
            info = bring()
    except UserError as error:
        st.error(plain(error), icon=":material/error:")
        return
    st.session_state[IMPORTED] = info.id
    st.rerun()
