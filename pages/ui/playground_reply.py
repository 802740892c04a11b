"""The playground's answers: teacher, student and cascade side by side, what they come to, and the last questions."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.figures import Figure
from core.formats import show
from core.studies import playground
from core.studies.playground import Answer, Reply, Together
from core.studies.playground_words import THIS_CALL, agreement, beside, escalation, per_million, read_words, share
from pages.ui import cards
from pages.ui.playground_ask import Chosen
from pages.ui.text import plain

MOST_LABELS = 5
SHORT = 60  # characters of a text in the history


def answers(found: tuple[Reply, str], who: Chosen) -> None:
    """The three answers, and above them in a sentence whether they agree."""
    reply, truth = found
    both = playground.together(reply, who.threshold)
    st.subheader(f"{plain(agreement(reply))}.", anchor=False)
    st.caption(_under(reply, truth))
    shown = [each for each in (reply.teacher, reply.student) if each is not None]
    grid = st.grid(len(shown) + (both is not None), min_column_width=240, gap="small", border=True)
    for answer in shown:
        with grid.cell():
            _answer(answer)
    if both is not None:
        with grid.cell():
            _together(reply, both, share(who.threshold))


def _under(reply: Reply, truth: str) -> str:
    loading = f", of which {reply.loaded_s:.1f} s loaded the models: that is over now" if reply.loaded_s else ""
    told = [f"Answered in {reply.seconds:.2f} s{loading}", f"Times and prices are of {THIS_CALL}"]
    if truth:
        told.insert(0, f"The data set calls this text {truth!r}")
    return plain(". ".join(told) + ".")


def _answer(answer: Answer) -> None:
    st.markdown(f"**{plain(describe(answer))}**")
    st.subheader(plain(answer.label), anchor=False)
    for label, sure in answer.probabilities[:MOST_LABELS]:
        st.progress(sure.value or 0.0, text=f"{plain(label)} {plain(show(sure))}")
    if (others := len(answer.probabilities) - MOST_LABELS) > 0:
        st.caption(f"and {others} {'label' if others == 1 else 'labels'} less likely")
    if not answer.calibrated:
        st.caption("Not calibrated: this study has no temperature for the model.")
    name = f"playground-{answer.model.role}"
    _costs(name, answer.call_ms, beside(answer), answer.usd, per_million(answer.usd_per_million))
    st.caption(plain(read_words(answer).capitalize()))


def describe(answer: Answer) -> str:
    """Who answers, with its role."""
    return f"student {answer.name}" if answer.model.role == "student" else answer.name


def _together(reply: Reply, found: Together, threshold: Figure) -> None:
    st.markdown(f"**cascade of {plain(reply.student.name)}**")
    st.subheader(plain(found.label), anchor=False)
    st.badge("escalated to the teacher" if found.escalated else "answered by the student",
             icon=":material/call_made:" if found.escalated else ":material/check:", color="orange" if found.escalated else "green")
    st.markdown(f"{plain(escalation(reply, found, threshold))}.")
    whole = "student and teacher" if found.escalated else "the student alone"
    _costs("playground-cascade", found.call_ms, whole, found.usd, per_million(found.usd_per_million))


def _costs(key: str, call_ms: Figure, time_note: str, usd: Figure, price_note: str) -> None:
    """Time and price of this call, side by side where there is room."""
    grid = st.grid(2, min_column_width=120, gap="small")
    for label, figure, note in (("Time of this call", call_ms, time_note), ("Price of this call", usd, price_note)):
        large, unit = cards.in_two(show(figure))
        with grid.cell(), st.container(gap="xxsmall"):
            st.metric(label, plain(large))
            st.caption(" · ".join(plain(each) for each in (unit, note) if each))
            cards.provenance(figure, f"{key}-{figure.unit[:2]}")


def history(asked: Sequence[tuple[Reply, str]], who: Chosen) -> None:
    """The session's last questions, the newest first; a cascade is that of the threshold that is chosen now."""
    if len(asked) < 2:
        return
    st.subheader("Your last questions", anchor=False)
    st.table(pd.DataFrame([_row(reply, truth, who) for reply, truth in asked]), border="horizontal", hide_index=True,
             alt="The last questions with their answers")
    st.caption(f"The last {len(asked)}, at most 20, of this session alone; nothing is stored.")


def _row(reply: Reply, truth: str, who: Chosen) -> dict[str, str]:
    both, student, teacher = playground.together(reply, who.threshold), reply.student, reply.teacher
    text = reply.text if len(reply.text) <= SHORT else f"{reply.text[:SHORT]}…"
    told = {"Text": text, "Truth": truth or "–", "Teacher": _short(teacher) if teacher else "–",
            "Student": f"{student.name}: {_short(student)}",
            "Agree": "–" if teacher is None else "yes" if teacher.label == student.label else "no",
            "Cascade": "–" if both is None else f"{both.label}{', escalated' if both.escalated else ''}",
            "Time of the cascade": show(both.call_ms) if both else show(student.call_ms)}
    return {name: plain(value) for name, value in told.items()}


def _short(answer: Answer) -> str:
    return f"{answer.label} {show(answer.confidence)}"
