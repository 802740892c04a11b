"""Stage "adapt" of a teacher without weights: its record from the file, and the encoder that students are made from."""

from __future__ import annotations

from typing import Any

from core import settings, tasks
from core.answers import AnswersInfo, fingerprint_of
from core.errors import UserError
from core.figures import Figure, measured, not_measured
from core.measure.loadgen import QUERIES_NEEDED
from core.models.build import classifier, placed
from core.models.sources import locate, weights_digest
from core.models.tokens import Tokeniser
from core.records import API, ModelRecord
from core.stages.context import VERSION, Context, device, digest, keep, relative
from core.stages.recorded import Recorded
from core.store.models import save_model

LATENCIES = ("latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "latency_mean_ms")
ELSEWHERE = {"throughput_per_s": "1/s", "parameters": "count", "artifact_bytes": "bytes", "peak_memory_bytes": "bytes",
             "energy_j_per_prediction": "J", "reload_agreement": "share"}
NOT_HERE = "the teacher is an API, which does not run on this machine"


def adopt(context: Context, given: Recorded) -> dict[str, Any]:
    """{"artifact", "cached"}: the base encoder with an untrained head. Raises UserError where the task is not the one of the answers."""
    spec = context.study.spec
    task = tasks.load(spec.task)
    info = given.answers.info
    if info.task_fingerprint != fingerprint_of(task):
        raise UserError(f"answers: {info.id!r} was matched to other texts of task {info.task!r} than {spec.task!r} has now; "
                        "import the file again.")
    source = locate(spec.teacher.base)
    key = digest({"version": VERSION, "weights": weights_digest(source), "labels": task.info.labels, "task": task.fingerprint, "base": True,
                  "seed": spec.training.seed, "max_length": spec.training.max_length})
    folder = settings.folder("cache", "teachers") / key
    cached = folder.exists()
    if not cached:
        model = placed(classifier(source, task.info.labels, spec.training.seed), device(context))
        keep(model, Tokeniser(source, spec.training.max_length), task, {"source": spec.teacher.base}, folder)
    context.log(f"teacher {info.who}: {info.texts:,} answers of {info.file}; students are made from {spec.teacher.base}")
    save_model(context.study.id, teacher(context, info))
    return {"artifact": relative(folder), "cached": cached}


def teacher(context: Context, info: AnswersInfo) -> ModelRecord:
    """The teacher's row: what its file says of its calls, and what cannot be measured here."""
    told = {"id": info.id, "file": info.file, "date": info.date, "provider": info.provider, "model": info.model, "rows": info.rows,
            "texts": info.texts, "probabilities": info.probabilities, "splits": info.splits, "summary": list(info.summary)}
    figures = {name: _latency(info, name) for name in LATENCIES} | {name: not_measured(unit, NOT_HERE) for name, unit in ELSEWHERE.items()}
    calls = {name: _of_calls(info, name, "tokens") for name in info.calls if not name.startswith("latency")}
    if "latency_mean_ms" in info.calls:
        figures["latency_queries"] = measured(info.calls["latency_mean_ms"].calls, "count", source=_source(info), device=_where(info),
                                              as_of=info.date)
    return ModelRecord(info.model or info.name, "teacher", API, "answers from a file", "as served", API, "not known", device(context),
                       figures | calls, {"answers": told, "date": info.date})


def _latency(info: AnswersInfo, name: str) -> Figure:
    if name not in info.calls:
        return not_measured("ms", f"{info.file} has no latencies")
    needed = QUERIES_NEEDED.get(name, 1)
    if info.calls[name].calls < needed:
        return not_measured("ms", f"{info.file} has {info.calls[name].calls:,} latencies, and {name} needs {needed:,}")
    return _of_calls(info, name, "ms")


def _of_calls(info: AnswersInfo, name: str, unit: str) -> Figure:
    found = info.calls[name]
    how = "percentile, network included" if unit == "ms" and "mean" not in name else "mean, network included" if unit == "ms" else "mean"
    return measured(found.value, unit, source=f"{_source(info)}, {found.calls:,} calls, {how}; not measured here", device=_where(info),
                    as_of=info.date, low=found.low, high=found.high)


def _source(info: AnswersInfo) -> str:
    return f"file {info.file}, answers of {info.who}"


def _where(info: AnswersInfo) -> str:
    return f"API: {info.who}"
