"""The tables. All times are UTC and aware; JSON columns hold what pydantic or the records dump."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time, also where the database keeps no time zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times: they would be read back as UTC and be wrong by the local offset."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, whatever the driver returns."""
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
})


def _owned_by(target: str, name: str, **options: Any) -> Column[Any]:
    """A foreign key whose row goes when its owner goes."""
    return Column(name, ForeignKey(target, ondelete="CASCADE"), nullable=False, **options)


studies = Table(
    "studies", metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("spec", JSON, nullable=False),
    Column("case", JSON, nullable=False),
    Column("machine", JSON, nullable=False),
    Column("commit", Text, nullable=False),
)

jobs = Table(
    "jobs", metadata,
    Column("id", Integer, primary_key=True),
    _owned_by("studies.id", "study_id", index=True),
    Column("device", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("attempt", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("pid", Integer),
    Column("pid_created", Double),
    Column("heartbeat_at", UtcDateTime),
    Column("stop_search", Boolean),
    # Ids are never used again: each job's log lies in a folder named by its id.
    sqlite_autoincrement=True,
)
# The database itself refuses a second run on a device.
Index("ix_jobs_one_running_per_device", jobs.c.device, unique=True,
      sqlite_where=jobs.c.state == "running", postgresql_where=jobs.c.state == "running")

steps = Table(
    "steps", metadata,
    _owned_by("jobs.id", "job_id", primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("progress", Double, nullable=False),
    Column("detail", Text, nullable=False),
    Column("expected_s", Double, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("result", JSON(none_as_null=True)),
    UniqueConstraint("job_id", "key"),
)

points = Table(
    "points", metadata,
    Column("id", Integer, primary_key=True),
    _owned_by("jobs.id", "job_id", index=True),
    Column("step", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("x", Double, nullable=False),
    Column("y", Double, nullable=False),
)

models = Table(
    "models", metadata,
    Column("id", Integer, primary_key=True),
    _owned_by("studies.id", "study_id"),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("runtime", Text, nullable=False),
    Column("precision", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("artifact", Text),
    Column("details", JSON, nullable=False),
    Column("cascade", JSON(none_as_null=True)),
    Column("slices", JSON(none_as_null=True)),
    Column("reliability", JSON(none_as_null=True)),
    Column("regressions", JSON(none_as_null=True)),
    UniqueConstraint("study_id", "name", "role", "variant", "runtime", "precision"),
)

figures = Table(
    "figures", metadata,
    _owned_by("models.id", "model_id", primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Double),
    Column("low", Double),
    Column("high", Double),
    Column("unit", Text, nullable=False),
    Column("provenance", JSON, nullable=False),
)

evaluations = Table(
    "evaluations", metadata,
    _owned_by("models.id", "model_id", primary_key=True),
    Column("split", Text, primary_key=True),
    Column("labels", JSON, nullable=False),
    Column("predictions", JSON, nullable=False),
    Column("groups", JSON(none_as_null=True)),
    Column("confidences", JSON(none_as_null=True)),
)

cases = Table(
    "cases", metadata,
    Column("id", Text, primary_key=True),
    # None: a case on the recorded example, which is no row of studies.
    Column("study_id", ForeignKey("studies.id", ondelete="CASCADE"), index=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("base", Text),
    Column("inputs", JSON, nullable=False),
    Column("outcome", JSON, nullable=False),
    Column("frozen", JSON, nullable=False),
    Column("frozen_hash", Text, nullable=False),
)

# What was measured on other machines and brought here; `figures` by name, as figure objects.
measurements = Table(
    "measurements", metadata,
    Column("id", Integer, primary_key=True),
    _owned_by("models.id", "model_id"),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("measured_at", UtcDateTime, nullable=False),
    Column("device", Text, nullable=False),
    Column("machine", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("checksum", Text, nullable=False),
    UniqueConstraint("model_id", "checksum"),
)

# Trials of a study's search; `student` holds the fields of its StudentSpec, `figures` figure objects by name.
trials = Table(
    "trials", metadata,
    _owned_by("studies.id", "study_id", primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("student", JSON, nullable=False),
    Column("runtime", Text, nullable=False),
    Column("precision", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("passes", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("model", Text),
)
