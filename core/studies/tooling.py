"""What became of every way to serve a model that was tried, and of the tools that were not: evidence for item 5 of the checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.case import CaseInputs, ToolInputs
from core.figures import NOT_STATED, Figure, assumed, not_measured
from core.formats import show
from core.records import ModelRecord, StudyRecord
from core.words import RUNTIMES, TOOLS

Outcome = Literal["works", "fails", "not installed", "not tried", "does not apply"]
UNSTATED = "not stated"


@dataclass(frozen=True)
class Attempt:
    """key: the tool's name in a case; tool: whose it is. way: how a model was to be served. told: its speed, why it fails, or the
    command that installs it."""

    key: str
    tool: str
    way: str
    outcome: Outcome
    told: str


ELSEWHERE = Attempt("tfmot", TOOLS["tfmot"], "", "does not apply",
                    "It quantises and prunes Keras models of TensorFlow; teacher and students here are PyTorch models.")


def attempts(study: StudyRecord, name: str) -> tuple[Attempt, ...]:
    """Each runtime and precision on the student of that name (or the teacher where there is none), then the tools nobody tried."""
    role = "student" if study.model(name, "student") else "teacher"
    own = [model for model in (*study.models, *study.variants) if model.role == role and (role == "teacher" or model.name == name)]
    tried = [_attempt(model) for model in own]
    missing = [Attempt(key, TOOLS[key], RUNTIMES[key], "not tried", "Add it to the study's variants.")
               for key in RUNTIMES if key not in {model.runtime for model in own}]
    return (*tried, *missing, ELSEWHERE)


def _attempt(model: ModelRecord) -> Attempt:
    way, key, tool = model.way or "PyTorch, eager fp32", model.runtime, TOOLS.get(model.runtime, model.runtime)
    failed = str(model.details.get("failed", ""))
    if failed:
        return Attempt(key, tool, way, "not installed" if "is not installed" in failed else "fails", failed)
    rate, p99 = model.figures.get("throughput_per_s"), model.figures.get("latency_p99_ms")
    if rate is None or rate.value is None:
        return Attempt(key, tool, way, "works", "It answers; its speed is not measured yet.")
    told = f"{show(rate)}" + ("" if p99 is None or p99.value is None else f", p99 {show(p99)}")
    same = model.figures.get("variant_agreement")
    return Attempt(key, tool, way, "works", told + ("" if same is None else f"; {show(same)} of its answers as before") + ".")


def effort(said: ToolInputs) -> Figure:
    """Hours of work until the tool serves, as they were stated."""
    hours = said.integration_hours
    return not_measured("h", NOT_STATED) if hours is None else assumed(hours, "h", by="user")


def in_a_cell(case: CaseInputs, key: str) -> str:
    """What was stated of a tool in a few words: "vendor support, stable, 16 h to integrate"; "not stated" for nothing."""
    said = case.tools.get(key, ToolInputs())
    support = {None: "", "none": "no support"}.get(said.support, f"{said.support} support")
    hours = "" if said.integration_hours is None else f"{show(effort(said))} to integrate"
    return ", ".join(filter(None, (support, said.maturity, hours))) or UNSTATED


def statements(case: CaseInputs) -> tuple[str, ...]:
    """What was stated of each tool, a sentence each: "ONNX Runtime: support vendor, maturity stable, integration effort 16 h."."""
    told = ((TOOLS[key], said) for key in TOOLS if (said := case.tools.get(key, ToolInputs())) != ToolInputs())
    return tuple(f"{tool}: support {said.support or UNSTATED}, maturity {said.maturity or UNSTATED}, "
                 f"integration effort {show(effort(said))}." for tool, said in told)


def noise(models: Sequence[ModelRecord]) -> tuple[str, ...]:
    """Why the measurements of these models are noisy, a sentence each with the models that it concerns; empty where they are quiet."""
    found: dict[str, list[str]] = {}
    for model in models:
        for reason in model.details.get("noise", ()):
            found.setdefault(str(reason), []).append(model.name)
    return tuple(f"{reason} ({', '.join(dict.fromkeys(names))})" for reason, names in found.items())
