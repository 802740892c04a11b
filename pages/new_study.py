"""New study: the data, three business numbers, a preset; everything else has a default that can be reviewed."""

from __future__ import annotations

import streamlit as st

from core.answers import AnswersInfo
from core.case import CaseInputs
from core.errors import UserError
from core.spec import PRESETS, StudySpec, parse, preset
from core.studies import submit
from pages.ui import case_form, session, spec_form, task_choice, teacher_choice
from pages.ui.header import header
from pages.ui.text import duration, plain

THREE = ("predictions_per_day", "latency_limit_ms", "accuracy_margin_points")
USUAL = ("peak_to_mean", "monthly_growth", "basis", "instance", "usd_per_hour", "target_utilisation", "min_instances",
         "engineering_hours", "engineering_usd_per_hour", "months_to_go_live", "parallel_months", "horizon_months", "discount_rate",
         "usd_per_error", "redistil_every_months", "redistil_hours", "redistil_owner", "redistil_trigger", "teacher_terms_allow",
         "target_is_this_machine")


def _expected(spec: StudySpec) -> str:
    return duration(sum(step.expected_s for step in submit.preview(spec)))


def _preset(task: str, given: AnswersInfo | None) -> StudySpec:
    name = st.radio("Preset", list(PRESETS), horizontal=True, key="new-preset", persist_state="session",
                    help="How much is trained and measured: more gives narrower intervals and better models.")
    specs = {each: teacher_choice.applied(preset(each, task), given) for each in PRESETS}
    st.dataframe(spec_form.presets_table(specs, {each: _expected(spec) for each, spec in specs.items()}), hide_index=True)
    return specs[name]


def _review(base: StudySpec) -> tuple[StudySpec, dict[str, object]]:
    with st.expander("Defaults: review", icon=":material/tune:"):
        spec = spec_form.review(base)
        st.subheader("Business inputs", anchor=False)
        st.caption("Empty means that nobody has said it; the default then counts and is marked as assumed. "
                   "These and all others can be changed later, on the Checklist; nothing runs again for it.")
        return spec, case_form.fields(USUAL, CaseInputs(predictions_per_day=None), "new-case", keep=True)


def _searched(spec: StudySpec) -> str:
    search = spec.search
    return f" and a search of {duration(60 * search.minutes)} that may add up to {search.keep} more" if search.minutes else ""


def _start(spec: StudySpec, case: CaseInputs) -> None:
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f":material/schedule: Expected to take **{_expected(spec)}** on this machine, with "
                    f"{len(spec.students)} students{_searched(spec)} ({plain(spec.preset)}). It keeps running when you close this page.",
                    width="stretch")
        if st.button("Start", type="primary", icon=":material/play_arrow:"):
            study_id = submit.submit(spec, case)
            session.choose(study_id)
            st.switch_page("pages/study.py", query_params={session.STUDY: study_id})


header("New study")
st.header("1 Data", anchor=False, divider="gray")
task = task_choice.choose()
given = teacher_choice.choose(task)
st.header("2 Three numbers about your business", anchor=False, divider="gray")
st.caption("They decide the verdict. What you leave empty is not assumed to be good: the checklist says what is missing.")
said = case_form.fields(THREE, CaseInputs(predictions_per_day=None), "new-case", keep=True)
st.header("3 Effort", anchor=False, divider="gray")
try:
    base = _preset(task.id, given)
    spec, rest = _review(base)
    _start(spec, parse(CaseInputs, {**said, **rest}))
except UserError as error:
    st.error(plain(error), icon=":material/error:")
