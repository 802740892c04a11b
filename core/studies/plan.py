"""The stages of a study and how long each should take on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core import families, groups, methods, tasks, words
from core.errors import UserError
from core.jobs.api import CACHED_SHARE
from core.records import StepPlan
from core.spec import StudentSpec, StudySpec
from core.store import studies

# Arithmetic rates in FLOP/s until a study has run here: a core of a server CPU in fp32, and a data-centre GPU in bf16.
CPU_CORE_FLOPS, GPU_FLOPS = 45e9, 20e12
START_S, PROCESS_S = 3.0, 6.0  # loading a model for a stage; starting a measuring process
TOKENS_PER_WORD = 1.35
LAYER_FLOPS = 2 * (4 * 384 * 384 + 2 * 384 * 1536)  # forward, a token through one layer of the bundled teacher
TEACHER_LAYERS = 6
LAYER_KEYS = ("num_hidden_layers", "n_layers", "num_layers")  # of a config.json
MADE_LENGTH, MAKING_S = 0.8, 5.0  # a made text's length, in those of its original; finding neighbours of words
WARM_TEXTS = 900
SWAPPED = 1.25  # texts with terms swapped are at most a quarter more
VARIANT_TEXTS = 3 * 256  # validation texts that a variant is checked on, in each format that is tried
SERVED_SHARE = 0.6  # of eager torch's time, in the runtimes of variants
EXPORT_S = {"torch": 4.0, "torch.compile": 25.0, "onnxruntime": 7.0, "openvino": 8.0, "tensorrt": 60.0}
FOUND_DEPTH = 1.0  # layers of the bundled teacher that a student which a search keeps costs: most are cheap
SEARCH_SHARE = 0.5  # of the Server scenario's most seconds: a search ends once it knows


def steps(
    spec: StudySpec, info: tasks.TaskInfo, machine: Mapping[str, Any], device: str, pace: float = 1.0
) -> tuple[StepPlan, ...]:
    """The stages in order with expected seconds. pace scales them to what earlier studies took on this machine."""
    layers = teacher_layers(spec.teacher.encoder)
    rate = (GPU_FLOPS if device != "cpu" else CPU_CORE_FLOPS * int(machine.get("cores", 1))) / pace
    per_text = tokens_of_a_text(info, spec.training.max_length)

    def seconds(tokens: float, depth: float, passes: int) -> float:
        return tokens * depth * LAYER_FLOPS * passes / rate

    teaches = 0 if spec.teacher.answers else layers  # layers that run wherever the teacher is asked
    adapt = 0.0 if spec.teacher.answers else _within(spec.teacher.tokens, spec.teacher.epochs, per_text, info)
    title = "Take the teacher's answers" if spec.teacher.answers else "Adapt the teacher"
    plan = [StepPlan("adapt", title, START_S + seconds(adapt, layers, 3))]
    unlabelled = info.texts.get("unlabelled", 0) if spec.distil.unlabelled else 0
    learn = _within(spec.distil.tokens, spec.distil.epochs, per_text, info, unlabelled) * (1 + MADE_LENGTH * spec.distil.augmented)
    labelling_s = START_S + seconds(learn / spec.distil.epochs, teaches, 1) + (MAKING_S if spec.distil.augmented else 0.0)
    plan.append(StepPlan("label", "Compute the soft targets", labelling_s))
    depths = {student.name: _depth(student, layers) for student in spec.students}
    controlled = {student.name: student.control for student in spec.students}
    training_s = {student.name: START_S + seconds(families.known()[student.family].start_tokens, layers, 1) + seconds(
        learn, depths[student.name], 3) * methods.passes(spec, student) / spec.distil.epochs for student in spec.students}
    layered = [student.name for student in spec.students if methods.method_of(spec, student) in methods.LAYERED]
    for name in layered:  # the teacher reads the texts once more, for all of them
        training_s[name] += seconds(learn / spec.distil.epochs, layers, 1) / len(layered)
    plan += [step for group in groups.groups(spec) for step in _learning(group, training_s)]
    if spec.curve.points:
        again, depth = _learnt_again(spec, learn), depths[spec.curve_student.name]
        read = spec.curve.points * spec.curve.seeds * info.texts["validation"] * per_text
        curve_s = START_S + seconds(again, depth, 3) + seconds(read, depth, 1)
        plan.append(StepPlan("curve", "Learn from growing parts of the texts", curve_s))
    if spec.search.minutes:
        plan.append(StepPlan("search", "Search for the cheapest student that passes", 60 * spec.search.minutes))
        depths |= {f"found {i + 1}": FOUND_DEPTH for i in range(spec.search.keep)}
    test = min(spec.evaluate.test_tokens, info.texts["test"] * per_text)
    validation = min(spec.evaluate.test_tokens // 3, info.texts["validation"] * per_text)
    learnt = sum(depth * (1 + controlled.get(name, True)) for name, depth in depths.items())
    texts_read = SWAPPED * test + validation
    plan.append(StepPlan("evaluate", "Evaluate all models", START_S + seconds(texts_read, teaches + learnt, 1)))
    if spec.distil.seeds > 1:
        again = sum(2 * (training_s[each.name] + seconds(test, depths[each.name], 1)) for each in spec.students if each.control)
        title = f"Train students and controls with {spec.distil.seeds - 1} more seed{'s' if spec.distil.seeds > 2 else ''}"
        plan.append(StepPlan("seeds", title, (spec.distil.seeds - 1) * (labelling_s + again)))
    asked = [] if spec.teacher.answers else [layers]
    served = [*asked, *depths.values()]
    if spec.variants:
        made = [*asked, *(d for name, depth in depths.items() for d in [depth] * (1 + controlled.get(name, True)))]
        rounds = (test + VARIANT_TEXTS * per_text) * SERVED_SHARE
        each = [EXPORT_S[way.runtime] + seconds(rounds, depth, 1) for way in spec.variants for depth in made]
        plan.append(StepPlan("variants", "Export, compress and judge the variants", START_S + sum(each)))
        served = served * (1 + len(spec.variants))
    texts = 2.0 * spec.measure.single_stream_queries + WARM_TEXTS  # one text at a time fills half of the machine
    once = sum(PROCESS_S + spec.measure.offline_seconds * 1.1 + seconds(texts * per_text, depth, 1) for depth in served)
    search = SEARCH_SHARE * spec.measure.server_seconds * len(served)
    passes = spec.measure.invocations
    plan += [StepPlan(f"measure:{i + 1}", f"Measure speed, pass {i + 1} of {passes}", once + (0.0 if i else search)) for i in range(passes)]
    return tuple(plan)


def _learning(group: groups.Group, training_s: Mapping[str, float]) -> Iterator[StepPlan]:
    """The stages of students that learn together, and of their controls."""
    for stage, title, of_several, learners in (("distil", "Distil", "Distil", group),
                                               ("control", "Train the control of", "Train the controls of", groups.controls(group))):
        if learners:
            names = words.listed(student.name for student in learners)
            told = f"{of_several} {names} together" if len(learners) > 1 else f"{title} {names}"
            yield StepPlan(f"{stage}:{groups.argument(learners)}", told, sum(training_s[student.name] for student in learners))


def tokens_of_a_text(info: tasks.TaskInfo, max_length: int) -> float:
    """Of an average text, as it is cut, from its words."""
    return min((info.mean_words or 100.0) * TOKENS_PER_WORD + 2, max_length)


def _learnt_again(spec: StudySpec, learn: float) -> float:
    """Tokens that the learning curve trains with beyond the study's own student, which is its point of the whole set and first seed."""
    passes, sizes = methods.passes(spec, spec.curve_student) / spec.distil.epochs, range(spec.curve.points)
    return passes * learn * (spec.curve.seeds * sum(spec.curve.share**i for i in sizes) - 1)


