"""Students with other seeds: what a method gains over training without the teacher, how much that varies, and what follows.

Seeds come from the study's own stage "seeds" and from whole studies that differ by their seed alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core import quality
from core.claims.rules import SEEDS_NEEDED, method
from core.figures import Figure, derived, measured, not_measured
from core.formats import show
from core.records import ModelRecord, StudyRecord
from core.spec import StudySpec
from core.store import studies

DETAIL = "seeds"  # of a model's details, as stage "seeds" writes it


Word = Literal["beats", "does not beat", "inconclusive"]


@dataclass(frozen=True)
class MethodVerdict:
    """Whether a student beats its control. gain: points over its control, mean over `seeds` seeds in pairs, from 6 on with its interval;
    that of the search's own seed where there are none beside it.

    missing: how many seeds more a verdict needs. setting: of the study, how many it trains.
    """

    name: str
    family: str
    method: str
    gain: Figure
    seeds: int
    word: Word
    setting: str = "distil.seeds"

    @property
    def missing(self) -> int:
        """Seeds that a verdict still needs."""
        return max(0, SEEDS_NEEDED - self.seeds)


def verdicts(study: StudyRecord, records: Sequence[StudyRecord]) -> tuple[MethodVerdict, ...]:
    """For each student of the study that has a control: Student's t interval over seeds above 0 beats, one that ends at 0 or below does
    not, all else is inconclusive. records: the study's siblings, itself among them."""
    found = gains(study, records)
    made = []
    for model in (each for each in study.models if each.role == "student" and study.model(each.name, "control") is not None):
        own = model.figures.get("gain_over_control", not_measured("points", "it is not evaluated yet"))
        gain, seeds = found.get(model.name, (own, 0 if is_found(model) else 1))
        setting = "search.seeds" if is_found(model) else "distil.seeds"
        made.append(MethodVerdict(model.name, model.family, model.method, gain, seeds, _word(gain, seeds), setting))
    return tuple(made)


def _word(gain: Figure, seeds: int) -> Word:
    found = method("", gain, seeds).verdict
    return "beats" if found == "holds" else "does not beat" if found == "does not hold" else "inconclusive"


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


def gains(study: StudyRecord, records: Sequence[StudyRecord]) -> dict[str, tuple[Figure, int]]:
    """By student, its gain over its control in points, mean over seeds in pairs, and how many seeds; students with one seed are left out.

    records: the study and others that differ from it by their seed alone; each may hold further seeds of its stage "seeds". Of what a
    search found only the further seeds of this study count: by its own seed it was chosen, and under another one its name may mean another
    student. From 6 seeds on the mean has Student's t interval over seeds.
    """
    found = {}
    for model in (each for each in study.models if each.role == "student"):
        accuracies = {role: _again(study, model.name, role) if is_found(model) else _by_seed(records, model.name, role)
                      for role in ("student", "control")}
        seeds = sorted(accuracies["student"].keys() & accuracies["control"].keys())
        if len(seeds) > 1:
            found[model.name] = (_gain(model.name, accuracies, seeds), len(seeds))
    return found


def _gain(name: str, accuracies: dict[str, dict[int, Figure]], seeds: list[int]) -> Figure:
    values = {role: {seed: 100 * (accuracies[role][seed].value or 0.0) for seed in seeds} for role in accuracies}
    spread = quality.paired_by_seed(values["student"], values["control"])
    inputs = {f"accuracy of {role} {name}, seed {seed}": accuracies[role][seed] for role in accuracies for seed in seeds}
    plain = derived(spread.mean.value, "points", "", inputs)
    sd = "" if spread.sd is None else f", standard deviation {show(replace(plain, value=spread.sd))}"
    formula = f"mean over {spread.seeds} seeds of accuracy less its control's on the same texts{sd}; {spread.mean.note}"
    return replace(derived(spread.mean.value, "points", formula, inputs), low=spread.mean.low, high=spread.mean.high)


def is_found(model: ModelRecord) -> bool:
    """Whether a search has found this student."""
    return "trial" in model.details


def _again(study: StudyRecord, name: str, role: str) -> dict[int, Figure]:
    """Test accuracy by further seed, as the study's stage "seeds" trained a model again."""
    return {int(each["seed"]): measured(float(each["accuracy"]), "share",
                                        source=f"{each['texts']:,} test texts, trained again with seed {each['seed']}",
                                        device=str(each["device"]), as_of=str(each["date"]))
            for model in study.models if (model.name, model.role) == (name, role) for each in model.details.get(DETAIL, ())}


def _by_seed(records: Sequence[StudyRecord], name: str, role: str) -> dict[int, Figure]:
    """Test accuracy by seed: whole studies first, then what their stage "seeds" trained again."""
    models = [(record.spec.training.seed, model) for record in records for model in record.models
              if (model.name, model.role) == (name, role)]
    found = {seed: model.figures["accuracy"] for seed, model in models
             if "accuracy" in model.figures and model.figures["accuracy"].value is not None}
    for record in records:
        found = _again(record, name, role) | found
    return found


def _alike(spec: StudySpec) -> dict[str, object]:
    """What a study asks for, without what leaves its models' answers as they are by design: seeds, names, device, speed, variants,
    learning curve."""
    data = spec.model_dump(mode="json", exclude={"name", "device", "preset", "measure", "variants", "curve"})
    data["training"].pop("seed")
    data["distil"].pop("seeds")
    data["search"].pop("seeds")
    return data
