"""How the students of a stage learn: each by its method, with what the teacher has to compute for it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from core import methods, settings
from core.distill import inner
from core.distill.methods import COMPARISONS, by_answers, by_layers, by_logits, inner_names, layer_map
from core.distill.soft_targets import key_of_texts
from core.distill.training import Examples, Learner, Loss, Reports, Trained, train_together
from core.errors import UserError
from core.models.artifact import read_card
from core.models.build import classifier, depth, placed
from core.models.inside import Watch
from core.models.layers import kept_layers
from core.models.sources import weights_digest
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
from core.spec import StudentSpec
from core.stages.context import Context, device, device_words, reporters, teacher_folder

Begun = tuple[StudentSpec, Any]  # a student's specification and its model before it learns


@dataclass(frozen=True)
class Lesson:
    """learner: a student and its loss. labelling_seconds: what the teacher took for it beside its logits."""

    learner: Learner
    labelling_seconds: float = 0.0


@dataclass(frozen=True)
class Taught:
    """used: by the training of one student, all generations together. labelling_seconds: as in its lesson."""

    used: Trained
    labelling_seconds: float


def teach(
    context: Context, begun: Sequence[Begun], texts: Sequence[str], examples: Examples, passes: int, start: float = 0.0, end: float = 1.0
) -> list[Taught]:
    """Trains students in place in one pass of `examples`, the tokens of `texts`; controls where there are no soft targets.

    One that learns in generations stands here alone. passes: over the examples, of all generations together. start, end: what this is
    of the stage, in shares.
    Raises UserError for a student that cannot be compared with the teacher layer by layer.
    """
    spec, student = context.study.spec, begun[0][0]
    count = methods.generations(spec, student)
    if examples.soft_targets is None:
        names = [f"control of {each.name}" for each, _ in begun]
        learners = [each.learner for each in lessons(context, begun, texts, examples)]
        done = train_together(learners, examples, spec.training, epochs=passes,
                              report=reporters(context, names, start, end))
        return [Taught(each, 0.0) for each in done]
    names = [each.name for each, _ in begun]
    before: list[Trained] = []
    if count > 1:
        assert len(begun) == 1, "see core/groups.py"
        edges = np.linspace(start, end, count + 1)
        told = [reporters(context, [f"{names[0]}, generation {i + 1}"], edges[i], edges[i + 1]) for i in range(count)]
        examples, before = _generations_before(context, *begun[0], examples, passes // count, told)
    taught = lessons(context, begun, texts, examples)
    done = train_together([each.learner for each in taught], examples, spec.training, epochs=passes // count,
                          report=told[-1] if before else reporters(context, names, start, end))
    return [Taught(_together([*before, each]), lesson.labelling_seconds) for each, lesson in zip(done, taught, strict=True)]


def lessons(context: Context, begun: Sequence[Begun], texts: Sequence[str], examples: Examples) -> list[Lesson]:
    """How students learn from `examples`, the tokens of `texts`: by their methods, or as controls where there are no soft targets.

    Raises UserError as teach does.
    """
    if examples.soft_targets is None:
        return [Lesson(_learner(context, *each)) for each in begun]
    layered = [each for each in begun if _is_layered(context, each[0])]
    taught = _Teacher(context, layered, texts, examples) if layered else None
    return [taught.lesson(*each) if taught and _is_layered(context, each[0]) else Lesson(_learner(context, *each)) for each in begun]


def _generations_before(
    context: Context, student: StudentSpec, model: PreTrainedModel, examples: Examples, epochs: int, told: Sequence[Reports]
) -> tuple[Examples, list[Trained]]:
    """Trains all generations of a student but its last; the examples of the last, and what these took.

    Each starts as `model`, which stays as it is, and learns as long as any other: the first from the teacher's soft targets, the
    others from those of the generation before (Furlanello et al. 2018, section 3). told: reports, one for each generation.
    """
    spec, took = context.study.spec, []
    for number, report in enumerate(told[:-1], 1):
        born = copy.deepcopy(model)
        [done] = train_together([_learner(context, student, born)], examples, spec.training, epochs=epochs, report=report)
        started = perf_counter()
        examples = replace(examples, soft_targets=logits(born, examples.ids, examples.pad_id))
        took.append(replace(done, seconds=done.seconds + perf_counter() - started))
        context.log(f"generation {number} of {student.name}: loss {done.loss:.3f} in {took[-1].seconds:.1f} s")
    return examples, took


def _together(done: Sequence[Trained]) -> Trained:
    """Of several trainings, one after the other, all that they used; the last one's loss."""
    return Trained(sum(each.seconds for each in done), sum(each.tokens for each in done), sum(each.steps for each in done), done[-1].loss)


