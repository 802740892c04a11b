"""The Study page's measurements from other machines: the file is brought here, and its figures stand beside the study's own."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.figures import Figure
from core.formats import show, show_date
from core.records import StudyRecord
from core.studies import elsewhere
from core.studies.elsewhere import BENCH, RATE, Elsewhere
from core.studies.measurement_file import MAX_BYTES
from core.studies.options import option_name
from pages.ui import estimates, panels, tables
from pages.ui.header import device
from pages.ui.text import plain

DONE = "measurement-done"
COLUMNS = ("latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "throughput_per_s", BENCH, "peak_memory_bytes",
           "energy_j_per_prediction", "reload_agreement")
WITH_SERVER = (*COLUMNS[:4], RATE, "server_p99_ms", *COLUMNS[4:])


def section(study: StudyRecord) -> None:
    """A closed part of the user's own studies; what was just done to it is said above it."""
    if study.recorded or not study.models:
        return
    if done := st.session_state.pop(DONE, None):
        st.success(plain(done), icon=":material/check_circle:")
    found = elsewhere.listed(study.id)
    count = f": {len(found)}" if found else ""
    tables.folded(f"Measured elsewhere{count}", ":material/dns:", "elsewhere", lambda: _draw(study, found))


def _draw(study: StudyRecord, found: list[Elsewhere]) -> None:
    if found:
        _table(study, found)
    else:
        st.markdown("Nothing was measured on another machine yet.")
    st.caption("On the shell here: `python -m core artifact export STUDY MODEL DIR`, with `--variant WAY` for one of the other ways to "
               "serve. On the target: `python -m core measure DIR --json FILE`. Then bring the file back.")
    upload = st.file_uploader(f"Measurement, up to {MAX_BYTES // 1_000_000} MB", type=["json"], key="measurement",
                              max_upload_size=MAX_BYTES // 1_000_000)
    if upload is not None and st.button("Import the measurement", icon=":material/upload_file:", key="import-measurement"):
        data = upload.getvalue()
        panels.told(DONE, lambda: _said(elsewhere.bring(study.id, data)))
    estimates.section(study)


def _table(study: StudyRecord, found: list[Elsewhere]) -> None:
    """Each measurement under the study's own row of the same model."""
    here = {option_name(model): model.figures for model in (*study.models, *study.variants)}
    rows: dict[str, Mapping[str, Figure | None]] = {}
    for name in dict.fromkeys(row.model for row in found):
        if name in here:
            rows[f"{name}, here: {device(study)}"] = {**here[name], BENCH: None}
        rows |= {f"{name}, on {row.device} ({row.id})": row.figures for row in found if row.model == name}
    st.markdown("Figures of different machines stand side by side and are not compared: hardware and software differ.")
    tables.figures_table(rows, WITH_SERVER if any(RATE in row.figures for row in found) else COLUMNS)
    for row in found:
        price = f"{row.instance} at {show(row.usd_per_hour)}" if row.instance else "no instance"
        st.markdown(f"- **{row.id}**: {plain(row.model)} on {plain(row.device)}, {show_date(row.measured_at)}. "
                    f"Price list: {plain(price)}. {plain(row.match)}")
        if noise := row.settings.get("noise"):
            st.markdown(f":material/graphic_eq: Noisy: {plain(' '.join(noise))}")
        warning = "It goes for good; its file can be imported again."
        if panels.confirmed(f"Delete measurement {row.id}", warning, f"delete-measurement-{row.id}"):
            panels.told(DONE, lambda row=row: _gone(study.id, row.id))  # type: ignore[misc]


def _said(kept: Elsewhere) -> str:
    return f"Kept: {elsewhere.line(kept)}"


def _gone(study_id: str, measurement_id: int) -> str:
    elsewhere.remove(study_id, measurement_id)
    return f"Measurement {measurement_id} is deleted."
