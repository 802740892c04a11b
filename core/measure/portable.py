"""Measure an exported folder on the machine that will serve it: no database, no study, nothing but the artefact.

torch is loaded only where it serves.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import machine
from core.errors import UserError
from core.manifest import MANIFEST, checked, sha256
from core.measure.bench import Request
from core.measure.invoke import invoke
from core.models.artifact import read_card
from core.runtimes.registry import RUNTIMES, installed
from core.sealed import seal
from core.units import SERVER, unit_of

FORMAT, VERSION = "distill-roi measurement", 2
MAX_TEXTS_BYTES = 50_000_000
MOST_REASONS, MOST_LETTERS = 20, 500
Values = Sequence[float | None]


@dataclass(frozen=True)
class Asked:
    """How to measure: fresh processes, SingleStream queries, least seconds of Offline, CPU threads (None: all physical cores).

    runtime: what serves, None: what the folder was exported for. server_limit_ms: latency limit (p99) of the Server scenario, which
    the first process runs for at most server_seconds; None: it is left out.
    """

    invocations: int = 5
    queries: int = 662
    offline_seconds: float = 5.0
    device: str = "auto"
    threads: int | None = None
    runtime: str | None = None
    server_limit_ms: float | None = None
    server_seconds: float = 120.0


@dataclass(frozen=True)
class _Served:
    """How the folder is served: runtime, precision, device ("cpu", "cuda:0") and CPU threads."""

    runtime: str
    precision: str
    device: str
    threads: int


def measure_folder(folder: Path, asked: Asked, texts: Path | None = None, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Measure in `asked.invocations` fresh processes, one after the other, and return the sealed measurement.

    texts: a UTF-8 file with one text a line; the artefact's reference texts if None. Raises UserError for a folder that is not
    as it was exported, for a runtime that cannot serve it here, for no texts, or for a process that fails.
    """
    manifest = checked(folder)
    served = _served(folder, manifest, asked)
    chosen = _texts_of(texts) if texts else list(read_card(folder).reference_texts)
    if not chosen:
        raise UserError("texts: the folder was exported without its reference texts; give some with --texts FILE, one a line.")
    rows = _run(folder, chosen, served, asked, say)
    return seal({
        "format": FORMAT, "version": VERSION, "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **{key: str(manifest.get(key, "")) for key in ("study", "model")}, "runtime": served.runtime, "precision": served.precision,
        "weights_sha256": manifest["weights_sha256"], "manifest_sha256": sha256(folder / MANIFEST),
        "device": served.device, "machine": machine.fingerprint(),
        "settings": {"invocations": asked.invocations, "queries": asked.queries, "offline_seconds": asked.offline_seconds,
                     "threads": served.threads, "texts": len(chosen), "texts_from": "file" if texts else "reference",
                     "texts_sha256": hashlib.sha256("\n".join(chosen).encode()).hexdigest(), **_server(asked)},
        "figures": figures([_tidied(row) for row in rows]), "noise": _noise(rows),
        "server_reason": str(rows[0].get("server_reason") or "")[:MOST_LETTERS],
    })


def _server(asked: Asked) -> dict[str, float]:
    """How the Server scenario was asked for; empty where it was not."""
    return {} if asked.server_limit_ms is None else {"server_limit_ms": asked.server_limit_ms, "server_seconds": asked.server_seconds}


def _served(folder: Path, manifest: Mapping[str, Any], asked: Asked) -> _Served:
    """Raises UserError for a runtime that is unknown, not installed, or has no file in the folder, or a device that it cannot use."""
    name = asked.runtime or str(manifest.get("runtime") or "torch")
    top = [file for file in manifest["files"] if "/" not in file]
    able = [each for each, info in RUNTIMES.items() if any(file.endswith(f".{info.form}") for file in top)]
    if name not in RUNTIMES:
        raise UserError(f"runtime: {name!r} is not known; choose one of {', '.join(able)}.")
    if name not in able:
        raise UserError(f"runtime: {name!r} loads a file in {RUNTIMES[name].form}, and {str(folder)!r} was exported without one; "
                        f"choose one of {', '.join(able)}.")
    if not installed(name):
        raise UserError(f"runtime: {RUNTIMES[name].title} is not installed; run `{RUNTIMES[name].install}`.")
    return _Served(name, str(manifest.get("precision") or "fp32"), _device(name, asked.device),
                   asked.threads or int(machine.fingerprint()["cores"]))


