"""Keep how many entries a feed lists in vain, which a 304 does not repeat, and whether a failing source answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    with op.batch_alter_table("source_states") as states:
        states.add_column(sa.Column("left_out", sa.Integer(), nullable=False, server_default="0"))
        states.add_column(sa.Column("unreadable", sa.Boolean(), nullable=False, server_default=sa.false()))
