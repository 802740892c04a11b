"""Speed, memory and energy of teacher and students: one mirrored pass over fresh processes for each stage run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core import quality, tasks
from core.figures import Figure, Interval, Provenance, copied, not_measured
from core.measure.bench import Request
from core.measure.invoke import invoke
from core.measure.loadgen import QUERIES_NEEDED
from core.records import ModelRecord
from core.stages.context import Context, device, device_words, now
from core.stages.evaluate import test_rows
from core.store import models as store

UNITS = {"latency_p50_ms": "ms", "latency_p90_ms": "ms", "latency_p99_ms": "ms", "latency_mean_ms": "ms",
         "throughput_per_s": "1/s", "peak_memory_bytes": "bytes", "energy_j_per_prediction": "J", "parameters": "count",
         "artifact_bytes": "bytes",
         "latency_queries": "count", "reload_agreement": "share", "throughput_speedup": "ratio", "latency_speedup": "ratio"}
EXACT = ("parameters", "artifact_bytes")
Pass = Mapping[str, Mapping[str, float | None]]


def measure(context: Context) -> dict[str, Any]:
    """Stage "measure:N": {"models": {name: figures by name}}; saves figures over all passes so far."""
    number = int(context.argument)
    measured = [model for model in context.study.models if model.role != "control"]
    order = measured if number % 2 else measured[::-1]
    with tempfile.TemporaryDirectory() as folder:
        texts = _write_texts(context, Path(folder))
        found = {}
        for i, model in enumerate(order):
            context.progress(i / len(order), f"pass {number}: {model.role} {model.name}")
            found[_key(model)] = invoke(_request(context, model, texts), lambda i=i, m=model: context.progress(  # type: ignore[misc]
                i / len(order), f"pass {number}: {m.role} {m.name}"))
    earlier = [context.results[f"measure:{n}"]["models"] for n in range(1, number)]
    _save(context, measured, [*earlier, found])
    return {"models": found}


def _key(model: ModelRecord) -> str:
    return f"{model.role}:{model.name}"


def _write_texts(context: Context, folder: Path) -> Path:
    task = tasks.load(context.study.spec.task)
    path = folder / "texts.json"
    path.write_text(json.dumps(task.test["text"].iloc[test_rows(context, task)].tolist()), encoding="utf-8")
    return path


def _request(context: Context, model: ModelRecord, texts: Path) -> Request:
    asked = context.study.spec.measure
    folder = store.artifact_path(context.study.id, model.name, model.role)
    threads = asked.threads or int(context.study.machine.get("cores", 1))
    return Request(str(folder), str(texts), device(context), threads, asked.single_stream_queries, asked.offline_seconds)


def _save(context: Context, models: Sequence[ModelRecord], passes: Sequence[Pass]) -> None:
    teacher = next(model for model in models if model.role == "teacher")
    for model in models:
        figures = _figures(context, [_with_speedup(one, _key(model), _key(teacher)) for one in passes])
        store.save_figures(context.study.id, model.name, model.role, figures)
        twin = context.study.model(model.name, "control")
        if model.role == "student" and twin is not None:
            why = "the control has the same architecture"
            shared = {name: copied(figure, f"student {model.name}", why) for name, figure in figures.items()
                      if name != "reload_agreement"}
            store.save_figures(context.study.id, twin.name, "control", shared)


def _with_speedup(one: Pass, own: str, teacher: str) -> dict[str, float | None]:
    """A model's numbers of one pass, and its ratios to the teacher within that pass."""
    mine, theirs = dict(one[own]), one[teacher]
    mine["reload_agreement"] = _ratio(mine.pop("reload_equal"), mine.pop("reload_texts"))
    mine["latency_queries"] = mine.pop("queries")
    mine["throughput_speedup"] = _ratio(mine["throughput_per_s"], theirs["throughput_per_s"])
    mine["latency_speedup"] = _ratio(theirs["latency_mean_ms"], mine["latency_mean_ms"])
    return mine


def _ratio(a: float | None, b: float | None) -> float | None:
    return None if a is None or not b else a / b


def _figures(context: Context, passes: Sequence[Mapping[str, float | None]]) -> dict[str, Figure]:
    return {name: _figure(context, name, unit, [one[name] for one in passes]) for name, unit in UNITS.items()}


def _figure(context: Context, name: str, unit: str, values: Sequence[float | None]) -> Figure:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return not_measured(unit, _why_not(context, name))
    found = Interval(known[0]) if name in EXACT or name == "latency_queries" else quality.over_invocations(known)
    source = f"study {context.study.id}, {_method(context, name)}, {len(values)} process{'es' if len(values) > 1 else ''}"
    return Figure(found.value, unit, Provenance("measured", source, device_words(context), now()), found.low, found.high)


def _method(context: Context, name: str) -> str:
    asked = context.study.spec.measure
    if name in EXACT:
        return "counted"
    if name == "reload_agreement":
        return "answers to its reference texts after a reload in a fresh process"
    if name == "peak_memory_bytes":
        return "peak of GPU memory reserved" if device(context) != "cpu" else "peak resident memory of the serving process"
    if name.startswith("latency"):
        return f"LoadGen SingleStream, {asked.single_stream_queries:,} queries, not MLPerf-compliant (shortened)"
    return f"LoadGen Offline, {asked.offline_seconds:g} s, not MLPerf-compliant (shortened)"


def _why_not(context: Context, name: str) -> str:
    if name == "energy_j_per_prediction":
        return "no energy counter: it needs an NVIDIA GPU" if device(context) == "cpu" else "this GPU has no energy counter"
    queries = context.study.spec.measure.single_stream_queries
    return f"{queries} queries were asked, and {name} needs {QUERIES_NEEDED.get(name, 1)}"
