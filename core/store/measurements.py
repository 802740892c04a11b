"""Measurements of a study's models that were made on other machines: kept beside the study's own figures, never among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from core.errors import UserError
from core.figures import Figure
from core.records import ModelRecord
from core.store import tables
from core.store.engine import read, write
from core.store.models import IDENTITY
from core.store.tables import measurements, models

MOST = 200  # of one study
_OWN = ("id", "imported_at", "measured_at", "device", "machine", "settings", "figures", "checksum")


@dataclass(frozen=True)
class Measurement:
    """model: the model or variant whose weights it is of, without its figures. machine: the fingerprint of where it was measured, on
    `device` ("cpu", "cuda:0").

    settings: how it was measured (invocations, queries, offline_seconds, threads, texts, texts_from; runtime and precision, which old
    ones lack), and why it is noisy (noise). checksum: of the file.
    """

    id: int
    model: ModelRecord
    imported_at: datetime
    measured_at: datetime
    device: str
    machine: Mapping[str, Any]
    settings: Mapping[str, Any]
    figures: Mapping[str, Figure]
    checksum: str


def add(study_id: str, model: ModelRecord, *, measured_at: datetime, device: str, machine: Mapping[str, Any],
        settings: Mapping[str, Any], figures: Mapping[str, Figure], checksum: str) -> int:
    """Keeps a measurement with a model or variant and returns its id. Raises UserError for an unknown model, a second time, or too many."""
    row = {"imported_at": tables.now(), "measured_at": measured_at, "device": device, "machine": dict(machine),
           "settings": dict(settings), "figures": {key: figure.to_dict() for key, figure in figures.items()}, "checksum": checksum}
    with write() as connection:
        model_id = _model(connection, study_id, model)
        if connection.scalar(select(measurements.c.id).where(measurements.c.model_id == model_id, measurements.c.checksum == checksum)):
            raise UserError("file: this measurement is in the study already; nothing was changed.")
        count = select(func.count()).select_from(measurements.join(models)).where(models.c.study_id == study_id)
        if (connection.scalar(count) or 0) >= MOST:
            raise UserError(f"study: {study_id!r} has {MOST} imported measurements already; delete one that nobody needs.")
        done = connection.execute(insert(measurements).values(model_id=model_id, **row).returning(measurements.c.id))
        return int(done.scalar_one())


def of_study(study_id: str) -> list[Measurement]:
    """The study's measurements from elsewhere, oldest import first; empty for an unknown study."""
    query = (select(*(models.c[name] for name in IDENTITY), *(measurements.c[name] for name in _OWN))
             .join(measurements, measurements.c.model_id == models.c.id)
             .where(models.c.study_id == study_id).order_by(measurements.c.id))
    with read() as connection:
        return [_measurement(dict(row._mapping)) for row in connection.execute(query)]


def _measurement(row: dict[str, Any]) -> Measurement:
    model = ModelRecord(**{key: row.pop(key) for key in IDENTITY}, family="", method="", device="")
    return Measurement(model=model, **row | {"figures": {key: Figure.from_dict(each) for key, each in row["figures"].items()}})


def remove(study_id: str, measurement_id: int) -> None:
    """Deletes one measurement of a study. Raises UserError if it has no such one."""
    own = select(models.c.id).where(models.c.study_id == study_id)
    with write() as connection:
        gone = delete(measurements).where(measurements.c.id == measurement_id, measurements.c.model_id.in_(own))
        if connection.execute(gone).rowcount == 0:
            raise UserError(f"measurement: {measurement_id} is none of study {study_id!r}; "
                            "`python -m core study measurements STUDY` shows the ids.")


def _model(connection: Connection, study_id: str, model: ModelRecord) -> int:
    """The row of that model or variant."""
    same = (models.c[key] == getattr(model, key) for key in IDENTITY)
    found = connection.execute(select(models.c.id).where(models.c.study_id == study_id, *same)).scalars().first()
    if found is None:
        raise UserError(f"model: study {study_id!r} has no {model.role} {model.name!r}; import into the study that the model is of.")
    return int(found)
