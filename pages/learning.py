"""Data and size: what more texts would bring, how small a student may be, and what a larger study will reach."""

from __future__ import annotations

import streamlit as st

from core.studies.learning import learnt
from pages.ui import learning_data, learning_pilot, learning_size
from pages.ui.header import header
from pages.ui.panels import next_step

shown = header("Data and size")
next_step(shown.study)
curve = learnt(shown.study)
st.header("How much data", anchor="data", divider="gray")
learning_data.section(shown.decision, curve)
st.header("How small", anchor="size", divider="gray")
learning_size.section(shown.study)
st.header("Pilot", anchor="pilot", divider="gray")
learning_pilot.section(shown.study, curve)
