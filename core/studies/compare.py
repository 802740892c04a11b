"""One study against another of the same task: which figures moved, which texts regressed, and what the margin says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from core import quality
from core.errors import UserError
from core.figures import Figure, Interval, Provenance, not_measured
from core.machine import device_name, differences
from core.quality import Outcome
from core.records import ModelRecord, Role, StudyRecord
from core.roi.inputs import resolve
from core.store import studies
from core.store.models import Evaluation
from core.studies import read
from core.studies.earlier import Earlier
from core.studies.moved import Moves, moves, with_slices
from core.studies.options import option_name
from core.studies.shared_texts import Shared, Side, is_same_version, shared, side, stored_answers, task_of
from core.tasks import Task

JUDGED: tuple[Role, ...] = ("teacher", "student")  # a control is there to be beaten; that it lost is no regression
OF_VARIANTS = "answers of variants are not stored"


@dataclass(frozen=True)
class Regression:
    """A text that the earlier model had right and the later one has wrong. text: None where it is not at hand.

    row: its place in the test split. label and answer: names of classes, or "class 3" where the task is gone.
    sure: the later model's confidence in its answer, 0 to 1, or None.
    """

    row: int
    text: str | None
    label: str
    answer: str
    sure: float | None


@dataclass(frozen=True)
class ModelComparison:
    """A model of both studies. texts: how many were read in both; regressed and fixed: of these, how many became wrong and right.

    difference: accuracy of the later model less the earlier one's on these texts, in points. outcome: by the margin, None without
    shared texts; more: further texts that would settle an inconclusive one, None where none would or it is settled.
    why: why there are no shared texts. regressions: the surest wrong answers first.
    """

    name: str
    role: Role
    moves: Moves
    texts: int
    regressed: int
    fixed: int
    difference: Figure
    outcome: Outcome | None
    more: int | None
    why: str
    regressions: tuple[Regression, ...]

    @property
    def is_regression(self) -> bool:
        """Whether teacher or student lost more than the margin, for certain."""
        return self.role in JUDGED and self.outcome == "worse"


@dataclass(frozen=True)
class StudyComparison:
    """margin: accuracy points that may be lost. machines: what sets their machines apart, empty where speeds may be compared.

    variants: the same models served in other ways, by their figures alone.
    gone and new: names of models of one study only. texts_at_hand: whether the task still has the texts that both read.
    """

    before: StudyRecord
    after: StudyRecord
    margin: Figure
    machines: tuple[str, ...]
    models: tuple[ModelComparison, ...]
    variants: tuple[ModelComparison, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    texts_at_hand: bool

    @property
    def regressions(self) -> tuple[ModelComparison, ...]:
        """The models that lost more than the margin, for certain."""
        return tuple(model for model in self.models if model.is_regression)

    @property
    def judged(self) -> bool:
        """Whether the accuracy of any teacher or student could be compared on shared texts."""
        return any(model.role in JUDGED and model.outcome is not None for model in self.models)


def previous(study: StudyRecord) -> str | None:
    """The id of the newest finished study of the same task that was started before this one, or None."""
    row = studies.previous(study.id, study.spec.task, study.created_at)
    return row.id if row is not None else None


def earlier(study: StudyRecord) -> Earlier | None:
    """What the previous study of the task says about a finished one of the user's; None where there is none."""
    if study.recorded or study.job is None or study.job.state != "done":
        return None
    row = studies.previous(study.id, study.spec.task, study.created_at)
    return None if row is None else _earlier(row.id, row.created_at, study.id, study.created_at)


@lru_cache(maxsize=256)
def _earlier(before_id: str, begun: datetime, after_id: str, started: datetime) -> Earlier:
    """Worked out once for each pair, as it resamples the texts: the answers of a finished study stay. The times tell apart studies
    that were deleted and others of the same id."""
    before, after = read.get(before_id), read.get(after_id)
    task = task_of(after)
    old, new = ({option_name(m): m for m in study.models if m.role in JUDGED} for study in (before, after))
    was, now = (_sides(study, of, task) for study, of in ((before, old), (after, new)))
    judge = _Judge(after, resolve(after.case)["accuracy_margin_points"], False, None, ())
    return Earlier(before.id, before.name, {name: judge.difference(shared(was[name], now[name])) for name in new if name in old})


def compare(before: StudyRecord, after: StudyRecord, margin_points: float | None = None) -> StudyComparison:
    """The later study against the earlier one. margin_points: accuracy points that may be lost, the later study's case if None.

    Raises UserError for studies of different tasks or of unfinished runs, for a study against itself, or for a margin that is none.
    """
    _check(before, after)
    margin = resolve(after.case)["accuracy_margin_points"] if margin_points is None else _said(margin_points)
    task = task_of(after)
    old, new = ({option_name(model): model for model in study.models} for study in (before, after))
    sides = [_sides(study, of, task) for study, of in ((before, old), (after, new))]
    known = [[one for one in each.values() if one is not None] for each in sides]
    at_hand = is_same_version(task, before, known[0]) and is_same_version(task, after, known[1])
    machines = _machines(before, after)
    judge = _Judge(after, margin, not machines, task.test["text"].tolist() if task is not None and at_hand else None,
                   task.info.labels if task is not None else ())
    models = tuple(judge.compared(old[name], model, shared(sides[0][name], sides[1][name]))
                   for name, model in new.items() if name in old)
    ways, new_ways = ({option_name(model): model for model in study.variants} for study in (before, after))
    variants = tuple(judge.served(ways[name], model) for name, model in new_ways.items() if name in ways)
    gone, added = ({**old, **ways}, {**new, **new_ways})
    return StudyComparison(before, after, margin, machines, models, variants, tuple(name for name in gone if name not in added),
                           tuple(name for name in added if name not in gone), at_hand)


