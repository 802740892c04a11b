"""python -m core answers: what an API answered, imported from a file, as the teacher of a study."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core import answers
from core.answers import AnswersInfo
from core.cli.output import say
from core.studies import submit
from core.studies.api_teacher import method_for, pricing_note

app = typer.Typer(help="What an API answered, from a file: a teacher without weights.", no_args_is_help=True)


@app.command("list")
def answers_list() -> None:
    """List the imported answers."""
    found = answers.list_answers()
    for info in found:
        say(f"{info.id:<20} {info.texts:>9,} answers to {info.task:<14} {info.date}  {info.who}")
    if not found:
        say("no answers are imported yet; `answers import FILE --task TASK --name NAME` brings some")


@app.command("import")
def answers_import(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines or Parquet with a text and an answer in each row.")],
    task: Annotated[str, typer.Option(help="Id of the task whose texts were answered.")],
    name: Annotated[str, typer.Option(help="What to call the answers.")],
    provider: Annotated[str, typer.Option(help="Provider of the API, e.g. openai.")] = "",
    model: Annotated[str, typer.Option(help="Its model, whose price per token then counts.")] = "",
    text_column: Annotated[str | None, typer.Option(help="Found by its name if not given.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Found by its name if not given.")] = None,
    date: Annotated[str, typer.Option(help="Day of the answers, e.g. 2026-11-20; the file's own day if not given.")] = "",
) -> None:
    """Import what an API answered to the texts of a task; every row is taken, mended, or left out and counted."""
    info = answers.import_answers(file, file.name, task=task, name=name, provider=provider, model=model, text_column=text_column,
                                  label_column=label_column, day=date)
    _say(info)
    method = method_for(info)
    more = "" if method == "logits" else f" --set distil.method='{method}'"
    say(f"  study run --task {info.task} --set teacher.source={info.source}{more}")


@app.command("show")
def answers_show(answers_id: str) -> None:
    """Print what became of the rows of a file that was imported."""
    _say(answers.info(answers_id))


@app.command("delete")
def answers_delete(answers_id: str) -> None:
    """Delete imported answers, unless a study that needs them waits or runs."""
    submit.delete_answers(answers_id)
    say(f"answers {answers_id} are deleted")


def _say(info: AnswersInfo) -> None:
    say(f"answers {info.id}: {info.who}, {info.date}")
    for sentence in (*info.summary, *filter(None, (pricing_note(info),))):
        say(f"  {sentence}")
