"""Keep what engines score on the evaluation set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "evaluations",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("prompts", sa.String(), nullable=False),
        sa.Column("judge", sa.String(), nullable=False),
        sa.Column("cases", sa.String(length=16), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(
            "digest", "prompts", "judge", "cases", name=op.f("pk_evaluations")
        ),
    )
