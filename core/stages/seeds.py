"""Students and their controls trained again with further seeds: what a method gains over training without the teacher."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from transformers import PreTrainedModel

from core import groups, tasks
from core.models.tokens import Tokeniser
from core.records import ModelRecord, Role
from core.runtimes.eager import logits
from core.search.space import AS_TRAINED, Tried
from core.spec import StudentSpec, StudySpec
from core.stages.again import Again
from core.stages.context import Context, device_words, now
from core.stages.distil import learnt
from core.stages.evaluate import test_rows
from core.stages.transfer import label
from core.stages.trying import Bench
from core.store import models as store

DETAIL = "seeds"  # of a model's details: a list of {"seed", "accuracy", "texts", "device", "date"}
ROLES: tuple[Role, ...] = ("student", "control")
Known = dict[tuple[str, str], list[dict[str, Any]]]
"""What further seeds gave, by name and role of a model."""
Made = tuple[str, PreTrainedModel, Tokeniser]  # the name of a model, and what it has become


@dataclass(frozen=True)
class Round:
    """Models of one role that learn together with one seed. learn: trains them, in the study as that seed would have it."""

    seed: int
    role: Role
    learn: Callable[[Again], Iterable[Made]]


def further(spec: StudySpec, count: int) -> range:
    """The seeds beside the study's own, where there are to be `count` of them."""
    return range(spec.training.seed + 1, spec.training.seed + count)


def seeds(context: Context) -> dict[str, Any]:
    """Stage "seeds": {"seeds", "found"}; gives each student that has a control, and the control, its accuracy with each further seed.

    The study's own students learn with distil.seeds of them, those that its search found with search.seeds. Another seed draws
    transfer set, order and start anew; the teacher and the test texts stay. No artefact is kept. What an earlier attempt found out is
    not trained again.
    """
    spec = context.study.spec
    task = tasks.load(spec.task)
    test = task.test.iloc[test_rows(context, task)]
    texts, labels = test["text"].tolist(), test["label"].to_numpy()
    known: Known = {(model.name, model.role): list(model.details.get(DETAIL, ())) for model in context.study.models}
    rounds = [*_own(spec, known, task), *_found(context, known)]
    for number, each in enumerate(rounds):
        again = _again(context, each.seed, number / len(rounds), (number + 1) / len(rounds))
        for name, model, tokeniser in each.learn(again):
            known[name, each.role].append({"seed": each.seed, **_accuracy(model, tokeniser, texts, labels),
                                           "device": device_words(context), "date": now()})
            store.save_details(context.study.id, name, each.role, {DETAIL: known[name, each.role]})
    return {"seeds": spec.distil.seeds, "found": spec.search.seeds}


def _own(spec: StudySpec, known: Known, task: tasks.Task) -> Iterator[Round]:
    """What is still to be trained of the study's own students: those of a group together."""
    for seed in further(spec, spec.distil.seeds):
        for group in groups.groups(spec):
            for role in ROLES:
                left = tuple(student for student in groups.controls(group) if not _is_known(known, student.name, role, seed))
                if left:
                    yield Round(seed, role, lambda again, left=left, role=role: (  # type: ignore[misc]
                        (made.started.student.name, made.started.model, made.tokeniser) for made in learnt(again, task, left, role)))


def _found(context: Context, known: Known) -> Iterator[Round]:
    """The same of what the search found, one by one."""
    spec = context.study.spec
    found = [model for model in context.study.models if model.role == "student" and "trial" in model.details]
    for seed in further(spec, spec.search.seeds + 1):
        for model in found:
            for role in ROLES:
                if not _is_known(known, model.name, role, seed):
                    yield Round(seed, role, _as_found(context, model, role))


def _as_found(context: Context, model: ModelRecord, role: Role) -> Callable[[Again], Iterable[Made]]:
    """Trains a student as its trial did, or its control as it was trained for it."""
    trial = next(trial for trial in context.study.trials if trial.number == model.details["trial"])
    student = {key: value for key, value in trial.student.items() if key != "rate"}
    tried = Tried(StudentSpec(**student), float(trial.student["rate"]), AS_TRAINED)

    def learn(again: Again) -> Iterator[Made]:
        def report(share: float, tokens: float, loss: float) -> None:
            again.progress(share, f"{model.name}, {role}: {tokens:,.0f} tokens, loss {loss:.3f}")

        trained, tokeniser, _ = Bench(again).learn(tried, role, report)
        yield model.name, trained, tokeniser

    return learn


def _is_known(known: Mapping[tuple[str, str], list[dict[str, Any]]], name: str, role: Role, seed: int) -> bool:
    return any(each["seed"] == seed for each in known.get((name, role), ()))


def _again(context: Context, seed: int, begin: float, end: float) -> Again:
    spec = context.study.spec
    other = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": seed})})
    again = Again(replace(context.study, spec=other), context.argument, context, begin, begin, context.results)
    return replace(again, end=end, results={**context.results, "label": label(again)})


def _accuracy(model: PreTrainedModel, tokeniser: Tokeniser, texts: list[str], labels: np.ndarray) -> dict[str, Any]:
    answers = logits(model, tokeniser(texts), tokeniser.pad_id).argmax(-1)
    return {"accuracy": float(np.mean(answers == labels)), "texts": len(labels)}
