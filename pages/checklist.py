"""Checklist: the guided path through a case, step by step, each with its inputs, their consequence and the next gap."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.checklist import ItemVerdict, Verdict
from core.checklist.verdict import SHORT
from core.studies import narrative
from pages.ui import cards, case_form, keeping, session, walk
from pages.ui.header import Shown, header
from pages.ui.panels import next_step
from pages.ui.text import STATUS, plain


def _overall(shown: Shown, verdict: Verdict) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Verdict", anchor=False, width="content")
            cards.status(verdict.overall)
        st.markdown(plain(narrative.answer(shown.decision.ruling)))
        st.markdown(f"- {plain(verdict.reasons[0])}")


def _trying(shown: Shown) -> None:
    if shown.trying:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown("What-if, not saved: these inputs are tried in this session only.", width="stretch")
            if st.button("Reset", icon=":material/undo:"):
                session.try_case(shown.study.id, None)
                case_form.forget(f"case-{shown.study.id}")
                st.rerun()
    keeping.told()


def _chosen(verdict: Verdict) -> ItemVerdict:
    """The step that is open: the one in the address, else the first gap."""
    asked = st.query_params.get(walk.STEP, "")
    first = walk.gap(verdict) or verdict.items[0]
    st.session_state.setdefault("walk-step", int(asked) if asked in "123456" and asked else first.item)

    def words(number: int) -> str:
        return f"{STATUS[verdict.items[number - 1].status][0]} {number} {SHORT[number - 1]}"

    number = st.segmented_control("Step", range(1, 7), format_func=words, key="walk-step", label_visibility="collapsed", required=True)
    st.query_params[walk.STEP] = str(number)
    return verdict.items[int(number or first.item) - 1]


def _next(verdict: Verdict, item: ItemVerdict) -> None:
    following = walk.gap(verdict, after=item.item)
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        if following is None:
            st.markdown("No other item is open." if item.status != "pass" else "All six items pass.", width="stretch")
            if st.button("See the decision", icon=":material/gavel:", type="primary"):
                st.switch_page("pages/decision.py")
            return
        st.markdown(f"**Next gap: {following.item} {following.title}** ({following.status}). {plain(following.reason)}", width="stretch")
        st.button("Go there", icon=":material/arrow_forward:", type="primary", key="next-gap",
                  on_click=lambda: st.session_state.update({"walk-step": following.item}))


def _all(verdict: Verdict) -> None:
    st.subheader("All six items", anchor=False)
    rows = [{"Item": f"{item.item} {item.title}", "Status": item.status, "Why": item.reason, "Next": item.action or "–"}
            for item in verdict.items]
    st.table(pd.DataFrame(rows).map(plain), border="horizontal", hide_index=True)


shown = header("Checklist")
next_step(shown.study)
if shown.decision.verdict is None:
    st.info("The walk starts when the first student is measured.", icon=":material/hourglass_empty:")
else:
    _trying(shown)
    _overall(shown, shown.decision.verdict)
    item = _chosen(shown.decision.verdict)
    walk.step(shown, item)
    _next(shown.decision.verdict, item)
    _all(shown.decision.verdict)
