"""Keep what lists and other stories need of each story, and which list each published file belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    with op.batch_alter_table("pages") as table:
        table.add_column(sa.Column("owner", sa.String(), nullable=False, server_default=""))
    op.create_index(op.f("ix_pages_owner"), "pages", ["owner"])
    op.create_table(
        "lines",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("own", sa.String(length=64), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("outline", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("read", sa.Boolean(), nullable=False),
        sa.Column("origins", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_lines")),
    )
    op.create_index(op.f("ix_lines_published"), "lines", ["published"])
    op.create_index(op.f("ix_lines_score"), "lines", ["score"])
    op.create_table(
        "listings",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "story_id", name=op.f("pk_listings")),
    )
    op.create_index(op.f("ix_listings_story_id"), "listings", ["story_id"])
    op.create_table(
        "lists",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.Column("extras", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_lists")),
    )
