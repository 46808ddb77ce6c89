"""Keep what subscribers follow, and the feeds that a WebSub hub was notified of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0118"
down_revision = "0117"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change: who subscribed before follows nothing."""
    op.add_column(
        "subscribers", sa.Column("follows", sa.JSON(), nullable=False, server_default="[]")
    )
    op.create_table(
        "announced",
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
    )
