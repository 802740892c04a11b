"""The card of an exported model: what it is, its figures with their intervals, where it comes from, and its limits. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from core import methods
from core.figures import Figure
from core.formats import origin, show_date, show_with_interval
from core.machine import device_name
from core.records import ModelRecord, StudyRecord
from core.studies.card_code import ONNX, code
from core.studies.options import option_name
from core.tasks import TaskInfo
from core.words import label

MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&@])")
BUNDLED = "minilm"
# By the card of sentence-transformers/all-MiniLM-L6-v2, which the bundled package carries.
BUNDLED_LICENCE = "Apache-2.0, by the card of all-MiniLM-L6-v2"
METHODS = {"fine-tuned": "fine-tuned on the task's labels", "as given": "used as it was given",
           "answers from a file": "known by the answers of an API"}
LAST = ("mcnemar_p_teacher", "mcnemar_p_control", "confidence_temperature", "test_texts_left")


@dataclass(frozen=True)
class About:
    """What the card says beside the study's own figures. labels: class names in the order of the outputs.

    task: None where it is no longer on this machine. files: (name, what it is) of further files in the folder.
    """

    labels: Sequence[str]
    max_length: int
    references: int
    weights_sha256: str
    task: TaskInfo | None
    files: Sequence[tuple[str, str]] = ()


def card(study: StudyRecord, model: ModelRecord, about: About) -> str:
    """README.md of the exported folder, in Markdown with the front matter of a Hugging Face card; text from users is escaped."""
    parts = [_front(model), _title(study, model), _use(model, about), _labels(about.labels), _figures(model), _limits(study, about),
             _training(study, model, about), _provenance(study, model, about), _licence(study, about)]
    return "\n\n".join(parts) + "\n"


def escaped(text: object) -> str:
    """Text on one line with every mark of Markdown and HTML escaped."""
    clean = "".join(letter for letter in " ".join(str(text).split()) if letter.isprintable())
    return MARKS.sub(r"\\\1", clean)


def _named(source: str) -> str:
    """A model's source as a stranger may read it: of a local folder only its name."""
    return PurePath(source).name if source.startswith((".", "/", "~")) or "\\" in source else source


def _teacher(study: StudyRecord) -> str:
    """The teacher's source; of an API its model, and the file of its answers."""
    given = next((model.details["answers"] for model in study.models if "answers" in model.details), None)
    if given is None:
        return _named(study.spec.teacher.source)
    return f"{given['model'] or given['id']}, an API whose answers of {given['date']} stand in {given['file']}"


def _front(model: ModelRecord) -> str:
    kind = "teacher" if model.role == "teacher" else "distillation"
    onnx = ["onnx"] if model.runtime in ONNX else []
    lines = [f"library_name: {'onnx' if onnx else 'transformers'}", "pipeline_tag: text-classification",
             f"tags: {json.dumps(['text-classification', kind, *onnx])}"]
    return "\n".join(["---", *lines, "---"])


def _title(study: StudyRecord, model: ModelRecord) -> str:
    made = METHODS.get(model.method) or methods.told(model.method)
    teacher = escaped(_teacher(study))
    what = {"teacher": f"The teacher of the study, made from {teacher}", "student": f"A student of the teacher {teacher}",
            "control": f"The control of the student {escaped(model.name)}"}[model.role]
    title = f"# {escaped(option_name(model))}: {escaped(study.name)}"
    return f"{title}\n\n{what}, {escaped(made)}. It sorts a text into one of the classes below."


def _use(model: ModelRecord, about: About) -> str:
    files = "".join(f"\n- `{name}`: {escaped(what)}" for name, what in about.files)
    more = f"\n\nFurther files:\n{files}" if files else ""
    return ("## Use\n\n```python\n" + code(model.runtime, model.precision, about.max_length) + "\n```\n\n"
            f"Texts are cut at {about.max_length} tokens, in training as in use. To measure it on the machine that will serve it:\n\n"
            "```\npython -m core measure PATH_OF_THIS_FOLDER --json measurement.json\n```" + more)


def _labels(labels: Sequence[str]) -> str:
    rows = "\n".join(f"| {number} | {escaped(name)} |" for number, name in enumerate(labels))
    return f"## Labels\n\n| output | class |\n|---|---|\n{rows}"


