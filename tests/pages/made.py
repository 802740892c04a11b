"""A study with plausible figures, written through the real store as a worker would write it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.case import CaseInputs
from core.figures import Figure, copied, measured, not_measured
from core.records import ModelRecord, Role, StepPlan
from core.spec import StudySpec, preset
from core.store import jobs, models, steps, studies

MACHINE = {"cpu": "Test CPU", "cores": 2, "threads": 2, "memory_bytes": 8 * 2**30, "features": ["avx2"], "gpus": [],
           "os": "Linux", "python": "3.11", "packages": {"torch": "2.13.0"}}
KEYS = ("adapt", "label", "distil:depth-3", "control:depth-3", "distil:depth-1", "control:depth-1", "evaluate", "measure:1")
SAID = CaseInputs(predictions_per_day=40_000_000, latency_limit_ms=40.0, accuracy_margin_points=4.0, engineering_hours=80)
MADE = {"seconds": 60.0, "labelling_seconds": 5.0, "device": "Test CPU, 2 cores", "date": "2026-11-20"}


def make_study(study_id: str, state: str = "done", *, case: CaseInputs = SAID, name: str = "", task: str = "snippets",
               machine: Mapping[str, Any] = MACHINE, done: int = 3) -> str:
    """A stored study whose run is in `state`; a finished one has all figures, another `done` stages. Returns its id."""
    spec = preset("quick", task, name=name, students=[{"name": f"depth-{n}", "layers": n} for n in (3, 1)])
    studies.create(study_id, spec, case, machine, "abc123")
    job_id = jobs.enqueue(study_id, "cpu", [StepPlan(key, f"Stage {key}", 10.0) for key in KEYS])
    if state == "queued":
        return study_id
    jobs.claim("cpu")
    done = len(KEYS) if state == "done" else done
    for key in KEYS[:done]:
        steps.start(job_id, key)
        steps.finish(job_id, key, {}, [("train loss", 100.0 * i, 0.7 - 0.05 * i) for i in range(6)])
    if state == "done":
        _models(study_id, spec)
    else:
        steps.start(job_id, KEYS[done])
        steps.progress(job_id, KEYS[done], 0.4, "half way", [("train loss", 100.0, 0.6), ("train loss", 200.0, 0.5)])
    if state == "failed":
        jobs.finish(job_id, "failed", "The disk is full; free some space & retry.")
    elif state == "done":
        jobs.finish(job_id, "done")
    elif state == "cancelled":
        jobs.request_cancel(job_id)
        jobs.finish(job_id, "cancelled")
    return study_id


def _models(study_id: str, spec: StudySpec, teacher: ModelRecord | None = None) -> None:
    if teacher is None:
        _save(study_id, "minilm", "teacher", 6, 0.80, {})
    else:
        models.save_model(study_id, teacher)
    for student in spec.students:
        assert student.layers
        loss = 0.4 * (6 - student.layers)
        for role, points in (("student", loss), ("control", 1.6 * loss)):
            _save(study_id, student.name, role, student.layers, 0.80 - points / 100, _kept(points, role))  # type: ignore[arg-type]


def _kept(points: float, role: str) -> dict[str, Figure]:
    kept = {"retention": _figure(1 - points / 80, "share", 0.01), "accuracy_difference": _figure(-points, "points", 0.9),
            "mcnemar_p_teacher": _figure(0.021, "p"), "teacher_agreement": _figure(0.93, "share")}
    if role == "student":
        kept |= {"gain_over_control": _figure(0.6 * points, "points", 0.8), "mcnemar_p_control": _figure(0.0004, "p")}
    return kept


def _save(study_id: str, name: str, role: Role, layers: int, accuracy: float, kept: dict[str, Figure]) -> None:
    speed = {
        "latency_p50_ms": _figure(2.5 * layers, "ms"), "latency_p90_ms": _figure(3.1 * layers, "ms"),
        "latency_p99_ms": _figure(4.2 * layers, "ms"), "latency_queries": _figure(662, "count"),
        "throughput_per_s": _figure(1026 / layers, "1/s"), "throughput_speedup": _figure(6 / layers, "ratio"),
        "latency_speedup": _figure(6 / layers, "ratio"), "parameters": _figure(11_900_000 + 1_774_000 * layers, "count"),
        "artifact_bytes": _figure(4 * (11_900_000 + 1_774_000 * layers), "bytes"),
        "peak_memory_bytes": _figure(4.1e8 + 1e7 * layers, "bytes"),
        "energy_j_per_prediction": not_measured("J", "no energy counter: it needs an NVIDIA GPU"),
    }
    if role == "control":
        speed = {key: copied(figure, f"student {name}", "the same architecture") for key, figure in speed.items()}
    else:
        speed["reload_agreement"] = _figure(1.0, "share")
    quality = {"accuracy": _figure(accuracy, "share", 0.018), "macro_f1": _figure(accuracy - 0.004, "share", 0.019),
               "test_texts": _figure(1900, "count")}
    method = {"teacher": "fine-tuned", "student": "logits", "control": "hard labels"}[role]
    record = ModelRecord(name, role, "depth", method, "as trained", "torch", "fp32", "cpu", quality | speed | kept, MADE)
    models.save_model(study_id, record)


def _figure(value: float, unit: str, half: float | None = None) -> Figure:
    made = measured(value, unit, source="study made for a test", device="Test CPU, 2 cores", as_of="2026-11-20")
    return made if half is None else Figure(value, unit, made.provenance, value - half, value + half)


