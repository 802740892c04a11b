"""What a study's search tried, as faint points beside the frontier: judged on validation texts, measured quickly."""

from __future__ import annotations

from dataclasses import dataclass

from core.figures import Figure
from core.records import StudyRecord, TrialRecord
from core.roi.case import bench_unit_cost
from core.studies.decide import Decision
from core.studies.served import machines_of


@dataclass(frozen=True)
class Tried:
    """A trial that became no model of the study. accuracy: share, on validation texts; cost: USD/1e6 by its quick throughput."""

    name: str
    accuracy: Figure
    cost: Figure


def tried(decision: Decision) -> tuple[Tried, ...]:
    """Trials whose accuracy and speed are known; those that joined the study are points of the frontier. Raises UserError."""
    study = decision.study
    if not study.trials:
        return ()
    price = machines_of(decision.case, study.machine, _device(study)).students_usd
    found = [Tried(_name(trial), trial.figures["accuracy"], bench_unit_cost(price, trial.figures["throughput_per_s"]))
             for trial in study.trials if trial.model is None and trial.value("accuracy") and trial.value("throughput_per_s")]
    return tuple(each for each in found if each.cost.value is not None)


def _device(study: StudyRecord) -> str:
    return study.models[0].device if study.models else "cpu"


def _name(trial: TrialRecord) -> str:
    """"trial 12: width, ONNX Runtime int8"."""
    return f"trial {trial.number}: {trial.student.get('family', 'depth')}, {trial.way}"
