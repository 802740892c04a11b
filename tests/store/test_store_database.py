"""Migrations equal the tables; several real processes open, migrate and write one database at once."""

import sqlite3
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from core import settings
from core.errors import UserError
from core.spec import StudySpec
from core.store import jobs, migrations, models, studies, tables
from core.store.engine import engine, read

WRITER = """
import sys
from core.case import CaseInputs
from core.spec import StudySpec
from core.store import jobs, steps, studies
from core.records import StepPlan
sys.stdin.readline()  # all start together
me = sys.argv[1]
studies.create(me, StudySpec(task="r8"), CaseInputs(), {}, "")
job = jobs.enqueue(me, f"cuda:{me}", [StepPlan("a", "A", 1)])
jobs.claim(f"cuda:{me}")
for x in range(100):
    steps.progress(job, "a", x / 100, new_points=[("loss", x, 0.5)])
    jobs.heartbeat(job)
    studies.get(me)
"""


def test_migrations_build_exactly_the_tables(home):
    with engine().connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


def test_a_database_of_the_first_version_keeps_its_models_and_answers(home):
    made = create_engine(f"sqlite:///{settings.home() / 'distill-roi.db'}")
    alembic = migrations.config()
    with made.begin() as connection:
        alembic.attributes["connection"] = connection
        migrations.command.upgrade(alembic, "0001")
        connection.execute(text("INSERT INTO studies VALUES ('old', '2026-01-02 03:04:05', :spec, '{}', '{}', '')"),
                           {"spec": StudySpec(task="r8").model_dump_json()})
        connection.execute(text("INSERT INTO models VALUES (1, 'old', 'depth-1', 'student', 'depth', 'logits', 'v', 'torch', "
                                "'fp32', 'cpu', NULL, '{}')"))
        connection.execute(text("INSERT INTO evaluations VALUES (1, 'test', '[0, 1]', '[1, 1]', NULL)"))
    made.dispose()
    (model,) = studies.get("old").models
    (answers,) = models.evaluations("old")
    assert (model.name, model.cascade) == ("depth-1", ())
    assert (answers.predictions, answers.confidences) == ([1, 1], None)


def test_processes_that_start_together_migrate_once_and_lose_no_write(home):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(n)], cwd=settings.ROOT, stdin=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True) for n in range(4)]
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    errors = [writer.communicate(timeout=60)[1] for writer in writers]
    assert errors == [""] * 4
    for n in range(4):
        points = studies.get(str(n)).curves
        assert [point.x for point in points] == list(range(100))


def test_sqlite_is_set_up_for_many_processes(home):
    with read() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 30_000


def test_a_reader_keeps_its_view_while_others_write(study):
    with read() as connection:
        count = text("SELECT count(*) FROM jobs")
        assert connection.execute(count).scalar() == 0
        jobs.enqueue(study, "cpu", [])
        assert connection.execute(count).scalar() == 0


def test_a_database_of_a_newer_version_is_left_alone(home):
    database = settings.home() / "distill-roi.db"
    with sqlite3.connect(database) as raw:
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        raw.execute("INSERT INTO alembic_version VALUES ('9999')")
    with pytest.raises(UserError, match=r"distill-roi\.db was written by another version .*; install the newer"):
        studies.list_ids()
    database.unlink()


def test_a_migration_that_dies_half_way_leaves_nothing(home, monkeypatch):
    def die() -> None:
        raise RuntimeError("power cut")

    upgrade = migrations.command.upgrade
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="power cut"):
        patch.setattr(migrations.command, "upgrade", lambda *arguments: (upgrade(*arguments), die()))
        studies.list_ids()
    with sqlite3.connect(settings.home() / "distill-roi.db") as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