def _depth(student: StudentSpec, teacher: int) -> float:
    """Layers of the bundled teacher that cost about as much as this student, for each token."""
    cost = families.known()[student.family].cost
    return cost if cost is not None else float(student.layers or teacher) * (student.width or 1.0)


def check_depths(spec: StudySpec) -> None:
    """Raises UserError for a student cut out of the teacher that is no shallower than it."""
    layers = teacher_layers(spec.teacher.encoder)
    for student in spec.students:
        if (student.layers or 0) >= layers:
            raise UserError(f"students: {student.name!r} keeps {student.layers} layers of a teacher with {layers}; "
                            f"choose 1 to {layers - 1}.")
        if max(student.keep_layers or (0,)) >= layers:
            raise UserError(f"students: {student.name!r} keeps layer {max(student.keep_layers or ())} of a teacher with layers 0 to "
                            f"{layers - 1}; choose among these.")


def measured_pace(device: str, machine: Mapping[str, Any]) -> float:
    """Seconds that the newest finished study on this device took over what was planned at pace 1; 1 before the first.

    Stages that took a small part of their time came from a cache and are left out. Within 0.1 to 10.
    """
    known = {info.id for info in tasks.list_tasks()}
    for summary in studies.summaries():
        if summary.job_state != "done" or summary.task not in known:
            continue
        job = studies.get(summary.id).job
        if job is None or job.device != device:
            continue
        spec = studies.get(summary.id).spec
        planned = {step.key: step.expected_s for step in steps(spec, tasks.info(spec.task), machine, device)}
        done = [(step.seconds, planned[step.key]) for step in job.steps
                if step.seconds and step.seconds > CACHED_SHARE * planned.get(step.key, float("inf"))]
        if done:
            return min(10.0, max(0.1, sum(took for took, _ in done) / sum(expected for _, expected in done)))
    return 1.0


def teacher_layers(source: str) -> int:
    """Layers that a local model's config.json states; the bundled teacher's where it cannot be read."""
    config = Path(source).expanduser() / "config.json"
    if not config.is_file():
        return TEACHER_LAYERS
    data = json.loads(config.read_text(encoding="utf-8"))
    return int(next((data[key] for key in LAYER_KEYS if key in data), TEACHER_LAYERS))


def _within(tokens: int, epochs: int, per_text: float, info: tasks.TaskInfo, unlabelled: int = 0) -> float:
    return min(float(tokens), (info.texts["train"] + unlabelled) * per_text * epochs)
