"""Does distillation help? On the Study page: each student against its control over seeds, and from what both learnt."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.formats import origin, show, show_interval
from core.records import StudyRecord
from core.studies import read, seeds
from core.studies.seeds import MethodVerdict
from pages.ui import reads, seeds_words, tables
from pages.ui.text import plain


def section(study: StudyRecord) -> None:
    """Nothing before students with controls are evaluated."""
    found = _verdicts(*_seen(study), study)
    if not any(each.gain.value is not None for each in found):
        return
    st.subheader("Does distillation help?", anchor="distillation")
    st.markdown("\n".join(f"- {plain(sentence)}." for sentence in seeds_words.helps(found)))
    if told := _texts(study):
        st.caption(plain(told))
    tables.folded("Table: each student against its control", ":material/table:", "seeds-table", lambda: _table(found))


def _seen(study: StudyRecord) -> tuple[object, object]:
    """What the verdicts depend on: this study's state, and those of the other studies of its task."""
    return reads.state_of(study), tuple((row.id, row.job_state) for row in read.summaries() if row.task == study.spec.task)


@st.cache_resource(max_entries=50, show_spinner=False)
def _verdicts(state: object, others: object, _study: StudyRecord) -> tuple[MethodVerdict, ...]:
    return seeds.verdicts(_study, seeds.siblings(_study))


def _texts(study: StudyRecord) -> str:
    """From what students and controls learnt, as far as it is known; all of a role learn from the same texts."""
    told = {role: seeds_words.texts_of(model) for role in ("student", "control") for model in study.models if model.role == role}
    named = [f"{role}s learnt from {words}" for role, words in told.items() if words]
    more = "; a control reads its own more often, to the same number of tokens or more" if len(set(told.values())) > 1 else ""
    return f"{' and '.join(named).capitalize()}{more}." if named else ""


def _table(found: tuple[MethodVerdict, ...]) -> None:
    rows = [{"Student": each.name, "Family": each.family, "Method": each.method, "Verdict": each.word, "Seeds": each.seeds,
             "Gain over its control": show(each.gain), "Interval": show_interval(each.gain), "In words": origin(each.gain)}
            for each in found]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption("Pairs share seed and test texts. From 6 seeds on the interval is Student's t over seeds; with one it is the bootstrap's "
               "over texts, which compares two models and says nothing about the method. Of what a search found the search's own seed "
               "does not count, as the student was chosen by it. Passes and rate were chosen for the student; its control has the same.")
