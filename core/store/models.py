"""Models of a study: what they are, their figures, their stored predictions and where their files lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from core import settings
from core.errors import UserError
from core.figures import Figure
from core.records import API, JUDGED, CascadePoint, ModelRecord, Role, judged_from_dict, judged_to_dict
from core.store import tables
from core.store.engine import read, write
from core.store.tables import models

IDENTITY = ("name", "role", "variant", "runtime", "precision")
_PLAIN = (*IDENTITY, "family", "method", "device")
_ANSWERS = ("split", "labels", "predictions", "groups", "confidences")


@dataclass(frozen=True)
class Evaluation:
    """A model's answers on a split, one for each text and in the same order.

    groups: clusters that resampling keeps together. confidences: calibrated probability of each answer, 0 to 1; None where
    nobody computed them.
    """

    name: str
    role: Role
    split: str
    labels: Sequence[Any]
    predictions: Sequence[Any]
    groups: Sequence[Any] | None
    confidences: Sequence[float] | None = None


def save_model(study_id: str, record: ModelRecord, artifact: Path | None = None) -> None:
    """Writes the model, over the one of the same name, role, variant, runtime and precision if there is one.

    Its figures replace those of the same names and leave the others; `artifact` must lie in the data folder, and None
    keeps the one it has; so do an empty cascade, slices, reliability or regressions. Raises UserError if the study is unknown.
    """
    values = {key: getattr(record, key) for key in _PLAIN} | {"details": dict(record.details)}
    if record.cascade:
        values["cascade"] = _points(record.cascade)
    values |= {key: made for key, made in judged_to_dict(record).items() if made}
    if artifact is not None:
        values["artifact"] = artifact.resolve().relative_to(settings.home()).as_posix()
    with write() as connection:
        if connection.scalar(select(tables.studies.c.id).where(tables.studies.c.id == study_id)) is None:
            raise UserError(f"study: {study_id!r} is not known; `python -m core study list` shows the ids.")
        same = [models.c.study_id == study_id, *(models.c[key] == values[key] for key in IDENTITY)]
        if connection.execute(update(models).where(*same).values(values)).rowcount == 0:
            connection.execute(insert(models).values(study_id=study_id, **values))
        _put_figures(connection, connection.scalars(select(models.c.id).where(*same)).one(), record.figures)


def save_figures(study_id: str, name: str, role: Role, figures: Mapping[str, Figure]) -> None:
    """Adds figures to a model, over those of the same names. Raises UserError if the model is unknown."""
    with write() as connection:
        _put_figures(connection, _find(connection, study_id, name, role).id, figures)


def save_details(study_id: str, name: str, role: Role, details: Mapping[str, Any]) -> None:
    """Adds details of how a model was made, over those of the same keys. Raises UserError if the model is unknown."""
    with write() as connection:
        row = _find(connection, study_id, name, role)
        connection.execute(update(models).where(models.c.id == row.id).values(details={**row.details, **details}))


def save_cascade(study_id: str, name: str, role: Role, points: Sequence[CascadePoint]) -> None:
    """Keeps a model's cascade, over an earlier one. Raises UserError if the model is unknown."""
    with write() as connection:
        row = _find(connection, study_id, name, role)
        connection.execute(update(models).where(models.c.id == row.id).values(cascade=_points(points)))


def save_judged(study_id: str, record: ModelRecord) -> None:
    """Keeps slices, reliability and regressions of the model of record's name and role, over earlier ones; nothing else of it.

    Raises UserError if the model is unknown.
    """
    with write() as connection:
        row = _find(connection, study_id, record.name, record.role)
        connection.execute(update(models).where(models.c.id == row.id).values(judged_to_dict(record)))


def artifact_path(study_id: str, name: str, role: Role, variant: ModelRecord | None = None) -> Path:
    """Where the files of a model, or of one of its variants, lie. Raises UserError if it is unknown or has none."""
    with read() as connection:
        row = _find(connection, study_id, name, role, variant)
    if (stored := row.artifact) is None and row.runtime == API:
        raise UserError(f"model: the teacher of study {study_id!r} is an API and has no files here; name a student.")
    if stored is None:
        raise UserError(f"model: {role} {name!r} of study {study_id!r} has no files; run the study again.")
    return settings.home() / stored


