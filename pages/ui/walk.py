"""One step of the Checklist: its inputs, kept as soon as they change, and beside them what follows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.case import UNCERTAIN, CaseInputs
from core.checklist import ItemVerdict, Verdict
from core.checklist.verdict import QUESTIONS
from core.figures import Figure
from core.studies.headline import known
from core.words import label
from pages.ui import cards, case_form, placeholders, tables, tools_form, ways
from pages.ui.cards import Card
from pages.ui.header import Shown
from pages.ui.keeping import store
from pages.ui.text import plain

STEP = "step"
ORDER = ("not enough evidence", "fail", "warn")


def gap(verdict: Verdict, after: int = 0) -> ItemVerdict | None:
    """The item to look at next: what lacks evidence, then what fails, then what warns; those after a step come first."""
    turned = sorted(verdict.items, key=lambda item: (item.item <= after, item.item))
    for status in ORDER:
        for item in turned:
            if item.status == status and item.item != after:
                return item
    return None


def step(shown: Shown, item: ItemVerdict) -> None:
    """Inputs at the left, their consequence at the right; one below the other where there is no room."""
    st.subheader(f"{item.item} {item.title}", anchor=False)
    st.caption(QUESTIONS[item.item - 1])
    left, right = st.columns([5, 4], gap="large")
    with left:
        _inputs(shown, item.item)
    with right:
        _consequence(item)
    if item.item == 5 and shown.decision.best is not None:
        st.markdown("**What serves this student here**")
        ways.tried(shown.study, shown.decision.best.name, shown.case)
        _tools(shown, f"case-{shown.study.id}-5")


def _tools(shown: Shown, key: str) -> None:
    def changed() -> None:
        store(shown.study.id, shown.study.recorded, shown.case, {"tools": tools_form.read(shown.case, key)})

    tables.folded("Support, maturity and integration effort of each tool", ":material/build:", f"open-{key}-tools",
                  lambda: tools_form.draw(shown.case, key, changed))


def _consequence(item: ItemVerdict) -> None:
    with st.container(border=True):
        cards.status(item.status)
        st.markdown(plain(item.reason))
        if item.action:
            st.markdown(f":material/arrow_forward: **Next:** {plain(item.action)}")
        named = [(name.partition(" "), figure) for name, figure in item.figures.items()]
        cards.cards([Card(label(key), figure, of, _text(key, figure)) for (key, _, of), figure in named], f"item-{item.item}", 3)
        tables.folded("The rule in plain words", ":material/gavel:", f"rule-{item.item}", lambda: st.markdown(plain(item.rule)))
        tables.folded_origins({"": item.figures}, item.figures, f"origins-{item.item}")


def _text(key: str, figure: Figure) -> str:
    return known(figure) if key == "npv_usd" and figure.value is not None else ""


def _inputs(shown: Shown, item: int) -> None:
    study = shown.study
    key = f"case-{study.id}-{item}"
    proposed = placeholders.of_study(study)

    def changed() -> None:
        _keep(study.id, study.recorded, shown.case, item, key)

    first, *others = case_form.GROUPS[item]
    case_form.fields(first.names, shown.case, key, proposed, changed=changed, columns=2)
    for number, group in enumerate(others):
        tables.folded(group.title, ":material/tune:", f"open-{key}-{number}",
                      lambda names=group.names: case_form.fields(names, shown.case, key, proposed, changed=changed, columns=2))  # type: ignore[misc]
    if item == 4:
        tables.folded("Work by activity", ":material/format_list_bulleted:", f"open-{key}-work", lambda: _work(shown))
    doubtful = [name for name in case_form.BY_ITEM[item] if name in UNCERTAIN]
    if doubtful:
        tables.folded("How sure are you?", ":material/contrast:", f"open-{key}-ranges",
                      lambda: _ranges(shown.case, doubtful, key, changed))


def _ranges(case: CaseInputs, names: list[str], key: str, changed: case_form.Changed) -> None:
    st.caption('"60 to 240" is the 5th to the 95th percentile; "60, 120, 240" are the least, the most likely and the largest value. '
               "Empty: a value that was stated counts as exact, a default keeps its own doubt.")
    grid = st.grid(2, min_column_width=210)
    for name in names:
        field = f"{key}-range-{name}"
        st.session_state.setdefault(field, case.ranges.get(name, ""))
        with grid.cell():
            st.text_input(f"Range of {case_form.LABELS[name][:1].lower()}{case_form.LABELS[name][1:]}", key=field, on_change=changed,
                          placeholder="no range")


def _work(shown: Shown) -> None:
    st.caption("Where activities are listed, their hours replace the engineering hours.")
    table = pd.DataFrame([done.model_dump() for done in shown.case.activities], columns=["activity", "hours", "usd_per_hour"]).astype(
        {"activity": "object", "hours": "Float64", "usd_per_hour": "Float64"})
    edited = st.data_editor(table, num_rows="dynamic", hide_index=True, key=f"work-{shown.study.id}", column_config={
        "activity": st.column_config.TextColumn("Activity", required=True, max_chars=60),
        "hours": st.column_config.NumberColumn("Hours", min_value=0, required=True),
        "usd_per_hour": st.column_config.NumberColumn("USD per hour", min_value=0, help="Empty: the engineering rate.")})
    if st.button("Keep these activities", icon=":material/save:"):
        rows = [{str(k): None if pd.isna(v) else v for k, v in row.items()} for row in edited.to_dict("records")]
        store(shown.study.id, shown.study.recorded, shown.case, {"activities": rows})
        st.rerun()


def _keep(study_id: str, recorded: bool, case: CaseInputs, item: int, key: str) -> None:
    """Called before the page is drawn again: everything that the step's fields now say."""
    said: dict[str, Any] = {name: case_form.read(name, st.session_state[f"{key}-{name}"])
                            for name in case_form.BY_ITEM[item] if f"{key}-{name}" in st.session_state}
    ranges = dict(case.ranges)
    for name in UNCERTAIN:
        if (field := f"{key}-range-{name}") in st.session_state:
            ranges.pop(name, None)
            if text := str(st.session_state[field]).strip():
                ranges[name] = text
    store(study_id, recorded, case, {**said, "ranges": ranges})
