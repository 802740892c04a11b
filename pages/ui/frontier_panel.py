"""The panel of one variant: its figures, why it passes or not, its control, and the button that makes the case be about it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.formats import show, show_with_interval
from core.studies.frontier import Frontier, Point
from core.studies.frontier_words import fraction, teachers_cost
from pages.ui import cards, keeping, tables
from pages.ui.cards import Card
from pages.ui.decision_options import ROLES
from pages.ui.header import Shown
from pages.ui.text import plain

NOT_CHOSEN = "A case is about an option with a student; teachers and controls are what it is compared with."


def panel(shown: Shown, found: Frontier, point: Point) -> None:
    """Everything about the picked variant."""
    with st.container(border=True, key="frontier-panel"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(plain(point.name), anchor=False, width="content")
            st.badge(ROLES[point.role], color="gray")
            _status(point)
            if point.name == found.about:
                st.badge("the case is about it" + (", chosen" if found.chosen else ""), icon=":material/person_pin:", color="blue")
        if not point.passes:
            st.markdown(plain(point.why_not))
        cards.cards(_cards(point), f"frontier-{point.name}")
        st.markdown("\n".join(f"- {plain(line)}" for line in _beside(found, point)))
        _choice(shown, found, point)


def _status(point: Point) -> None:
    if point.passes:
        st.badge("passes", icon=":material/check_circle:", color="green")
    else:
        st.badge("does not pass", icon=":material/cancel:", color="orange")


def _cards(point: Point) -> list[Card]:
    figures, candidate = point.model.figures, point.candidate
    named = [Card("Accuracy", point.accuracy), Card("Retention", point.retention),
             Card("Difference to teacher", candidate.accuracy.difference), Card("Latency p99", candidate.latency.p99),
             Card("Bench cost", point.cost, "machine never idle")]
    if "throughput_per_s" in figures and point.role != "cascade":
        named.append(Card("Throughput", figures["throughput_per_s"]))
    return named


def _beside(found: Frontier, point: Point) -> list[str]:
    """What it costs against both teachers, whether it is on the front, and how its control does."""
    told = []
    if point.to_teacher.value is not None:
        told.append(f"Its cost is {fraction(point.to_teacher)} of {teachers_cost(found)}")
    if point.to_optimised.value is not None and found.optimised is not None:
        told[-1:] = [f"{told[-1]} and {fraction(point.to_optimised)} of the optimised teacher's ({found.optimised.name})"]
    told.append("On the front: no other is both cheaper and more accurate" if point.on_front
                else f"Not on the front: {_better(found, point)} is no dearer and no less accurate")
    told += _control(found, point)
    return told


def _better(found: Frontier, point: Point) -> str:
    """The most accurate point of the front that costs no more."""
    front = [p for p in found.points if p.on_front and (p.cost.value or 0.0) <= (point.cost.value or 0.0)]
    return max(front, key=lambda p: p.accuracy.value or 0.0).name


def _control(found: Frontier, point: Point) -> list[str]:
    control = found.point(f"control of {point.name}")
    if control is None:
        return []
    gain = point.model.figures.get("gain_over_control")
    told = f"Its control, trained on the labels alone, reaches {show_with_interval(control.accuracy)} at {show(control.cost)}"
    return [told + ("" if gain is None or gain.value is None else f"; the teacher's help brings {show_with_interval(gain)}")]


def _choice(shown: Shown, found: Frontier, point: Point) -> None:
    study = shown.study

    def keep(name: str | None) -> None:
        keeping.store(study.id, study.recorded, shown.case, {"variant": name})

    with st.container(horizontal=True, vertical_alignment="center"):
        mine = found.chosen and point.name == found.about
        st.button("Chosen for the case" if mine else "Choose it for the case", icon=":material/person_pin:", type="primary",
                  key="frontier-choose", disabled=mine or not point.distils, on_click=keep, args=(point.name,),
                  help=None if point.distils else NOT_CHOSEN)
        if found.chosen:
            st.button("Let the rules choose", icon=":material/undo:", key="frontier-unchoose", on_click=keep, args=(None,))
        where = "Tried in this session only: the recorded example stays as it is." if study.recorded else (
            "Part of the what-if that is tried in this session." if shown.trying else "Kept with the study; nothing runs again.")
        st.caption(where if point.distils else NOT_CHOSEN)


def table(found: Frontier) -> None:
    """Every point with its figures, drawn once it is opened."""
    columns = ("accuracy", "accuracy_difference", "retention", "usd_per_million_bench", "latency_p99_ms", "throughput_per_s")
    rows: dict[str, Any] = {p.name: {**p.model.figures, "accuracy": p.accuracy, "retention": p.retention, "usd_per_million_bench": p.cost,
                                     "accuracy_difference": p.candidate.accuracy.difference, "latency_p99_ms": p.candidate.latency.p99,
                                     **({"throughput_per_s": None} if p.role == "cascade" else {})} for p in found.points}
    tables.folded_table("Table: every variant", rows, columns, "frontier-table", "Variant")


def reasons(found: Frontier) -> None:
    """Why each one that does not pass does not, drawn once it is opened."""
    failing = [point for point in found.points if not point.passes]
    if failing:
        tables.folded(f"Why {len(failing)} of {len(found.points)} do not pass", ":material/help:", "frontier-reasons",
                      lambda: st.markdown("\n".join(f"- **{plain(p.name)}**: {plain(p.why_not)}" for p in failing)))
