"""The search for the cheapest student that passes: trials until its time is over, then the best of them join the study."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from time import monotonic
from typing import Any

from optuna.trial import FrozenTrial, Trial

from core import methods, quality, settings
from core.case import CASE_DEFAULTS
from core.errors import UserError
from core.figures import Figure, Interval, measured
from core.models.artifact import read_card
from core.models.build import classifier, depth
from core.records import TrialOrigin, TrialRecord, TrialState
from core.runtimes.registry import RUNTIMES, installed
from core.search import rules
from core.search.rules import Limits, Outcome
from core.search.space import AS_TRAINED, Space, Tried, settled, space
from core.search.trials import Trials
from core.spec import StudentSpec
from core.stages.context import Context, device_words, digest, keep, now, record, teacher_folder
from core.stages.trying import Bench, Judged, Speed, curve_of
from core.store import models as store
from core.store import trials as records
from core.units import BYTES_IN_MB

RECENT = 8  # trained students that are kept beside those of the front, in case they are tried in another way
REPEATS = 30  # proposals in a row that were tried already: then nothing new is left
FILE = "trials.db"


class Ended(Exception):
    """The search is over: its time, or somebody asked it to end."""


class GivenUp(Exception):
    """This trial is hopeless. learnt: whether its kind is, so that the sampler should know."""

    def __init__(self, why: str, learnt: bool = True) -> None:
        super().__init__(why)
        self.learnt = learnt


def search(context: Context) -> dict[str, Any]:
    """Stage "search": {"trials", "kept", "ended", "seconds"}; records trials, and the students that it keeps with their controls.

    Run again, it goes on after the last finished trial with the time that is left.
    """
    spec = context.study.spec
    bench = Bench(context)
    layers = depth(classifier(teacher_folder(context), bench.task.info.labels))
    where = space(spec, layers, (AS_TRAINED, *(way for way in spec.variants if installed(way.runtime))))
    name = digest({"space": asdict(where), "spec": spec.model_dump(mode="json", exclude={"search", "name"})})
    with Trials(bench.home / FILE, spec.search.seed, name) as trials:
        run = _Search(context, bench, where, trials)
        ended = run.run()
        context.log(f"ended, as {ended}: {run.count} trials in {run.spent:.0f} s")
        kept = [run.join(one) for one in rules.kept(run.seen, spec.search.keep, run.own)]
    bench.close()
    return {"trials": run.count, "kept": kept, "ended": ended, "seconds": run.spent}


class _Search:
    """One run of the stage. seen: outcomes so far; own: keys of the study's own students."""

    def __init__(self, context: Context, bench: Bench, where: Space, trials: Trials) -> None:
        self.context, self.bench, self.space, self.trials = context, bench, where, trials
        self.asked = context.study.spec.search
        self.students = {student.name: settled(student, context.study.spec) for student in context.study.spec.students}
        self.own = {_key(Tried(student, 1.0, AS_TRAINED)) for student in self.students.values()}
        self.limits = _limits(context, quality.agreement(bench.labels, bench.teacher))
        self.seen: list[Outcome] = []
        self.speeds: dict[str, Speed] = {}
        self.done: dict[str, int] = {}
        self.count, self.earlier, self.repeats = 0, 0.0, 0
        self.began, self.said = monotonic(), ""
        self.lasted: float | None = None

    @property
    def spent(self) -> float:
        """Seconds of the search so far, in earlier runs too."""
        return self.earlier + self.lasted if self.lasted is not None else self.earlier + monotonic() - self.began

    def run(self) -> str:
        """Trial after trial; why it ended, as a sentence's end."""
        ended = self._until_end()
        self.lasted = monotonic() - self.began
        return ended

    def _until_end(self) -> str:
        if not self.trials.prepared:
            self._prepare()
        for number in self.trials.resume():
            records.remove(self.context.study.id, number + 1)  # it may have been kept just before
            self.context.log(f"trial {number + 1} was cut short and is tried again")
        for trial in self.trials.finished():
            self._remember(trial)
        while self.count < self.asked.trials and self.repeats < REPEATS:
            try:
                self._one(self.trials.ask())
            except Ended as end:
                return str(end)
        return "nothing new is left to try" if self.repeats >= REPEATS else f"{self.asked.trials} trials were made"

    def _prepare(self) -> None:
        """The study's own students first, then the cheap families."""
        records.clear(self.context.study.id)
        for student in self.students.values():
            for way in range(len(self.space.ways)):
                point = self.space.parameters(student, way)
                self.trials.enqueue(point, origin="study", own=student.name, way=way, inside=bool(point))
        for parameters in self.space.usual():
            self.trials.enqueue(parameters, origin="default")
        self.trials.prepared = True

    def _remember(self, trial: FrozenTrial) -> None:
        """What a finished trial of an earlier run has shown."""
        self.earlier += trial.user_attrs.get("seconds", 0.0)
        self.count += "seconds" in trial.user_attrs
        if (told := trial.user_attrs.get("outcome")) is not None:
            self.seen.append(Outcome(**told | {"curve": tuple(map(tuple, told["curve"]))}))
            self.speeds[trial.user_attrs["architecture"]] = Speed(**trial.user_attrs["speed"])
        if "tried" in trial.user_attrs:
            self.done[trial.user_attrs["tried"]] = trial.number

    def _one(self, trial: Trial) -> None:
        """One trial, from proposal to record."""
        own = trial.user_attrs.get("own")
        found = Tried(self.students[own], 1.0, self.space.ways[trial.user_attrs["way"]]) if own else None
        if found is None or trial.user_attrs["inside"]:  # the sampler learns from the study's own students too
            proposed = self.space.suggest(trial)
            found = found or proposed
        key = digest({**found.learning, **found.way.model_dump()})
        if key in self.done and not own:
            self.repeats += 1
            self.trials.repeated(trial)
            return
        self.repeats, self.done[key] = 0, trial.number
        began = monotonic()
        self.said = f"trial {trial.number + 1}: {found.student.name}, {RUNTIMES[found.way.runtime].title} {found.way.precision}"
        trial.set_user_attr("tried", key)
        try:
            self._tried(trial, found, own, began)
        except Ended:
            self.trials.failed(trial)
            raise
        except (GivenUp, UserError) as why:
            self._tell(trial, found, "pruned" if isinstance(why, GivenUp) else "failed", began, str(why))
            told = self.trials.given_up if isinstance(why, UserError) or why.learnt else self.trials.failed
            told(trial)

    def _tried(self, trial: Trial, tried: Tried, own: str | None, began: float) -> None:
        self._tick()
        architecture = digest({**tried.architecture, **tried.way.model_dump()})
        folder = store.artifact_path(self.context.study.id, own, "student") if own else self._trained(tried, architecture)
        seen = self.bench.judged(folder, tried.way)
        speed, right = seen.speed, seen.accuracy.value or 0.0
        broken = self.limits.broken(right, speed.slow_ms, speed.memory_mb)
        sure = not broken and self.limits.surely(seen.difference.low)
        outcome = Outcome(trial.number + 1, _key(tried), speed.ms, right, not broken, curve_of(folder), sure)
        for name, value in {"outcome": asdict(outcome), "speed": asdict(speed), "architecture": architecture,
                            "student": tried.student.model_dump(), "rate": tried.rate}.items():
            trial.set_user_attr(name, value)
        self.speeds[architecture] = speed
        self._tell(trial, tried, "done", began, broken, self._figures(trial.number, seen), not broken, own)
        self.trials.done(trial, outcome.accuracy, outcome.ms, self._excess(outcome, speed))
        self.seen.append(outcome)
        recent = [one.student for one in self.seen[-RECENT:]]
        best = rules.best(self.seen)
        self.bench.tidy({*recent, *(one.student for one in rules.front(self.seen)), *([best.student] if best else [])})

    def _trained(self, tried: Tried, architecture: str) -> Any:
        """The artefact of what is tried. Raises GivenUp where it is hopeless: before it is trained, or on the way."""
        speed = self.speeds.get(architecture)
        if speed is None and self.space.family(tried.student.family).cost is None and not self.bench.folder(tried).exists():
            speed = self.bench.speed(tried)
        if speed is not None and (why := rules.hopeless(speed.ms, speed.slow_ms, self.limits, self.seen, speed.memory_mb)):
            raise GivenUp(why)

        def checked(share: float, accuracy: float) -> None:
            if why := rules.behind(share, accuracy, speed.ms if speed else None, self.seen):
                raise GivenUp(why)

        return self.bench.trained(tried, self._reporter(), checked)

    def _reporter(self) -> Any:
        """Training's report: ends the search in time, and a training that would last longer than the time that is left."""
        pace = rules.Pace()

        def report(share: float, tokens: float, loss: float) -> None:
            needed, left = pace.needed_s(monotonic(), share), self._left()
            if needed is not None and needed > left:
                raise GivenUp(f"it would need {needed:.0f} s more, and {left:.0f} s are left", learnt=False)
            self._tick(f", {100 * share:.0f} % trained")

        return report

    def _left(self) -> float:
        """Seconds that are left."""
        return 60 * self.asked.minutes - self.spent

    def _tick(self, more: str = "") -> None:
        """Says how far the search is. Raises Ended, or Cancelled."""
        left, whole = self._left(), 60 * self.asked.minutes
        share = min(1.0, max(1 - left / whole, self.count / self.asked.trials))
        best = rules.best(self.seen)
        found = f"; the cheapest that passes: {100 * best.accuracy:.1f} %, {best.ms:.3g} ms a text" if best else "; none passes so far"
        self.context.progress(share, f"{self.said}{more}{found}")
        if left <= 0:
            raise Ended(f"its {self.asked.minutes:g} minutes are over")
        if self.context.stopping():
            raise Ended("somebody asked it to end")

    def _tell(self, trial: Trial, tried: Tried, state: TrialState, began: float, why: str = "",
              figures: Mapping[str, Figure] | None = None, passes: bool = False, own: str | None = None) -> None:
        """Keeps the trial where pages read it."""
        seconds = monotonic() - began
        trial.set_user_attr("seconds", seconds)
        self.count += 1
        student = {key: value for key, value in tried.student.model_dump(mode="json").items() if value is not None}
        origin: TrialOrigin = trial.user_attrs.get("origin", "proposed")
        records.save(self.context.study.id, TrialRecord(
            trial.number + 1, state, origin, student | {"rate": tried.rate}, tried.way.runtime, tried.way.precision, tried.way.made,
            figures or {}, passes, why, round(seconds, 3), own))
        self.context.log(f"{self.said}: {why or state}")

    def _figures(self, number: int, seen: Judged) -> dict[str, Figure]:
        accuracy, difference, speed = seen.accuracy, seen.difference, seen.speed
        source = f"study {self.context.study.id}, search, trial {number + 1}"
        about: dict[str, Any] = {"device": device_words(self.context), "as_of": now()}
        texts, rate, slow = (f"{source}, {how}" for how in (
            f"{len(self.bench.labels):,} validation texts", "a quick look: validation texts again and again",
            f"a quick look: {speed.queries:,} texts one by one"))
        found = {"accuracy": measured(accuracy.value or 0.0, "share", source=texts, low=accuracy.low, high=accuracy.high, **about),
                 "accuracy_difference": measured(difference.value or 0.0, "points", source=texts, low=difference.low, high=difference.high,
                                                 **about),
                 "throughput_per_s": measured(speed.rate_per_s, "1/s", source=rate, **about),
                 "quick_p99_ms": measured(speed.slow_ms, "ms", source=slow, **about)}
        if speed.memory_mb is not None:
            source = f"{source}, a process of its own that serves it, read from beside it"
            found["peak_memory_bytes"] = measured(speed.memory_mb * BYTES_IN_MB, "bytes", source=source, **about)
        return found

    def _excess(self, outcome: Outcome, speed: Speed) -> dict[str, float]:
        """By how much each limit is broken, as a share."""
        needed = {"latency": (speed.slow_ms, self.limits.latency_ms), "memory": (speed.memory_mb, self.limits.memory_mb)}
        return {"accuracy": self.limits.least - outcome.accuracy,
                **{name: value / limit - 1 for name, (value, limit) in needed.items() if value is not None and limit is not None}}

    def join(self, one: Outcome) -> str:
        """Makes the trial's student one of the study's, with its control; its name."""
        trial = self._trial(one)
        tried = Tried(StudentSpec(**trial.user_attrs["student"]), trial.user_attrs["rate"], AS_TRAINED)
        student = replace(tried, student=tried.student.model_copy(update={"name": self._name(one)}))
        name, study = student.student.name, self.context.study.id
        self.said = f"{name} joins the study"
        self.context.progress(1.0, self.said)
        source = self.bench.trained(tried, self._waiting, lambda *_: None)
        found = {"search_seconds": self.spent, "trial": one.number}
        folder = settings.folder("models", study) / f"{name}-student"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
        details = read_card(folder).training | found
        method = methods.called(self.context.study.spec, student.student)
        store.save_model(study, record(self.context, name, "student", student.student.family, method, details), folder)
        self._control(student, found)
        for each in self.trials.finished():
            if each.user_attrs.get("outcome", {}).get("student") == one.student:
                records.name(study, each.number + 1, name)
        return name

    def _control(self, student: Tried, found: dict[str, Any]) -> None:
        name, study = student.student.name, self.context.study.id
        self.said = f"the control of {name} learns"
        model, tokeniser, details = self.bench.learn(student, "control", self._waiting)
        folder = settings.folder("models", study) / f"{name}-control"
        keep(model, tokeniser, self.bench.task, details | found, folder)
        store.save_model(study, record(self.context, name, "control", student.student.family, methods.HARD_LABELS, details | found), folder)

    def _waiting(self, share: float, tokens: float, loss: float) -> None:
        """Training's report once the search is over."""
        self.context.progress(1.0, f"{self.said}, {100 * share:.0f} % trained")

    def _name(self, one: Outcome) -> str:
        """The student's name, with the trial's number where the study has one of that name, or the search keeps two."""
        names = [self._trial(each).user_attrs["student"]["name"] for each in rules.kept(self.seen, self.asked.keep, self.own)]
        name = str(self._trial(one).user_attrs["student"]["name"])
        return f"{name[:32]}-t{one.number}" if name in self.students or names.count(name) > 1 else name

    def _trial(self, one: Outcome) -> FrozenTrial:
        return next(trial for trial in self.trials.finished() if trial.number + 1 == one.number)


def _key(tried: Tried) -> str:
    """What a student is and how it learns, in whatever way it is served; the name of its folder."""
    return digest(tried.learning)


def _limits(context: Context, teacher: Interval) -> Limits:
    """The case's, as they are when the search begins."""
    case = context.study.case
    margin = case.accuracy_margin_points if case.accuracy_margin_points is not None else CASE_DEFAULTS["accuracy_margin_points"]
    return Limits((teacher.value or 0.0) - float(margin) / 100, teacher.value or 0.0, case.latency_limit_ms, case.memory_limit_mb)
