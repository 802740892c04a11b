"""Brings a database to the current tables. New ones: a file in versions/, as Alembic's autogenerate writes it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy import Engine

from core import settings
from core.errors import UserError


def config() -> Config:
    """Alembic's settings, without a file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return made


def upgrade(engine: Engine) -> None:
    """All missing migrations in one transaction; processes that start together take turns. Raises UserError."""
    alembic = config()
    with FileLock(settings.home() / "migration.lock"), engine.execution_options(writes=True).begin() as connection:
        alembic.attributes["connection"] = connection
        try:
            command.upgrade(alembic, "head")
        except CommandError as error:
            place = engine.url.render_as_string(hide_password=True)
            raise UserError(f"database: {place} was written by another version ({error}); "
                            "install the newer version, or set DISTILL_ROI_HOME to another folder.") from error
