"""The stages of a study and how long each should take on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core import tasks
from core.errors import UserError
from core.jobs.api import CACHED_SHARE
from core.records import StepPlan
from core.spec import StudySpec
from core.store import studies
from core.studies.expected import Expected

# Arithmetic rates in FLOP/s until a study has run here: a core of a server CPU in fp32, and a data-centre GPU in bf16.
CPU_CORE_FLOPS, GPU_FLOPS = 45e9, 20e12
TEACHER_LAYERS = 6
LAYER_KEYS = ("num_hidden_layers", "n_layers", "num_layers")  # of a config.json


def steps(
    spec: StudySpec, info: tasks.TaskInfo, machine: Mapping[str, Any], device: str, pace: float = 1.0
) -> tuple[StepPlan, ...]:
    """The stages in order with expected seconds. pace scales them to what earlier studies took on this machine."""
    rate = (GPU_FLOPS if device != "cpu" else CPU_CORE_FLOPS * int(machine.get("cores", 1))) / pace
    return Expected(spec, info, teacher_layers(spec.teacher.encoder), rate).steps()


def check_depths(spec: StudySpec) -> None:
    """Raises UserError for a student cut out of the teacher that is no shallower than it."""
    layers = teacher_layers(spec.teacher.encoder)
    for student in spec.students:
        if (student.layers or 0) >= layers:
            raise UserError(f"students: {student.name!r} keeps {student.layers} layers of a teacher with {layers}; "
                            f"choose 1 to {layers - 1}.")
        if max(student.keep_layers or (0,)) >= layers:
            raise UserError(f"students: {student.name!r} keeps layer {max(student.keep_layers or ())} of a teacher with layers 0 to "
                            f"{layers - 1}; choose among these.")


def measured_pace(device: str, machine: Mapping[str, Any]) -> float:
    """Seconds that the newest finished study on this device took over what was planned at pace 1; 1 before the first.

    Stages that took a small part of their time came from a cache and are left out. Within 0.1 to 10.
    """
    known = {info.id for info in tasks.list_tasks()}
    for summary in studies.summaries():
        if summary.job_state != "done" or summary.task not in known:
            continue
        job = studies.get(summary.id).job
        if job is None or job.device != device:
            continue
        spec = studies.get(summary.id).spec
        planned = {step.key: step.expected_s for step in steps(spec, tasks.info(spec.task), machine, device)}
        done = [(step.seconds, planned[step.key]) for step in job.steps
                if step.seconds and step.seconds > CACHED_SHARE * planned.get(step.key, float("inf"))]
        if done:
            return min(10.0, max(0.1, sum(took for took, _ in done) / sum(expected for _, expected in done)))
    return 1.0


def teacher_layers(source: str) -> int:
    """Layers that a local model's config.json states; the bundled teacher's where it cannot be read."""
    config = Path(source).expanduser() / "config.json"
    if not config.is_file():
        return TEACHER_LAYERS
    try:
        data = json.loads(config.read_text(encoding="utf-8"))
        return int(next((data[key] for key in LAYER_KEYS if key in dict(data)), TEACHER_LAYERS))
    except (OSError, ValueError, TypeError, RecursionError):
        raise UserError(f"teacher.source: {config} is no model's configuration; choose a folder that save_pretrained wrote.") from None

