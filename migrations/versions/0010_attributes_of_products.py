"""Keep what articles state of products and companies, and the sections that stories get from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change."""
    op.create_table(
        "attributes",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("attribute", sa.String(), nullable=False),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_attributes_article_id_articles")),
        sa.ForeignKeyConstraint(
            ["article_id", "version", "n"],
            ["passages.article_id", "passages.version", "passages.n"],
            name=op.f("fk_attributes_article_id_version_n_passages"),
        ),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_attributes")),
    )
    op.create_index(op.f("ix_attributes_subject"), "attributes", ["subject"])
    op.create_table(
        "noted",
        sa.Column("article_id", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("copy_of", sa.String(length=12), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_noted_article_id_articles")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_noted")),
    )
    op.create_table(
        "insights",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_insights_story_id_stories")),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_insights")),
    )
    op.create_table(
        "insight_subjects",
        sa.Column("story_id", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_insight_subjects_story_id_stories")),
        sa.PrimaryKeyConstraint("story_id", "subject", name=op.f("pk_insight_subjects")),
    )
    op.create_index(op.f("ix_insight_subjects_subject"), "insight_subjects", ["subject"])
