"""Fine-tune the teacher on the task, unless it is already; the result is cached by content."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from core import settings, tasks
from core.distill.losses import true_label_loss
from core.distill.training import Examples, train
from core.errors import UserError
from core.models.artifact import read_card
from core.models.build import classifier, is_adapted, placed
from core.models.sources import locate, weights_digest
from core.models.tokens import Tokeniser, select
from core.stages.adopt import adopt
from core.stages.context import VERSION, Context, device, device_words, digest, keep, now, record, relative, reporter
from core.stages.recorded import recorded
from core.stages.token_ids import token_ids
from core.store.models import save_model


def adapt(context: Context) -> dict[str, Any]:
    """Stage "adapt": {"artifact", "cached"}; records the teacher."""
    spec = context.study.spec
    if (answers := recorded(context)) is not None:
        return adopt(context, answers)
    task = tasks.load(spec.task)
    source = locate(spec.teacher.source)
    given = _use_as_given(source, task.info.labels, spec.teacher.adapt)
    key = digest({"version": VERSION, "weights": weights_digest(source), "task": task.fingerprint, "given": given,
                  "device": device_words(context),
                  "teacher": spec.teacher.model_dump(exclude={"source", "adapt"}), "training": spec.training.model_dump()})
    folder = settings.folder("cache", "teachers") / key
    cached = folder.exists()
    context.log(f"teacher {spec.teacher.source}: " + ("found in the cache" if cached else "made anew"))
    if not cached:
        _make(context, task, source, folder, given)
    training = read_card(folder).training
    row = record(context, spec.teacher.source, "teacher", "pretrained", "as given" if given else "fine-tuned", training)
    save_model(context.study.id, row, folder)
    return {"artifact": relative(folder), "cached": cached}


def _use_as_given(source: Path, labels: tuple[str, ...], wish: str) -> bool:
    fits = is_adapted(source, labels)
    if wish == "never" and not fits:
        raise UserError(f"teacher.adapt: 'never' needs a classifier with the task's labels ({', '.join(labels[:5])}...), "
                        f"and {source.name!r} has others; choose auto.")
    return fits and wish != "always"


def _make(context: Context, task: tasks.Task, source: Path, folder: Path, given: bool) -> None:
    spec = context.study.spec
    model = placed(classifier(source, task.info.labels, spec.training.seed), device(context))
    tokeniser = Tokeniser(source, spec.training.max_length)
    details: dict[str, Any] = {"device": device_words(context), "date": now(), "source": spec.teacher.source}
    if not given:
        ids = token_ids(tokeniser, task.train["text"].tolist())
        rows = select([len(row) for row in ids], spec.teacher.tokens, spec.teacher.epochs, spec.training.seed)
        examples = Examples([ids[i] for i in rows], task.train["label"].to_numpy()[rows], tokeniser.pad_id)
        done = train(model, examples, lambda given, batch: true_label_loss(given.logits, batch.labels), spec.training,
                     epochs=spec.teacher.epochs, learning_rate=spec.teacher.learning_rate, report=reporter(context))
        details |= asdict(done) | {"texts": len(rows)}
    keep(model, tokeniser, task, details, folder)
