"""Choosing the teacher of a study: a model with weights, or an API that is known by its answers in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core import answers
from core.answers import AnswersInfo
from core.spec import StudySpec
from core.studies import submit
from core.studies.api_teacher import is_priced, pricing_note, with_teacher
from core.tasks import TaskInfo
from core.tasks.table import MAX_BYTES
from pages.ui import panels, tables
from pages.ui.task_choice import KINDS
from pages.ui.text import plain

ANSWERS, IMPORTED = "new-answers", "imported-answers"
WITH_WEIGHTS = ""


def choose(task: TaskInfo) -> AnswersInfo | None:
    """The imported answers that are the teacher, None for a model with weights; drawn with the way to import some."""
    if imported := st.session_state.pop(IMPORTED, None):
        st.session_state[ANSWERS] = imported
    known = {info.id: info for info in answers.list_answers(task.id)}
    if st.session_state.get(ANSWERS, WITH_WEIGHTS) not in (WITH_WEIGHTS, *known):
        st.session_state[ANSWERS] = WITH_WEIGHTS  # of another task, or deleted
    chosen = st.selectbox("Teacher", [WITH_WEIGHTS, *known], key=ANSWERS, persist_state="session",
                          format_func=lambda key: _words(known[key]) if key else "a model with weights, fine-tuned here",
                          help="What students learn from: a model that runs here, or the answers that an API gave to this task's texts.")
    info = known.get(chosen)
    if info is not None:
        _summary(info)
    tables.folded("Import the answers of an API as the teacher", ":material/cloud_sync:", "open-answers", lambda: _import(task))
    return info


def applied(base: StudySpec, info: AnswersInfo | None) -> StudySpec:
    """The study with these answers as its teacher, or as it is."""
    return base if info is None else with_teacher(base, info)


def _words(info: AnswersInfo) -> str:
    return f"{info.who}: {info.texts:,} answers of {info.date} ({info.id})"


def _summary(info: AnswersInfo) -> None:
    """What the file holds, what became of its rows, and what is still to be said of its price."""
    total, splits, doubt, *defects = info.summary
    st.markdown(f"**{plain(total)}** {plain(splits)} {plain(doubt)}")
    if note := pricing_note(info):
        st.warning(f"{plain(note)} The Checklist asks for it in step 1.", icon=":material/sell:")
    elif is_priced(info.provider, info.model):
        st.caption("The API counts as what serves today, priced by its tokens; both can be changed on the Checklist.")
    if defects:
        tables.folded("What became of the other rows", ":material/rule:", "answers-rows",
                      lambda: st.markdown("\n".join(f"- {plain(each)}" for each in defects)))
    warning = f"The answers **{plain(info.id)}** go; studies that used them stay. There is no way back."
    if panels.confirmed("Delete these answers", warning, "delete-answers"):
        panels.act(submit.delete_answers, info.id)


def _import(task: TaskInfo) -> None:
    st.caption("One row a text, with columns **text** and **label**; where they are there, also a probability of each label (p_LABEL, or "
               "probabilities as JSON), latency_ms, input_tokens and output_tokens. At least 200 training, 20 validation and 100 test "
               f"texts of {plain(task.id)} need an answer; texts that it does not know are kept as unlabelled ones.")
    upload = st.file_uploader(f"CSV, TSV, JSON lines or Parquet, up to {MAX_BYTES // 1_000_000} MB", type=KINDS, key="upload-answers",
                              max_upload_size=MAX_BYTES // 1_000_000)
    with st.form("import-answers", border=False):
        grid = st.grid(3, min_column_width=190)
        name = grid.text_input("Name of the answers", placeholder=Path(upload.name).stem if upload else "the file's name")
        provider = grid.text_input("Provider", placeholder="openai", help="As the price list of API tokens calls it.")
        model = grid.text_input("Model", placeholder="gpt-4o-mini", help="Its price per token then counts, if the list knows it.")
        day = grid.date_input("Day of the answers", value=None, format="YYYY-MM-DD", help="When the API gave them; empty: today.")
        text, label = (grid.text_input(f"Column of the {kind}", placeholder="found by its name") for kind in ("texts", "answers"))
        if st.form_submit_button("Import the answers", icon=":material/download_done:") and upload is not None:
            said = {"name": name.strip() or Path(upload.name).stem, "provider": provider, "model": model,
                    "text_column": text.strip() or None, "label_column": label.strip() or None, "day": day.isoformat() if day else ""}
            panels.act(lambda _: _bring(task, upload.getvalue(), upload.name, said), "")


def _bring(task: TaskInfo, data: bytes, filename: str, said: Mapping[str, Any]) -> None:
    """Imports and chooses the answers; a refusal is shown by the caller as its one sentence."""
    with st.spinner("Importing"):
        info = answers.import_answers(data, filename, task=task.id, **said)
    st.session_state[IMPORTED] = info.id
