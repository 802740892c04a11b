"""Saved cases on the page What-if: choose, save, copy, rename, delete, link, and compute anew with newer figures."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.errors import UserError
from core.formats import show_date
from core.studies import cases, outcome, read
from core.studies.cases import SavedCase
from core.studies.differences import changes
from core.words import label
from pages.ui import session, what_if_state
from pages.ui.panels import confirmed
from pages.ui.text import plain
from pages.ui.what_if_answer import in_words
from pages.ui.what_if_inputs import label_of_change
from pages.ui.what_if_state import NOTE, REFUSED, Opened

OWN = ""


def bar(opened: Opened, saved: tuple[SavedCase, ...]) -> None:
    """The choice of the case, and all that can be done with it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choice(opened, saved)
        _save(opened)
        if not opened.study.recorded and opened.tried != opened.study.case:
            st.button("Make it the study's case", icon=":material/check:", key="adopt", on_click=lambda: _do(lambda: _adopt(opened)),
                      help="The study's own case gets these inputs, on every page; nothing runs again.")
        if opened.case is not None:
            st.button("Copy", icon=":material/content_copy:", on_click=lambda: _copy(opened.study.id, _case(opened)))
            if not opened.case.shipped:
                _rename(opened.case)
            _link(opened)
            if not opened.case.shipped and confirmed("Delete", f"**{plain(opened.case.name)}** goes, and its link with it.", "delete-case"):
                _do(lambda: _delete(opened.study.id, _case(opened)))
                st.rerun()
    _about(opened)


def _case(opened: Opened) -> SavedCase:
    assert opened.case is not None, "offered for a saved case only"
    return opened.case


def _choice(opened: Opened, saved: tuple[SavedCase, ...]) -> None:
    by_id = {case.id: case for case in saved}
    names = {OWN: "The study's own case"} | {case.id: f"{case.name} · {case.id}" for case in saved}
    key = f"what-case-{opened.study.id}"
    st.session_state[key] = opened.case.id if opened.case else OWN
    st.selectbox("Case", list(names), format_func=names.__getitem__, key=key, width=380,
                 on_change=lambda: what_if_state.show(opened.study.id, by_id.get(st.session_state[key])))


def _save(opened: Opened) -> None:
    key = f"what-name-{opened.study.id}"
    with st.popover("Save as", icon=":material/save:"):
        st.text_input("Name of the case", key=key, max_chars=80, placeholder="for example: Black Friday")
        st.button("Save", type="primary", key="save-case", on_click=lambda: _keep(opened, str(st.session_state[key])))
        st.caption("A saved case keeps these inputs together with the measurements and prices of this page. It never changes.")


def _keep(opened: Opened, name: str) -> None:
    def keep() -> None:
        base = opened.case.id if opened.case else None
        _open(opened.study.id, cases.save(opened.basis, opened.tried, name, base), "Saved. The address of this page opens it again.")

    _do(keep)


def _copy(study_id: str, case: SavedCase) -> None:
    _do(lambda: _open(study_id, cases.copy(case, f"{case.name[:73]}, copy"), "Copied."))


def _rename(case: SavedCase) -> None:
    key = f"what-rename-{case.id}"
    st.session_state.setdefault(key, case.name)
    with st.popover("Rename", icon=":material/edit:"):
        st.text_input("New name", key=key, max_chars=80)
        st.button("Rename", key="rename-case", type="primary", on_click=lambda: _do(lambda: _renamed(case, str(st.session_state[key]))))


def _renamed(case: SavedCase, name: str) -> None:
    cases.rename(case, name)
    session.name_opened(case.study_id, name)


def _link(opened: Opened) -> None:
    with st.popover("Link", icon=":material/link:"):
        st.code(f"{st.context.url or '/what_if'}?{session.STUDY}={opened.study.id}&{session.CASE}={_case(opened).id}", language=None)
        st.caption("Opens this case with exactly the figures that it was saved with, for as long as its study is kept.")


def _adopt(opened: Opened) -> None:
    read.update_case(opened.study.id, opened.tried)
    what_if_state.show(opened.study.id, None)
    st.session_state[NOTE] = "These inputs are the study's own now."


def _delete(study_id: str, case: SavedCase) -> None:
    cases.delete(case)
    what_if_state.show(study_id, None)
    st.session_state[NOTE] = "Deleted."


def _do(action: Callable[[], None]) -> None:
    try:
        action()
    except UserError as error:
        st.session_state[REFUSED] = str(error)


def _open(study_id: str, case: SavedCase, note: str) -> None:
    what_if_state.show(study_id, case)
    st.session_state[NOTE] = note


def _about(opened: Opened) -> None:
    """What the open case rests on, and whether something newer is known."""
    case = opened.case
    if case is None:
        return
    measured = f"measured {show_date(opened.basis.study.created_at)}, prices as of {show_date(opened.basis.day)}"
    st.caption(f"{plain(case.why)} {measured[:1].upper()}{measured[1:]}." if case.shipped
               else f"Saved {show_date(case.created_at)} with its own figures: {measured}.")
    newer = what_if_state.newer(opened)
    if newer:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            what = {"measurement": "A newer measurement exists", "price": "A newer price exists"}
            st.markdown(f":material/update: {' and '.join(what[each] for each in newer).replace('and A', 'and a')}. This case keeps "
                        "the figures that it was saved with.", width="stretch")
            st.button("Recompute as a new case", icon=":material/replay:", type="primary", key="recompute",
                      on_click=lambda: _do(lambda: _open(opened.study.id, cases.recompute(case, opened.study, what_if_state.today()),
                                                         "Recomputed with today's figures; the old case stays.")))
    if (before := cases.recomputed_from(case)) is not None:
        _moved(before, case)


def _moved(before: SavedCase, after: SavedCase) -> None:
    """What newer figures changed: verdict and main numbers, side by side."""
    old, new = cases.outcome_of(before), cases.outcome_of(after)
    rows = [("Verdict", old.verdict, new.verdict), ("Best option", old.option, new.option), ("Compared with", old.against, new.against),
            *((label(name), in_words(old.figures[name]), in_words(new.figures[name])) for name in outcome.MAIN)]
    inputs = [(label_of_change(change.name), change.before, change.after) for change in changes(before.inputs, after.inputs)]
    with st.expander(f"What changed against {plain(before.name)}", icon=":material/compare_arrows:", expanded=True):
        st.table(pd.DataFrame([{"": name, "Before": was, "Now": now, "Change": "changed" if was != now else "–"}
                               for name, was, now in [*rows, *inputs]]).map(plain), border="horizontal", hide_index=True)
