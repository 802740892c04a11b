"""A study as one JSON document: what the command line writes, and what the recorded example is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.case import CaseInputs
from core.figures import Figure
from core.records import (
    CascadePoint,
    CurvePoint,
    JobRecord,
    ModelRecord,
    StepRecord,
    StudyRecord,
    TrialRecord,
    judged_from_dict,
    judged_to_dict,
)
from core.spec import StudySpec, parse
from core.studies.answers import answers, figures_json
from core.studies.decide import Decision

ALWAYS = {
    "accuracy": "share", "macro_f1": "share", "retention": "share", "latency_p50_ms": "ms", "latency_p90_ms": "ms",
    "latency_p99_ms": "ms", "throughput_per_s": "1/s", "parameters": "count", "artifact_bytes": "bytes",
    "peak_memory_bytes": "bytes", "energy_j_per_prediction": "J",
}
IDENTITY = ("name", "role", "family", "method", "variant", "runtime", "precision", "device")


def to_document(decision: Decision) -> dict[str, Any]:
    """The whole study with its decision; every number is a figure object (value, low, high, unit, provenance)."""
    study = decision.study
    return {
        "id": study.id, "name": study.name, "task": study.spec.task, "preset": study.spec.preset,
        "created_at": study.created_at.isoformat(), "commit": study.commit, "machine": dict(study.machine),
        "state": study.job.state if study.job else None, "error": study.job.error if study.job else "",
        "seconds": seconds(study), "spec": study.spec.model_dump(mode="json"), "case": decision.case.model_dump(mode="json"),
        "best": decision.best.name if decision.best else None, "price": decision.price.to_dict(),
        "inputs": figures_json(decision.inputs),
        **answers(decision.ruling, decision.comparisons, decision.bars, decision.information),
        "models": [_model(decision, model) for model in study.models],
        "variants": [_model(decision, model) for model in study.variants],
        "trials": [trial.to_dict() for trial in study.trials],
        "job": _job(study.job), "curves": [asdict(point) for point in study.curves],
    }


def to_record(study: StudyRecord) -> dict[str, Any]:
    """What from_document reads back as the same study, but for its curves; nothing that follows from the figures is in it."""
    models, variants = ([{key: getattr(model, key) for key in IDENTITY} | _measured(model, model.figures) for model in found]
                        for found in (study.models, study.variants))
    return {"created_at": study.created_at.isoformat(), "spec": study.spec.model_dump(mode="json"),
            "case": study.case.model_dump(mode="json"), "machine": dict(study.machine), "commit": study.commit,
            "models": models, "variants": variants, "trials": [trial.to_dict() for trial in study.trials], "job": _job(study.job),
            "curves": []}


def seconds(study: StudyRecord) -> float | None:
    """Wall seconds of the study's stages together, or None before the first has finished."""
    done = [step.seconds for step in study.job.steps if step.seconds is not None] if study.job else []
    return round(sum(done), 3) if done else None


def from_document(data: Mapping[str, Any], study_id: str) -> StudyRecord:
    """The recorded study in a document, under another id; its decision is computed anew when it is read."""
    return StudyRecord(
        id=study_id, created_at=datetime.fromisoformat(data["created_at"]), spec=parse(StudySpec, data["spec"]),
        case=parse(CaseInputs, data["case"]), machine=data["machine"], commit=data["commit"],
        models=tuple(_read_model(row) for row in data["models"]),
        variants=tuple(_read_model(row) for row in data.get("variants", ())), job=_read_job(data["job"], study_id),
        curves=tuple(CurvePoint(**point) for point in data["curves"]), recorded=True,
        trials=tuple(TrialRecord.from_dict(row) for row in data.get("trials", ())))


def _model(decision: Decision, model: ModelRecord) -> dict[str, Any]:
    option = decision.option(model)
    figures = {name: Figure.from_dict(_unknown(unit)) for name, unit in ALWAYS.items()} | dict(model.figures)
    if option:
        figures |= {"usd_per_million_bench": option.usd_per_million_bench, "usd_per_million_provisioned": option.usd_per_million}
    return {key: getattr(model, key) for key in IDENTITY} | _measured(model, figures)


def _measured(model: ModelRecord, figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {"details": dict(model.details), "figures": figures_json(figures),
            "cascade": [point.to_dict() for point in model.cascade], **judged_to_dict(model)}


def _unknown(unit: str) -> dict[str, Any]:
    origin = {"kind": "not_measured", "reason": "this stage has not run, or does not apply"}
    return {"value": None, "unit": unit, "provenance": origin}


def _read_model(row: Mapping[str, Any]) -> ModelRecord:
    figures = {name: Figure.from_dict(data) for name, data in row["figures"].items() if not name.startswith("usd_")}
    cascade = tuple(CascadePoint.from_dict(point) for point in row.get("cascade", ()))
    return ModelRecord(**{key: row[key] for key in IDENTITY}, details=row["details"], figures=figures, cascade=cascade,
                       **judged_from_dict(row))


def _job(job: JobRecord | None) -> dict[str, Any] | None:
    if job is None:
        return None
    steps = [{"key": step.key, "title": step.title, "state": step.state, "expected_s": step.expected_s,
              "started_at": _iso(step.started_at), "finished_at": _iso(step.finished_at)} for step in job.steps]
    return {"id": job.id, "device": job.device, "state": job.state, "created_at": _iso(job.created_at),
            "started_at": _iso(job.started_at), "finished_at": _iso(job.finished_at), "attempt": job.attempt, "steps": steps}


def _read_job(data: Mapping[str, Any] | None, study_id: str) -> JobRecord | None:
    if data is None:
        return None
    steps = tuple(StepRecord(step["key"], step["title"], step["state"], 1.0 if step["state"] == "done" else 0.0, "",
                             step["expected_s"], _time(step["started_at"]), _time(step["finished_at"])) for step in data["steps"])
    created = _time(data["created_at"])
    assert created is not None
    return JobRecord(data["id"], study_id, data["device"], data["state"], created, _time(data["started_at"]),
                     _time(data["finished_at"]), data["attempt"], steps=steps)


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
