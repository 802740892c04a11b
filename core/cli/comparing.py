"""python -m core study compare: one study against another, with an exit status for pipelines."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.output import Json, is_standard_output, say, write
from core.errors import UserError
from core.formats import show_with_interval
from core.studies import read
from core.studies.compare import ModelComparison, StudyComparison, compare
from core.studies.compare_words import answer, machines, moved, nothing_moved, other_ways, texts, to_json, verdict, worth_telling

REGRESSION = 3  # exit status; 1 is a crash and 2 bad input
SHOWN = 5
LONGEST = 110


def study_compare(
    before: Annotated[str, typer.Argument(help="The study to hold against, usually the earlier one.")],
    after: Annotated[str, typer.Argument(help="The study that is judged.")],
    margin: Annotated[float | None, typer.Option(help="Accuracy points that may be lost; the second study's case if not given.")] = None,
    json_file: Json = None,
) -> None:
    """Compare two studies of one task. Exits with 3 if a teacher or student lost more than the margin, 2 if that cannot be known."""
    found = compare(read.get(before), read.get(after), margin)
    if not is_standard_output(json_file):
        _print(found)
    write(json_file, to_json(found))
    if found.regressions:
        raise typer.Exit(REGRESSION)
    if not found.judged:
        raise UserError(f"study: {before!r} and {after!r} cannot be held against each other, as "
                        f"{next((m.why for m in found.models if m.why), 'they share no model')}; run the study anew.")


def _print(found: StudyComparison) -> None:
    say(f"{found.after.name} ({found.after.id}) against {found.before.name} ({found.before.id})")
    say(f"{answer(found)}.")
    if told := machines(found):
        say(told)
    for model in found.models:
        _print_model(model, found.texts_at_hand)
    if ways := other_ways(found):
        say(f"\n{ways}")
    for model in worth_telling(found.variants):
        _print_model(model, found.texts_at_hand)
    for names, where in ((found.gone, found.before.id), (found.new, found.after.id)):
        if names:
            say(f"\nOnly in {where}: {', '.join(names)}")


def _print_model(model: ModelComparison, at_hand: bool) -> None:
    say(f"\n{model.name}: {_printable(verdict(model))}")
    if model.texts:
        say(f"  accuracy {show_with_interval(model.difference)}; {texts(model)}")
    for move in model.moves.moved:
        say(f"  {_printable(moved(move))}")
    if told := nothing_moved(model):
        say(f"  {told}")
    if model.regressions and not at_hand:
        say("  the texts themselves are not at hand: the task was changed, or is gone")
    for one in model.regressions[:SHOWN] if at_hand else ():
        say(f"  {_on_one_line(one.label)} became {_on_one_line(one.answer)}: {_on_one_line(one.text or '')}")


def _on_one_line(text: str) -> str:
    """A text from outside as a terminal may show it: printable, on one line, not long."""
    clean = _printable(text)
    return clean if len(clean) <= LONGEST else f"{clean[: LONGEST - 3]}..."


def _printable(text: str) -> str:
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