def _figures(model: ModelRecord) -> str:
    if not model.figures:
        return "## Figures\n\nNothing of this model has been measured."
    names = sorted(model.figures, key=lambda name: (_last(name), name))
    rows = "\n".join(_row(name, model.figures[name]) for name in names)
    return ("## Figures\n\nIntervals are 95 %. \"no interval\" marks what was measured once, or too seldom for one.\n\n"
            f"| figure | value | origin |\n|---|---|---|\n{rows}")


def _last(name: str) -> bool:
    return name in LAST or " " in name


def _row(name: str, figure: Figure) -> str:
    return f"| {escaped(label(name))} | {escaped(show_with_interval(figure))} | {escaped(origin(figure))} |"


def _limits(study: StudyRecord, about: About) -> str:
    device = device_name(study.machine, study.job.device if study.job else "cpu")
    read = about.task.texts.get("test") if about.task else None
    held = f" The task's test split has {read:,} texts." if read else ""
    lines = [
        f"Quality was measured on test texts of the task {escaped(study.spec.task)} alone; on other texts it is not known.{held}",
        f"Speed, memory and energy were measured on {escaped(device)} and hold for that machine and its software.",
        "Every text gets one of the classes, also a text that belongs to none of them.",
        f"This model was trained with one seed ({study.spec.training.seed}): the intervals do not hold the spread over seeds.",
        "A student inherits errors of its teacher; see the study for slices and bias before it decides about people.",
    ]
    return "## Limits\n\n" + "\n".join(f"- {line}" for line in lines)


def _training(study: StudyRecord, model: ModelRecord, about: About) -> str:
    task, trained = about.task, study.model(model.name, model.role)  # a variant's own details tell how it was exported
    if task is None:
        data = [f"Task {escaped(study.spec.task)}; its texts are no longer on the machine that exported this."]
    else:
        counts = ", ".join(f"{count:,} {escaped(split)}" for split, count in task.texts.items() if count)
        data = [f"{escaped(task.title)}: {escaped(task.description)}", f"Source: {escaped(task.source)}", f"Texts: {counts}.",
                *(escaped(note) for note in task.notes)]
    return "## Training data\n\n" + "\n".join(f"- {line}" for line in [*data, *_budget(trained.details if trained else {})])


def _budget(details: Mapping[str, Any]) -> Iterable[str]:
    words = {"texts": "{:,.0f} texts", "tokens": "{:,.0f} tokens", "steps": "{:,.0f} steps", "seconds": "{:,.1f} s"}
    told = [form.format(details[key]) for key, form in words.items() if isinstance(details.get(key), int | float)]
    if told:
        yield f"Trained on {', '.join(told)}" + (f", on {escaped(details['device'])}" if details.get("device") else "") + "."


def _provenance(study: StudyRecord, model: ModelRecord, about: About) -> str:
    lines = [
        f"Study {escaped(study.id)} of {show_date(study.created_at)}" + (f", commit {escaped(study.commit)}" if study.commit else ""),
        f"Teacher: {escaped(_teacher(study))}; {escaped(model.role)}, {escaped(model.family)}, {escaped(model.method)}",
        *([f"Served by {escaped(model.way)}: {escaped(model.details.get('check', 'not checked'))}"] if model.way else []),
        f"Weights, configuration and tokenizer: sha256 `{about.weights_sha256}`",
        f"`artifact.json` holds {about.references:,} validation texts with the answers that the model gave when it was saved, "
        "to check a reload with; whoever gets the folder can read them" if about.references else
        "`artifact.json` holds the labels and no texts",
        "`manifest.json` holds the sha256 of every file",
    ]
    return "## Provenance\n\n" + "\n".join(f"- {line}." for line in lines)


def _licence(study: StudyRecord, about: About) -> str:
    base = [study.spec.teacher.encoder, *(student.source for student in study.spec.students if student.source)]
    bases = "; ".join(f"{escaped(_named(name))}: {escaped(BUNDLED_LICENCE if name == BUNDLED else 'see its own card')}"
                      for name in dict.fromkeys(base))
    data = escaped(about.task.licence) if about.task else "not known here"
    terms = {True: "the study's owner says that they do", False: "the study's owner says that they do not",
             None: "nobody has said whether they do"}[study.case.teacher_terms_allow]
    return ("## Licence\n\nNo licence is granted by this card. What may be done with the model follows from what it was made from:\n\n"
            f"- base models: {bases}\n- training data: {data}\n- whether the teacher's terms allow training a student from it: {terms}")
