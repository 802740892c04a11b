"""python -m core tasks: labelled texts, bundled, imported, from the Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core import tasks
from core.cli.output import say
from core.studies import submit
from core.tasks import TaskInfo

app = typer.Typer(help="Labelled texts: bundled, imported, from the Hub.", invoke_without_command=True)


@app.callback()
def tasks_list(context: typer.Context) -> None:
    """List the tasks."""
    if context.invoked_subcommand is None:
        for info in tasks.list_tasks():
            counts = " / ".join(f"{info.texts[split]:,}" for split in ("train", "validation", "test"))
            say(f"{info.id:<14} {len(info.labels):>3} labels  {counts:<24} {info.title}")


@app.command("import")
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


@app.command("hub")
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


@app.command("delete")
def tasks_delete(task_id: str) -> None:
    """Delete an imported task, unless a study that needs it waits or runs."""
    submit.delete_task(task_id)
    say(f"task {task_id} is deleted")


@app.command("add-texts")
def tasks_add_texts(
    task_id: str,
    file: Annotated[Path, typer.Argument(help="TXT (one text a line), CSV, TSV, JSON lines or Parquet.")],
    text_column: Annotated[str | None, typer.Option(help="Guessed if not given.")] = None,
) -> None:
    """Add unlabelled texts to a task; the teacher labels them where distil.unlabelled is true."""
    _say_task(submit.add_texts(task_id, file, file.name, text_column))


@app.command("remove-texts")
def tasks_remove_texts(task_id: str) -> None:
    """Take the texts away that were added to a task."""
    submit.remove_texts(task_id)
    say(f"the texts added to task {task_id} are removed")


def _say_task(info: TaskInfo) -> None:
    say(f"task {info.id}: {', '.join(f'{n:,} {split}' for split, n in info.texts.items())} texts")
    for note in info.notes:
        say(f"  {note}")
