"""Know which stories have open questions, and which were looked through for answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    with op.batch_alter_table("analyses") as analyses:
        analyses.add_column(sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.false()))
        analyses.add_column(sa.Column("is_weighed", sa.Boolean(), nullable=False, server_default=sa.false()))
