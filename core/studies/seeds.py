"""The same study with other seeds: what a method gains over training without the teacher, and how much that varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core import quality
from core.figures import Figure, derived
from core.formats import show
from core.records import StudyRecord
from core.spec import StudySpec
from core.store import studies


def siblings(study: StudyRecord) -> tuple[StudyRecord, ...]:
    """This study and the finished ones that differ from it by their seed alone (and by name, device or preset's name), one a seed.

    By rising seed; of several with one seed this study, else the newest, stands for it.
    """
    found = {study.spec.training.seed: study}
    for row in studies.summaries():
        if row.job_state == "done" and row.task == study.spec.task and row.id != study.id:
            other = studies.get(row.id)
            if _alike(other.spec) == _alike(study.spec):
                found.setdefault(other.spec.training.seed, other)
    return tuple(found[seed] for seed in sorted(found))


def gains(records: Sequence[StudyRecord]) -> dict[str, tuple[Figure, int]]:
    """By student, its gain over its control in points, mean over seeds in pairs, and how many seeds; students with one seed are left out.

    records differ by their seed alone. From 6 seeds on the mean has Student's t interval over seeds.
    """
    names = dict.fromkeys(model.name for record in records for model in record.models if model.role == "student")
    found = {}
    for name in names:
        accuracies = {role: _by_seed(records, name, role) for role in ("student", "control")}
        seeds = sorted(accuracies["student"].keys() & accuracies["control"].keys())
        if len(seeds) > 1:
            found[name] = (_gain(name, accuracies, seeds), len(seeds))
    return found


def _gain(name: str, accuracies: dict[str, dict[int, Figure]], seeds: list[int]) -> Figure:
    values = {role: {seed: 100 * (accuracies[role][seed].value or 0.0) for seed in seeds} for role in accuracies}
    spread = quality.paired_by_seed(values["student"], values["control"])
    inputs = {f"accuracy of {role} {name}, seed {seed}": accuracies[role][seed] for role in accuracies for seed in seeds}
    plain = derived(spread.mean.value, "points", "", inputs)
    sd = "" if spread.sd is None else f", standard deviation {show(replace(plain, value=spread.sd))}"
    formula = f"mean over {spread.seeds} seeds of accuracy less its control's on the same texts{sd}; {spread.mean.note}"
    return replace(derived(spread.mean.value, "points", formula, inputs), low=spread.mean.low, high=spread.mean.high)


def _by_seed(records: Sequence[StudyRecord], name: str, role: str) -> dict[int, Figure]:
    return {record.spec.training.seed: model.figures["accuracy"] for record in records for model in record.models
            if model.name == name and model.role == role and "accuracy" in model.figures and model.figures["accuracy"].value is not None}


def _alike(spec: StudySpec) -> dict[str, object]:
    """What a study asks for, without what leaves its models' answers as they are by design: seed, names, device, speed, variants."""
    data = spec.model_dump(mode="json", exclude={"name", "device", "preset", "measure", "variants"})
    data["training"].pop("seed")
    return data
