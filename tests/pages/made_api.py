"""A made study whose teacher is an API, known by its answers in a file."""

from __future__ import annotations

from dataclasses import replace

from core.case import CaseInputs
from core.figures import Figure, derived, not_measured
from core.records import API, CascadePoint, ModelRecord, StepPlan
from core.spec import preset
from core.store import jobs, models, steps, studies
from tests.pages import made

SAID = CaseInputs(predictions_per_day=40_000_000, latency_limit_ms=1_500.0, accuracy_margin_points=4.0, engineering_hours=80,
                  status_quo="api", api_provider="openai", api_model="gpt-4o-mini")
TOLD = {"id": "calls", "file": "calls <b>.csv", "date": "2026-11-20", "provider": "openai", "model": "gpt-4o-mini", "rows": 10_000,
        "texts": 9_412, "probabilities": 0, "splits": {"train": 6_000, "validation": 900, "test": 1_900, "other": 612},
        "summary": ["9,412 texts with an answer from 10,000 rows of calls <b>.csv.", "Of the task's splits: 6,000 train.",
                    "None has probabilities: students learn from the answers alone.", "120 rows without an answer."]}


def make_api_study(study_id: str, case: CaseInputs = SAID) -> str:
    """A finished study, with a cascade of its first student. Returns its id."""
    spec = preset("quick", "snippets", teacher={"source": "answers:calls"}, distil={"method": "black box"},
                  students=[{"name": f"depth-{n}", "layers": n} for n in (3, 1)])
    studies.create(study_id, spec, case, made.MACHINE, "abc123")
    job_id = jobs.enqueue(study_id, "cpu", [StepPlan(key, f"Stage {key}", 10.0) for key in made.KEYS])
    jobs.claim("cpu")
    for key in made.KEYS:
        steps.start(job_id, key)
        steps.finish(job_id, key, {}, [])
    made._models(study_id, spec, teacher=_teacher())
    for model in studies.get(study_id).models[1:]:
        ratios = {"throughput_speedup": not_measured("ratio", "the teacher is an API, whose throughput is not measured"),
                  "latency_speedup": derived(30.0, "ratio", "call / own", {"call": model.figures["latency_p50_ms"]})}
        models.save_model(study_id, replace(model, figures={**model.figures, **ratios}, details={**model.details, "texts": 6_000}))
    models.save_cascade(study_id, "depth-3", "student", [_point(*each) for each in ((0.0, 0.0, -1.2), (0.7, 0.2, -0.4), (1.0, 1.0, 0.0))])
    jobs.finish(job_id, "done")
    return study_id


def _teacher() -> ModelRecord:
    speed = {f"latency_{name}_ms": made._figure(value, "ms", 5.0) for name, value in
             (("p50", 420.0), ("p90", 700.0), ("p99", 1_300.0), ("mean", 450.0))}
    calls = {"latency_queries": made._figure(9_900, "count"), "input_tokens": made._figure(180.5, "tokens"),
             "output_tokens": made._figure(3.2, "tokens"), "reasoning_tokens": made._figure(0.0, "tokens")}
    unknown = {name: not_measured(unit, "the teacher is an API, which does not run on this machine") for name, unit in
               (("throughput_per_s", "1/s"), ("parameters", "count"), ("peak_memory_bytes", "bytes"))}
    quality = {"accuracy": made._figure(0.80, "share", 0.018), "macro_f1": made._figure(0.79, "share", 0.019),
               "test_texts": made._figure(1900, "count")}
    return ModelRecord("gpt-4o-mini", "teacher", API, "answers from a file", "as served", API, "not known", "cpu",
                       speed | calls | unknown | quality, {"answers": TOLD, "date": "2026-11-20"})


def _point(threshold: float, escalated: float, lost: float) -> CascadePoint:
    sent, less = made._figure(escalated, "share", 0.01), made._figure(lost, "points", 0.9)
    accuracy: Figure = made._figure(0.8 + lost / 100, "share", 0.018)
    return CascadePoint(threshold, sent, accuracy, less, sent, less)
