"""Keep storylines, merged stories, what clustering decided before overrides, topics, entities, and the ledger of facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    with op.batch_alter_table("stories") as table:
        table.add_column(sa.Column("storyline", sa.String(length=12)))
        table.add_column(sa.Column("merged_into", sa.String(length=12)))
        table.add_column(sa.Column("topics", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("entities", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("tagged", sa.String(length=16)))
        table.add_column(sa.Column("operator", sa.JSON(), nullable=False, server_default="{}"))
    op.create_index(op.f("ix_stories_storyline"), "stories", ["storyline"])
    with op.batch_alter_table("articles") as table:
        table.add_column(sa.Column("placed_in", sa.String(length=12)))
        table.add_column(sa.Column("placed_because", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("placed_similarity", sa.Float(), nullable=False, server_default="0"))
    op.execute("UPDATE articles SET placed_in = story_id")
    op.create_index(op.f("ix_articles_placed_in"), "articles", ["placed_in"])
    op.create_index(
        op.f("ix_articles_moved"),
        "articles",
        ["id"],
        sqlite_where=sa.text("story_id IS NOT placed_in"),
        postgresql_where=sa.text("story_id IS DISTINCT FROM placed_in"),
    )
    op.create_table(
        "facts",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("passage", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Integer()),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_facts_story_id_stories")),
        sa.PrimaryKeyConstraint("story_id", "n", name=op.f("pk_facts")),
    )
    op.create_index(op.f("ix_facts_article_id"), "facts", ["article_id"])
    op.create_table(
        "sketches",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("shingles", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_sketches")),
    )
