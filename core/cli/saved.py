"""python -m core study cases and study freeze: cases that keep the figures that they were saved with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from core.cli.output import Json, is_standard_output, say, write
from core.cli.verdicts import print_verdict
from core.errors import UserError
from core.formats import show, show_date
from core.roi.simulate import MANY
from core.studies import cases, frozen, outcome, read
from core.studies.cases import SavedCase
from core.studies.decide import Decision
from core.studies.differences import changes
from core.studies.document import to_document
from core.studies.overrides import apply


def study_freeze(
    study_id: str,
    name: Annotated[str, typer.Argument(help="What to call the case.")],
    settings: Annotated[list[str] | None, typer.Option(
        "--set", help="A business input that differs from the study's case, as key=value; repeatable.")] = None,
) -> None:
    """Save a case of a study with the measurements and prices of now; it never changes."""
    study = read.get(study_id)
    _, inputs = apply(study.spec, study.case, [f"case.{setting.removeprefix('case.')}" for setting in settings or []])
    saved = cases.save(frozen.as_now(study, datetime.now(UTC).date()), inputs, name)
    say(_line(saved))


def study_cases(
    study_id: str,
    case_id: Annotated[str, typer.Option("--case", help="Only this case: its verdict, with the figures that it was saved with.")] = "",
    recompute: Annotated[bool, typer.Option("--recompute", help="Save it anew with the figures of now; the old one stays.")] = False,
    rename: Annotated[str, typer.Option(help="Give it another name.")] = "",
    delete: Annotated[bool, typer.Option("--delete", help="Delete it.")] = False,
    json_file: Json = None,
) -> None:
    """List the saved cases of a study, or show, recompute, rename or delete one."""
    study = read.get(study_id)
    if not case_id:
        if recompute or rename or delete:
            raise UserError("case: none is named; say which one with --case ID.")
        found = cases.listed(study_id)
        write(json_file, [_row(case) for case in found])
        if not is_standard_output(json_file):
            for case in found:
                say(_line(case))
        return
    case = cases.get(study_id, case_id)
    if delete:
        cases.delete(case)
        say(f"case {case_id} is deleted")
        return
    if rename:
        cases.rename(case, rename)
        case = cases.get(study_id, case_id)
    if recompute:
        case, before = cases.recompute(case, study, datetime.now(UTC).date()), case
        _moved(before, case)
    _show(case, json_file)


def decision_of(study_id: str, case_id: str) -> Decision:
    """The decision of a saved case on the figures that it was saved with. Raises UserError for an unknown study or case."""
    case = cases.get(study_id, case_id)
    return frozen.decide_on(cases.basis_of(case), case.inputs, MANY)


def _show(case: SavedCase, json_file: Json) -> None:
    basis = cases.basis_of(case)
    decision = frozen.decide_on(basis, case.inputs)
    write(json_file, to_document(decision))
    if not is_standard_output(json_file):
        say(_line(case))
        say(f"measured {show_date(basis.study.created_at)}, prices as of {show_date(basis.day)}")
        for change in changes(basis.study.case, case.inputs):
            say(f"  {change.name}: {change.before} -> {change.after}")
        print_verdict(decision)


def _moved(before: SavedCase, after: SavedCase) -> None:
    old, new = cases.outcome_of(before), cases.outcome_of(after)
    say(f"verdict: {old.verdict} -> {new.verdict}")
    for name in outcome.MAIN:
        say(f"{name}: {show(old.figures[name])} -> {show(new.figures[name])}")


def _line(case: SavedCase) -> str:
    found = cases.outcome_of(case)
    return (f"{case.id}  {show_date(case.created_at)}  {found.verdict:<20} NPV {show(found.figures['npv_usd'])}, "
            f"{show(found.figures['monthly_saving_usd'])}  {case.name}")


def _row(case: SavedCase) -> dict[str, Any]:
    return {"id": case.id, "name": case.name, "created_at": case.created_at.isoformat(), "base": case.base, "shipped": case.shipped,
            "inputs": case.inputs.model_dump(mode="json"), "outcome": outcome.to_json(cases.outcome_of(case))}
