"""The dashboard's entry: what the window is called, and where each page is. Pages draw themselves."""

import streamlit as st

from core.settings import ASSETS

st.set_page_config(page_icon=str(ASSETS / "icon.svg"), layout="wide")
page = st.navigation({
    "Decide": [
        st.Page("pages/decision.py", title="Decision", icon=":material/gavel:", url_path="decision"),
        st.Page("pages/overview.py", title="Overview", icon=":material/insights:", url_path="overview", default=True),
        st.Page("pages/checklist.py", title="Checklist", icon=":material/checklist:", url_path="checklist"),
        st.Page("pages/what_if.py", title="What-if", icon=":material/tune:", url_path="what_if"),
    ],
    "Evidence": [
        st.Page("pages/new_study.py", title="New study", icon=":material/add_circle:", url_path="new_study"),
        st.Page("pages/study.py", title="Study", icon=":material/biotech:", url_path="study"),
        st.Page("pages/frontier.py", title="Frontier", icon=":material/scatter_plot:", url_path="frontier"),
        st.Page("pages/learning.py", title="Data and size", icon=":material/show_chart:", url_path="learning"),
        st.Page("pages/playground.py", title="Playground", icon=":material/forum:", url_path="playground"),
    ],
    "Reference": [
        st.Page("pages/prices.py", title="Prices", icon=":material/sell:", url_path="prices"),
        st.Page("pages/claims.py", title="Claims", icon=":material/format_quote:", url_path="claims"),
        st.Page("pages/machine.py", title="This machine", icon=":material/memory:", url_path="machine"),
    ],
})
st.set_page_config(page_title=f"{page.title} · Distill ROI")
page.run()