def _check(before: StudyRecord, after: StudyRecord) -> None:
    if before.id == after.id:
        raise UserError(f"study: {after.id!r} is named twice; compare two studies.")
    if before.spec.task != after.spec.task:
        raise UserError(f"study: {before.id!r} is about the task {before.spec.task!r} and {after.id!r} about {after.spec.task!r}; "
                        "compare studies of one task.")
    for study in (before, after):
        if study.job is not None and study.job.state != "done":
            raise UserError(f"study: {study.id!r} is {study.job.state}; compare studies whose runs have finished.")


def _said(points: float) -> Figure:
    if not 0 < points <= 100:
        raise UserError(f"margin: {points:g} is not a margin; give the accuracy points that may be lost, above 0 and up to 100.")
    return Figure(points, "points", Provenance("assumed", by="user"))


def _machines(before: StudyRecord, after: StudyRecord) -> tuple[str, ...]:
    devices = [device_name(study.machine, study.job.device if study.job else "cpu") for study in (before, after)]
    used = () if devices[0] == devices[1] else (f"device: {devices[0]} and {devices[1]}",)
    return (*used, *differences(before.machine, after.machine))


def _sides(study: StudyRecord, models: Mapping[str, ModelRecord], task: Task | None) -> dict[str, Side | None]:
    stored: dict[tuple[str, str], Evaluation] = stored_answers(study)
    return {name: side(study, model, stored.get((model.role, model.name)), task) for name, model in models.items()}


@dataclass(frozen=True)
class _Judge:
    """What all models of a comparison share. texts: of the whole test split, or None; labels: names of the classes."""

    after: StudyRecord
    margin: Figure
    same_machine: bool
    texts: Sequence[str] | None
    labels: Sequence[str]

    def compared(self, before: ModelRecord, after: ModelRecord, both: Shared) -> ModelComparison:
        found = moves(with_slices(before), with_slices(after), self.same_machine)
        name, n = option_name(after), len(both.rows)
        if not n:
            unknown = not_measured("points", both.why)
            return ModelComparison(name, after.role, found, 0, 0, 0, unknown, None, None, both.why, ())
        was, now = both.before == both.labels, both.after == both.labels
        estimate = self._difference(both)
        assert self.margin.value is not None, "a margin has a value, if only the default"
        needed = quality.texts_needed(estimate, self.margin.value, n)
        outcome = quality.classify(estimate, self.margin.value)
        return ModelComparison(name, after.role, found, n, int((was & ~now).sum()), int((~was & now).sum()),
                               self._figure(estimate, n), outcome,
                               needed - n if needed is not None and outcome == "inconclusive" else None, "",
                               self._regressions(both, np.flatnonzero(was & ~now)))

    def served(self, before: ModelRecord, after: ModelRecord) -> ModelComparison:
        """A variant: its answers are not stored, so its figures alone are compared; one that cannot be served any more says so."""
        failed = [str(each.details.get("failed", "")) for each in (before, after)]
        why = f"it could not be served this time: {failed[1]}" if failed[1] and not failed[0] else OF_VARIANTS
        found = moves(with_slices(before), with_slices(after), self.same_machine)
        return ModelComparison(option_name(after), after.role, found, 0, 0, 0, not_measured("points", why), None, None, why, ())

    def difference(self, both: Shared) -> Figure:
        """Accuracy of the later model less that of the earlier one, in points, on the texts that both read."""
        n = len(both.rows)
        return self._figure(self._difference(both), n) if n else not_measured("points", both.why)

    def _difference(self, both: Shared) -> Interval:
        spec = self.after.spec
        return quality.paired_difference(both.labels, both.after, both.before, both.groups,
                                         resamples=spec.evaluate.resamples, seed=spec.training.seed)

    def _figure(self, estimate: Interval, n: int) -> Figure:
        source = f"{n:,} test texts that both studies read; {estimate.note}"
        return Figure(estimate.value, "points", Provenance("measured", source, as_of=self.after.created_at.date().isoformat()),
                      estimate.low, estimate.high)

    def _regressions(self, both: Shared, where: np.ndarray) -> tuple[Regression, ...]:
        order = where if both.sure is None else where[np.argsort(-both.sure[where], kind="stable")]
        return tuple(Regression(int(both.rows[i]), self.texts[both.rows[i]] if self.texts is not None else None,
                                self._class(both.labels[i]), self._class(both.after[i]),
                                None if both.sure is None else float(both.sure[i])) for i in order)

    def _class(self, number: int) -> str:
        return self.labels[number] if 0 <= number < len(self.labels) else f"class {number}"
