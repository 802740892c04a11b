"""Speed, memory and energy of teacher, students and variants: one mirrored pass over fresh processes for each stage run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core import machine, quality, tasks
from core.figures import Figure, Interval, Provenance, compute, copied, not_measured
from core.measure.bench import Request
from core.measure.invoke import Tick, invoke
from core.measure.loadgen import QUERIES_NEEDED
from core.measure.noise import wide_interval
from core.records import API, ModelRecord
from core.stages.context import Context, device, device_words, now
from core.stages.evaluate import test_rows
from core.store import models as store
from core.units import SERVER, unit_of

UNITS = {"latency_p50_ms": "ms", "latency_p90_ms": "ms", "latency_p99_ms": "ms", "latency_mean_ms": "ms",
         "throughput_per_s": "1/s", "energy_j_per_prediction": "J", "energy_net_j_per_prediction": "J", "parameters": "count",
         "artifact_bytes": "bytes", "resident_bytes": "bytes", "peak_memory_bytes": "bytes", "device_bytes": "bytes",
         "board_bytes": "bytes", "load_s": "s", "first_call_ms": "ms", "tokenise_ms": "ms", "model_ms": "ms", "after_ms": "ms",
         "latency_queries": "count", "reload_agreement": "share", "throughput_speedup": "ratio", "latency_speedup": "ratio"}
EXACT = ("parameters", "artifact_bytes", "latency_queries", "server_batch_size", "server_wait_ms", "server_queries", "server_limit_ms")
SERVER_UNITS = {name: unit_of(name) for name in SERVER}
Numbers = dict[str, Any]
Pass = Mapping[str, Numbers]


def measure(context: Context) -> dict[str, Any]:
    """Stage "measure:N": {"models": {name: figures by name}}; saves figures over all passes so far."""
    number = int(context.argument)
    measured = [model for model in (*context.study.models, *context.study.variants)
                if model.role != "control" and model.runtime != API and "failed" not in model.details]
    order = measured if number % 2 else measured[::-1]
    with tempfile.TemporaryDirectory() as folder:
        texts = _write_texts(context, Path(folder))
        found = {}
        for i, model in enumerate(order):
            words = f"pass {number}: {model.role} {model.name}, {model.runtime} {model.precision}"
            context.progress(i / len(order), words)
            found[_key(model)] = invoke(_request(context, model, texts, number), _teller(context, i, len(order), words))
    earlier = [context.results[f"measure:{n}"]["models"] for n in range(1, number)]
    _save(context, measured, [*earlier, found])
    return {"models": found}


def _teller(context: Context, i: int, of: int, words: str) -> Tick:
    """Says how far the i-th of some models is: beside its name, how the search under load goes on."""

    def tell(share: float, sentence: str) -> None:
        context.progress((i + share) / of, f"{words}; {sentence}" if sentence else words)

    return tell


def _key(model: ModelRecord) -> str:
    return ":".join((model.role, model.name, model.variant, model.runtime, model.precision))


def _write_texts(context: Context, folder: Path) -> Path:
    task = tasks.load(context.study.spec.task)
    path = folder / "texts.json"
    path.write_text(json.dumps(task.test["text"].iloc[test_rows(context, task)].tolist()), encoding="utf-8")
    return path


def _request(context: Context, model: ModelRecord, texts: Path, number: int) -> Request:
    asked = context.study.spec.measure
    folder = store.artifact_path(context.study.id, model.name, model.role, model)
    threads = asked.threads or int(context.study.machine.get("cores", 1))
    return Request(str(folder), str(texts), device(context, model.runtime), threads, asked.single_stream_queries, asked.offline_seconds,
                   model.runtime, model.precision, _server_limit(context) if number == 1 else None, asked.server_seconds)


def _server_limit(context: Context) -> float | None:
    """The limit of the Server scenario: the case's, where its search is asked for. Its search is long: the first pass has it alone."""
    return context.study.case.latency_limit_ms if context.study.spec.measure.server_seconds else None


def _save(context: Context, models: Sequence[ModelRecord], passes: Sequence[Pass]) -> None:
    teacher = next(model for model in context.study.models if model.role == "teacher")
    here = None if teacher.runtime == API else _key(teacher)
    for model in models:
        own = [_with_speedup(one, _key(model), here) for one in passes]
        figures = _figures(context, model, own)
        if here is None:
            figures |= _against_calls(teacher, figures)
        details = {**model.details, "noise": _noise(own, figures), "machine": machine.digest(machine.fingerprint())}
        store.save_model(context.study.id, replace(model, figures=figures, details=details, cascade=()))
        for twin in (*context.study.models, *context.study.variants):
            if model.role == "student" and (twin.role, *_identity(twin)) == ("control", *_identity(model)) and "failed" not in twin.details:
                why = "the control has the same architecture"
                shared = {name: copied(figure, f"student {model.name}", why) for name, figure in figures.items()
                          if name != "reload_agreement"}
                store.save_model(context.study.id, replace(twin, figures=shared, cascade=()))


