"""Alembic's way in: takes the steps over the connection that it is given, in one transaction."""

from __future__ import annotations

from alembic import context

from callconsole.adapters.history.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes a table by making it anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
