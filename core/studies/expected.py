"""How long each stage of a study should take, from the arithmetic that its models need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from core import families, groups, methods, tasks, words
from core.records import StepPlan
from core.spec import StudentSpec, StudySpec

START_S, PROCESS_S = 3.0, 6.0  # loading a model for a stage; starting a measuring process
TOKENS_PER_WORD = 1.35
LAYER_FLOPS = 2 * (4 * 384 * 384 + 2 * 384 * 1536)  # forward, a token through one layer of the bundled teacher
MADE_LENGTH, MAKING_S = 0.8, 5.0  # a made text's length, in those of its original; finding neighbours of words
WARM_TEXTS = 900
SWAPPED = 1.25  # texts with terms swapped are at most a quarter more
VARIANT_TEXTS = 3 * 256  # validation texts that a variant is checked on, in each format that is tried
SERVED_SHARE = 0.6  # of eager torch's time, in the runtimes of variants
EXPORT_S = {"torch": 4.0, "torch.compile": 25.0, "onnxruntime": 7.0, "openvino": 8.0, "tensorrt": 60.0}
FOUND_DEPTH = 1.0  # layers of the bundled teacher that a student which a search keeps costs: most are cheap
SEARCH_SHARE = 0.5  # of the Server scenario's most seconds: a search ends once it knows


def tokens_of_a_text(info: tasks.TaskInfo, max_length: int) -> float:
    """Of an average text, as it is cut, from its words."""
    return min((info.mean_words or 100.0) * TOKENS_PER_WORD + 2, max_length)


@dataclass(frozen=True)
class Expected:
    """The stages of a study with their seconds. layers: of the teacher, or of the encoder that stands for it; rate: FLOP/s."""

    spec: StudySpec
    info: tasks.TaskInfo
    layers: int
    rate: float

    def steps(self) -> tuple[StepPlan, ...]:
        """All of them, in order."""
        return (self._adapt(), self._label(), *self._learning(), *self._curve(), *self._search(), self._evaluate(), *self._seeds(),
                *self._variants(), *self._measure())

    def _seconds(self, tokens: float, depth: float, passes: int = 1) -> float:
        """passes: 1 to answer; 3 to learn, as going back costs twice as much as going forward."""
        return tokens * depth * LAYER_FLOPS * passes / self.rate

    @cached_property
    def _per_text(self) -> float:
        return tokens_of_a_text(self.info, self.spec.training.max_length)

    @property
    def _teaching(self) -> int:
        """Layers that run wherever the teacher is asked: none where its answers come from a file."""
        return 0 if self.spec.teacher.answers else self.layers

    def _within(self, tokens: int, epochs: int, unlabelled: int = 0) -> float:
        """Tokens of a budget, or all that there are in so many passes."""
        return min(float(tokens), (self.info.texts["train"] + unlabelled) * self._per_text * epochs)

    @cached_property
    def _learnt(self) -> float:
        """Tokens that students learn from, over the study's passes."""
        how = self.spec.distil
        unlabelled = self.info.texts.get("unlabelled", 0) if how.unlabelled else 0
        return self._within(how.tokens, how.epochs, unlabelled) * (1 + MADE_LENGTH * how.augmented)

    @property
    def _read_once(self) -> float:
        return self._learnt / self.spec.distil.epochs

    def _depth(self, student: StudentSpec) -> float:
        """Layers of the bundled teacher that cost about as much as this student, for each token."""
        cost = families.known()[student.family].cost
        return cost if cost is not None else float(student.layers or self.layers) * (student.width or 1.0)

    @cached_property
    def _students(self) -> list[tuple[float, bool]]:
        """Depth of each student, those that a search will add too, and whether it has a control."""
        found = self.spec.search.keep if self.spec.search.minutes else 0
        return [*((self._depth(each), each.control) for each in self.spec.students), *[(FOUND_DEPTH, True)] * found]

    @property
    def _served(self) -> list[float]:
        """Depth of each model whose speed is measured; a control has its student's."""
        return [*([self._teaching] if self._teaching else []), *(depth for depth, _ in self._students)]

    @property
    def _tested(self) -> float:
        return min(self.spec.evaluate.test_tokens, self.info.texts["test"] * self._per_text)

    def _adapt(self) -> StepPlan:
        how = self.spec.teacher
        tokens = 0.0 if how.answers else self._within(how.tokens, how.epochs)
        title = "Take the teacher's answers" if how.answers else "Adapt the teacher"
        return StepPlan("adapt", title, START_S + self._seconds(tokens, self.layers, 3))

    def _label(self) -> StepPlan:
        making = MAKING_S if self.spec.distil.augmented else 0.0
        return StepPlan("label", "Compute the soft targets", START_S + self._seconds(self._read_once, self._teaching) + making)

    @cached_property
    def _training_s(self) -> dict[str, float]:
        """Seconds of each student by name; its control takes as long."""
        layered = [each.name for each in self.spec.students if methods.method_of(self.spec, each) in methods.LAYERED]
        again = self._seconds(self._read_once, self.layers) / max(1, len(layered))  # the teacher's pass over the texts, for all of them
        return {each.name: self._training(each) + (again if each.name in layered else 0.0) for each in self.spec.students}

    def _training(self, student: StudentSpec) -> float:
        start = self._seconds(families.known()[student.family].start_tokens, self.layers)
        return START_S + start + self._seconds(self._read_once, self._depth(student), 3) * methods.passes(self.spec, student)

    def _learning(self) -> Iterator[StepPlan]:
        for group in groups.groups(self.spec):
            yield from self._of_group("distil", "Distil", "Distil", group)
            yield from self._of_group("control", "Train the control of", "Train the controls of", groups.controls(group))

    def _of_group(self, stage: str, title: str, of_several: str, group: groups.Group) -> Iterator[StepPlan]:
        """The stage in which they learn together, if there are any."""
        if group:
            names = words.listed(student.name for student in group)
            told = f"{of_several} {names} together" if len(group) > 1 else f"{title} {names}"
            yield StepPlan(f"{stage}:{groups.argument(group)}", told, sum(self._training_s[student.name] for student in group))

    def _curve(self) -> Iterator[StepPlan]:
        asked = self.spec.curve
        if asked.points:
            depth = self._depth(self.spec.curve_student)
            read = asked.points * asked.seeds * self.info.texts["validation"] * self._per_text
            yield StepPlan("curve", "Learn from growing parts of the texts",
                           START_S + self._seconds(self._learnt_again(), depth, 3) + self._seconds(read, depth))

    def _learnt_again(self) -> float:
        """Tokens of the learning curve beyond the study's own student, which is its point of the whole set and first seed."""
        asked = self.spec.curve
        parts = asked.seeds * sum(asked.share**i for i in range(asked.points)) - 1
        return methods.passes(self.spec, self.spec.curve_student) * self._read_once * parts

    def _search(self) -> Iterator[StepPlan]:
        if self.spec.search.minutes:
            yield StepPlan("search", "Search for the cheapest student that passes", 60 * self.spec.search.minutes)

    def _evaluate(self) -> StepPlan:
        checked = min(self.spec.evaluate.test_tokens // 3, self.info.texts["validation"] * self._per_text)
        depth = self._teaching + sum(depth * (1 + control) for depth, control in self._students)
        return StepPlan("evaluate", "Evaluate all models", START_S + self._seconds(SWAPPED * self._tested + checked, depth))

    def _seeds(self) -> Iterator[StepPlan]:
        own, found = self.spec.distil.seeds - 1, self.spec.search.seeds if self.spec.search.minutes else 0
        more = max(own, found)
        if more:
            each = [2 * (self._training_s[one.name] + self._seconds(self._tested, self._depth(one)))
                    for one in self.spec.students if one.control]
            # What a search will find is not known: taken as the cheapest of the study's own students.
            likely = self.spec.search.keep * min(each, default=0.0)
            title = f"Train students and controls with {more} more seed{'s' if more > 1 else ''}"
            yield StepPlan("seeds", title, more * self._label().expected_s + own * sum(each) + found * likely)

    def _variants(self) -> Iterator[StepPlan]:
        if self.spec.variants:
            made = [*([self._teaching] if self._teaching else []),
                    *(depth for depth, control in self._students for _ in range(1 + control))]
            tokens = (self._tested + VARIANT_TEXTS * self._per_text) * SERVED_SHARE
            each = [EXPORT_S[way.runtime] + self._seconds(tokens, depth) for way in self.spec.variants for depth in made]
            yield StepPlan("variants", "Export, compress and judge the variants", START_S + sum(each))

    def _measure(self) -> Iterator[StepPlan]:
        asked, served = self.spec.measure, self._served * (1 + len(self.spec.variants))
        texts = 2.0 * asked.single_stream_queries + WARM_TEXTS  # one text at a time fills half of the machine
        once = sum(PROCESS_S + asked.offline_seconds * 1.1 + self._seconds(texts * self._per_text, depth) for depth in served)
        search = SEARCH_SHARE * asked.server_seconds * len(served)
        for i in range(asked.invocations):
            yield StepPlan(f"measure:{i + 1}", f"Measure speed, pass {i + 1} of {asked.invocations}", once + (0.0 if i else search))
