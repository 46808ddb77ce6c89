"""Keep the items of newsletters' issues and their votes, and what issues link to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.add_column("articles", sa.Column("is_issue", sa.Boolean(), nullable=True))
    op.add_column("articles", sa.Column("is_linked", sa.Boolean(), nullable=True))
    op.add_column("entries", sa.Column("issue_id", sa.String(12), nullable=True))
    op.create_table(
        "newsletter_items",
        sa.Column(
            "issue_id",
            sa.String(12),
            sa.ForeignKey("articles.id", name="fk_newsletter_items_issue_id_articles"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("is_matched", sa.Boolean(), nullable=False),
        sa.Column("article_id", sa.String(12), nullable=True),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "position", name="pk_newsletter_items"),
    )
    op.create_index("ix_newsletter_items_article_id", "newsletter_items", ["article_id"])
    op.create_index("ix_newsletter_items_is_matched", "newsletter_items", ["is_matched"])
