"""python -m core study estimate: how fast a model may be on instances where nobody has measured it."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.output import Json, is_standard_output, say, write
from core.formats import show, show_with_interval
from core.studies import read
from core.studies.elsewhere import BENCH
from core.studies.estimates import PRICE, RATE, Estimate, caveat, estimates, to_json, without


def study_estimate(
    study_id: Annotated[str, typer.Argument(metavar="STUDY", help="Id of the study.")],
    model: Annotated[str, typer.Argument(metavar="MODEL", help="teacher, or the name of a student.")],
    precision: Annotated[str, typer.Option(help="fp32, fp16 or bf16, in eager PyTorch.")] = "fp32",
    json_file: Json = None,
) -> None:
    """Estimate a model's throughput and cost on the price list's GPUs by the roofline, where nothing was measured; a wide range."""
    study = read.get(study_id)
    found = estimates(study, model, precision)
    if not is_standard_output(json_file):
        _print(found)
        say(f"  {caveat(study, model)}")
    write(json_file, [to_json(row) for row in found])


def _print(found: list[Estimate]) -> None:
    say(f"  {'instance':<38} {'GPUs':<18} {'price':<16} {'throughput':<58} cost, never idle")
    for row in found:
        if not row.why_not:
            rate, cost = (show_with_interval(row.figures[name]) for name in (RATE, BENCH))
            say(f"  {row.instance:<38} {row.gpus:<18} {show(row.figures[PRICE]):<16} {rate:<58} {cost}")
    for reason, names in without(found).items():
        say(f"  no estimate for {', '.join(names)}: {reason}")
