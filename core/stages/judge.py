"""What predictions on test texts say: accuracy, macro-F1, retention, differences, McNemar."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core import quality
from core.figures import Figure, Interval, Provenance
from core.records import ModelRecord, Role
from core.stages.context import Context, device_words, now

Pairs = Mapping[str, tuple[np.ndarray, np.ndarray]]


class Judge:
    """Quality figures over one set of test texts."""

    def __init__(self, context: Context, labels: np.ndarray, groups: np.ndarray | None,
                 predictions: Mapping[tuple[Role, str], np.ndarray], left: int, split: str = "test") -> None:
        self.split = split
        self.context, self.labels, self.groups, self.predictions, self.left = context, labels, groups, predictions, left
        spec = context.study.spec
        self.options: dict[str, int] = {"resamples": spec.evaluate.resamples, "seed": spec.training.seed}
        self.teacher = next(found for (role, _), found in predictions.items() if role == "teacher")

    def figures(self, model: ModelRecord) -> dict[str, Figure]:
        """Accuracy and macro-F1; for students and controls what they keep of the teacher, for students their gain."""
        own = self.predictions[model.role, model.name]
        made = {"accuracy": self.figure(quality.accuracy(self.labels, own, self.groups, **self.options), "share"),
                "macro_f1": self.figure(quality.macro_f1(self.labels, own, self.groups, **self.options), "share"),
                "test_texts": self.figure(Interval(len(self.labels)), "count"),
                "test_texts_left": self.figure(Interval(self.left), "count", "test texts left unread")}
        if model.role != "teacher":
            made |= self._against_teacher(model, own)
        control = self.predictions.get(("control", model.name))
        if model.role == "student" and control is not None:
            made |= self._against_control(model, own, control)
        return made

    def _against_teacher(self, model: ModelRecord, own: np.ndarray) -> dict[str, Figure]:
        difference = quality.paired_difference(self.labels, own, self.teacher, self.groups, **self.options)
        agreement = quality.accuracy(self.teacher, own, self.groups, **self.options)  # the teacher's answers as the labels
        return {
            "retention": self.figure(quality.retention(self.labels, own, self.teacher, self.groups, **self.options), "share"),
            "accuracy_difference": self.figure(difference, "points"),
            "mcnemar_p_teacher": self._p(model, self._pairs_with_teacher(model.role)),
            "teacher_agreement": self.figure(agreement, "share"),
        }

    def _against_control(self, model: ModelRecord, own: np.ndarray, control: np.ndarray) -> dict[str, Figure]:
        gain = quality.paired_difference(self.labels, own, control, self.groups, **self.options)
        return {"gain_over_control": self.figure(gain, "points"),
                "mcnemar_p_control": self._p(model, self._pairs_with_control())}

    def _p(self, model: ModelRecord, pairs: Pairs) -> Figure:
        """McNemar's p value of one pair, adjusted by Holm over all: they are asked the same question."""
        raw = {name: quality.mcnemar_exact(self.labels, first, second) for name, (first, second) in pairs.items()}
        return self.figure(Interval(quality.holm(raw)[model.name]), "p", f"McNemar's exact test, Holm over {len(raw)}")

    def _pairs_with_teacher(self, role: Role) -> Pairs:
        return {name: (own, self.teacher) for (each, name), own in self.predictions.items() if each == role}

    def _pairs_with_control(self) -> Pairs:
        found = self.predictions
        return {name: (own, found["control", name]) for (role, name), own in found.items()
                if role == "student" and ("control", name) in found}

    def figure(self, interval: Interval, unit: str, how: str = "", basis: str = "") -> Figure:
        """A measured figure of these test texts. how: the method where the interval has no note; basis: what else it rests on."""
        resampled = "films, users or other groups" if self.groups is not None else "texts"
        method = how or (f"95 % BCa bootstrap over {resampled}" if interval.low is not None else "count")
        source = f"study {self.context.study.id}, {len(self.labels):,} {self.split} texts; {interval.note or method}"
        origin = Provenance("measured", f"{source}; {basis}" if basis else source, device_words(self.context), now())
        return Figure(interval.value, unit, origin, interval.low, interval.high)
