"""The command line: python -m core. It does headless whatever the browser does."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from core import machine, tasks
from core.errors import UserError
from core.formats import show, show_date, show_with_interval
from core.jobs import api as jobs
from core.records import StudyRecord
from core.spec import PRESETS, CaseInputs, preset
from core.store import studies as stored
from core.studies import prices, read, submit
from core.studies.decide import Decision, decide, option_name
from core.studies.document import to_document
from core.studies.overrides import apply
from core.tasks import TaskInfo

app = typer.Typer(help="Should we distil this model? Measured quality, measured speed and money.", no_args_is_help=True,
                  pretty_exceptions_enable=False, add_completion=False)
study_app = typer.Typer(help="Run and read studies.", no_args_is_help=True)
tasks_app = typer.Typer(help="Labelled texts: bundled, imported, from the Hub.", invoke_without_command=True)
app.add_typer(study_app, name="study")
app.add_typer(tasks_app, name="tasks")

Settings = Annotated[list[str] | None, typer.Option(
    "--set", help="Any other setting as key=value, e.g. distil.temperature=4; repeatable, see docs/settings.md.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the result as JSON to this file ('-' for standard output).")]


@study_app.command("run")
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
    _say(f"study {study_id}: {spec.task}, {spec.preset}")
    if wait:
        _follow(study_id)
        study_show(study_id, json_file)


@study_app.command("list")
def study_list() -> None:
    """List the studies, newest first."""
    for row in read.summaries():
        _say(f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.job_state or 'new':<9}  {row.name}")
    _say(f"{read.EXAMPLE}   the recorded example")


@study_app.command("show")
def study_show(study_id: str, json_file: Json = None) -> None:
    """Print a study's figures and verdict. Exits with 2, and writes no JSON, if its run failed or was cancelled."""
    study = read.get(study_id)
    decision = decide(study, datetime.now(UTC).date())
    if json_file is None or str(json_file) != "-":
        _print_decision(decision)
    if study.job and study.job.state in ("failed", "cancelled"):
        raise UserError(f"study {study_id} {study.job.state}: {study.job.error or 'it was stopped'}")
    _write(json_file, to_document(decision))


@study_app.command("case")
def study_case(
    study_id: str,
    settings: Annotated[list[str], typer.Option(
        "--set", help="A business input as key=value, e.g. latency_limit_ms=20; null: nobody has said it; repeatable.")],
) -> None:
    """Change a study's business inputs and print the verdict that follows; nothing runs again."""
    study = read.get(study_id)
    _, case = apply(study.spec, study.case, [f"case.{setting.removeprefix('case.')}" for setting in settings])
    decision = decide(study, datetime.now(UTC).date(), case)  # refuses an unknown instance before anything is kept
    read.update_case(study_id, case)
    _print_verdict(decision)


@study_app.command("cancel")
def study_cancel(study_id: str) -> None:
    """Stop a study's run; no process of it remains."""
    submit.cancel(study_id)


@study_app.command("retry")
def study_retry(study_id: str) -> None:
    """Run a failed or cancelled study again from its last finished stage."""
    submit.retry(study_id)
    _follow(study_id)


@study_app.command("delete")
def study_delete(study_id: str) -> None:
    """Delete a study with its figures, model files and log; its run must have ended."""
    submit.delete(study_id)
    _say(f"study {study_id} is deleted")


@study_app.command("log")
def study_log(study_id: str) -> None:
    """Print the log of a study's newest run."""
    job = stored.get(study_id).job
    _say(jobs.log_tail(job.id) if job else "no run yet")


@tasks_app.callback()
def tasks_list(context: typer.Context) -> None:
    """List the tasks."""
    if context.invoked_subcommand is None:
        for info in tasks.list_tasks():
            counts = " / ".join(f"{info.texts[split]:,}" for split in ("train", "validation", "test"))
            _say(f"{info.id:<14} {len(info.labels):>3} labels  {counts:<24} {info.title}")


@tasks_app.command("import")
def tasks_import(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines or Parquet.")],
    name: Annotated[str, typer.Option(help="What to call the task.")],
    text_column: Annotated[str | None, typer.Option(help="Guessed if not given.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Guessed if not given.")] = None,
    split_column: Annotated[str | None, typer.Option(help="Column that says train, validation or test.")] = None,
    group_column: Annotated[str | None, typer.Option(help="Rows of one group never stand on both sides of a split.")] = None,
) -> None:
    """Import your own labelled texts."""
    info = tasks.import_file(file, file.name, name=name, text_column=text_column, label_column=label_column,
                             split_column=split_column, group_column=group_column)
    _say_task(info)