def _is_layered(context: Context, student: StudentSpec) -> bool:
    return methods.method_of(context.study.spec, student) in methods.LAYERED


def _loss(context: Context, student: StudentSpec) -> Loss:
    how = context.study.spec.distil
    weight = how.soft_weight if student.soft_weight is None else student.soft_weight
    if methods.method_of(context.study.spec, student) == "black box":
        return by_answers(weight)
    return by_logits(how.temperature, weight)


def _learner(context: Context, student: StudentSpec, model: PreTrainedModel, loss: Loss | None = None, more: Sequence[Any] = ()) -> Learner:
    rate = student.learning_rate or context.study.spec.distil.learning_rate * getattr(model, "rate_factor", 1.0)
    return Learner(model, loss or _loss(context, student), rate, more, logits_alone=loss is None)


class _Teacher:
    """The teacher's inner values on a transfer set, for the students that are compared with it layer by layer."""

    def __init__(self, context: Context, begun: Sequence[Begun], texts: Sequence[str], examples: Examples) -> None:
        self.context, folder = context, teacher_folder(context)
        self.model = classifier(folder, read_card(folder).labels)
        _check_tokens(context, begun, texts, examples)
        names = {name for student, model in begun for name in self._names(student, depth(model))}
        self.source, self.seconds = self._source(names, texts, examples)

    def lesson(self, student: StudentSpec, model: PreTrainedModel) -> Lesson:
        """How one of them learns."""
        spec, layers = self.context.study.spec, self._layers(student, depth(model))
        method = methods.method_of(spec, student)
        torch.manual_seed(spec.training.seed)  # of projections
        comparison = COMPARISONS[method](model, self.model, layers).to(device(self.context))
        watch = Watch(model, inner_names(method, range(1, len(layers) + 1)))
        loss = by_layers(_loss(self.context, student), spec.distil.hidden_weight, comparison, watch, self.source)
        return Lesson(_learner(self.context, student, model, loss, [comparison]), self.seconds)

    def _layers(self, student: StudentSpec, own: int) -> list[int]:
        """The teacher's layers that the student's imitate."""
        total = depth(self.model)
        return layer_map(own, total, kept_layers(total, student.layers, student.keep_layers) if student.layers else None)

    def _names(self, student: StudentSpec, own: int) -> list[str]:
        return inner_names(methods.method_of(self.context.study.spec, student), self._layers(student, own))

    def _source(self, names: set[str], texts: Sequence[str], examples: Examples) -> tuple[inner.Source, float]:
        """Where values come from, and the teacher's seconds: kept on disk where they fit, else from the teacher for each batch."""
        context, folder = self.context, teacher_folder(self.context)
        lengths = [len(row) for row in examples.ids]
        name = key_of_texts(weights_digest(folder), texts, context.study.spec.training.max_length, device_words(context))
        place = settings.folder("cache", "inner") / name
        everybody = names | {name for student in self._others() for name in self._names(student, student.layers or depth(self.model))}
        size = inner.bytes_of(self.model, everybody, lengths)
        if not inner.fits(place, size):
            context.log(f"the teacher's layers on {len(texts):,} texts would take {size / 1e9:.1f} GB, more than the "
                        f"{inner.CAP_BYTES / 1e9:.1f} GB or half of the free disk that may be used: it runs again for each batch")
            return inner.shared(inner.live(placed(self.model, device(context)), names)), 0.0
        found = inner.kept(place, lambda: placed(self.model, device(context)), examples.ids, examples.pad_id, everybody,
                           lambda share: context.progress(0.0, f"the teacher's layers on {len(texts):,} texts: {share:.0%}"))
        context.log(f"the teacher's layers on {len(texts):,} texts: {size / 1e9:.2f} GB on disk, computed in {found.seconds:.1f} s")
        return inner.shared(found.only(names)), found.seconds

    def _others(self) -> list[StudentSpec]:
        """All students of the study that are made of the teacher and compared with it: one pass then serves them all."""
        return [student for student in self.context.study.spec.students if _is_layered(self.context, student) and not student.source]


def _check_tokens(context: Context, begun: Sequence[Begun], texts: Sequence[str], examples: Examples) -> None:
    """Raises UserError for a pretrained student whose tokenizer is not the teacher's: token by token there is then nothing to compare."""
    foreign = [student for student, _ in begun if student.source]
    if foreign and Tokeniser(teacher_folder(context), context.study.spec.training.max_length)(texts) != list(examples.ids):
        raise UserError(f"students: {foreign[0].name!r} divides texts into other tokens than the teacher, so that their layers cannot be "
                        "compared; give it the method logits, self or black box.")
