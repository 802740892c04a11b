"""A study against the previous one of its task: the answer first, then what moved and which texts regressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import UserError
from core.formats import show_date, show_with_interval
from core.records import StudyRecord
from core.studies import compare
from core.studies.compare import ModelComparison, StudyComparison
from core.studies.compare_words import answer, machines, moved, nothing_moved, other_ways, texts, verdict, worth_telling
from pages.ui import reads, tables
from pages.ui.text import plain

MOST_ROWS = 200


def section(study: StudyRecord) -> None:
    """A closed part for a finished study that has a previous one; nothing for any other."""
    if study.recorded or (study.job is not None and study.job.state != "done"):
        return
    before = compare.previous(study)
    if before is not None:
        tables.folded("Against the previous study of this task", ":material/compare_arrows:", "compared", lambda: _draw(before, study))


def _draw(before_id: str, study: StudyRecord) -> None:
    try:
        before = reads.study(before_id)
        found = _compared((reads.state_of(before), reads.state_of(study), study.case.accuracy_margin_points), before, study)
    except UserError as error:
        st.error(plain(error), icon=":material/error:")
        return
    icon = ":material/trending_down:" if found.regressions else ":material/check_circle:" if found.judged else ":material/help:"
    st.markdown(f"{icon} **{plain(answer(found))}.**")
    st.caption(f"Against {plain(before.name)} ({before.id}) of {show_date(before.created_at)}. Margin: the case's accuracy margin.")
    if told := machines(found):
        st.markdown(f":material/memory: {plain(told)}")
    st.dataframe(_verdicts(found.models), hide_index=True)
    for model in found.models:
        _moves(model)
    _ways(found)
    for names, where in ((found.gone, "the previous study"), (found.new, "this study")):
        if names:
            st.markdown(f"Only in {where}: {plain(', '.join(names))}.")
    _regressions(found)


@st.cache_resource(max_entries=20, show_spinner=False)
def _compared(state: tuple[Any, ...], _before: StudyRecord, _after: StudyRecord) -> StudyComparison:
    return compare.compare(_before, _after)


def _verdicts(models: Sequence[ModelComparison]) -> pd.DataFrame:
    return pd.DataFrame([{
        "Model": model.name, "Verdict on the margin": verdict(model),
        "Accuracy, now less before": show_with_interval(model.difference) if model.texts else "not measured",
        "Texts": texts(model) if model.texts else "–"} for model in models])


def _moves(model: ModelComparison) -> None:
    lines = [moved(move) for move in model.moves.moved]
    rest = nothing_moved(model)
    if lines:
        st.markdown("\n".join([f"**{plain(model.name)}** moved beyond its intervals:", "", *(f"- {plain(line)}" for line in lines)]))
    if rest:
        st.caption(f"{plain(model.name)}: {plain(rest)}.")


def _ways(found: StudyComparison) -> None:
    """Variants of which there is something to tell."""
    if told := other_ways(found):
        st.markdown(f"{plain(told)}.")
    for model in worth_telling(found.variants):
        if not model.moves.moved:
            st.markdown(f"**{plain(model.name)}**: {plain(verdict(model))}")
        _moves(model)


def _regressions(found: StudyComparison) -> None:
    """The texts that became wrong, of all models."""
    if not any(model.regressions for model in found.models):
        return
    if not found.texts_at_hand:
        st.caption("The regressed texts cannot be shown: the task was changed since, or is gone. The counts hold.")
        return
    rows = [{"Model": model.name, "Label": one.label, "Answer now": one.answer,
             "Confidence": None if one.sure is None else f"{100 * one.sure:.0f} %", "Text": one.text}
            for model in found.models for one in model.regressions]
    st.markdown(f"Texts that were right and are wrong now: {len(rows):,}"
                + (f", of which {MOST_ROWS} are listed." if len(rows) > MOST_ROWS else "."))
    st.dataframe(pd.DataFrame(rows[:MOST_ROWS]), hide_index=True,
                 column_config={"Text": st.column_config.TextColumn(width="large")})
