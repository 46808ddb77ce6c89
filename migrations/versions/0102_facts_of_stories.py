"""Keep the facts of stories with their passages, and the form in which a model writes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "writing_forms",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("decided", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_writing_forms")),
    )
    op.create_table(
        "story_facts",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("precision", sa.String(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["analyses.story_id"], name=op.f("fk_story_facts_story_id_analyses")
        ),
        sa.PrimaryKeyConstraint("story_id", "number", name=op.f("pk_story_facts")),
    )
    op.create_table(
        "fact_citations",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("fact", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version", "n"],
            ["passages.article_id", "passages.version", "passages.n"],
            name=op.f("fk_fact_citations_article_id_version_n_passages"),
        ),
        sa.ForeignKeyConstraint(
            ["story_id", "fact"],
            ["story_facts.story_id", "story_facts.number"],
            name=op.f("fk_fact_citations_story_id_fact_story_facts"),
        ),
        sa.PrimaryKeyConstraint("story_id", "fact", "number", name=op.f("pk_fact_citations")),
    )
    op.create_index(
        op.f("ix_fact_citations_article_id"), "fact_citations", ["article_id"], unique=False
    )
