"""python -m core study learning: what more texts would bring, how small a student may be, what a larger study will reach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from core.cli.output import Json, is_standard_output, say, write
from core.formats import show, show_with_interval
from core.records import StudyRecord
from core.studies import absorbing, learning, pilot, read
from core.studies.absorbing import Absorbing
from core.studies.decide import decide
from core.studies.learning import Learnt, More
from core.studies.pilot import Checked, Prediction
from core.words import label, why_unknown


def study_learning(
    study_id: Annotated[str, typer.Argument(metavar="STUDY", help="Id of the study.")],
    json_file: Json = None,
) -> None:
    """Print a study's learning curve and what twice the texts would bring, its students by size, and what larger presets will reach."""
    study = read.get(study_id)
    today = datetime.now(UTC).date()
    curve, sizes = learning.learnt(study), absorbing.absorbing(study)
    grown = None if curve is None else learning.more(decide(study, today, draws=0), curve, today)
    predictions = [] if curve is None else [pilot.predict(study, curve, pilot.aim_of(study, curve, name))
                                            for name in pilot.presets_beyond(study)]
    checked = pilot.checks()
    if not is_standard_output(json_file):
        _print(study, curve, grown, sizes, predictions, checked)
    write(json_file, {"curve": None if curve is None or grown is None else learning.to_json(curve, grown),
                      "sizes": absorbing.to_json(sizes), **pilot.to_json(predictions, checked)})


def _print(study: StudyRecord, curve: Learnt | None, grown: More | None, sizes: Absorbing, predictions: list[Prediction],
           checked: list[Checked]) -> None:
    if curve is None or grown is None:
        say(f"study {study.id}: {learning.NO_CURVE}")
    else:
        _data(curve, grown)
    _sizes(sizes)
    for each in predictions if curve is not None and curve.law is not None else ():
        say(f"  {each.aim.name:<10} {each.aim.texts:>8,} texts, {each.aim.passes} passes: {show_with_interval(each.accuracy)}"
            f"{_why(each)}")
    for one in checked:
        say(f"  {one.study_id} predicted {one.student} in {one.later_id}: {show_with_interval(one.prediction.accuracy)}, "
            f"reached {show(one.reached)}: {'held' if one.held else 'did not hold'}")


def _why(prediction: Prediction) -> str:
    reason = why_unknown(prediction.accuracy)
    return f" ({reason})" if reason else ""


def _data(curve: Learnt, grown: More) -> None:
    say(f"{curve.model.name}, {curve.judged:,} validation texts")
    say(f"  {'texts':>8}  {'seed':>4}  accuracy  by the law")
    for each in curve.seen:
        by_law = show_with_interval(learning.accuracy_at(curve, each.texts))
        say(f"  {each.texts:>8,}  {each.seed:>4}  {100 * (1 - each.error):>6.1f} %  {by_law}")
    if curve.why:
        say(f"  no law: {curve.why}")
        return
    say(f"{grown.texts:,} texts would bring")
    for name, figure in grown.figures.items():
        reason = why_unknown(figure)
        say(f"  {label(name):<26} {show_with_interval(figure)}{f' ({reason})' if reason else ''}")


def _sizes(found: Absorbing) -> None:
    say("students by size")
    for model in found.students:
        mark = "  enough: no larger one is better beyond its interval" if model is found.enough else ""
        say(f"  {model.name:<20} {show(model.figures['parameters']):>10}  {show_with_interval(model.figures['accuracy'])}{mark}")
