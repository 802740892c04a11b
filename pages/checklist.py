"""Checklist: the walk through six items, each with its rule, figures, action and inputs, and the verdict they add up to."""

from __future__ import annotations

import streamlit as st

from core.case import CaseInputs
from core.checklist import ItemVerdict
from core.checklist.verdict import QUESTIONS
from core.errors import UserError
from core.spec import parse
from core.studies import read
from pages.ui import cards, case_form, findings, reads, session, tables
from pages.ui.cards import Card
from pages.ui.header import Shown, header
from pages.ui.panels import next_step
from pages.ui.text import label_of, plain

SAVED = "case_saved"


def _overall(shown: Shown) -> None:
    verdict = shown.decision.verdict
    assert verdict is not None, "drawn only with a verdict"
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Verdict", anchor=False, width="content")
            cards.status(verdict.overall)
        st.markdown(plain(findings.answer(shown.decision)) + ".")
        for reason in verdict.reasons:
            st.markdown(f"- {plain(reason)}")
    actions = [item for item in verdict.items if item.action]
    if actions:
        with st.expander("What would make it known, or better", icon=":material/lightbulb:", expanded=True):
            for item in actions:
                st.markdown(f"- **{item.item} {item.title}:** {plain(item.action)}")


def _trying(shown: Shown) -> None:
    if shown.trying:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown("What-if, not saved: these inputs are tried in this session only.", width="stretch")
            if st.button("Reset", icon=":material/undo:"):
                session.try_case(shown.study.id, None)
                case_form.forget(f"case-{shown.study.id}")
                st.rerun()
    if note := st.session_state.pop(SAVED, ""):
        st.success(note, icon=":material/check_circle:")


def _item(shown: Shown, item: ItemVerdict) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"{item.item} {item.title}", anchor=False, width="content")
            cards.status(item.status)
        st.caption(QUESTIONS[item.item - 1])
        st.markdown(plain(item.reason))
        if item.action:
            st.markdown(f":material/arrow_forward: **Next:** {plain(item.action)}")
        named = [(name.partition(" "), figure) for name, figure in item.figures.items()]
        cards.cards([Card(label_of(key), figure, of) for (key, _, of), figure in named], f"item-{item.item}")
        tables.folded("The rule in plain words", ":material/gavel:", f"rule-{item.item}", lambda: st.markdown(plain(item.rule)))
        tables.folded_origins({"": item.figures}, item.figures, f"origins-{item.item}")
        tables.folded("Inputs of this item", ":material/tune:", f"open-inputs-{item.item}", lambda: _inputs(shown, item.item))


def _inputs(shown: Shown, item: int) -> None:
    own = not shown.study.recorded
    key, how, _ = reads.matched_instance(shown.study.machine, shown.study.models[0].device)
    with st.form(f"inputs-{shown.study.id}-{item}", border=False):
        values = case_form.fields(case_form.BY_ITEM[item], shown.case, f"case-{shown.study.id}-{item}", key or how)
        label, icon = ("Save", ":material/save:") if own else ("Try as a what-if", ":material/edit_note:")
        if st.form_submit_button(label, icon=icon):
            _keep(shown, values)


def _keep(shown: Shown, values: dict[str, object]) -> None:
    try:
        case = parse(CaseInputs, {**shown.case.model_dump(), **values})
        if shown.study.recorded:
            session.try_case(shown.study.id, case)
        else:
            read.update_case(shown.study.id, case)
            st.session_state[SAVED] = "Saved with the study; the verdict below follows from it."
    except UserError as error:
        st.error(plain(error), icon=":material/error:")
        return
    st.rerun()


shown = header("Checklist")
next_step(shown.study)
if shown.decision.verdict is None:
    st.info("The walk starts when the first student is measured.", icon=":material/hourglass_empty:")
else:
    _trying(shown)
    _overall(shown)
    for item in shown.decision.verdict.items:
        _item(shown, item)
