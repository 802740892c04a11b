"""python -m core study ask: a text answered by teacher, student and cascade, as the page Playground does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from core.cli.output import Json, is_standard_output, say, write
from core.errors import UserError
from core.records import ModelRecord
from core.studies import playground, read
from core.studies.decide import Decision, decide
from core.studies.export import find_model
from core.studies.playground_words import lines, share, to_json
from core.studies.resident import Residents


def study_ask(
    study_id: Annotated[str, typer.Argument(metavar="STUDY", help="Id of the study.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What the models are to read.")],
    student: Annotated[str, typer.Option(help="Name of a student, or \"control of NAME\"; else the one that the verdict is about.")] = "",
    variant: Annotated[str, typer.Option(metavar="WAY", help="As the study serves it otherwise, e.g. \"ONNX Runtime int8\".")] = "",
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="Of the cascade; else the case's.")] = None,
    json_file: Json = None,
) -> None:
    """Answer a text by teacher, student and cascade, with confidence, time and price of this call; not a benchmark."""
    study = read.get(study_id)
    if why := playground.why_not(study):
        raise UserError(f"study: {study_id!r} cannot be asked. {why}")
    decision = decide(study, datetime.now(UTC).date(), draws=0)
    asked = find_model(study, student, variant) if student else _first(decision, variant)
    teacher = next((model for model in playground.answerers(study) if model.role == "teacher"), None)
    where = playground.threshold_of(decision, asked)[0] if threshold is None else threshold
    residents = Residents()
    try:
        reply = playground.ask(residents, decision, asked, teacher, text)
    finally:
        residents.close_all()
    both = playground.together(reply, where)
    if not is_standard_output(json_file):
        for line in lines(reply, both, share(where)):
            say(line)
    write(json_file, to_json(reply, both, share(where)))


def _first(decision: Decision, variant: str) -> ModelRecord:
    """The student that the verdict is about, as it was trained or in that variant; the first one before a verdict."""
    students = [model for model in playground.answerers(decision.study) if model.role == "student"]
    best = decision.best
    name = best.name if best is not None and any(model.name == best.name for model in students) else students[0].name
    return find_model(decision.study, name, variant)
