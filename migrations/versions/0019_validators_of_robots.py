"""Keep the validators of robots.txt and tdmrep.json, and when the latter was read: it is asked by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    with op.batch_alter_table("robots") as table:
        for name in ("etag", "last_modified", "tdm_etag", "tdm_last_modified"):
            table.add_column(sa.Column(name, sa.Text(), nullable=True))
        table.add_column(sa.Column("tdm_fetched", sa.DateTime(timezone=True), nullable=True))
