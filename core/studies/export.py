"""A model of a study, or one of its variants, as a folder to deploy: the files that serve it, its card, and a manifest."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from core import tasks
from core.errors import UserError
from core.manifest import weights_digest, write_manifest
from core.records import ModelRecord, StudyRecord
from core.store import models as store
from core.store import tables
from core.studies.model_card import About, card
from core.studies.options import option_name
from core.tasks import TaskInfo

CARD = "artifact.json"
README = "README.md"
AddFiles = Callable[[Path], tuple[tuple[str, str], ...]]
"""Adds files to a folder that holds the model's own, and says (name, what it is) of each."""


def find_model(study: StudyRecord, name: str, way: str = "") -> ModelRecord:
    """The study's model of that name: "teacher", "depth-2", "control of depth-2"; with `way` ("ONNX Runtime int8", in any case)
    its variant that is served so. Raises UserError with the names there are.
    """
    known = {option_name(model): model for model in study.models}
    if name not in known:
        told = f"it has {', '.join(known)}" if known else "it has none yet"
        raise UserError(f"model: study {study.id!r} has no {name!r}; {told}.")
    return _variant(study, known[name], way) if way else known[name]


def ways(study: StudyRecord, model: ModelRecord) -> list[str]:
    """How else the study serves the model, of the variants that could be made."""
    return [each.way for each in _variants(study, model) if "failed" not in each.details]


def _variants(study: StudyRecord, model: ModelRecord) -> list[ModelRecord]:
    return [each for each in study.variants if (each.name, each.role) == (model.name, model.role)]


def _variant(study: StudyRecord, model: ModelRecord, way: str) -> ModelRecord:
    found = next((each for each in _variants(study, model) if each.way.lower() == way.strip().lower()), None)
    if found is not None and "failed" not in found.details:
        return found
    known = "; ".join(ways(study, model))
    told = f"it has {known}" if known else "it has none; add some to the study's variants"
    why = f"could not make {found.way!r} of" if found is not None else f"has no {way!r} of"
    raise UserError(f"variant: study {study.id!r} {why} {option_name(model)!r}; {told}.")


def export(study: StudyRecord, name: str, target: Path, add: AddFiles | None = None, texts: bool = True, way: str = "") -> Path:
    """Write the model to `target`, a new or empty folder, whole or not at all; `add` may add files (an ONNX graph, say).

    texts: whether its reference texts, which are validation texts of the task, go with it. way: of a variant, as it is called.

    Raises UserError for an unknown model, one without files, or a place that is taken or cannot be written.
    """
    model = find_model(study, name, way)
    if study.recorded:
        raise UserError(f"study: {study.id!r} is recorded without model files; export a model of a study of your own.")
    source = store.artifact_path(study.id, model.name, model.role, model)
    if not (source / CARD).is_file():
        raise UserError(f"model: the files of {option_name(model)!r} of study {study.id!r} are gone; run the study again.")
    target = _free(target)
    try:
        _publish(target, lambda draft: _fill(draft, source, study, model, add, texts))
    except OSError as error:
        raise UserError(f"folder: {target} cannot be written ({error.strerror}); choose another place.") from None
    return target


def _free(target: Path) -> Path:
    """The place itself, checked to be new or an empty folder. Raises UserError."""
    place = target.expanduser().absolute()
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise UserError(f"folder: {target} is a file or a link; name a new or empty folder.")
    if place.is_dir() and any(place.iterdir()):
        raise UserError(f"folder: {target} is not empty, and nothing is overwritten; name a new or empty folder.")
    if not place.parent.is_dir():
        raise UserError(f"folder: there is no folder {place.parent}; create it or choose another place.")
    return place


def _publish(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a hidden folder beside the place, then give it its name, which fails where somebody was quicker."""
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name[:100]}-", dir=target.parent))
    try:
        fill(draft)
        draft.chmod(0o755)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(draft: Path, source: Path, study: StudyRecord, model: ModelRecord, add: AddFiles | None, texts: bool) -> None:
    for file in sorted(source.iterdir()):
        if file.is_file():
            shutil.copyfile(file, draft / file.name)
    added = add(draft) if add else ()
    kept = json.loads((draft / CARD).read_text(encoding="utf-8"))
    if not texts:
        kept |= {"reference_texts": [], "reference_answers": []}
        (draft / CARD).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    about = About(kept["labels"], kept["max_length"], len(kept["reference_texts"]), weights_digest(draft), _task(study), added)
    (draft / README).write_text(card(study, model, about), encoding="utf-8")
    write_manifest(draft, {"study": study.id, "model": option_name(model), "variant": model.variant, "runtime": model.runtime,
                           "precision": model.precision, "commit": study.commit, "exported_at": tables.now().isoformat(timespec="seconds")})


def _task(study: StudyRecord) -> TaskInfo | None:
    try:
        return tasks.info(study.spec.task)
    except UserError:
        return None
