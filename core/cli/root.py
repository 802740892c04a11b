"""The commands in one tree, and how it ends."""

from __future__ import annotations

import sys

import typer

from core import machine
from core.cli import answers, artifact, case, prices, study, tasks
from core.cli.output import Json, say, write
from core.errors import UserError
from core.measure.command import measure
from core.studies.prices import matched

app = typer.Typer(help="Should we distil this model? Measured quality, measured speed and money.", no_args_is_help=True,
                  pretty_exceptions_enable=False, add_completion=False)
app.add_typer(study.app, name="study")
app.add_typer(case.app, name="case")
app.add_typer(artifact.app, name="artifact")
app.add_typer(tasks.app, name="tasks")
app.add_typer(answers.app, name="answers")
app.add_typer(prices.app, name="prices")
app.command("measure")(measure)


@app.command("models")
def models() -> None:
    """List the bundled model and how to name others."""
    from core.models.sources import BUNDLED, locate

    say(f"{BUNDLED:<10} all-MiniLM-L6-v2, 6 layers, 22.7 M parameters, bundled at {locate(BUNDLED)} (hash verified)")
    say("org/name   any encoder of the Hub with safetensors (needs a network)")
    say("./folder   a local folder with config.json, safetensors and a tokenizer")


@app.command("machine")
def show_machine(json_file: Json = None) -> None:
    """Describe this machine and the instance it stands for."""
    found = machine.fingerprint()
    device = machine.choose_device("auto")
    say(f"device  {machine.device_name(found, device)} ({device})")
    say(f"memory  {found['memory_bytes'] / 2**30:.1f} GiB")
    say(f"price   {matched(found, device).reason}")
    write(json_file, found)


def main() -> None:
    """Run the command line; bad input ends with one sentence and exit code 2."""
    try:
        app()
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
