"""python -m core study: run and read studies."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from core.case import CaseInputs
from core.cli import asking, comparing, elsewhere, estimating, frontier, learning, saved
from core.cli.exports import Html, Xlsx, check_places, export
from core.cli.output import Json, say, write
from core.cli.verdicts import print_decision, print_verdict
from core.errors import UserError
from core.jobs import api as jobs
from core.records import StudyRecord
from core.spec import PRESETS, preset
from core.store import studies as stored
from core.studies import read, submit
from core.studies.compare import earlier
from core.studies.decide import decide
from core.studies.document import to_document
from core.studies.overrides import apply
from core.studies.report import of_study

app = typer.Typer(help="Run and read studies.", no_args_is_help=True)
app.command("freeze")(saved.study_freeze)
app.command("cases")(saved.study_cases)
app.command("compare")(comparing.study_compare)
app.command("import-measurement")(elsewhere.study_import_measurement)
app.command("measurements")(elsewhere.study_measurements)
app.command("estimate")(estimating.study_estimate)
app.command("frontier")(frontier.study_frontier)
app.command("learning")(learning.study_learning)
app.command("ask")(asking.study_ask)
Settings = Annotated[list[str] | None, typer.Option(
    "--set", help="Any other setting as key=value, e.g. distil.temperature=4; repeatable, see docs/settings.md.")]


@app.command("run")
def study_run(
    task: Annotated[str, typer.Option(help="Id of the task; see `tasks`.")] = "snippets",
    preset_name: Annotated[str, typer.Option("--preset", help=f"One of {', '.join(PRESETS)}.")] = "quick",
    volume_per_day: Annotated[float | None, typer.Option(help="Predictions a day.")] = None,
    p99_ms: Annotated[float | None, typer.Option(help="Slowest p99 latency that users accept, in ms.")] = None,
    margin: Annotated[float | None, typer.Option(help="Accuracy points that a student may lose.")] = None,
    settings: Settings = None,
    name: Annotated[str, typer.Option(help="What to call the study.")] = "",
    wait: Annotated[bool, typer.Option(help="Wait until it has ended and print the verdict.")] = True,
    json_file: Json = None,
) -> None:
    """Run a study: adapt the teacher, distil, control, evaluate, measure; then print the verdict."""
    spec = preset(preset_name, task, name=name)
    three = {"predictions_per_day": volume_per_day, "latency_limit_ms": p99_ms, "accuracy_margin_points": margin}
    said = [f"case.{key}={answer}" for key, value in three.items() if (answer := _ask(key) if value is None else repr(value))]
    spec, case = apply(spec, CaseInputs(predictions_per_day=None), [*said, *(settings or [])])
    study_id = submit.submit(spec, case)
    say(f"study {study_id}: {spec.task}, {spec.preset}")
    if wait:
        _follow(study_id)
        study_show(study_id, json_file)


@app.command("list")
def study_list() -> None:
    """List the studies, newest first."""
    for row in read.summaries():
        say(f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.job_state or 'new':<9}  {row.name}")
    say(f"{read.EXAMPLE}   the recorded example")


@app.command("show")
def study_show(study_id: str, json_file: Json = None) -> None:
    """Print a study's figures and verdict. Exits with 2, and writes no JSON, if its run failed or was cancelled."""
    study = read.get(study_id)
    decision = decide(study, datetime.now(UTC).date(), earlier=earlier(study))
    if json_file is None or str(json_file) != "-":
        print_decision(decision)
    _refuse_broken(study)
    write(json_file, to_document(decision))


@app.command("case")
def study_case(
    study_id: str,
    settings: Annotated[list[str], typer.Option(
        "--set", help="A business input as key=value, e.g. latency_limit_ms=20; null: nobody has said it; repeatable.")],
) -> None:
    """Change a study's business inputs and print the verdict that follows; nothing runs again."""
    study = read.get(study_id)
    _, case = apply(study.spec, study.case, [f"case.{setting.removeprefix('case.')}" for setting in settings])
    decision = decide(study, datetime.now(UTC).date(), case, earlier=earlier(study))  # refuses an unknown instance before anything is kept
    read.update_case(study_id, case)
    print_verdict(decision)


@app.command("export")
def study_export(
    study_id: str,
    case_id: Annotated[str, typer.Option("--case", help="A saved case of it, with the figures that it was saved with.")] = "",
    html: Html = None,
    xlsx: Xlsx = None,
) -> None:
    """Write the report on a study's decision, its workbook, or both: all that was asked for, or nothing."""
    check_places(html, xlsx)
    today = datetime.now(UTC).date()
    study = read.get(study_id)
    _refuse_broken(study)
    decision = saved.decision_of(study_id, case_id) if case_id else decide(study, today, earlier=earlier(study))
    if decision.ruling is None:
        raise UserError(f"study: {study_id!r} has no measured teacher yet; export it once its run has one.")
    export(of_study(decision, today), html, xlsx)


@app.command("cancel")
def study_cancel(study_id: str) -> None:
    """Stop a study's run; no process of it remains."""
    submit.cancel(study_id)


@app.command("stop-search")
def study_stop_search(study_id: str) -> None:
    """End a study's search with what it has found; its run goes on."""
    submit.stop_search(study_id)
    say(f"the search of study {study_id} ends within seconds; what it has found is evaluated and measured")


@app.command("retry")
def study_retry(study_id: str) -> None:
    """Run a failed or cancelled study again from its last finished stage."""
    submit.retry(study_id)
    _follow(study_id)


@app.command("delete")
def study_delete(study_id: str) -> None:
    """Delete a study with its figures, model files and log; its run must have ended."""
    submit.delete(study_id)
    say(f"study {study_id} is deleted")


@app.command("log")
def study_log(study_id: str) -> None:
    """Print the log of a study's newest run."""
    job = stored.get(study_id).job
    say(jobs.log_tail(job.id) if job else "no run yet")


def _refuse_broken(study: StudyRecord) -> None:
    """Raises UserError for a study whose run failed or was cancelled."""
    if study.job and study.job.state in ("failed", "cancelled"):
        raise UserError(f"study {study.id} {study.job.state}: {study.job.error or 'it was stopped'}")


def _ask(key: str) -> str:
    """One of the three business numbers, asked of a person at a terminal; "" where nobody is there or nobody knows."""
    if not sys.stdin.isatty():
        return ""
    question = str(CaseInputs.model_fields[key].description).capitalize()
    return str(typer.prompt(f"{question} (empty: not known)", default="", show_default=False)).strip()


def _follow(study_id: str) -> None:
    """Print the stages as they finish, until the run has ended."""
    seen: set[str] = set()
    while True:
        jobs.ensure_supervisor()
        job = stored.get(study_id).job
        assert job is not None, "a study is created together with its job"
        for step in job.steps:
            if step.state == "done" and step.key not in seen:
                seen.add(step.key)
                say(f"  {step.title:<36} {step.seconds or 0:6.1f} s (expected {step.expected_s:.0f} s)")
        if job.state in ("done", "failed", "cancelled"):
            return
        time.sleep(1)
