"""Claims: what others have published about distillation, and whether it holds for the study and the case that are shown."""

from __future__ import annotations

import streamlit as st

from pages.ui import claims_parts, present
from pages.ui.header import header

shown = header("Claims")
present.style()
claims_parts.style()
found = claims_parts.assessed(shown.decision)
st.markdown("What two published articles say about distillation, each sentence beside what this project computed or measured for the same "
            "thing, in the study and the case above. A claim that holds here need not hold for another task or machine.")
claims_parts.tally(found)
for each in claims_parts.chosen(found):
    claims_parts.card(each)
