"""The playground's left hand: which models, which text, and the question to their resident process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import UserError
from core.figures import Figure, Provenance
from core.formats import show
from core.records import ModelRecord, StudyRecord
from core.studies import playground, sample_texts
from core.studies.api_teacher import is_api, teacher_of
from core.studies.options import option_name
from core.studies.playground import MOST_CHARACTERS, Reply
from core.studies.resident import Residents
from pages.ui import reads
from pages.ui.header import Shown
from pages.ui.text import plain

REPLIES, TEXT, EXAMPLE, REFUSED = "playground-replies", "playground-text", "playground-example", "playground-refused"
KEPT = 20


@dataclass(frozen=True)
class Chosen:
    """Who is asked, and where the cascade escalates. teacher: None where it cannot be asked."""

    student: ModelRecord
    teacher: ModelRecord | None
    threshold: float


@st.cache_resource(show_spinner=False, on_release=Residents.close_all)
def residents() -> Residents:
    """The processes that answer, for all sessions of this server."""
    return Residents()


def disturbs(shown: Shown) -> None:
    """Says that a run is at work, as both sides suffer from it."""
    if any(row.job_state in reads.OPEN for row in shown.summaries):
        st.warning("A run is at work on this machine: answers may be slow, and each question disturbs what it measures.",
                   icon=":material/warning:")


def chosen(shown: Shown) -> Chosen:
    """Which student in which way, which way of the teacher, and the cascade's threshold."""
    known = {option_name(model): model for model in playground.answerers(shown.study)}
    students = [name for name, model in known.items() if model.role != "teacher"]
    teachers = [name for name, model in known.items() if model.role == "teacher"]
    best = option_name(shown.decision.best) if shown.decision.best is not None else ""
    of = shown.study.id
    name = st.selectbox("Student", students, index=students.index(best) if best in students else 0, key=f"playground-student-{of}",
                        help="As it was trained, or in another way to serve it.")
    student = known[name]
    teacher = None
    if teachers:
        teacher = known[teachers[0] if len(teachers) == 1 else st.selectbox("Teacher", teachers, key=f"playground-teacher-{of}")]
    else:
        why = "The teacher is an API, which is not asked from here" if is_api(teacher_of(shown.study)) else \
            "The files of this study's teacher are not here"
        st.caption(f"{why}, so the student answers alone.")
    return Chosen(student, teacher, _threshold(shown, student) if teacher else 1.0)


def _threshold(shown: Shown, student: ModelRecord) -> float:
    start, whose = playground.threshold_of(shown.decision, student)
    found = st.slider("Cascade: the teacher is asked where the student is not surer than", 0.0, 1.0, start, 0.001, format="%.3f",
                      key=f"playground-threshold-{shown.study.id}-{student.name}-{student.role}-{start}",
                      help="0 is the student alone, 1 the teacher for every text.")
    st.caption(f"{plain(show(Figure(start, 'share', Provenance('derived'))))} is {plain(whose)}.")
    return float(found)


def question(shown: Shown, who: Chosen) -> None:
    """The text, examples to take, and the button that asks."""
    found = _examples(shown.study, who.student)
    st.selectbox("Try one", list(found), index=None, format_func=lambda key: found[key].title if key in found else "", key=EXAMPLE,
                 placeholder="A test text, or one that the student gets wrong", on_change=_take, args=(found,))
    st.text_area("Text", key=TEXT, max_chars=MOST_CHARACTERS, height=140, placeholder="What the models are to read")
    if st.button("Ask", type="primary", icon=":material/send:", key="playground-ask"):
        with st.spinner(_waiting(shown.study.id)):
            _ask(shown, who, found)
    if refused := st.session_state.pop(REFUSED, ""):
        st.error(plain(refused), icon=":material/error:")


def _waiting(study_id: str) -> str:
    return "Asking …" if residents().pid(study_id) else "Loading the models, which the first question waits for …"


def _examples(study: StudyRecord, student: ModelRecord) -> dict[str, sample_texts.Sample]:
    trained = study.model(student.name, student.role)
    wrong = sample_texts.regressions(trained.regressions if trained else ())
    return {sample.key: sample for sample in (*_test_texts(study.spec.task), *wrong)}


@st.cache_data(max_entries=20, show_spinner=False)
def _test_texts(task: str) -> tuple[sample_texts.Sample, ...]:
    try:
        return sample_texts.of_task(task)
    except UserError:  # the task was deleted since
        return ()


def _take(found: dict[str, sample_texts.Sample]) -> None:
    if (key := st.session_state.get(EXAMPLE)) in found:
        st.session_state[TEXT] = found[key].text


def _ask(shown: Shown, who: Chosen, found: dict[str, sample_texts.Sample]) -> None:
    try:
        reply = playground.ask(residents(), shown.decision, who.student, who.teacher, st.session_state.get(TEXT) or "")
    except UserError as error:
        st.session_state[REFUSED] = str(error)
        return
    truth = next((sample.truth for sample in found.values() if sample.text.strip() == reply.text), "")
    kept = st.session_state.get(REPLIES, {})
    st.session_state[REPLIES] = {**kept, shown.study.id: [(reply, truth), *asked(shown.study.id)][:KEPT]}


def asked(study_id: str) -> list[tuple[Reply, str]]:
    """The session's last replies, the newest first, each with the text's true label where that is known."""
    return list(st.session_state.get(REPLIES, {}).get(study_id, []))


def latest(shown: Shown, who: Chosen) -> tuple[Reply, str] | None:
    """The newest reply, as long as it is by the models that are chosen."""
    known = asked(shown.study.id)
    if not known:
        return None
    reply = known[0][0]
    models: tuple[Any, ...] = reply.student.name, reply.teacher.name if reply.teacher else None
    same = models == (option_name(who.student), option_name(who.teacher) if who.teacher else None)
    if not same:
        st.caption("Other models are chosen now: ask again to see their answers.")
    return known[0] if same else None


def memory(shown: Shown) -> None:
    """What the process holds, and the button that ends it."""
    held = residents().resident_bytes(shown.study.id)
    if held is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        size = show(Figure(float(held), "bytes", Provenance("measured")))
        st.caption(f"The process that answers holds {size} of memory; it ends after 10 minutes without a question.", width="stretch")
        if st.button("End it now", icon=":material/stop_circle:", type="tertiary", key="playground-end"):
            residents().close(shown.study.id)
            st.rerun()
