"""python -m core prices: instances, API calls, the grid's carbon; own prices and newer ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.output import Json, is_standard_output, say, write, write_text
from core.figures import Figure
from core.formats import origin, show
from core.pricing import Instance, is_stale
from core.pricing.changes import Change
from core.studies import carbon, own_prices, prices, refresh

app = typer.Typer(help="Prices of instances and of API calls, with their dates.", invoke_without_command=True)

KINDS = ("new", "changed", "confirmed", "older")


@app.callback()
def prices_list(
    context: typer.Context,
    search: Annotated[str, typer.Option(help="Words that provider, instance, region or GPU contain.")] = "",
    json_file: Json = None,
) -> None:
    """List the instance prices with their dates; "own" marks your own, "new" those that a refresh found."""
    if context.invoked_subcommand is not None:
        return
    found, today = prices.search(prices.entries(), search), _today()
    for entry in () if is_standard_output(json_file) else found:
        row, mark = entry.instance, {"own": "own", "refreshed": "new", "shipped": ""}[entry.whose]
        say(f"{row.key:<36} {row.region:<12} {row.vcpus:>4} vCPU {row.gpu_count or '':>2} {row.gpu or '':<16} "
            f"${row.usd_per_hour:<9.4g} {row.as_of or 'undated'!s:<10} {mark:<3} "
            f"{'stale' if is_stale(row.as_of, today) else ''}".rstrip())
    write(json_file, [{**_data(entry.instance), "whose": entry.whose} for entry in found])


@app.command("refresh")
def prices_refresh(
    approve: Annotated[bool, typer.Option("--approve", help="Take over what is new, changed or confirmed.")] = False,
    file: Annotated[Path | None, typer.Option("--from", help="A catalogue of gpuhunt's as ZIP file, not the network.")] = None,
    add: Annotated[list[str] | None, typer.Option(
        "--add", help="A further instance, provider/name or provider/name@region; repeatable.")] = None,
    json_file: Json = None,
) -> None:
    """Look for newer prices through gpuhunt and show the difference; nothing is kept without --approve."""
    seen = refresh.look(_today(), add or (), file)
    kept = refresh.approve(seen.difference.approvable) if approve else None
    for line in () if is_standard_output(json_file) else _told(seen, kept):
        say(line)
    write(json_file, {"catalogues": dict(seen.catalogues), "unread": list(seen.unread), "kept": kept or 0,
                      "gone": [_data(row) for row in seen.difference.gone],
                      **{kind: [_change(change) for change in getattr(seen.difference, kind)] for kind in KINDS}})


@app.command("import")
def prices_import(file: Annotated[Path, typer.Argument(help="CSV with the columns of `prices export`.")]) -> None:
    """Keep the prices of a CSV file as your own; all of them or none."""
    done = own_prices.import_csv(file, _today())
    say(f"own prices kept: {len(done.kept)}; rows that the list had just so: {done.known}")


@app.command("export")
def prices_export(file: Annotated[Path, typer.Argument(help="The CSV file to write; '-' for standard output.")]) -> None:
    """Write the whole list as CSV; no cell of it runs in a spreadsheet."""
    write_text(file, prices.export())


@app.command("delete")
def prices_delete(
    key: Annotated[str, typer.Argument(help="provider/name of an own price.")],
    region: Annotated[str | None, typer.Option(help="Which one, where there are several.")] = None,
) -> None:
    """Take an own price away; the listed one counts again."""
    row = own_prices.delete(key, region)
    say(f"{row.key} in {row.region} at ${row.usd_per_hour:.4g} is no longer an own price")


@app.command("api")
def prices_api(
    provider: Annotated[str, typer.Argument(help="Such as openai.")],
    model: Annotated[str, typer.Argument(help="Such as gpt-4o-mini.")],
    input_tokens: Annotated[float, typer.Option("--input", help="Tokens of the prompt, cached ones among them.")],
    output_tokens: Annotated[float, typer.Option("--output", help="Tokens of the answer.")],
    cached: Annotated[float, typer.Option(help="Input tokens read from the provider's cache.")] = 0,
    cache_write: Annotated[float, typer.Option(help="Tokens written to that cache, beside the input.")] = 0,
    reasoning: Annotated[float, typer.Option(help="Output tokens that are not seen.")] = 0,
    retry_factor: Annotated[float, typer.Option(help="Calls made for each answer.")] = 1.0,
    json_file: Json = None,
) -> None:
    """Price one call of an API today."""
    from core.pricing import tokens

    counts = tokens.TokenCounts(input_tokens, output_tokens, cached, cache_write, reasoning)
    figure = tokens.api_call(provider, model, counts, datetime.now(UTC), retry_factor)
    _tell(figure, json_file)


@app.command("carbon")
def prices_carbon(country: Annotated[str, typer.Argument(help="Three letters, such as FRA.")], json_file: Json = None) -> None:
    """Say how many grams of CO2e a kWh of a country's grid emits."""
    figure = carbon.intensity(country.upper())
    _tell(figure, json_file)


def _tell(figure: Figure, json_file: Path | None) -> None:
    """The figure with its origin, and as JSON where that is asked for."""
    if not is_standard_output(json_file):
        say(f"{show(figure)}  {origin(figure)}")
    write(json_file, figure.to_dict())


def _told(seen: refresh.Look, kept: int | None) -> Iterator[str]:
    """The difference line by line, and what became of it. kept: how many prices were taken over, None if nobody asked for it."""
    for provider, told in seen.catalogues.items():
        yield f"read       {provider:<8} {told}"
    for provider in seen.unread:
        yield f"not read   {provider:<8} its prices stay as they are"
    for kind in KINDS:
        for change in getattr(seen.difference, kind):
            yield f"{kind:<10} {change.new.key:<36} {change.new.region:<12} {_step(change)}"
    for row in seen.difference.gone:
        yield f"not there  {row.key:<36} {row.region:<12} ${row.usd_per_hour:.4g} of {row.as_of or 'unknown date'} stays"
    count = len(seen.difference.approvable)
    if kept is not None:
        yield f"prices kept: {kept}; older ones stay in the history"
    else:
        yield f"prices that could be taken over: {count}; add --approve" if count else "nothing is newer than the list"


def _today() -> date:
    return datetime.now(UTC).date()


def _data(row: Instance) -> dict[str, Any]:
    return {**row.__dict__, "as_of": row.as_of.isoformat() if row.as_of else None}


def _change(change: Change) -> dict[str, Any]:
    return {"old": change.old and _data(change.old), "new": _data(change.new), "rise": change.rise}


def _step(change: Change) -> str:
    """The old price, the new one and the difference: "$0.526 -> $0.55 (+4.6 %)"."""
    now = f"${change.new.usd_per_hour:.4g} of {change.new.as_of}"
    if change.old is None or change.rise is None:
        return now
    return f"${change.old.usd_per_hour:.4g} of {change.old.as_of or 'unknown date'} -> {now} ({100 * change.rise:+.1f} %)"
