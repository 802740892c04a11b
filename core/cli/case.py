"""python -m core case: a business case from a file, without a study."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from core.cli.exports import Html, Xlsx, check_places, export
from core.cli.output import Json, is_standard_output, say, write
from core.cli.verdicts import print_items
from core.formats import months, show
from core.studies import narrative
from core.studies.answers import answers
from core.studies.casefile import read_case
from core.studies.filecase import FileDecision, decide_file
from core.studies.report import of_file
from core.words import why_unknown

app = typer.Typer(help="Compute a business case from a TOML file, without a study.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="The case, a TOML file; docs/case-file.md has a commented example.")]


def _decided(file: Path) -> FileDecision:
    return decide_file(read_case(file), datetime.now(UTC).date())


@app.command("evaluate")
def case_evaluate(file: File, json_file: Json = None) -> None:
    """Compute a case and print its options, comparisons and verdict; --json writes every figure with its provenance."""
    decision = _decided(file)
    if not is_standard_output(json_file):
        _print(decision)
    write(json_file, case_json(decision))


@app.command("show")
def case_show(file: File) -> None:
    """Print a case's options, comparisons and verdict."""
    _print(_decided(file))


@app.command("export")
def case_export(file: File, html: Html = None, xlsx: Xlsx = None) -> None:
    """Write a case's report, its workbook, or both: all that was asked for, or nothing."""
    check_places(html, xlsx, file)
    export(of_file(_decided(file), datetime.now(UTC).date()), html, xlsx)


def case_json(decision: FileDecision) -> dict[str, object]:
    """The result of `case evaluate`."""
    return {"case": decision.file.case.model_dump(mode="json"),
            **answers(decision.ruling, decision.comparisons, decision.bars, decision.information)}


def _print(decision: FileDecision) -> None:
    ruling, seen = decision.ruling, decision.ruling.outlook
    say(f"\n{decision.file.case.name}, {months(decision.file.case.horizon_months)}, money in {decision.file.case.currency}")
    width = max(24, *(len(row.name) for row in ruling.options))
    say(f"  {'option':<{width}} {'basis':<12} {'instances':<10} {'a month':<22} {'per million':<24} total cost")
    for row in ruling.options:
        machines = show(row.instances) if row.instances.value is not None else "-"
        say(f"  {row.name:<{width}} {row.basis:<12} {machines:<10} {show(row.monthly_cost_usd):<22} "
            f"{show(row.usd_per_million):<24} {show(row.tco_usd)}")
    for found in decision.comparisons:
        payback = show(found.payback_months) if found.payback_months.value is not None else why_unknown(found.payback_months)
        say(f"  {found.option} over {found.against}: NPV {show(found.npv_usd)}, payback: {payback}, "
            f"most to spend upfront {show(found.max_upfront_usd)}")
    if seen and decision.bars:
        say(f"  NPV from {show(seen.npv_usd['p10'])} (P10) to {show(seen.npv_usd['p90'])} (P90); a gain in {show(seen.positive)} "
            f"of {seen.draws:,} draws")
    elif seen:
        say("  No input has a range, so nothing is uncertain; write what you are unsure of as \"a to b\".")
    print_items(ruling.verdict, ruling.best or "")
    if told := narrative.choice(ruling):
        say(f"  {told}")