def save_evaluation(study_id: str, name: str, role: Role, split: str, labels: Sequence[Any], predictions: Sequence[Any],
                    groups: Sequence[Any] | None = None, confidences: Sequence[float] | None = None) -> None:
    """Keeps a model's answers on a split, over earlier ones. Raises UserError if the model is unknown."""
    answers = {"labels": list(labels), "predictions": list(predictions), "groups": None if groups is None else list(groups),
               "confidences": None if confidences is None else list(confidences)}
    table = tables.evaluations
    with write() as connection:
        key = {"model_id": _find(connection, study_id, name, role).id, "split": split}
        connection.execute(delete(table).where(*(table.c[column] == value for column, value in key.items())))
        connection.execute(insert(table).values(key | answers))


def evaluations(study_id: str) -> list[Evaluation]:
    """All stored answers of a study, in the order in which its models were saved."""
    table = tables.evaluations
    query = (select(models.c.name, models.c.role, *(table.c[name] for name in _ANSWERS))
             .join(table, table.c.model_id == models.c.id).where(models.c.study_id == study_id)
             .order_by(models.c.id, table.c.split))
    with read() as connection:
        return [Evaluation(*row) for row in connection.execute(query)]


def of_study(connection: Connection, study_id: str) -> tuple[tuple[ModelRecord, ...], tuple[ModelRecord, ...]]:
    """The study's models with their figures, in the order in which they were saved; and their variants, which came later."""
    table = tables.figures
    rows = connection.execute(select(models).where(models.c.study_id == study_id).order_by(models.c.id)).all()
    found: dict[int, dict[str, Figure]] = {row.id: {} for row in rows}
    query = select(table).join(models).where(models.c.study_id == study_id).order_by(table.c.model_id, table.c.name)
    for row in connection.execute(query):
        found[row.model_id][row.name] = Figure.from_dict(dict(row._mapping))
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        first.setdefault((row.name, row.role), row.id)
    records = [(row.id == first[row.name, row.role], _record(row, found[row.id])) for row in rows]
    return tuple(each for is_base, each in records if is_base), tuple(each for is_base, each in records if not is_base)


def _record(row: Row[Any], figures: Mapping[str, Figure]) -> ModelRecord:
    cascade = tuple(CascadePoint.from_dict(point) for point in row.cascade or ())
    return ModelRecord(**{key: row._mapping[key] for key in _PLAIN}, details=row.details, figures=figures, cascade=cascade,
                       **judged_from_dict({key: row._mapping[key] for key in JUDGED}))


def _points(cascade: Iterable[CascadePoint]) -> list[dict[str, Any]]:
    return [point.to_dict() for point in cascade]


def _find(connection: Connection, study_id: str, name: str, role: Role, variant: ModelRecord | None = None) -> Row[Any]:
    """The model that was saved first under this name and role, or that variant of it."""
    query = select(models).where(models.c.study_id == study_id, models.c.name == name, models.c.role == role)
    if variant is not None:
        query = query.where(*(models.c[key] == getattr(variant, key) for key in IDENTITY))
    row = connection.execute(query.order_by(models.c.id)).first()
    if row is None:
        raise UserError(f"model: study {study_id!r} has no {role} {name!r}; save the model before what belongs to it.")
    return row


def _put_figures(connection: Connection, model_id: int, figures: Mapping[str, Figure]) -> None:
    table = tables.figures
    if not figures:
        return
    connection.execute(delete(table).where(table.c.model_id == model_id, table.c.name.in_(figures)))
    connection.execute(insert(table), list(_figure_rows(model_id, figures)))


def _figure_rows(model_id: int, figures: Mapping[str, Figure]) -> Iterable[dict[str, Any]]:
    for name, figure in figures.items():
        yield {"model_id": model_id, "name": name, **figure.to_dict()}
