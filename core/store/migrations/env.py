"""Alembic's entry point; the connection comes from core.store.migrations.upgrade."""

from alembic import context

from core.store.tables import metadata

# transactional_ddl: SQLite can roll tables back, so a process that dies here leaves the old state.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata,
                  transactional_ddl=True, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
