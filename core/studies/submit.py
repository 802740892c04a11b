"""Start a study, stop it, try it again, delete it."""

from __future__ import annotations

import shutil
from pathlib import Path

from core import answers, machine, methods, settings, tasks
from core.case import CaseInputs
from core.errors import UserError
from core.jobs import api as jobs
from core.jobs import logs
from core.records import StepPlan
from core.spec import StudySpec
from core.store import studies
from core.studies import api_teacher
from core.studies.choice import check_planned
from core.studies.plan import check_depths, measured_pace, steps, teacher_layers
from core.studies.prices import check_instance
from core.studies.read import EXAMPLE


def preview(spec: StudySpec) -> tuple[StepPlan, ...]:
    """The stages that `spec` would run on this machine, with expected seconds. Raises UserError for what cannot run."""
    device = machine.choose_device(spec.device)
    check_depths(spec)
    methods.check(spec)
    if spec.search.minutes:
        methods.check_search(spec, teacher_layers(spec.teacher.encoder))
    api_teacher.check(spec)
    found = machine.fingerprint()
    return steps(spec, tasks.info(spec.task), found, device, measured_pace(device, found))


def submit(spec: StudySpec, case: CaseInputs) -> str:
    """Queue a study and return its id; a supervisor is started if none runs. Raises UserError."""
    plan = preview(spec)
    check_planned(spec, case)
    if case.instance:
        check_instance(case.instance)
    study_id = studies.new_id()
    studies.create(study_id, spec, api_teacher.completed(spec, case), machine.fingerprint(), machine.commit())
    try:
        jobs.submit(study_id, machine.choose_device(spec.device), plan)
    except Exception:
        studies.delete(study_id)  # a study without a run could neither be retried nor read
        raise
    return study_id


def cancel(study_id: str) -> None:
    """Ask the study's run to stop. Raises UserError if it has none."""
    jobs.cancel(_job_id(study_id))


def stop_search(study_id: str) -> None:
    """Ask the search of the study's run to end with what it has found; the run goes on. Raises UserError if there is none to end."""
    study = studies.get(study_id)
    if not study.spec.search.minutes:
        raise UserError(f"study: {study_id!r} has no search; start one with --set search.minutes=10.")
    step = next((step for step in study.job.steps if step.key == "search"), None) if study.job else None
    if study.job is None or step is None or step.state == "done" or study.job.state not in ("queued", "running"):
        raise UserError(f"study: the search of {study_id!r} does not run; nothing was changed.")
    jobs.stop_search(study.job.id)


def retry(study_id: str) -> None:
    """Queue a failed or cancelled run again; finished stages are kept. Raises UserError."""
    jobs.retry(_job_id(study_id))


def delete(study_id: str) -> None:
    """Remove a study with its figures, model files and log; raises UserError while it runs or if it is the recorded example."""
    if study_id == EXAMPLE:
        raise UserError("study: 'example' is recorded and cannot be deleted; name a study of your own.")
    job = studies.get(study_id).job
    studies.delete(study_id)
    shutil.rmtree(settings.folder("models", study_id), ignore_errors=True)
    if job:
        shutil.rmtree(logs.folder(job.id), ignore_errors=True)


def delete_task(task_id: str) -> None:
    """Remove an imported task; raises UserError if it is bundled or unknown, or while a study that needs it waits or runs."""
    _check_unused(task_id)
    tasks.delete(task_id)


def add_texts(task_id: str, source: Path | bytes, filename: str, text_column: str | None = None) -> tasks.TaskInfo:
    """Add a file's unlabelled texts to a task (tasks.add_texts); raises UserError also while a study that needs it waits or runs."""
    _check_unused(task_id)
    return tasks.add_texts(task_id, source, filename, text_column)


def remove_texts(task_id: str) -> None:
    """Take the added texts away again; raises UserError where there are none, or while a study that needs the task waits or runs."""
    _check_unused(task_id)
    tasks.remove_texts(task_id)


def _check_unused(task_id: str) -> None:
    for study in studies.summaries():
        if study.task == task_id and study.job_state in ("queued", "running"):
            raise UserError(f"task: {task_id!r} is used by study {study.id!r}, which is {study.job_state}; cancel its run first.")


def delete_answers(answers_id: str) -> None:
    """Remove imported answers; raises UserError if they are unknown, or while a study that needs them waits or runs."""
    for study in studies.summaries():
        if study.job_state in ("queued", "running") and studies.get(study.id).spec.teacher.answers == answers_id:
            raise UserError(f"answers: {answers_id!r} are the teacher of study {study.id!r}, which is {study.job_state}; "
                            "cancel its run first.")
    answers.delete(answers_id)


def _job_id(study_id: str) -> int:
    job = studies.get(study_id).job
    assert job is not None, "a study is created together with its job"
    return job.id
