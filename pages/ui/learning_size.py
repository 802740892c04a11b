"""How small: accuracy over the size of the students, and from which size on larger ones bring nothing that can be seen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.formats import show, show_with_interval
from core.records import StudyRecord
from core.studies.absorbing import Absorbing, absorbing
from pages.ui import charts, learning_charts, reads, tables
from pages.ui.text import plain


def section(study: StudyRecord) -> None:
    """The finding, its chart, and each step from one student to the next larger one."""
    found = _absorbing(reads.state_of(study), study)
    if not found.students:
        st.markdown("Students have a size and an accuracy once they are evaluated and measured; until then there is nothing to compare.")
        return
    charts.draw(finding(found), learning_charts.size(study, found.students), "size")
    st.caption("Bars are 95 % intervals. A student is enough where no larger one is better beyond the 95 % interval of their difference, "
               "which is no proof that they are equal: more test texts may tell them apart. Students may differ in family and passes too."
               + (" With fewer than three students this is no curve: add sizes to the next study." if found.few else ""))
    if found.steps:
        tables.folded("Table: each step to a larger student", ":material/table:", "steps-table",
                      lambda: st.dataframe(_steps(found), hide_index=True))


@st.cache_resource(max_entries=20, show_spinner=False)
def _absorbing(state: tuple[Any, ...], _study: StudyRecord) -> Absorbing:
    return absorbing(_study)


def finding(found: Absorbing) -> str:
    """From which size on larger students bring nothing, in a sentence; what is left to the teacher."""
    enough, largest = found.enough, found.students[-1]
    assert enough is not None, "there are students"
    size = f"{enough.name} ({show(enough.figures['parameters'])} parameters)"
    if len(found.students) == 1:
        return f"One student was tried, {size}: what others would absorb is not known"
    if enough is largest:
        return f"Students have not stopped absorbing: {size}, the largest, is better than each smaller one"
    rest = found.to_teacher
    to_teacher = "" if rest.value is None or rest.low is None or rest.low <= 0 else f"; the teacher is {show_with_interval(rest)} above it"
    if found.few:
        return f"Of the two students that were tried, the larger is not better than {size} beyond its interval{to_teacher}"
    return f"No larger student is better than {size} beyond the interval of their difference{to_teacher}"


def _steps(found: Absorbing) -> pd.DataFrame:
    return pd.DataFrame([{"From": plain(step.smaller), "To": plain(step.larger), "Accuracy gained": show_with_interval(step.difference),
                          "How it is known": step.difference.provenance.source} for step in found.steps])
