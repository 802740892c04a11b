"""Students and their controls trained again with further seeds: what a method gains over training without the teacher."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core import groups, tasks
from core.records import Role, StudyRecord
from core.runtimes.eager import logits
from core.spec import StudySpec
from core.stages.context import Context, device_words, now
from core.stages.distil import Learnt, learnt
from core.stages.evaluate import test_rows
from core.stages.transfer import label
from core.store import models as store

DETAIL = "seeds"  # of a model's details: a list of {"seed", "accuracy", "texts", "device", "date"}
ROLES: tuple[Role, ...] = ("student", "control")
Known = dict[tuple[str, str], list[dict[str, Any]]]
"""What further seeds gave, by name and role of a model."""


@dataclass
class Again:
    """The stage's context as the study would have it with another seed. begin, end: what it is of the stage, in shares."""

    study: StudyRecord
    argument: str
    base: Context
    begin: float
    end: float
    results: Mapping[str, Mapping[str, Any]]

    def progress(self, share: float, detail: str = "") -> None:
        """Progress of the whole stage; raises Cancelled when the run is to stop."""
        self.base.progress(self.begin + (self.end - self.begin) * share, f"seed {self.study.spec.training.seed}: {detail}")

    def stopping(self) -> bool:
        """As for the whole stage."""
        return self.base.stopping()

    def point(self, series: str, x: float, y: float) -> None:
        """No curve: those of the study's own seed are enough."""

    def log(self, text: str) -> None:
        """A line with its seed."""
        self.base.log(f"seed {self.study.spec.training.seed}: {text}")


def further(spec: StudySpec) -> range:
    """The seeds beside the study's own."""
    return range(spec.training.seed + 1, spec.training.seed + spec.distil.seeds)


def seeds(context: Context) -> dict[str, Any]:
    """Stage "seeds": {"seeds"}; gives each student that has a control, and the control, its accuracy with each further seed.

    Another seed draws transfer set, order and start anew; the teacher and the test texts stay. No artefact is kept. What an earlier
    attempt found out is not trained again.
    """
    spec = context.study.spec
    task = tasks.load(spec.task)
    test = task.test.iloc[test_rows(context, task)]
    known: Known = {(model.name, model.role): list(model.details.get(DETAIL, ())) for model in context.study.models}
    rounds = list(_rounds(spec, known))
    for number, (seed, group, role) in enumerate(rounds):
        again = _again(context, seed, number / len(rounds), (number + 1) / len(rounds))
        for made in learnt(again, task, group, role):
            name = made.started.student.name
            known[name, role].append({"seed": seed, **_accuracy(made, test["text"].tolist(), test["label"].to_numpy()),
                                      "device": device_words(context), "date": now()})
            store.save_details(context.study.id, name, role, {DETAIL: known[name, role]})
    return {"seeds": spec.distil.seeds}


def _rounds(spec: StudySpec, known: Known) -> Iterator[tuple[int, groups.Group, Role]]:
    """What is still to be trained: seed, students in one pass, role."""
    for seed in further(spec):
        for group in groups.groups(spec):
            for role in ROLES:
                left = tuple(student for student in groups.controls(group)
                             if not any(each["seed"] == seed for each in known.setdefault((student.name, role), [])))
                if left:
                    yield seed, left, role


def _again(context: Context, seed: int, begin: float, end: float) -> Again:
    spec = context.study.spec
    other = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": seed})})
    again = Again(replace(context.study, spec=other), context.argument, context, begin, begin, context.results)
    return replace(again, end=end, results={**context.results, "label": label(again)})


def _accuracy(made: Learnt, texts: list[str], labels: np.ndarray) -> dict[str, Any]:
    answers = logits(made.started.model, made.tokeniser(texts), made.tokeniser.pad_id).argmax(-1)
    return {"accuracy": float(np.mean(answers == labels)), "texts": len(labels)}