def _identity(model: ModelRecord) -> tuple[str, ...]:
    return model.name, model.variant.removeprefix(f"{model.role} "), model.runtime, model.precision


def _noise(passes: Sequence[Numbers], figures: Mapping[str, Figure]) -> list[str]:
    """What marks the measurement as noisy, a sentence each."""
    told = dict.fromkeys(reason for one in passes for reason in one.get("noise", ()))
    rate = figures["throughput_per_s"]
    return [*told, *wide_interval("The throughput", rate.value, rate.low, rate.high)]


def _against_calls(teacher: ModelRecord, figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """A model's ratios to a teacher that is an API: of the mean latencies alone, as its own comes from a file."""
    latency = compute(lambda call, own: call / own if own else None, "ratio",
                      "mean latency of a call in the file, network included / measured mean latency",
                      call=teacher.figures["latency_mean_ms"], own=figures["latency_mean_ms"])
    unknown = not_measured("ratio", "the teacher is an API, whose throughput is not measured")
    return {"latency_speedup": latency, "throughput_speedup": unknown}


def _with_speedup(one: Pass, own: str, teacher: str | None) -> Numbers:
    """A model's numbers of one pass, and its ratios to the teacher within that pass, where it ran in it."""
    mine, theirs = dict(one[own]), one[teacher] if teacher else {}
    mine["reload_agreement"] = _ratio(mine.pop("reload_equal"), mine.pop("reload_texts"))
    mine["latency_queries"] = mine.pop("queries")
    mine["throughput_speedup"] = _ratio(mine["throughput_per_s"], theirs.get("throughput_per_s"))
    mine["latency_speedup"] = _ratio(theirs.get("latency_mean_ms"), mine["latency_mean_ms"])
    return mine


def _ratio(a: float | None, b: float | None) -> float | None:
    return None if a is None or not b else a / b


def _figures(context: Context, model: ModelRecord, passes: Sequence[Numbers]) -> dict[str, Figure]:
    known = {name: _figure(context, model.runtime, name, unit, passes) for name, unit in UNITS.items()}
    if known["parameters"].value is None and "parameters" in model.figures:
        known.pop("parameters")  # counted when the variant was made
    return known | {name: _figure(context, model.runtime, name, unit, passes[:1]) for name, unit in SERVER_UNITS.items()}


def _figure(context: Context, runtime: str, name: str, unit: str, passes: Sequence[Numbers]) -> Figure:
    values = [one.get(name) for one in passes]
    known = [float(value) for value in values if value is not None]
    if len(known) < len(values):
        return not_measured(unit, _why_not(context, runtime, name, passes[-1]))
    found = Interval(known[0]) if name in EXACT else quality.over_invocations(known)
    source = f"study {context.study.id}, {_method(context, name, passes[0])}, {len(values)} process{'es' if len(values) > 1 else ''}"
    return Figure(found.value, unit, Provenance("measured", source, device_words(context, runtime), now()), found.low, found.high)


def _method(context: Context, name: str, one: Numbers) -> str:
    asked = context.study.spec.measure
    told = {
        "parameters": "counted", "artifact_bytes": "counted",
        "reload_agreement": "answers to its reference texts after a reload in a fresh process",
        "resident_bytes": "resident memory while serving, read by a process beside it",
        "peak_memory_bytes": "peak resident memory, read by a process beside it",
        "device_bytes": "GPU memory of the serving process (NVML)",
        "board_bytes": "GPU memory in use by all processes (NVML)",
        "load_s": "from the files to a model in memory", "first_call_ms": "the first answer after loading",
    }
    if name in told:
        return told[name]
    if name.startswith("server"):
        limits = f"p99 within {one['server_limit_ms']:g} ms"
        why = f"; {one['server_reason']}" if one.get("server_reason") else ""
        return f"LoadGen Server, Poisson arrivals, {limits}, dynamic batching, not MLPerf-compliant (shortened){why}"
    if name.startswith("latency"):
        return f"LoadGen SingleStream, {asked.single_stream_queries:,} queries, not MLPerf-compliant (shortened)"
    if name in ("tokenise_ms", "model_ms", "after_ms"):
        return "median of one text at a time, stages timed apart"
    return f"LoadGen Offline, {asked.offline_seconds:g} s, not MLPerf-compliant (shortened)"


def _why_not(context: Context, runtime: str, name: str, last: Numbers) -> str:
    asked = context.study.spec.measure
    if name.startswith("energy"):
        return str(last.get("energy_reason") or "the power at rest is not known")
    if name in ("device_bytes", "board_bytes"):
        return "it runs on the CPU" if device(context, runtime) == "cpu" else "NVML does not tell this memory"
    if name.startswith("server"):
        if not asked.server_seconds:
            return "the Server scenario was not asked for; set measure.server_seconds, or take the preset standard"
        return str(last.get("server_reason") or "no latency limit is stated, and the Server scenario needs one")
    if name in QUERIES_NEEDED:
        return f"{asked.single_stream_queries} queries were asked, and {name} needs {QUERIES_NEEDED[name]}"
    return "it cannot be read here"
