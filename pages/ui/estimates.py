"""The Study page's roofline estimates: what a model may do on the price list's GPUs where nobody has measured it."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.records import StudyRecord
from core.studies import estimates
from core.studies.elsewhere import BENCH
from pages.ui import tables
from pages.ui.text import plain

COLUMNS = (estimates.PRICE, estimates.RATE, BENCH)


def section(study: StudyRecord) -> None:
    """A closed part: instances with their price, estimated throughput and cost; those without an estimate under it."""
    tables.folded("Not measured there: roofline estimates", ":material/query_stats:", "roofline", lambda: _draw(study))


def _draw(study: StudyRecord) -> None:
    with st.container(horizontal=True):
        name = st.selectbox("Model", estimates.estimable(study), key="roofline-model", format_func=plain)
        precision = st.selectbox("Precision", estimates.PRECISIONS, key="roofline-precision", help="Served by eager PyTorch.")
    try:
        found = estimates.estimates(study, name, precision)
    except UserError as error:
        st.markdown(plain(error))
        return
    st.caption(f"{estimates.caveat(study, name)} Formula: `{estimates.FORMULA}`.")
    rows = {f"{row.instance}, {row.gpus}": row.figures for row in found if not row.why_not}
    if rows:
        tables.figures_table(rows, COLUMNS, "Instance")
    told = "\n".join(f"- {plain(', '.join(names))}: {plain(reason)}." for reason, names in estimates.without(found).items())
    if told:
        tables.folded("Without an estimate", ":material/help:", "roofline-without", lambda: st.markdown(told))
