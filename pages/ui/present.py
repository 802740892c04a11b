"""How the Decision page looks on paper and before an audience: style sheets, the switch of the presentation, the glossary."""

from __future__ import annotations

import streamlit as st

from core.settings import ASSETS

PRESENT = "present"
GLOSSARY = {
    "NPV": "net present value: all money saved less all money spent, later money counted for less.",
    "Payback": "the months until what was saved covers what was spent.",
    "P10, P90": "one draw in ten lies below P10, and one in ten above P90.",
    "Control": "the same student, trained on the labels alone, without the teacher.",
    "Retention": "the student's accuracy over the teacher's, on the same texts.",
    "Credited": "distillation counts only with what it is worth over the best other option that is fast and right enough.",
    "Cascade": "the student answers all texts, and the teacher again those of which the student is unsure.",
    "Margin": "the accuracy points that may be lost against the teacher.",
}


def is_on() -> bool:
    """Whether the address asks for the presentation ("?present=1")."""
    return st.query_params.get(PRESENT) == "1"


def is_dark() -> bool:
    """Whether the page is drawn in the dark theme."""
    return bool(st.context.theme.type == "dark")


def style() -> None:
    """The style sheets that the page needs as it is shown now."""
    st.html(ASSETS / "decision.css")
    if is_dark():
        st.html(ASSETS / "print-dark.css")
    if is_on():
        st.html(ASSETS / "present.css")


def switch() -> None:
    """The button that starts or leaves the presentation."""
    if is_on():
        st.button("Leave the presentation", icon=":material/close_fullscreen:", key="leave-present", on_click=_leave)
    else:
        st.button("Present", icon=":material/slideshow:", key="start-present", on_click=_start,
                  help="Large type, no sidebar, and a glossary at the end.")


def _start() -> None:
    st.query_params[PRESENT] = "1"


def _leave() -> None:
    st.query_params.pop(PRESENT, None)


def glossary() -> None:
    """Short definitions, at the end of a presentation."""
    if is_on():
        st.subheader("Glossary", anchor=False)
        st.markdown("\n".join(f"- **{word}:** {meaning}" for word, meaning in GLOSSARY.items()))
