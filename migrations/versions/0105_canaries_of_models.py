"""Keep what came of trying models out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "canaries",
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("flaw", sa.Text(), nullable=False),
        sa.Column("tried", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("question", "digest", "version", name=op.f("pk_canaries")),
    )
