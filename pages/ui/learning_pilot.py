"""Pilot: what larger studies will reach by the law, and what such predictions came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.figures import Figure
from core.formats import show, show_date, show_with_interval, unit_label
from core.records import StudyRecord
from core.studies import pilot, read
from core.studies.learning import NO_CURVE, Learnt
from core.studies.pilot import Checked, Prediction
from pages.ui import charts, tables
from pages.ui.text import plain

TOLD = ("The law varies the number of texts, of which the task's own are the most there are. A further pass over the same texts counts "
        "between nothing and as much as fresh texts; the interval holds that, and what seeds and test texts may add. A larger preset also "
        "trains its teacher longer, which is not counted.")


def section(study: StudyRecord, curve: Learnt | None) -> None:
    """The prediction for each larger preset, and the history of those that a later study has checked."""
    if curve is None:
        st.markdown(f"A prediction rests on a learning curve, and {plain(NO_CURVE)}.")
    else:
        _predicted(study, curve)
    _history(study, _checks(tuple((row.id, row.job_state) for row in read.summaries())))


def _predicted(study: StudyRecord, curve: Learnt) -> None:
    found = [pilot.predict(study, curve, pilot.aim_of(study, curve, name)) for name in pilot.presets_beyond(study)]
    known = [each for each in found if each.accuracy.value is not None]
    now = curve.model.figures.get("accuracy")
    if not known or now is None:
        why = found[-1].accuracy.provenance.reason if found else "this study's budget is the largest preset's already"
        st.info(f"There is nothing to predict: {plain(why)}.", icon=":material/info:")
        return
    predicted = {_named(each): each.accuracy for each in known}
    chart = charts.dots({"measured": {"this study": now}, "predicted": predicted}, ["this study", *predicted],
                        f"accuracy on test texts, {unit_label('share')}")
    last = known[-1]
    reach = show_with_interval(last.accuracy)
    charts.draw(f"By the law, the preset {last.aim.name} would take {curve.model.name} from {show(now)} to {reach}", chart, "pilot")
    st.caption(TOLD)
    rows: dict[str, dict[str, Figure | None]] = {_named(each): {"accuracy": each.accuracy} for each in found}
    tables.folded_table("Table: predictions", rows, ("accuracy",), "pilot-table", "Study")


def _named(prediction: Prediction) -> str:
    return f"{prediction.aim.name}: {prediction.aim.texts:,} texts, {prediction.aim.passes} passes"


@st.cache_resource(max_entries=4, show_spinner=False)
def _checks(state: tuple[Any, ...]) -> list[Checked]:
    return pilot.checks()


def _history(study: StudyRecord, found: Sequence[Checked]) -> None:
    st.subheader("What earlier predictions came to", anchor=False)
    if not found:
        st.markdown("No prediction can be checked yet: it takes a finished study with a learning curve, and a later and larger one of "
                    "the same task and student.")
        return
    held = sum(one.held for one in found)
    count = f"{held} of {len(found)} {'prediction' if len(found) == 1 else 'predictions'}"
    st.markdown(f"**{count} held: what was reached lay within the interval.**")
    st.dataframe(pd.DataFrame([_row(study, one) for one in found]), hide_index=True)


def _row(study: StudyRecord, one: Checked) -> dict[str, Any]:
    this = " (this one)" if one.study_id == study.id else ""
    return {"Predicted by": f"{one.study_name} · {one.study_id}{this}", "Student": one.student,
            "Larger study": f"{one.later_name} · {one.later_id}", "Of": show_date(one.later_at), "Texts": one.prediction.aim.texts,
            "Passes": one.prediction.aim.passes, "Predicted": show_with_interval(one.prediction.accuracy),
            "Reached": show_with_interval(one.reached), "Held": "yes" if one.held else "no"}
