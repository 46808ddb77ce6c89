"""Keep what a model wrote before it was judged, with its score, and whether a person who checked it
found it true.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0125"
down_revision = "0124"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "drafts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cited", sa.JSON(), nullable=False),
        sa.Column("is_inferred", sa.Boolean(), nullable=False),
        sa.Column("judge", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_true", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_writer"), "drafts", ["writer"])
    op.create_index(op.f("ix_drafts_story_id"), "drafts", ["story_id"])