@tasks_app.command("hub")
def tasks_hub(
    dataset: Annotated[str, typer.Argument(help="Data set id on the Hub, e.g. org/name.")],
    config: Annotated[str | None, typer.Option(help="Its configuration, where it has several.")] = None,
    revision: Annotated[str | None, typer.Option(help="A commit of the Hub's Parquet files.")] = None,
    text_column: Annotated[str | None, typer.Option(help="Guessed if not given.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Guessed if not given.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call the task; its id on the Hub if not given.")] = None,
) -> None:
    """Import a data set from the Hub (needs a network)."""
    _say_task(tasks.import_hub(dataset, config=config, revision=revision, text_column=text_column, label_column=label_column,
                               name=name))


@tasks_app.command("delete")
def tasks_delete(task_id: str) -> None:
    """Delete an imported task, unless a study that needs it waits or runs."""
    submit.delete_task(task_id)
    _say(f"task {task_id} is deleted")


@app.command("models")
def models() -> None:
    """List the bundled model and how to name others."""
    from core.models.sources import BUNDLED, locate

    _say(f"{BUNDLED:<10} all-MiniLM-L6-v2, 6 layers, 22.7 M parameters, bundled at {locate(BUNDLED)} (hash verified)")
    _say("org/name   any encoder of the Hub with safetensors (needs a network)")
    _say("./folder   a local folder with config.json, safetensors and a tokenizer")


@app.command("prices")
def price_list(json_file: Json = None) -> None:
    """List the instance prices with their dates."""
    rows = prices.instances()
    for row in rows:
        _say(f"{row.key:<36} {row.region:<12} {row.vcpus or '?':>4} vCPU {row.gpu_count or '':>2} {row.gpu or '':<16} "
             f"${row.usd_per_hour:<9.4g} {row.as_of or 'undated'}")
    _write(json_file, [{**row.__dict__, "as_of": row.as_of.isoformat() if row.as_of else None} for row in rows])


@app.command("machine")
def show_machine(json_file: Json = None) -> None:
    """Describe this machine and the instance it stands for."""
    found = machine.fingerprint()
    device = machine.choose_device("auto")
    _say(f"device  {machine.device_name(found, device)} ({device})")
    _say(f"memory  {found['memory_bytes'] / 2**30:.1f} GiB")
    _say(f"price   {prices.matched(found, device).reason}")
    _write(json_file, found)


def main() -> None:
    """Run the command line; bad input ends with one sentence and exit code 2."""
    try:
        app()
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


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
                _say(f"  {step.title:<36} {step.seconds or 0:6.1f} s (expected {step.expected_s:.0f} s)")
        if job.state in ("done", "failed", "cancelled"):
            return
        time.sleep(1)


def _print_decision(decision: Decision) -> None:
    study = decision.study
    so_far = f", {study.job.state}: known so far" if study.job and study.job.state != "done" else ""
    _say(f"\n{study.name} ({study.id}), {show_date(study.created_at)}, {_device(study)}{so_far}")
    _say(f"  {'model':<20} {'accuracy':<26} {'retention':<10} {'p99':<10} {'throughput':<20} {'bench':<20} provisioned")
    for model in study.models:
        option = decision.option(model)
        cells = [show(model.figures[name]) if name in model.figures else "-" for name in
                 ("retention", "latency_p99_ms", "throughput_per_s")]
        accuracy = show_with_interval(model.figures["accuracy"]) if "accuracy" in model.figures else "-"
        money = f"{show(option.usd_per_million_bench):<20} {show(option.usd_per_million)}" if option else "-"
        _say(f"  {option_name(model):<20} {accuracy:<26} {cells[0]:<10} {cells[1]:<10} {cells[2]:<20} {money}")
    _print_verdict(decision)


def _print_verdict(decision: Decision) -> None:
    if decision.verdict is None:
        _say("\nNo verdict yet: no student is measured.")
        return
    _say(f"\nVerdict: {decision.verdict.overall} ({option_name(decision.best) if decision.best else ''})")
    for item in decision.verdict.items:
        action = f" -> {item.action}" if item.action else ""
        _say(f"  {item.item} {item.title:<34} {item.status:<20} {item.reason}{action}")


def _say_task(info: TaskInfo) -> None:
    _say(f"task {info.id}: {', '.join(f'{n:,} {split}' for split, n in info.texts.items())} texts")
    for note in info.notes:
        _say(f"  {note}")


def _device(study: StudyRecord) -> str:
    return machine.device_name(study.machine, study.job.device if study.job else "cpu")


def _write(path: Path | None, data: Any) -> None:
    if path is None:
        return
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    if str(path) == "-":
        sys.stdout.write(text)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _say(text: str) -> None:
    typer.echo(text)
