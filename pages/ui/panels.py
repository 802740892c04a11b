"""What a page says where a study is not finished or is old: one sentence and one button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from core.errors import UserError
from core.records import StudyRecord
from core.studies import submit
from pages.ui import reads
from pages.ui.text import plain

OLD = timedelta(days=180)


def next_step(study: StudyRecord) -> None:
    """Nothing for a finished, recent study."""
    state = study.job.state if study.job else "done"
    if state in reads.OPEN:
        said = "waits for its turn" if state == "queued" else "runs; what is known so far is shown"
        _offer(f"This study {said}.", "See its progress", ":material/progress_activity:", "pages/study.py")
    elif state in ("failed", "cancelled"):
        retry(study)
    elif reads.today() - study.created_at.date() > OLD:
        _offer("This study is over half a year old; machines, prices and software have changed since.",
               "Start a new study", ":material/add_circle:", "pages/new_study.py")


def retry(study: StudyRecord) -> None:
    """Why a run ended early, and the button that continues it from its last finished stage."""
    assert study.job is not None, "only a run fails"
    icon, told = ":material/stop_circle:", "This run was cancelled; what it had finished is kept."
    if study.job.state == "failed":
        reason = plain(study.job.error or "its process ended").rstrip(".\\")
        icon, told = ":material/error:", f"This run failed: {reason}. What it had finished is kept."
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"{icon} {told}", width="stretch")
        if not study.recorded and st.button("Retry", icon=":material/replay:", type="primary", key="retry"):
            act(submit.retry, study.id)


def act(action: Callable[[str], None], ident: str, then: Callable[[], None] = st.rerun) -> None:
    """Does something with a study or a task and then goes on, by default drawing the page anew; a refusal is shown."""
    try:
        action(ident)
    except UserError as error:
        st.error(plain(error), icon=":material/error:")
        return
    then()


def told(key: str, action: Callable[[], str], *forget: str) -> None:
    """Does something and draws the page anew, with what it said under `key` of the session and without the keys of `forget`.

    A refusal is shown, and then nothing was kept.
    """
    def done(_: str) -> None:
        st.session_state[key] = action()
        for name in forget:
            st.session_state.pop(name, None)

    act(done, "")


def confirmed(label: str, warning: str, key: str) -> bool:
    """A button that opens what would be lost, and there the button that does it; whether that was pressed."""
    with st.popover(label, icon=":material/delete:", key=f"{key}-ask"):
        st.markdown(warning)
        return st.button("Yes, delete it", icon=":material/delete_forever:", key=key)


def _offer(sentence: str, button: str, icon: str, page: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(sentence, width="stretch")
        if st.button(button, icon=icon, key="next-step"):
            st.switch_page(page)
