"""Decision: the answer with its numbers, risk and next step, and what is behind it. The first section prints as one sheet."""

from __future__ import annotations

import streamlit as st

from pages.ui import decision_money, decision_options, decision_parts, panels, present
from pages.ui.header import header

shown = header("Decision")
decision = shown.decision
present.style()
with st.container(key="screen-state"):
    panels.next_step(shown.study)
decision_parts.answer(decision)
decision_parts.numbers(decision)
decision_parts.risk_and_next(decision)
decision_parts.buttons(decision)
decision_money.printed_charts(decision)
decision_parts.items(decision)
with st.container(key="screen-behind"):
    if decision.verdict is not None:
        decision_money.worth_measuring(decision)
        decision_money.where_from(decision)
        decision_money.break_even(decision)
    decision_options.side_by_side(decision)
    decision_options.cascade(decision)
    present.glossary()
