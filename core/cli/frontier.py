"""python -m core study frontier: every model and variant by accuracy and cost, and the cheapest that passes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from core.cli.output import Json, is_standard_output, say, write
from core.formats import show, show_with_interval
from core.studies import read
from core.studies.decide import decide
from core.studies.frontier import Frontier, frontier
from core.studies.frontier_words import answer, because, fraction, to_json, verdict


def study_frontier(
    study_id: Annotated[str, typer.Argument(metavar="STUDY", help="Id of the study.")],
    json_file: Json = None,
) -> None:
    """Print every model and variant by accuracy and bench cost, which pass, and the cheapest that does."""
    today = datetime.now(UTC).date()
    found = frontier(decide(read.get(study_id), today, draws=0), today)
    if not is_standard_output(json_file):
        _print(found)
    write(json_file, to_json(found))


def _print(found: Frontier) -> None:
    say("\n".join((answer(found), *because(found))))
    if not found.points:
        return
    width = max(len(point.name) for point in found.points)
    say(f"\n    {'variant':<{width}} {'accuracy':<26} {'bench cost':<24} {'of the teacher':<16} {'p99':<10} passes")
    for point in found.points:
        mark = "*" if point.on_front else " "
        say(f"  {mark} {point.name:<{width}} {show_with_interval(point.accuracy):<26} {show_with_interval(point.cost):<24} "
            f"{fraction(point.to_teacher):<16} {show(point.candidate.latency.p99):<10} {verdict(point)}")
    say("  * on the front: no other is both cheaper and more accurate")
