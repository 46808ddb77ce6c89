"""Keep which editions and topics subscribers chose, and what they called topics as sections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change: who subscribed before agreed to the weekly edition, of all topics."""
    for table in ("subscribers", "wishes"):
        op.add_column(
            table, sa.Column("sections", sa.JSON(), nullable=False, server_default="[]")
        )
        op.add_column(
            table, sa.Column("periods", sa.JSON(), nullable=False, server_default='["week"]')
        )
        op.execute(f"UPDATE {table} SET sections = topics")
        op.execute(f"UPDATE {table} SET topics = '[]'")
