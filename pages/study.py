"""Study: the best student first, then progress, quality, speed and cost."""

from __future__ import annotations

import json

import streamlit as st

from core.studies import cases, submit
from core.studies.document import to_document
from pages.ui import api_answers, compared, measured_elsewhere, panels, progress, reads, results, session, tables
from pages.ui.header import Shown, header
from pages.ui.text import plain


def _downloads(shown: Shown) -> None:
    def document() -> str:
        return json.dumps(to_document(shown.decision), indent=1, ensure_ascii=False)

    st.download_button("Download as JSON", document, file_name=f"study-{shown.study.id}.json", mime="application/json",
                       icon=":material/download:", on_click="ignore",
                       help="Every figure with its value, interval, unit and provenance.")


def _delete(shown: Shown) -> None:
    study = shown.study
    if study.recorded or (study.job is not None and study.job.state in reads.OPEN):
        return
    count = len(cases.listed(study.id))
    saved = f", and {count} saved {'case' if count == 1 else 'cases'}" if count else ""
    warning = f"**{plain(study.name)}** ({study.id}) goes with its figures, model files and log{saved}. There is no way back."
    if panels.confirmed("Delete this study", warning, "delete-study"):
        panels.act(submit.delete, study.id, lambda: _leave(study.id))


def _leave(study_id: str) -> None:
    session.forget(study_id)
    st.switch_page("pages/overview.py")


shown = header("Study")
running = shown.study.job is not None and shown.study.job.state != "done"
if shown.study.models:
    results.best(shown.decision)
if running:
    with st.expander("Progress", icon=":material/timeline:", expanded=True):
        progress.panel(shown.study)
else:
    tables.folded("How the run went", ":material/timeline:", "progress", lambda: progress.panel(shown.study))
api_answers.section(shown.study)
st.header("Quality", anchor="quality", divider="gray")
results.quality(shown.decision)
st.header("Speed", anchor="speed", divider="gray")
results.speed(shown.study)
st.header("Cost", anchor="cost", divider="gray")
results.cost(shown.decision)
measured_elsewhere.section(shown.study)
compared.section(shown.study)
with st.container(horizontal=True):
    _downloads(shown)
    _delete(shown)
