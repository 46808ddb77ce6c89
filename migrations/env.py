"""Alembic's entry: runs the migrations on the connection that `store.database` hands over (recipe for SQLite there)."""

from __future__ import annotations

from alembic import context

from aggregator.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
