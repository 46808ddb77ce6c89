"""Alembic's entry: runs the migrations on the connection that `store.database` hands over (recipe
for SQLite there).
"""

from __future__ import annotations

from typing import Any

from alembic import context

from aggregator.store.postgresql import order_texts_by_bytes
from aggregator.store.schema import metadata


def _applied(ctx: Any, *_: Any, **__: Any) -> None:
    order_texts_by_bytes(ctx.connection)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    on_version_apply=_applied,
)
with context.begin_transaction():
    context.run_migrations()
    # within the transaction: what it refuses is undone
    if check := context.config.attributes.get("check"):
        check(context.config.attributes["connection"])
