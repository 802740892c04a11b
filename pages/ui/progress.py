"""The job panel: how far a run is, what it learns, and the buttons that stop or repeat it.

It redraws itself while the run is in the queue: each second, but seldom and without its loss chart while speed is measured,
because drawing takes processor time from what is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from core import words
from core.jobs import api as jobs
from core.records import JobRecord, StepRecord, StudyRecord
from core.studies import read, submit
from pages.ui import cards, charts, panels, reads, search_parts
from pages.ui.text import STATUS, duration, plain

OFTEN, SELDOM = 1, 5  # seconds


def panel(study: StudyRecord) -> None:
    """The run of a study. While it is in the queue this part redraws itself; at its end the whole page is drawn anew."""
    if study.job is None:
        st.markdown("This study has no run.")
        return
    pace = redraw_every(study.job)
    draw: Callable[[], None] = st.fragment(run_every=pace)(lambda: _draw(study.id, pace))
    draw()
    if pace == SELDOM:
        _curves(study, study.job)


def redraw_every(job: JobRecord) -> int | None:
    """Seconds between two drawings of the panel; None once the run has ended."""
    if job.state not in reads.OPEN:
        return None
    now = next((step.key for step in job.steps if step.state != "done"), "")
    return SELDOM if now.startswith(("measure:", "search")) else OFTEN


def _draw(study_id: str, pace: int | None) -> None:
    study = reads.study(study_id)
    job = study.job
    assert job is not None, "a run does not vanish"
    if redraw_every(job) != pace:
        st.rerun()
    _head(study, job)
    st.markdown("  \n".join(_step(step) for step in job.steps))
    search_parts.section(study)
    if pace != SELDOM:
        _curves(study, job)
    if not study.recorded:
        with st.expander("Log", icon=":material/terminal:"):
            st.code(jobs.log_tail(job.id) or "The log is empty so far.", language=None, height=260)


def _head(study: StudyRecord, job: JobRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        cards.status(job.state)
        st.markdown(_sentence(job), width="stretch")
        if job.state in reads.OPEN and st.button("Cancel", icon=":material/stop_circle:", disabled=job.cancel_requested,
                                                 key="cancel"):
            panels.act(submit.cancel, study.id)
        search_parts.stop(study, job)
    if job.state in reads.OPEN:
        st.progress(_share(job), text=f"{100 * _share(job):.0f} % of the expected work")
    if job.state in ("failed", "cancelled"):
        panels.retry(study)


def _sentence(job: JobRecord) -> str:
    left = jobs.time_left(job, datetime.now(UTC))
    about = f"about {duration(left)} left" if left is not None else ""
    if job.state == "queued":
        before = read.waiting_for(job)
        return f"Waits for {before} before it; then {about}." if before else f"Starts in a moment; {about}."
    if job.state == "running":
        return "Stops as soon as its processes have ended." if job.cancel_requested else f"Runs: {about}."
    if job.state == "done":
        took = sum(step.seconds or 0.0 for step in job.steps)
        return f"Finished: {len(job.steps)} stages in {duration(took)}."
    return f"Ended after {sum(step.state == 'done' for step in job.steps)} of {len(job.steps)} stages."


def _share(job: JobRecord) -> float:
    total = sum(step.expected_s for step in job.steps) or 1.0
    return min(1.0, sum(step.expected_s * (1.0 if step.state == "done" else step.progress) for step in job.steps) / total)


def _step(step: StepRecord) -> str:
    icon, color = STATUS[step.state]
    took = f"{duration(step.seconds)}" if step.seconds is not None else f"expected {duration(step.expected_s)}"
    detail = f", {100 * step.progress:.0f} % done" if step.state == "running" else ""
    detail += f", {plain(step.detail)}" if step.state == "running" and step.detail else ""
    return f":{color}-badge[{icon} {step.state}] {plain(step.title)} :gray[({took}{detail})]"


def _curves(study: StudyRecord, job: JobRecord) -> None:
    titles = {step.key: step.title for step in job.steps}
    learning, points = ([point for point in study.curves if (point.step == "curve") == wanted] for wanted in (True, False))
    if learning:
        charts.draw("Accuracy of the parts of the transfer set that are learnt so far", charts.growing(learning), "growing")
    if not points:
        return
    last = points[-1].step
    losses = {point.series: point.y for point in points if point.step == last}
    now = f"{titles.get(last, last)}: the loss is now {words.span(list(losses.values()))}"
    title = now if job.state == "running" and not study.trials else "How the loss fell in each stage"
    charts.draw(title, charts.curves(points, titles), "curves")
