"""Study: the best student first, then progress, quality, speed and cost."""

from __future__ import annotations

import json

import streamlit as st

from core.studies.document import to_document
from pages.ui import progress, results
from pages.ui.header import Shown, header


def _downloads(shown: Shown) -> None:
    def document() -> str:
        return json.dumps(to_document(shown.decision), indent=1, ensure_ascii=False)

    st.download_button("Download as JSON", document, file_name=f"study-{shown.study.id}.json", mime="application/json",
                       icon=":material/download:", on_click="ignore",
                       help="Every figure with its value, interval, unit and provenance.")


shown = header("Study")
running = shown.study.job is not None and shown.study.job.state != "done"
if shown.study.models:
    results.best(shown.decision)
with st.expander("Progress", icon=":material/timeline:", expanded=running):
    progress.panel(shown.study)
st.header("Quality", anchor="quality", divider="gray")
results.quality(shown.study)
st.header("Speed", anchor="speed", divider="gray")
results.speed(shown.study)
st.header("Cost", anchor="cost", divider="gray")
results.cost(shown.decision)
_downloads(shown)
