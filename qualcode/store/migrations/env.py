"""Run by Alembic: migrates over the connection that `qualcode.store.upgrade` hands it."""

from __future__ import annotations

from alembic import context

from qualcode.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
