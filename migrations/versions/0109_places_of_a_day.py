"""Keep which stories a model wrote on a day, and how fast it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "daily_places",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("story_id", sa.String(12), nullable=False),
        sa.Column("depth", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", "story_id", name=op.f("pk_daily_places")),
    )
    op.create_table(
        "model_speeds",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("prompt_tokens", sa.Float(), nullable=False),
        sa.Column("completion_tokens", sa.Float(), nullable=False),
        sa.Column("judge_tokens", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("measured", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_model_speeds")),
    )