def _device(name: str, wanted: str) -> str:
    """ "cpu" or "cuda:0", as the runtime can and the person wants. Raises UserError."""
    runtime = RUNTIMES[name]
    if runtime.cuda is None and wanted == "cuda":
        raise UserError(f"device: 'cuda' is nothing that {runtime.title} serves on here; choose auto or cpu.")
    if not runtime.cpu and wanted == "cpu":
        raise UserError(f"device: 'cpu' is nothing that {runtime.title} serves on; choose auto or cuda.")
    if runtime.cuda is None:
        return "cpu"
    return machine.choose_device(wanted if runtime.cpu else "cuda", runtime.cuda)


def _texts_of(path: Path) -> list[str]:
    """The lines of a file that hold anything. Raises UserError."""
    try:
        if path.stat().st_size > MAX_TEXTS_BYTES:
            raise UserError(f"texts: {path} has more than {MAX_TEXTS_BYTES:,} bytes; give fewer texts.")
        found = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        raise UserError(f"texts: {path} cannot be read as UTF-8 text; give a file with one text a line.") from None
    if not found:
        raise UserError(f"texts: {path} holds no text; give a file with one text a line.")
    return found


def _run(folder: Path, texts: Sequence[str], served: _Served, asked: Asked, say: Callable[[str], None]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "texts.json"
        path.write_text(json.dumps(list(texts)), encoding="utf-8")
        request = Request(artifact=str(folder.resolve()), texts=str(path), device=served.device, threads=served.threads,
                          queries=asked.queries, offline_seconds=asked.offline_seconds, runtime=served.runtime, precision=served.precision)
        rows = []
        server = replace(request, server_limit_ms=asked.server_limit_ms, server_seconds=asked.server_seconds)
        for number in range(1, asked.invocations + 1):
            long = number == 1 and asked.server_limit_ms is not None  # the search is long: one process has it
            say(f"process {number} of {asked.invocations}" + (f", Server scenario for up to {asked.server_seconds:g} s" if long else ""))
            rows.append(invoke(server if long else request))
    return rows


def _noise(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Why processes were noisy, each reason once."""
    return list(dict.fromkeys(str(reason) for row in rows for reason in row.get("noise") or ()))[:MOST_REASONS]


def _tidied(one: Mapping[str, Any]) -> dict[str, float | None]:
    """A process's numbers under the names of a study's figures; what is no number stays out."""
    found = {name: value for name, value in one.items()
             if value is None or (isinstance(value, int | float) and not isinstance(value, bool))}
    found.pop("artifact_bytes", None)  # the folder holds a card and a manifest beside; the study knows what is deployed
    equal, of = found.pop("reload_equal", None), found.pop("reload_texts", None)
    found["reload_agreement"] = equal / of if equal is not None and of else None
    if "queries" in found:
        found["latency_queries"] = found.pop("queries")
    return found


def figures(rows: Sequence[Mapping[str, float | None]]) -> dict[str, dict[str, Any]]:
    """By name: the unit and the value of each process, None where it has none; of the Server scenario that of the first process alone.

    Names without a known unit stay out.
    """
    names: Iterable[str] = dict.fromkeys(name for row in rows for name in row)
    return {name: {"unit": unit, "values": [row.get(name) for row in (rows[:1] if name in SERVER else rows)]}
            for name in names if (unit := unit_of(name))}


def told(found: Mapping[str, Any]) -> list[str]:
    """A measurement in lines: of each figure the mean, and smallest to largest over the processes; what limits the Server scenario's
    rate, or why there is none; why it is noisy."""
    lines = [f"{name:<32} {_in_words(row['values'], row['unit'])}" for name, row in found["figures"].items()]
    server = [f"server: {found['server_reason']}"] if found["server_reason"] else []
    return [*lines, *server, *(f"noisy: {reason}" for reason in found["noise"])]


def _in_words(values: Values, unit: str) -> str:
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return "not measured"
    mean = sum(known) / len(known)
    span = "" if min(known) == max(known) else f"  ({min(known):,.6g} to {max(known):,.6g})"
    return f"{mean:,.6g} {unit}{span}"
